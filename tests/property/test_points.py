"""The points of a complaint: each is answered once, and the whole follows from its parts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import points

WORDS = st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=30).filter(lambda text: text.strip())
FINDINGS = st.sampled_from(sorted(points.WORDS))


def row(point: str, finding: str = points.UPHELD) -> dict[str, Any]:
    return {"point": point, "finding": finding, "why": "The diary shows it."}


@given(st.lists(WORDS, min_size=1, max_size=8, unique_by=lambda text: " ".join(text.split()).casefold()), st.data())
def test_each_point_needs_exactly_one_finding(listed: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(listed))
    assert points.problems(listed, [row(f"  {point} ") for point in order], "/f") == ()
    some = data.draw(st.lists(st.sampled_from(listed), max_size=8))
    found = points.problems(listed, [row(point) for point in some], "/f")
    assert bool(found) is (sorted(some) != sorted(listed))
    assert points.problems(listed, [*map(row, listed), row("\u2603")], "/f")


@given(st.lists(FINDINGS, min_size=1, max_size=8), st.randoms())
def test_the_whole_does_not_depend_on_the_order(found: list[str], random: Any) -> None:
    whole = points.overall([row("x", finding) for finding in found])
    random.shuffle(found)
    assert points.overall([row("x", finding) for finding in found]) == whole
    known = set(found) - {points.NO_FINDING}
    assert (whole == points.UPHELD) is (known == {points.UPHELD})
    assert (whole == points.NOT_UPHELD) is (known == {points.NOT_UPHELD})
    assert (whole == points.NO_FINDING) is (not known)


@given(st.lists(st.tuples(WORDS, FINDINGS), min_size=1, max_size=5))
def test_the_letter_holds_every_point_with_its_finding(listed: list[tuple[str, str]]) -> None:
    told = points.listing([row(point, finding) for point, finding in listed])
    parts = told.split("\n\n")
    assert len(parts) == len(listed)
    for part, (point, finding) in zip(parts, listed, strict=True):
        assert point.strip() in part
        assert points.WORDS[finding] in part
