"""Dates in words, always the London day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_LONDON = ZoneInfo("Europe/London")


def long_date(day: date) -> str:
    """`Wednesday 23 December 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def short_date(day: date) -> str:
    """`23 Dec 2026`, for tables."""
    return f"{day.day} {day:%b %Y}"


def clock_time(instant: datetime) -> str:
    """An aware instant as London time of day: `9:05am`, `midday`, `midnight`."""
    local = instant.astimezone(_LONDON)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def day_and_time(instant: datetime) -> str:
    """`Monday 23 November 2026 at 9:05am`, in London."""
    return f"{long_date(instant.astimezone(_LONDON).date())} at {clock_time(instant)}"


def days(since: date, today: date) -> str:
    """How many days have passed: `1 day`, `14 days`."""
    count = (today - since).days
    return f"{count} day" if count == 1 else f"{count} days"


def days_left(due: date, today: date) -> str:
    """How far a date is away, in words: `2 days left`, `due today`, `5 days late`."""
    days = (due - today).days
    if days == 0:
        return "due today"
    unit = "day" if abs(days) == 1 else "days"
    return f"{days} {unit} left" if days > 0 else f"{-days} {unit} late"
