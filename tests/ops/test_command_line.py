"""What `groundplan` says."""

from __future__ import annotations

import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

from ops import __main__ as command_line
from ops import doctor, lifecycle, program
from ops.stack import Stack


def test_the_version_is_the_packages(capsys):
    assert command_line.main(["version"]) == 0
    assert capsys.readouterr().out == f"{metadata.version('groundplan')}\n"


def test_what_cannot_be_served_is_one_sentence_and_status_2(capsys, tmp_path):
    assert command_line.main(["up", "--app", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"groundplan: {tmp_path} holds no program: it has no Pulumi.yaml; name the folder that has one with APP=<folder>\n"


def test_without_an_engine_nothing_is_started(capsys, root, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(program, "run", lambda *_: pytest.fail("started"))
    assert command_line.main(["up", "--app", str(root)]) == 2
    assert capsys.readouterr().err == "groundplan: no Pulumi engine: there is no pulumi on PATH; make setup gets one\n"


def test_what_to_do_next_repeats_the_users_choices(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    said = lifecycle.next_steps(Stack(tmp_path / "examples" / "shop", "prod-aws"), "prod", "aws")
    assert "prod-aws is up on the local cloud." in said
    assert "make destroy APP=examples/shop STACK=prod CLOUD=aws  " in said
    assert "make -s run CMD='pulumi -C examples/shop stack output -s prod-aws'" in said


def test_what_to_do_next_is_short_where_nothing_was_chosen(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    said = lifecycle.next_steps(Stack(tmp_path, "dev"), "dev", None)
    assert "  make destroy  " in said
    assert "make -s run CMD='pulumi stack output -s dev'" in said


@pytest.mark.parametrize("spoiled", ["pulumi", "pulumi-language-python"])
def test_the_doctor_names_what_is_missing_and_the_remedy(capsys, monkeypatch, spoiled):
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name, path: None if name == spoiled else which(sys.executable) if name != "pulumi" else which(name, path=path))
    assert doctor.report() == 1
    assert f"missing  {spoiled}: make setup" in capsys.readouterr().out.splitlines()


def test_the_doctor_names_a_missing_sdk(capsys, monkeypatch):
    monkeypatch.setattr(doctor, "SDKS", ("no-such-sdk",))
    assert doctor.report() == 1
    assert "missing  no-such-sdk (SDK): make setup" in capsys.readouterr().out.splitlines()


def test_the_doctor_looks_at_every_sdk_that_is_pinned(root):
    pinned = {line.split("==")[0] for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines() if line.startswith("pulumi")}
    assert set(doctor.SDKS) == pinned


def test_the_doctor_finds_all_that_setup_made(engine, capsys):
    assert doctor.report() == 0
    said = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok ") for line in said)
    assert any(line.startswith("ok       pulumi v3.") and line.endswith(str(Path("engine") / "pulumi")) for line in said)
