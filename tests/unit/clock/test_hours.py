"""Elapsed hours from an instant: UK GDPR Art 33(1), 72 hours, nothing left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ...support.clock import on, refused, run

BREACH = "breach-art33"


@pytest.mark.parametrize(
    ("knew", "due", "local"),
    [
        ("2028-10-27T10:00:00+01:00", "2028-10-30T09:00:00+00:00", "2028-10-30T09:00:00+00:00"),
        ("2028-03-24T18:30:00+00:00", "2028-03-27T18:30:00+00:00", "2028-03-27T19:30:00+01:00"),
        ("2027-07-01T23:15:00+00:00", "2027-07-04T23:15:00+00:00", "2027-07-05T00:15:00+01:00"),
        ("2027-12-24T12:00:00+00:00", "2027-12-27T12:00:00+00:00", "2027-12-27T12:00:00+00:00"),
    ],
)
def test_the_hours_run_on_through_nights_holidays_and_the_clock_change(knew: str, due: str, local: str) -> None:
    """law.md 2.7: across a clock change the local time moves an hour."""
    clock = run(BREACH, knew)
    assert clock.answers == {"due_at": due, "due_local": local}
    assert clock.status == "running"
    (legal,) = clock.dates
    assert legal.at == datetime.fromisoformat(due)
    assert legal.at.tzinfo is UTC
    assert legal.date == on(local[:10])


def test_the_working_is_told_in_london_time() -> None:
    (legal,) = run(BREACH, "2027-06-30T23:15:00Z").dates
    assert legal.explanation == (
        "We knew of it on Thursday 1 July 2027.",
        "We count 72 hours. Nights, weekends and bank holidays count too.",
        "That takes us to 00:15 on Sunday 4 July 2027.",
    )
    assert legal.counted_from == on("2027-07-01")
    assert (legal.name, legal.label, legal.calendar) == ("due_at", "Tell the Commissioner", "")
    assert (legal.rule, legal.source) == ("breach-art33@2026-11-01", "UK GDPR Art 33(1)")
    assert not legal.limit


@pytest.mark.parametrize(
    ("told", "today", "word", "status"),
    [
        (None, None, "running", "running"),
        (None, "2027-06-04", "running", "running"),
        (None, "2027-06-05", "missed", "running"),
        ("2027-06-04", "2027-06-05", "met", "stopped"),
        ("2027-06-05", "2027-06-05", "met_late", "stopped"),
    ],
)
def test_the_report_stops_the_hours(told: str | None, today: str | None, word: str, status: str) -> None:
    clock = run(BREACH, "2027-06-01T12:00:00Z", *([("reported", told)] if told else []), today=today)
    assert (clock.dates[0].status, clock.status) == (word, status)


@pytest.mark.parametrize("knew", ["2027-06-01", "2027-06-01T12:00:00"])
def test_a_day_or_a_time_without_a_zone_is_no_instant(knew: str) -> None:
    rule = "instant" if "T" not in knew else "zone"
    message = {
        "instant": "Give the instant at which we knew, with its time zone.",
        "zone": "Give the time zone of the instant, for example Z at its end.",
    }[rule]
    refused(rule, message, lambda: run(BREACH, knew))


def test_a_report_before_we_knew_is_refused_and_one_on_the_same_day_is_not() -> None:
    message = "Something is said to have happened before we knew."
    refused("order", message, lambda: run(BREACH, "2027-06-01T23:30:00Z", ("reported", "2027-06-01")))
    assert run(BREACH, "2027-06-01T23:30:00Z", ("reported", "2027-06-02")).status == "stopped"
