"""A policy that makes no sense is refused with its place and the reason; one that does is read as it says."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.clock import PolicyError, calendar_warning, load

from ...support.clock import GONE, RULES, SMALL, SMALL_HOLIDAYS, changed, on

COUNTED, ASKED = "/regimes/counted", "/regimes/asked"
SECOND = f"{COUNTED}/dates/1"
UNIT = "give one of working_days, open_days, days, months"
STRANGER = "it is not among the events of this regime"
PLACES = "only {day} and {days} can be filled in"


def fault(deadlines: dict[str, Any], holidays: dict[str, Any], *closures: dict[str, str]) -> tuple[str, str]:
    with pytest.raises(PolicyError) as error:
        load(deadlines, holidays, closures)
    return error.value.pointer, error.value.reason


@pytest.mark.parametrize(
    ("place", "value", "pointer", "reason"),
    [
        (f"{COUNTED}/calendar", "moon", f"{COUNTED}/calendar", "there is no such calendar"),
        (f"{COUNTED}/method", "dice", f"{COUNTED}/method", "there is no such way of counting"),
        (f"{COUNTED}/ladder", "none", f"{COUNTED}/ladder", "there is no such ladder"),
        (f"{ASKED}/waiting_ladder", "none", f"{ASKED}/waiting_ladder", "there is no such ladder"),
        (f"{ASKED}/in_force/until", "2019-12-31", f"{ASKED}/in_force/until", "it ends before it begins"),
        (f"{COUNTED}/in_force/from", "9999-12-32", f"{COUNTED}/in_force/until", "it ends before it begins"),
        (f"{COUNTED}/words/received", GONE, f"{COUNTED}/words", "the words for received are missing"),
        (f"{ASKED}/words/later_start", GONE, f"{ASKED}/words", "the words for later_start are missing"),
        (f"{ASKED}/words/projection", GONE, f"{ASKED}/words", "the words for projection are missing"),
        ("/regimes/elapsed/words/received", GONE, "/regimes/elapsed/words", "the words for received are missing"),
        ("/regimes/kept/words/received", GONE, "/regimes/kept/words", "the words for received are missing"),
        ("/regimes/elapsed/period", {"days": 3}, "/regimes/elapsed/period", "give the hours"),
        ("/regimes/elapsed/period", GONE, "/regimes/elapsed/period", "give the hours"),
    ],
)
def test_a_regime_that_makes_no_sense_is_refused(place: str, value: Any, pointer: str, reason: str) -> None:
    assert fault(changed(SMALL, place, value), SMALL_HOLIDAYS) == (pointer, reason)


@pytest.mark.parametrize(
    ("place", "value", "pointer", "reason"),
    [
        (f"{SECOND}/add", GONE, SECOND, "say what is added, and from when"),
        (f"{SECOND}/from", GONE, SECOND, "say what is added, and from when"),
        (f"{SECOND}/from", "third", f"{SECOND}/from", "it counts from something that is not known before it"),
        (f"{SECOND}/from", "second", f"{SECOND}/from", "it counts from something that is not known before it"),
        (f"{SECOND}/from_words", GONE, SECOND, "the words for the day it counts from are missing"),
        (f"{SECOND}/add", {"weeks": 2}, f"{SECOND}/add", UNIT),
        (f"{SECOND}/add", {"days": 2, "months": 1}, f"{SECOND}/add", UNIT),
        (f"{SECOND}/add", {}, f"{SECOND}/add", UNIT),
        (f"{SECOND}/add", {"days": 0}, f"{SECOND}/add/days", "the count must be one or more"),
        (f"{SECOND}/add", {"months": -1}, f"{SECOND}/add/months", "the count must be one or more"),
    ],
)
def test_a_date_that_cannot_be_counted_is_refused(place: str, value: Any, pointer: str, reason: str) -> None:
    assert fault(changed(SMALL, place, value), SMALL_HOLIDAYS) == (pointer, reason)


@pytest.mark.parametrize(
    ("place", "value", "pointer", "reason"),
    [
        (f"{ASKED}/period", GONE, ASKED, "the period is missing"),
        (f"{ASKED}/period", {"weeks": 1}, f"{ASKED}/period", UNIT),
        (f"{ASKED}/period", {"months": 0}, f"{ASKED}/period/months", "the count must be one or more"),
        (f"{ASKED}/extension/add", {"weeks": 1}, f"{ASKED}/extension/add", UNIT),
        (
            f"{ASKED}/extension/add",
            {"days": 5},
            f"{ASKED}/extension/add",
            "it must be counted in the unit of the period",
        ),
        (f"{ASKED}/dates/0/name", "late", f"{ASKED}/dates", "the date named due is missing"),
        (f"{ASKED}/dates/1/words", GONE, f"{ASKED}/dates/1", "its words are missing"),
        (f"{ASKED}/target/name", "goal", f"{ASKED}/dates/2", "its words are missing"),
        (f"{ASKED}/target", GONE, f"{ASKED}/dates/2", "its words are missing"),
    ],
)
def test_a_period_that_cannot_be_counted_is_refused(place: str, value: Any, pointer: str, reason: str) -> None:
    assert fault(changed(SMALL, place, value), SMALL_HOLIDAYS) == (pointer, reason)


@pytest.mark.parametrize("unit", ["working_days", "open_days"])
def test_working_days_need_a_calendar(unit: str) -> None:
    bare = changed(changed(SMALL, f"{COUNTED}/calendar", GONE), f"{COUNTED}/dates/0/roll", GONE)
    wrong = changed(bare, f"{SECOND}/add", {unit: 2})
    assert fault(wrong, SMALL_HOLIDAYS) == (f"{SECOND}/add", "working days need a calendar")
    load(changed(bare, f"{SECOND}/add", {"days": 1}), SMALL_HOLIDAYS)


def test_rolling_needs_a_calendar() -> None:
    wrong = changed(SMALL, f"{COUNTED}/calendar", GONE)
    reason = "rolling off a bank holiday needs a calendar"
    assert fault(wrong, SMALL_HOLIDAYS) == (f"{COUNTED}/dates/0/roll", reason)


@pytest.mark.parametrize(
    ("place", "value", "pointer"),
    [
        (f"{ASKED}/met_by", ["moved"], f"{ASKED}/met_by"),
        (f"{ASKED}/gates/0/asked", "moved", f"{ASKED}/gates/0/asked"),
        (f"{ASKED}/gates/0/given", "moved", f"{ASKED}/gates/0/given"),
        (f"{ASKED}/pause/asked", "moved", f"{ASKED}/pause/asked"),
        (f"{ASKED}/pause/answered", "moved", f"{ASKED}/pause/answered"),
        (f"{ASKED}/extension/notice", "moved", f"{ASKED}/extension/notice"),
        (f"{COUNTED}/restart/asked", "moved", f"{COUNTED}/restart/asked"),
        (f"{COUNTED}/restart/answered", "moved", f"{COUNTED}/restart/answered"),
        (f"{SECOND}/when", "moved", f"{SECOND}/when"),
        (f"{SECOND}/unless", "moved", f"{SECOND}/unless"),
        (f"{COUNTED}/dates/0/met_by", ["seen", "moved"], f"{COUNTED}/dates/0/met_by"),
        (f"{COUNTED}/dates/0/satisfied_by", ["moved"], f"{COUNTED}/dates/0/satisfied_by"),
        ("/regimes/elapsed/dates/0/met_by", ["moved"], "/regimes/elapsed/dates/0/met_by"),
    ],
)
def test_an_event_that_the_regime_does_not_know_is_refused(place: str, value: Any, pointer: str) -> None:
    assert fault(changed(SMALL, place, value), SMALL_HOLIDAYS) == (pointer, STRANGER)


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (f"{COUNTED}/words/received", "On {date}.", PLACES),
        (f"{COUNTED}/words/received", "On {day} at {}.", PLACES),
        (f"{COUNTED}/words/received", "On {day", "its braces do not pair"),
        (f"{SECOND}/from_words", "From {when}.", PLACES),
        (f"{ASKED}/gates/0/words", "From {when}.", PLACES),
    ],
)
def test_a_text_fills_in_days_and_nothing_else(place: str, value: str, reason: str) -> None:
    assert fault(changed(SMALL, place, value), SMALL_HOLIDAYS) == (place, reason)


@pytest.mark.parametrize(
    ("place", "value", "pointer", "reason"),
    [
        ("/calendars/home/holidays/1/date", "2027-02-30", "/home/holidays/1/date", "there is no such date"),
        ("/calendars/home/complete_from", "2029-01-01", "/home/complete_until", "it ends before it begins"),
        (
            "/calendars/home/complete_from",
            "2027-03-27",
            "/home/holidays",
            "2027-03-26 lies outside the years that are complete",
        ),
        (
            "/calendars/away/complete_until",
            "2027-03-29",
            "/away/holidays",
            "2027-03-30 lies outside the years that are complete",
        ),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(place: str, value: str, pointer: str, reason: str) -> None:
    assert fault(SMALL, changed(SMALL_HOLIDAYS, place, value)) == (f"bank_holidays:/calendars{pointer}", reason)


def test_a_calendar_may_be_complete_for_its_only_holiday() -> None:
    alone = changed(SMALL_HOLIDAYS, "/calendars/away/complete_until", "2027-03-30")
    alone["calendars"]["away"]["complete_from"] = "2027-03-30"
    away = load(SMALL, alone).calendars["away"]
    assert (away.first, away.last) == (on("2027-03-30"), on("2027-03-30"))
    assert away.holidays == {on("2027-03-30"): "Away Day"}


@pytest.mark.parametrize(("first", "last"), [("2027-01-02", "2027-01-01"), ("2027-01-01", "2028-01-03")])
def test_closed_offices_end_after_they_begin_and_within_a_year(first: str, last: str) -> None:
    good = {"from": "2027-01-01", "until": "2027-01-01"}
    reason = "it ends before it begins, or lasts over a year"
    assert fault(SMALL, SMALL_HOLIDAYS, good, {"from": first, "until": last}) == (
        "council:/closures/1/until",
        reason,
    )


def test_closed_offices_are_days_of_every_calendar() -> None:
    closures = [
        {"from": "2027-12-24", "until": "2027-12-26"},
        {"from": "2028-01-01", "until": "2028-01-01"},
        {"from": "2026-01-01", "until": "2027-01-02"},
    ]
    for calendar in load(SMALL, SMALL_HOLIDAYS, closures).calendars.values():
        later = sorted(day.isoformat() for day in calendar.closed if day > on("2027-06-01"))
        assert later == ["2027-12-24", "2027-12-25", "2027-12-26", "2028-01-01"]
        assert len(calendar.closed) == 4 + 367
    assert load(SMALL, SMALL_HOLIDAYS).calendars["home"].closed == frozenset()


def test_a_good_policy_is_read_as_it_says() -> None:
    rules = load(SMALL, SMALL_HOLIDAYS)
    assert rules.version == "d1/h1"
    assert list(rules.calendars) == ["home", "away"]
    home = rules.calendars["home"]
    assert (home.name, home.label, home.version) == ("home", "Home (h1)", "h1")
    assert (home.first, home.last) == (on("2026-01-01"), on("2028-12-31"))
    counted, asked, elapsed = (rules.regimes[name] for name in ("counted", "asked", "elapsed"))
    assert (counted.name, counted.rule, counted.version) == ("counted", "counted@d1", "d1")
    assert counted.calendar is home
    assert elapsed.calendar is None
    assert (asked.period, asked.extension) == (("months", 1), ("months", 2))
    assert counted.row["ladder"] == SMALL["ladders"]["days"]
    assert asked.row["waiting_ladder"] == SMALL["ladders"]["waiting"]
    assert counted.row["waiting_ladder"] == rules.regimes["kept"].row["ladder"] == []
    assert counted.row["source"] == "Act 1"


def test_a_regime_without_a_calendar_does_not_roll() -> None:
    rules = load(SMALL, SMALL_HOLIDAYS)
    assert rules.regimes["elapsed"].roll(on("2027-03-27")) == on("2027-03-27")
    assert rules.regimes["counted"].roll(on("2027-03-27")) == on("2027-03-30")


def test_a_part_and_a_date_that_are_not_there_are_empty() -> None:
    regime = load(SMALL, SMALL_HOLIDAYS).regimes["kept"]
    assert regime.part("pause") == {}
    assert regime.date_row("due") == {}
    assert not regime.has("due")
    assert regime.has("dispose_from")


def test_an_extension_counts_from_the_same_start() -> None:
    """Art 12A(3): one month and two more are three months from the start."""
    regime = RULES.regimes["ukgdpr-rights"]
    assert regime.nominal(on("2027-10-31")) == on("2027-11-30")
    assert regime.nominal(on("2027-10-31"), extended=True) == on("2028-01-31")


def test_an_empty_name_of_a_ladder_is_no_ladder() -> None:
    for kind in ("ladder", "waiting_ladder"):
        rules = load(changed(SMALL, f"{ASKED}/{kind}", ""), SMALL_HOLIDAYS)
        assert rules.regimes["asked"].row[kind] == []


def test_a_rule_may_end_on_the_day_it_begins() -> None:
    load(changed(SMALL, f"{ASKED}/in_force/until", "2020-01-01"), SMALL_HOLIDAYS)


@pytest.mark.parametrize(
    ("today", "warned"),
    [
        ("2026-12-31", []),
        ("2027-01-01", ["Away are known until Friday 31 December 2027"]),
        (
            "2028-01-01",
            ["Home are known until Sunday 31 December 2028", "Away are known until Friday 31 December 2027"],
        ),
    ],
)
def test_a_calendar_that_ends_within_a_year_is_told(today: str, warned: list[str]) -> None:
    """law.md requirement 21: an alert within twelve months of the end."""
    found = calendar_warning(load(SMALL, SMALL_HOLIDAYS), on(today))
    assert found == tuple(f"The bank holidays of {what} only. Load newer ones." for what in warned)


def test_an_event_without_words_is_refused() -> None:
    events = {name: words for name, words in SMALL["events"].items() if name != "q"}
    assert fault({**SMALL, "events": events}, SMALL_HOLIDAYS) == ("/events", "the event q has no words")
