"""The pages list the rights and ways that the program really gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.rights import BEGIN, END, TOPICS, fresh, pages, section


def test_every_noun_that_others_are_bound_to_has_its_list() -> None:
    assert {path.stem for path in pages()} >= {*TOPICS, "container_service"}


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_a_list_is_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == fresh(path), "run: python -m tests.docs.rights"


def test_a_list_says_what_is_given_on_either_cloud() -> None:
    listed = section("database")
    assert listed.startswith(BEGIN)
    assert listed.endswith(END)
    assert "roles/cloudsql.instanceUser" in listed
    assert "`rds-db:connect` on `arn:aws:rds-db:" in listed
