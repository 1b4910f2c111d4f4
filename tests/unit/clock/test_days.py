"""Months with their ends, working days, and the day that does not count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from chalicelib.domain.clock import add_months, london_date, words
from chalicelib.domain.clock.days import LONDON, WorkCalendar, add

from ...support.clock import RULES, on, refused

ENGLAND = RULES.calendars["england-and-wales"]
ANY_UK = RULES.calendars["any-uk"]
FAR = "The date is too far away to count."
UNKNOWN = "The bank holidays of England and Wales are not known that far: load newer ones."
EASTER = WorkCalendar(
    "easter",
    "Easter",
    "v1",
    {on("2027-03-26"): "Good Friday", on("2027-03-29"): "Easter Monday"},
    on("2027-03-01"),
    on("2027-04-30"),
    frozenset({on("2027-03-25"), on("2027-03-27"), on("2027-03-30")}),
)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2027-03-31", 1, "2027-04-30"),
        ("2027-10-31", 3, "2028-01-31"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2027-12-01", 1, "2028-01-01"),
        ("2027-11-15", 1, "2027-12-15"),
        ("2027-01-15", 11, "2027-12-15"),
        ("2027-01-15", 12, "2028-01-15"),
        ("2027-06-15", 0, "2027-06-15"),
    ],
)
def test_a_month_without_that_day_ends_on_its_last(start: str, months: int, end: str) -> None:
    """Reg 1182/71 Art 3(2)(c); law.md 2.3: one step from the original day."""
    assert add_months(on(start), months) == on(end)


@pytest.mark.parametrize(("start", "months"), [("9999-12-31", 1), ("9999-01-01", 12), ("2027-01-01", 200_000)])
def test_a_month_after_the_last_year_is_refused(start: str, months: int) -> None:
    refused("calendar", FAR, lambda: add_months(on(start), months))


def test_the_last_month_of_all_can_be_counted() -> None:
    assert add_months(on("9999-11-30"), 1) == on("9999-12-30")


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2027, 6, 1, 23, 30, tzinfo=UTC), "2027-06-02"),
        (datetime(2027, 6, 1, 22, 59, tzinfo=UTC), "2027-06-01"),
        (datetime(2027, 12, 1, 23, 30, tzinfo=UTC), "2027-12-01"),
        (datetime(2027, 12, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2027-11-30"),
        (datetime(2027, 12, 1, 0, 0, tzinfo=LONDON), "2027-12-01"),
    ],
)
def test_an_instant_belongs_to_its_day_in_london(instant: datetime, day: str) -> None:
    assert london_date(instant) == on(day)


def test_an_instant_without_a_zone_is_refused() -> None:
    message = "Give the time zone of the instant, for example Z at its end."
    refused("zone", message, lambda: london_date(datetime(2027, 6, 1, 12)))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-12-24", True),
        ("2026-12-31", True),
        ("2026-12-25", False),
        ("2026-12-28", False),
        ("2026-12-26", False),
        ("2026-12-27", False),
        ("2027-03-05", True),
        ("2027-03-06", False),
        ("2027-03-07", False),
        ("2027-03-08", True),
    ],
)
def test_only_weekdays_that_are_no_bank_holiday_are_working_days(day: str, works: bool) -> None:
    """law.md 2.3: Christmas Eve and New Year's Eve are working days."""
    assert ENGLAND.working(on(day)) is works


@pytest.mark.promise("fault:restart-rolls-with-scottish-and-northern-irish-h")
def test_saint_andrews_day_is_a_holiday_for_information_law_only() -> None:
    """law.md 2.4: FOI and EIR know the holidays of any part of the UK, rights those of England and Wales."""
    assert ENGLAND.working(on("2026-11-30"))
    assert not ANY_UK.working(on("2026-11-30"))


@pytest.mark.parametrize("day", ["2017-12-31", "2029-01-01"])
def test_a_day_beyond_the_known_holidays_is_refused_and_not_guessed(day: str) -> None:
    refused("calendar", UNKNOWN, lambda: ENGLAND.working(on(day)))


def test_the_first_and_the_last_known_day_can_be_asked() -> None:
    assert not ENGLAND.working(on("2018-01-01"))
    assert not ENGLAND.working(on("2028-12-31"))
    assert ENGLAND.working(on("2028-12-29"))


@pytest.mark.promise("fault:one-clock-never-rolls-another-branch-counts-bank")
@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        ("2027-03-25", "2027-03-25"),
        ("2027-03-26", "2027-03-30"),
        ("2027-03-27", "2027-03-30"),
        ("2027-04-03", "2027-04-05"),
        ("2027-04-05", "2027-04-05"),
    ],
)
def test_a_day_off_moves_to_the_next_working_day(day: str, rolled: str) -> None:
    """Reg 1182/71 Art 3(4). A closed office moves nothing."""
    assert EASTER.roll(on(day)) == on(rolled)


@pytest.mark.parametrize(
    ("unit", "start", "count", "end"),
    [
        ("working_days", "2027-03-24", 1, "2027-03-25"),
        ("working_days", "2027-03-25", 1, "2027-03-30"),
        ("working_days", "2027-03-25", 2, "2027-03-31"),
        ("working_days", "2027-03-27", 1, "2027-03-30"),
        ("working_days", "2027-04-03", 5, "2027-04-09"),
        ("open_days", "2027-03-24", 1, "2027-03-31"),
        ("open_days", "2027-03-24", 3, "2027-04-02"),
        ("open_days", "2027-04-05", 1, "2027-04-06"),
        ("days", "2027-03-25", 1, "2027-03-26"),
        ("days", "2027-03-25", 30, "2027-04-24"),
        ("months", "2027-03-31", 1, "2027-04-30"),
    ],
)
def test_a_count_begins_the_day_after(unit: str, start: str, count: int, end: str) -> None:
    """Reg 1182/71 Art 3(1). Only open days know of closed offices."""
    assert add(EASTER, on(start), unit, count) == on(end)


def test_days_and_months_need_no_calendar() -> None:
    assert add(None, on("2027-03-25"), "days", 3) == on("2027-03-28")
    assert add(None, on("2027-03-25"), "months", 3) == on("2027-06-25")


@pytest.mark.parametrize(
    ("day", "count", "earlier"),
    [("2027-03-30", 1, "2027-03-25"), ("2027-03-30", 2, "2027-03-24"), ("2027-04-04", 1, "2027-04-02")],
)
def test_working_days_are_counted_back_too(day: str, count: int, earlier: str) -> None:
    assert EASTER.before(on(day), count) == on(earlier)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2027-03-26", "That is a bank holiday (Good Friday), so the last day is Tuesday 30 March 2027."),
        ("2027-03-27", "That is a Saturday, so the last day is Tuesday 30 March 2027."),
        ("2027-03-28", "That is a Sunday, so the last day is Tuesday 30 March 2027."),
    ],
)
def test_a_day_off_says_why(day: str, why: str) -> None:
    assert words.rolled(on(day), on("2027-03-30"), EASTER) == [why]


def test_a_calendar_is_named_with_its_version() -> None:
    assert EASTER.label == "Easter (v1)"
    plain = WorkCalendar("plain", "Plain", "v2", {}, date.min, date.max)
    assert plain.closed == frozenset()
