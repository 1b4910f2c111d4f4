"""Counting days: months with their ends, working days of a calendar, and rolling off a day that does not count.

law.md 2.3; Regulation 1182/71 Art 3 (applied by UK GDPR Art 4A and DPA 2018 s.205(2)).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .values import ClockError

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Bank holidays of one calendar, complete from `first` to `last`."""

    name: str
    title: str
    version: str
    holidays: Mapping[date, str]
    first: date
    last: date
    closed: frozenset[date] = frozenset()

    @property
    def label(self) -> str:
        return f"{self.title} ({self.version})"

    def working(self, day: date) -> bool:
        """Monday to Friday and no bank holiday. Raises ClockError beyond the data: a guess would be a wrong date."""
        if not self.first <= day <= self.last:
            raise ClockError("calendar", f"The bank holidays of {self.title} are not known that far: load newer ones.")
        return day.weekday() < 5 and day not in self.holidays

    def roll(self, day: date) -> date:
        """The day itself if it is a working day, else the next one (Reg 1182/71 Art 3(4))."""
        while not self.working(day):
            day += ONE_DAY
        return day

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself is never counted and may be any day."""
        while count:
            day += ONE_DAY
            count -= self.working(day)
        return day

    def add_open(self, day: date, count: int) -> date:
        """The same, but days on which the council's offices are closed do not count: for our own aims only."""
        while count:
            day += ONE_DAY
            count -= self.working(day) and day not in self.closed
        return day

    def before(self, day: date, count: int) -> date:
        """The `count`-th working day before `day`."""
        while count:
            day -= ONE_DAY
            count -= self.working(day)
        return day


def add(calendar: WorkCalendar | None, day: date, unit: str, count: int) -> date:
    """`count` working days, open days, days or months after `day`, never rolled."""
    if unit == "months":
        return add_months(day, count)
    if unit == "days":
        return day + timedelta(days=count)
    assert calendar is not None
    return calendar.add_open(day, count) if unit == "open_days" else calendar.add(day, count)


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or that month's last day; one step from the given day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except ValueError:
        raise ClockError("calendar", "The date is too far away to count.") from None


def london_date(instant: datetime) -> date:
    """The Europe/London day of an aware instant: 23:30 UTC in summer is the next day. Raises ClockError if naive."""
    if instant.tzinfo is None:
        raise ClockError("zone", "Give the time zone of the instant, for example Z at its end.")
    return instant.astimezone(LONDON).date()
