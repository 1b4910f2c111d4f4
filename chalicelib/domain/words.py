"""Dates in words, always the London day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from .clock.words import long, month
from .language import current, say, say_count

_LONDON = ZoneInfo("Europe/London")


long_date = long


def short_date(day: date) -> str:
    """`23 Dec 2026`, for tables."""
    if current().is_english:
        return f"{day.day} {day:%b %Y}"
    return say("{day} {month} {year}", day=day.day, month=month(day), year=day.year)


def clock_time(instant: datetime) -> str:
    """An aware instant as London time of day: `9:05am`, `midday`, `midnight`."""
    local = instant.astimezone(_LONDON)
    if local.minute == 0 and local.hour in (0, 12):
        return say("midday") if local.hour else say("midnight")
    time = f"{local.hour % 12 or 12}:{local:%M}"
    return say("{time}am", time=time) if local.hour < 12 else say("{time}pm", time=time)


def day_and_time(instant: datetime) -> str:
    """`Monday 23 November 2026 at 9:05am`, in London."""
    day = long_date(instant.astimezone(_LONDON).date())
    return say("{day} at {time}", day=day, time=clock_time(instant))


def days(since: date, today: date) -> str:
    """How many days have passed: `1 day`, `14 days`."""
    return say_count("{count} day", "{count} days", (today - since).days)


def days_left(due: date, today: date) -> str:
    """How far a date is away, in words: `2 days left`, `due today`, `5 days late`."""
    left = (due - today).days
    if left == 0:
        return say("due today")
    if left > 0:
        return say_count("{count} day left", "{count} days left", left)
    return say_count("{count} day late", "{count} days late", -left)
