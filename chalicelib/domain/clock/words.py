"""The sentences by which a date explains itself. Short, plain, and the last date named is the answer."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from .days import WorkCalendar

UNITS = {
    "working_days": "working day",
    "open_days": "working day",
    "days": "day",
    "months": "month",
    "years": "year",
    "hours": "hour",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@lru_cache(maxsize=8192)
def long(day: date) -> str:
    """`Wednesday 23 December 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def filled(text: str, **values: date | str | None) -> str:
    """A text of the policy with its `{day}` and `{days}` filled in."""
    return text.format(**{name: long(value) if isinstance(value, date) else value for name, value in values.items()})


def plural(count: int, unit: str) -> str:
    words = NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)
    return f"{words} {unit}" if count == 1 else f"{words} {unit}s"


def counted(start: date, end: date, unit: str, count: int, calendar: WorkCalendar | None) -> list[str]:
    """How `end` follows from `start` by a count of working days, days or months, before any roll."""
    if unit in ("working_days", "open_days"):
        assert calendar is not None
        sentences = ["We count the days that we work. We start on the day after. We skip weekends and bank holidays."]
        if unit == "open_days":
            sentences.append("We also skip days when our offices are shut.")
        for day in _days(start, end):
            if day.weekday() < 5 and day in calendar.holidays:
                sentences.append(f"We skip {day.day} {day:%B} ({calendar.holidays[day]}).")
            elif unit == "open_days" and day.weekday() < 5 and day in calendar.closed:
                sentences.append(f"We skip {day.day} {day:%B} (we are shut).")
        return [*sentences, f"Day {count} is {long(end)}."]
    if unit == "days":
        return [f"We count {plural(count, 'day')}. We start on the day after.", f"That takes us on to {long(end)}."]
    months = plural(count // 12, "year") if count % 12 == 0 else plural(count, "month")
    if end.day != start.day:
        return [
            f"We add {months}.",
            f"There is no {start.day} {end:%B}, so the month ends on {long(end)}.",
        ]
    return [f"We add {months}.", f"That takes us on to {long(end)}."]


def rolled(day: date, end: date, calendar: WorkCalendar) -> list[str]:
    """Why the last day moved on to a working day; nothing when it did not."""
    if day == end:
        return []
    return [f"That is {calendar.why_not(day)}, so the last day is {long(end)}."]


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=count) for count in range(1, (end - start).days + 1)]
