"""Limited use (UK GDPR Art 18): when it begins, who is taken for whom, and what it takes to end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import holds, restriction
from chalicelib.domain.errors import Invalid, Stale
from chalicelib.domain.model import Case, Party
from chalicelib.domain.people import BORN, EMAIL, NAME, PHONE, POSTCODE

from ..support import samples
from ..support.world import BOOK

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
KINDS = (NAME, EMAIL, PHONE, POSTCODE, BORN)
APPROVE = BOOK.task("rights_request.approve")["outcomes"]
ADULT = Party(role="requester", name="Wren Quill", details={"email": "w@example.org", "address": "1 Row, BL1 1RU"})
CHILD = Party(role="data_subject", name="Robin Quill", details={"relationship": "my child"})


def case(**more: Any) -> Case:
    return Case(
        **{
            "reference": "FF-AAA-AAA-AAA",
            "kind": "rights_request",
            "stage": "approve",
            "received_at": NOW,
            "received_on": NOW.date(),
            "channel": "web",
            "regime": "ukgdpr-rights",
            "access_digest": "",
            "changed_at": NOW,
            **more,
        }
    )


@pytest.mark.parametrize("outcome", ["approve", "approve_and_inform"])
@pytest.mark.parametrize("right", samples.ANSWERED)
@pytest.mark.parametrize("finding", ["granted", "partly_granted", "refused"])
def test_it_begins_only_when_a_request_to_limit_is_granted(outcome: str, right: str, finding: str) -> None:
    found = restriction.begins(APPROVE[outcome], case(context={"right": right}, facts={"finding": finding}))
    assert found == (right == "restriction" and finding != "refused")


def test_other_outcomes_never_begin_it() -> None:
    limited = case(context={"right": "restriction"}, facts={"finding": "granted"})
    for task in BOOK.file("tasks")["tasks"].values():
        for outcome in task["outcomes"].values():
            assert restriction.begins(outcome, limited) == ("restricts" in outcome)


@given(st.sets(st.tuples(st.sampled_from(KINDS), st.booleans())))
def test_a_name_alone_or_a_home_alone_never_tells_who_it_is(shared: set[tuple[str, bool]]) -> None:
    kinds = {kind for kind, _ in shared}
    alone = {kind for kind, counts in shared if counts}
    expected = bool(alone & {EMAIL, PHONE}) or (NAME in kinds and len(kinds) > 1)
    assert restriction.tells(shared) == expected


@given(st.sets(st.tuples(st.sampled_from(KINDS), st.booleans())), st.tuples(st.sampled_from(KINDS), st.booleans()))
def test_more_that_is_shared_never_makes_them_two(shared: set[tuple[str, bool]], more: tuple[str, bool]) -> None:
    assert not restriction.tells(shared) or restriction.tells(shared | {more})


def test_the_information_is_that_of_whom_it_is_about() -> None:
    assert restriction.subject([ADULT]) is ADULT
    assert restriction.subject([ADULT, CHILD]) is CHILD
    assert restriction.subject([]) is None
    found = {(sign.term.kind, sign.alone) for sign in restriction.signs_of_subject([ADULT, CHILD])}
    assert found == {(NAME, True), (EMAIL, False), (POSTCODE, False)}, "a parent's contact tells only beside the name"
    own = {(sign.term.kind, sign.alone) for sign in restriction.signs_of_subject([ADULT])}
    assert own == {(NAME, True), (EMAIL, True), (POSTCODE, True)}


LIMITED = case(restricted_since=date(2026, 11, 20))


def lift(case_: Case, told_on: date) -> Any:
    return restriction.lift(BOOK, case_, samples.MANAGER, "It was put right.", told_on, "by letter", NOW)


@pytest.mark.parametrize(
    ("told_on", "rule"), [(date(2026, 11, 24), "maximum"), (date(2026, 11, 19), "minimum"), (date(1, 1, 1), "minimum")]
)
def test_the_person_is_told_first(told_on: date, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        lift(LIMITED, told_on)
    assert [(problem.pointer, problem.rule) for problem in refused.value.problems] == [("/told_on", rule)]


def test_it_ends_once() -> None:
    change = lift(LIMITED, date(2026, 11, 23))
    assert change.case.restricted_since is None
    assert change.events[0].type == "restriction_lifted"
    assert "told first, on Monday 23 November 2026, by letter" in change.events[0].data["because"]
    with pytest.raises(Stale):
        lift(change.case, date(2026, 11, 23))


def test_a_closed_case_goes_when_its_time_after_the_end_is_over() -> None:
    closed_at = datetime(2026, 11, 2, tzinfo=UTC)
    closed = replace(LIMITED, status="closed", stage="closed", closed_at=closed_at, end=holds.LIMITED)
    change = lift(closed, date(2026, 11, 23))
    assert change.case.end.at == datetime(2028, 11, 23, tzinfo=UTC)
    assert change.events[0].end == change.case.end
    assert lift(LIMITED, date(2026, 11, 23)).case.end == LIMITED.end, "an open one when it closes"
