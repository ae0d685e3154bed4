"""Which stack is meant, and with which settings."""

from __future__ import annotations

from typing import get_args

import pytest
import yaml

from components._core.site import Cloud
from ops import lifecycle, stack
from ops.refusal import Refused

SETTINGS = "config:\n  groundplan:cloud: gcp\n  groundplan:tier: dev\n  app:sizes:\n    - 1\n"


@pytest.fixture
def app(tmp_path, monkeypatch):
    """A program with two stacks, and a sandbox elsewhere."""
    monkeypatch.setenv("GROUNDPLAN_SANDBOX", str(tmp_path / "sandbox"))
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    for name in ("dev", "prod"):
        (folder / f"Pulumi.{name}.yaml").write_text(SETTINGS, encoding="utf-8")
    return folder


def test_a_stack_runs_with_its_own_settings(app):
    found = stack.find(str(app), "prod", None)
    assert found == stack.Stack(app, "prod")
    assert found.options() == ["--stack", "prod"]


def test_a_folder_without_a_program_is_refused(app):
    with pytest.raises(Refused) as refused:
        stack.find(str(app.parent), "dev", None)
    assert str(refused.value) == f"{app.parent} holds no program: it has no Pulumi.yaml; name the folder that has one with APP=<folder>"


def test_a_stack_without_settings_is_refused_and_told_which_there_are(app):
    with pytest.raises(Refused) as refused:
        stack.find(str(app), "test", None)
    assert str(refused.value) == f"{app} has no stack 'test': there is no Pulumi.test.yaml; it has dev, prod; name one with STACK=<stack>"


def test_a_program_without_any_settings_is_told_what_to_write(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text("name: new\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        stack.find(str(tmp_path), "dev", None)
    expected = f"{tmp_path} has no stack 'dev' yet: write a Pulumi.dev.yaml, with at least `config:` and the settings that its program needs"
    assert str(refused.value) == expected


def test_a_cloud_that_we_do_not_know_is_refused(app):
    with pytest.raises(Refused) as refused:
        stack.find(str(app), "dev", "azure")
    assert str(refused.value) == "CLOUD must be gcp or aws, got 'azure'"


def test_another_cloud_gets_a_stack_and_settings_of_its_own_outside_the_program(app):
    before = sorted(app.iterdir())
    found = stack.find(str(app), "dev", "aws")
    assert found.name == "dev-aws"
    assert found.settings == app.parent / "sandbox" / "settings" / "shop" / "Pulumi.dev-aws.yaml"
    assert found.options() == ["--stack", "dev-aws", "--config-file", str(found.settings)]
    assert yaml.safe_load(found.settings.read_text(encoding="utf-8")) == {
        "config": {"groundplan:cloud": "aws", "groundplan:tier": "dev", "app:sizes": [1]},
    }
    assert sorted(app.iterdir()) == before
    assert (app / "Pulumi.dev.yaml").read_text(encoding="utf-8") == SETTINGS


def test_settings_without_a_config_take_the_cloud_too():
    assert stack.on_cloud({}, "aws") == {"config": {"groundplan:cloud": "aws"}}


def test_the_operator_and_the_components_mean_the_same_clouds():
    """Two houses that never import one another state it twice."""
    assert set(stack.CLOUDS) == set(get_args(Cloud))
    assert stack.CLOUD_KEY == "groundplan:cloud"


def test_what_the_other_clouds_stack_says_itself_wins(app):
    (app / "Pulumi.prod-aws.yaml").write_text("config:\n  groundplan:protect: false\n  groundplan:tier: staging\n", encoding="utf-8")
    written = stack.find(str(app), "prod", "aws").settings
    settings = yaml.safe_load(written.read_text(encoding="utf-8"))
    assert settings["config"] == {"groundplan:cloud": "aws", "groundplan:tier": "staging", "app:sizes": [1], "groundplan:protect": False}


def test_how_protected_data_goes_is_said_for_this_very_stack(app):
    said = lifecycle.unprotect(stack.find(str(app), "prod", "aws"), "prod", "aws").splitlines()
    assert said[1] == "Where data of prod-aws is protected, as it is outside dev, it goes in three steps:"
    assert said[2] == f"  make -s run CMD='pulumi -C {app} config set groundplan:protect false -s prod-aws'"
    assert said[3:] == [f"  make up APP={app} STACK=prod CLOUD=aws", f"  make destroy APP={app} STACK=prod CLOUD=aws"]
