"""When a closed matter may go: the last closure governs, holds delay, nothing is rolled (law.md 2.7)."""

from __future__ import annotations

from typing import Any

import pytest

from ...support.clock import Event, on, refused, run

SET_LATER = "It is open again. The day is set when it closes."
HELD = "It is on hold. It stays until the hold is released."


def disposal(closed: str, years: Any, *events: Event) -> Any:
    return run("retention", closed, *events, years=years)


@pytest.mark.parametrize(
    ("closed", "years", "events", "end"),
    [
        ("2027-01-10", 3, [], "2030-01-10"),
        ("2027-01-10", 3, [("hold_placed", "2029-12-01"), ("hold_released", "2030-04-02")], "2030-04-02"),
        ("2027-01-10", 3, [("hold_placed", "2029-12-01"), ("hold_released", "2030-01-09")], "2030-01-10"),
        ("2027-01-10", 3, [("reopened", "2027-02-01"), ("closed", "2027-06-05")], "2030-06-05"),
        ("2028-02-29", 1, [], "2029-02-28"),
        ("2028-02-29", 4, [], "2032-02-29"),
        ("2027-01-10", 0, [], "2027-01-10"),
        ("2027-12-25", 25, [], "2052-12-25"),
    ],
)
def test_it_may_go_after_the_last_closure_and_the_last_hold(closed: str, years: int, events: Any, end: str) -> None:
    """The last case lies beyond every calendar: retention never rolls."""
    clock = disposal(closed, years, *events)
    assert clock.answers == {"dispose_from": end}
    assert (clock.status, clock.dates[0].status) == ("running", "running")
    assert clock.dates[0].date == on(end)


@pytest.mark.parametrize(
    ("events", "status", "sentence"),
    [
        ([("reopened", "2027-02-01")], "open", SET_LATER),
        ([("hold_placed", "2027-02-01"), ("reopened", "2027-02-02")], "open", SET_LATER),
        ([("reopened", "2027-02-01"), ("closed", "2027-02-02"), ("reopened", "2027-02-03")], "open", SET_LATER),
        ([("hold_placed", "2027-02-01")], "on_hold", HELD),
        (
            [("hold_placed", "2027-02-01"), ("hold_placed", "2027-02-02"), ("hold_released", "2027-03-01")],
            "on_hold",
            HELD,
        ),
        ([("hold_released", "2027-01-11"), ("hold_placed", "2027-02-02")], "on_hold", HELD),
    ],
)
def test_what_is_open_or_held_has_no_day(events: Any, status: str, sentence: str) -> None:
    """Open wins over a hold; several holds block until all are released (law.md 2.8)."""
    clock = disposal("2027-01-10", 3, *events)
    assert clock.answers == {"dispose_from": None, "status": status}
    assert (clock.status, clock.explanation) == (status, (sentence,))
    (legal,) = clock.dates
    assert (legal.date, legal.status, legal.explanation) == (None, status, (sentence,))
    assert legal.counted_from == on("2027-01-10")


def test_all_holds_released_the_last_release_counts() -> None:
    clock = disposal(
        "2027-01-10",
        3,
        ("hold_placed", "2029-12-01"),
        ("hold_placed", "2029-12-02"),
        ("hold_released", "2030-04-02"),
        ("hold_released", "2030-03-01"),
    )
    assert clock.answers == {"dispose_from": "2030-04-02"}


def test_the_working_names_closure_period_and_day() -> None:
    clock = disposal("2027-01-10", 3)
    assert clock.explanation == (
        "It closed on Sunday 10 January 2027.",
        "We keep it three years after that.",
        "It may go from Thursday 10 January 2030.",
    )
    (legal,) = clock.dates
    assert legal.explanation == clock.explanation
    assert (legal.name, legal.label, legal.rule) == ("dispose_from", "Delete it", "retention@2026-11-01")


def test_the_working_counts_from_the_last_closure_and_tells_of_a_hold() -> None:
    clock = disposal(
        "2027-01-10",
        1,
        ("reopened", "2027-02-01"),
        ("closed", "2027-06-05"),
        ("hold_placed", "2027-07-01"),
        ("hold_released", "2029-07-01"),
    )
    assert clock.explanation == (
        "It closed on Saturday 5 June 2027.",
        "We keep it one year after that.",
        "A hold kept it longer.",
        "It may go from Sunday 1 July 2029.",
    )
    assert clock.dates[0].counted_from == on("2027-06-05")


def test_a_hold_released_on_the_very_day_keeps_nothing_longer() -> None:
    clock = disposal("2027-01-10", 1, ("hold_placed", "2027-07-01"), ("hold_released", "2028-01-10"))
    assert clock.answers == {"dispose_from": "2028-01-10"}
    assert "A hold kept it longer." not in clock.explanation


def test_a_hold_may_be_older_than_the_closure() -> None:
    assert disposal("2027-01-10", 1, ("hold_placed", "2026-07-01")).status == "on_hold"


@pytest.mark.parametrize("years", [None, "3", 3.0, True, -1])
def test_the_years_must_be_a_whole_number(years: Any) -> None:
    message = "Give the years to keep it as a whole number."
    refused("years", message, lambda: disposal("2027-01-10", years))


@pytest.mark.parametrize("kind", ["reopened", "closed"])
def test_nothing_reopens_or_closes_before_the_first_closure(kind: str) -> None:
    message = "Something is said to have happened before the first closure."
    refused("order", message, lambda: disposal("2027-01-10", 3, (kind, "2027-01-09")))
    disposal("2027-01-10", 3, (kind, "2027-01-10"))


def test_years_beyond_the_last_year_are_refused() -> None:
    refused("calendar", "The date is too far away to count.", lambda: disposal("2027-01-10", 9000))


def test_a_release_without_a_hold_keeps_nothing_longer() -> None:
    clock = run("retention", "2027-01-10", ("hold_released", "2031-01-01"), years=3)
    assert clock.answers == {"dispose_from": "2030-01-10"}
