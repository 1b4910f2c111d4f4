"""The right finder: which right applies follows from the lawful bases of the notice, and nobody is kept from asking."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.domain import finder

from ..support.world import BOOK, SCHEMAS

NOTICE = BOOK.file("notice")


def with_bases(*bases: str) -> dict[str, str]:
    notice: Any = copy.deepcopy(dict(NOTICE))
    notice["lawful_bases"] = [row for row in notice["lawful_bases"] if row["id"] in bases]
    return {row.right: row.applies for row in finder.rights(notice)}


@pytest.mark.promise("ours-alone:rights-by-lawful-basis")
@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        (("public_task",), {"access": "yes", "erasure": "limited", "portability": "no", "objection": "yes"}),
        (("legal_obligation",), {"access": "yes", "erasure": "limited", "portability": "no", "objection": "no"}),
        (("public_task", "legal_obligation"), {"access": "yes", "portability": "no", "objection": "limited"}),
    ],
)
def test_a_right_applies_as_the_lawful_basis_says(bases: tuple[str, ...], expected: dict[str, str]) -> None:
    assert with_bases(*bases).items() >= expected.items()


def test_whatever_applies_can_be_asked_for() -> None:
    choices = set(SCHEMAS.document("submissions/rights_request")["properties"]["right"]["enum"])
    assert {row.right for row in finder.rights(NOTICE)} <= choices
    assert "not_sure" in choices
