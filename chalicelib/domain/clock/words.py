"""The sentences by which a date explains itself. Short, plain, and the last date named is the answer."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from ..language import current, mark, say, say_count
from .days import WorkCalendar

UNITS = {
    "working_days": (mark("{number} working day"), mark("{number} working days")),
    "open_days": (mark("{number} working day"), mark("{number} working days")),
    "days": (mark("{number} day"), mark("{number} days")),
    "months": (mark("{number} month"), mark("{number} months")),
    "years": (mark("{number} year"), mark("{number} years")),
    "hours": (mark("{number} hour"), mark("{number} hours")),
}
NUMBERS = (
    mark("no"), mark("one"), mark("two"), mark("three"), mark("four"), mark("five"), mark("six"), mark("seven"),
    mark("eight"), mark("nine"), mark("ten"), mark("eleven"), mark("twelve"),
)  # fmt: skip


def long(day: date) -> str:
    """`Wednesday 23 December 2026`."""
    if current().is_english:
        return _long(day)
    return say("{weekday} {day} {month} {year}", weekday=weekday(day), day=day.day, month=month(day), year=day.year)


@lru_cache(maxsize=8192)
def _long(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def weekday(day: date) -> str:
    return say(f"{day:%A}")


def month(day: date) -> str:
    return say(f"{day:%B}")


def filled(text: str, **values: date | str | None) -> str:
    """A text of the policy with its `{day}` and `{days}` filled in."""
    return text.format(**{name: long(value) if isinstance(value, date) else value for name, value in values.items()})


def plural(count: int, unit: str) -> str:
    """So many of a unit, `three months`; small numbers as words."""
    number = say(NUMBERS[count]) if 0 <= count < len(NUMBERS) else str(count)
    return say_count(*UNITS[unit], count, number=number)


def counted(start: date, end: date, unit: str, count: int, calendar: WorkCalendar | None) -> list[str]:
    """How `end` follows from `start` by a count of working days, days or months, before any roll."""
    if unit in ("working_days", "open_days"):
        assert calendar is not None
        sentences = [
            say("We count the days that we work. We start on the day after. We skip weekends and bank holidays.")
        ]
        if unit == "open_days":
            sentences.append(say("We also skip days when our offices are shut."))
        for day in _days(start, end):
            if day.weekday() < 5 and day in calendar.holidays:
                title = calendar.holidays[day]
                sentences.append(say("We skip {day} {month} ({title}).", day=day.day, month=month(day), title=title))
            elif unit == "open_days" and day.weekday() < 5 and day in calendar.closed:
                sentences.append(say("We skip {day} {month} (we are shut).", day=day.day, month=month(day)))
        return [*sentences, say("Day {count} is {day}.", count=count, day=long(end))]
    takes = say("That takes us on to {day}.", day=long(end))
    if unit == "days":
        return [say("We count {days}. We start on the day after.", days=plural(count, "days")), takes]
    adds = say("We add {time}.", time=plural(count // 12, "years") if count % 12 == 0 else plural(count, "months"))
    if end.day != start.day:
        short = "There is no {number} {month}, so the month ends on {day}."
        return [adds, say(short, number=start.day, month=month(end), day=long(end))]
    return [adds, takes]


def rolled(day: date, end: date, calendar: WorkCalendar) -> list[str]:
    """Why the last day moved on to a working day; nothing when it did not."""
    if day == end:
        return []
    title = calendar.holidays.get(day)
    why = say("a bank holiday ({title})", title=title) if title else say("a {weekday}", weekday=weekday(day))
    return [say("That is {why}, so the last day is {day}.", why=why, day=long(end))]


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=count) for count in range(1, (end - start).days + 1)]
