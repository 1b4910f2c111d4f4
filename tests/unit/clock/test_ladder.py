"""When whom is reminded: each kind of rung, its key, and nine in the morning on both sides of the clock change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.clock import Alert, Clock, LegalDate, alerts, load

from ...support.clock import SMALL, SMALL_HOLIDAYS, changed, on, run

RULES = load(SMALL, SMALL_HOLIDAYS)
EARLY = on("2027-03-01")


def date_row(due: str | None, start: str | None = "2027-03-15", **more: Any) -> LegalDate:
    row: dict[str, Any] = {"name": "due", "status": "running", "rule": "r", "source": "s", "calendar": "c", **more}
    counted = on(start) if start else None
    return LegalDate(date=on(due) if due else None, explanation=(), counted_from=counted, label="Answer", **row)


def rungs(rung: dict[str, Any], legal: LegalDate, today: str = "2027-03-01") -> list[str]:
    """The instants of one rung for one date, as `name@instant`."""
    rules = load(changed(SMALL, "/ladders/days", [{"to": ["owner"], **rung}]), SMALL_HOLIDAYS)
    found = alerts(rules, Clock("counted", "running", (legal,), {}, ()), today=on(today))
    return [f"{alert.rung}@{alert.at.isoformat()}" for alert in found]


@pytest.mark.parametrize(
    ("start", "due", "expected"),
    [
        ("2027-03-15", "2027-03-30", ["half@2027-03-22T09:00:00+00:00"]),
        ("2027-03-25", "2027-04-04", ["half@2027-03-30T08:00:00+00:00"]),
        ("2027-03-15", "2027-03-17", ["half@2027-03-16T09:00:00+00:00"]),
        ("2027-03-15", "2027-03-16", []),
        ("2027-03-15", "2027-03-15", []),
        (None, "2027-03-30", []),
    ],
)
def test_half_way_is_between_start_and_date(start: str | None, due: str, expected: list[str]) -> None:
    assert rungs({"at": "half"}, date_row(due, start)) == expected


@pytest.mark.parametrize(
    ("start", "due", "expected"),
    [
        ("2027-03-15", "2027-03-30", ["before-2@2027-03-24T09:00:00+00:00"]),
        ("2027-03-15", "2027-04-05", ["before-2@2027-04-01T08:00:00+00:00"]),
        ("2027-03-23", "2027-03-30", ["before-2@2027-03-24T09:00:00+00:00"]),
        ("2027-03-24", "2027-03-30", []),
        ("2027-03-25", "2027-03-30", []),
    ],
)
def test_working_days_before_the_date_leave_out_holidays(start: str, due: str, expected: list[str]) -> None:
    """A rung on or before the day the count began says nothing new."""
    assert rungs({"at": "before", "working_days": 2}, date_row(due, start)) == expected


def test_the_day_itself_is_told_whatever_day_it_is() -> None:
    assert rungs({"at": "on_the_day"}, date_row("2027-03-27")) == ["on-the-day@2027-03-27T09:00:00+00:00"]
    assert rungs({"at": "on_the_day"}, date_row("2027-03-28")) == ["on-the-day@2027-03-28T08:00:00+00:00"]


@pytest.mark.parametrize(
    ("today", "count"),
    [("2027-03-01", 1), ("2027-03-29", 1), ("2027-03-30", 2), ("2027-03-31", 3), ("2027-04-01", 3), ("2027-05-01", 3)],
)
def test_after_the_date_those_that_have_come_and_the_next_are_there(today: str, count: int) -> None:
    expected = [
        "after-1@2027-03-30T08:00:00+00:00",
        "after-2@2027-03-31T08:00:00+00:00",
        "after-3@2027-04-01T08:00:00+00:00",
    ]
    assert rungs({"at": "after", "times": 3}, date_row("2027-03-25"), today) == expected[:count]


def test_after_the_date_weekends_are_left_out_even_beyond_the_known_holidays() -> None:
    found = rungs({"at": "after", "times": 2}, date_row("2029-01-04"), "2029-06-01")
    assert found == ["after-1@2029-01-05T09:00:00+00:00", "after-2@2029-01-08T09:00:00+00:00"]


def test_hours_before_an_instant_are_exact() -> None:
    clock = run("elapsed", "2027-03-28T00:30:00Z", rules=RULES)
    at = datetime.fromisoformat("2027-03-28T06:30Z")
    assert alerts(RULES, clock, today=EARLY) == tuple(
        Alert(f"due_at/2027-03-28/hours-4/{to}", "due_at", "Tell", "hours-4", at, to) for to in ("dpo", "owner")
    )


def test_hours_before_a_day_without_an_instant_say_nothing() -> None:
    assert rungs({"at": "hours_before", "hours": 4}, date_row("2027-03-30")) == []


def test_a_regime_without_a_calendar_reminds_by_the_first_one() -> None:
    rules = load(changed(SMALL, "/ladders/hours", [{"at": "after", "times": 1, "to": ["owner"]}]), SMALL_HOLIDAYS)
    clock = Clock("elapsed", "running", (date_row("2027-03-25"),), {}, ())
    assert [alert.at.date() for alert in alerts(rules, clock, today=EARLY)] == [on("2027-03-30")]


def test_a_regime_with_a_calendar_reminds_by_its_own() -> None:
    rules = load(changed(SMALL, "/regimes/counted/calendar", "away"), SMALL_HOLIDAYS)
    clock = Clock("counted", "running", (date_row("2027-03-29"),), {}, ())
    found = [alert for alert in alerts(rules, clock, today=EARLY) if alert.rung == "after-1"]
    assert [alert.at.date() for alert in found] == [on("2027-03-31")]


def test_all_rungs_come_in_order_and_each_key_names_date_rung_and_person() -> None:
    clock = Clock("counted", "running", (date_row("2027-03-30"),), {}, ())
    found = alerts(RULES, clock, today=on("2027-04-01"))
    assert [alert.key for alert in found] == [
        "due/2027-03-30/half/owner",
        "due/2027-03-30/before-2/manager",
        "due/2027-03-30/before-2/owner",
        "due/2027-03-30/on-the-day/manager",
        "due/2027-03-30/after-1/owner",
        "due/2027-03-30/after-2/owner",
        "due/2027-03-30/after-3/owner",
    ]
    assert found[1] == Alert(
        "due/2027-03-30/before-2/manager",
        "due",
        "Answer",
        "before-2",
        datetime.fromisoformat("2027-03-24T09:00Z"),
        "manager",
    )
    assert all(alert.since is None for alert in found)
    assert [alert.at for alert in found] == sorted(alert.at for alert in found)


def test_the_rungs_of_two_dates_are_one_ladder() -> None:
    clock = Clock("counted", "running", (date_row("2027-03-30"), date_row("2027-03-23", name="ack")), {}, ())
    found = alerts(RULES, clock, today=EARLY)
    assert {alert.date_name for alert in found} == {"due", "ack"}
    assert [(alert.at, alert.key) for alert in found] == sorted((alert.at, alert.key) for alert in found)
    assert found[0].date_name == "ack"


@pytest.mark.parametrize("word", ["met", "met_late"])
def test_a_date_that_is_met_reminds_nobody(word: str) -> None:
    assert alerts(RULES, Clock("counted", "stopped", (date_row("2027-03-30", status=word),), {}, ()), today=EARLY) == ()


def test_a_limit_and_a_missing_date_remind_nobody_but_do_not_silence_the_others() -> None:
    limit, none = date_row("2027-03-30", limit=True), date_row(None, name="none")
    assert alerts(RULES, Clock("counted", "running", (limit, none), {}, ()), today=EARLY) == ()
    found = alerts(RULES, Clock("counted", "running", (limit, none, date_row("2027-03-30")), {}, ()), today=EARLY)
    assert {alert.date_name for alert in found} == {"due"}


def test_a_missed_date_is_still_reminded_of() -> None:
    clock = Clock("counted", "running", (date_row("2027-03-30", status="missed"),), {}, ())
    assert alerts(RULES, clock, today=EARLY)


def waiting(today: str) -> tuple[Alert, ...]:
    """A question asked on 20 March 2027 that nobody has answered."""
    return alerts(RULES, run("asked", "2027-03-01", ("q", "2027-03-20"), rules=RULES), today=on(today))


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2027-03-20", [7, 14]),
        ("2027-04-02", [7, 14]),
        ("2027-04-03", [7, 14, 24]),
        ("2027-04-13", [7, 14, 24, 34]),
        ("2027-09-01", [7, 14, 24, 34]),
    ],
)
def test_waiting_is_chased_again_and_again_but_not_for_ever(today: str, days: list[int]) -> None:
    found = waiting(today)
    assert list(dict.fromkeys(alert.rung for alert in found)) == [f"waiting-{count}" for count in days]


def test_a_chaser_says_since_when_we_wait() -> None:
    assert waiting("2027-03-20") == tuple(
        Alert(
            f"due/waiting/2027-03-20/{days}/{to}",
            "due",
            "Answer",
            f"waiting-{days}",
            datetime.fromisoformat(at),
            to,
            on("2027-03-20"),
        )
        for days, to, at in (
            (7, "requester", "2027-03-27T09:00Z"),
            (14, "manager", "2027-04-03T08:00Z"),
            (14, "owner", "2027-04-03T08:00Z"),
        )
    )


def test_only_rungs_of_waiting_chase_who_is_waited_for() -> None:
    mixed = [{"at": "on_the_day", "to": ["owner"]}, *SMALL["ladders"]["waiting"]]
    rules = load(changed(SMALL, "/ladders/waiting", mixed), SMALL_HOLIDAYS)
    clock = run("asked", "2027-03-01", ("q", "2027-03-20"), rules=rules)
    assert {alert.rung for alert in alerts(rules, clock, today=EARLY)} == {"waiting-7", "waiting-14"}


def test_waiting_rungs_say_nothing_of_a_date_that_runs() -> None:
    assert rungs({"at": "waiting", "days": 7}, date_row("2027-03-30")) == []


def test_what_is_waited_for_twice_has_a_ladder_each() -> None:
    clock = run("asked", "2027-03-01", ("id_asked", "2027-03-02"), rules=RULES)
    running = date_row("2027-03-30")
    both = Clock("asked", "running", (*clock.dates, running), {}, ())
    found = alerts(RULES, both, today=EARLY)
    assert {alert.since for alert in found} == {on("2027-03-02"), None}
