"""What goes in and comes out: faults that say where, happenings that can be kept in a set, and the word for late."""

from __future__ import annotations

import pytest

from chalicelib.domain.clock import ClockError, Happening, PolicyError
from chalicelib.domain.clock.values import status

from ...support.clock import on, run

DUE = on("2027-03-10")


@pytest.mark.promise("fault:late-is-in-one-place-and-in-another-paused-cases")
@pytest.mark.parametrize(
    ("met", "today", "word"),
    [
        ([], None, "running"),
        ([], "2027-03-09", "running"),
        ([], "2027-03-10", "running"),
        ([], "2027-03-11", "missed"),
        (["2027-03-10"], None, "met"),
        (["2027-03-11"], None, "met_late"),
        (["2027-03-11", "2027-03-09"], "2027-04-01", "met"),
        (["2027-03-12", "2027-03-11"], "2027-03-01", "met_late"),
    ],
)
def test_the_last_day_is_in_time_and_the_day_after_is_late(met: list[str], today: str | None, word: str) -> None:
    assert status(DUE, [on(day) for day in met], on(today) if today else None) == word


def test_a_policy_fault_says_where_and_why() -> None:
    fault = PolicyError("/regimes/x", "it is wrong")
    assert (fault.pointer, fault.reason, str(fault)) == ("/regimes/x", "it is wrong", "/regimes/x: it is wrong")
    assert isinstance(fault, ValueError)
    assert isinstance(ClockError("rule", "message"), ValueError)


def test_a_happening_can_be_kept_in_a_set() -> None:
    one, other = (Happening("id_received", DUE, {"sufficient": flag}) for flag in (True, False))
    assert len({one, other}) == 2
    assert hash(one) == hash(other)


def test_a_date_is_found_by_its_name() -> None:
    clock = run("lgsco-stage1", "2027-04-22", ("acknowledged", "2027-04-26"))
    due = clock.date("due")
    assert due is not None
    assert due.date == on("2027-05-11")
    assert clock.date("no_such_date") is None
