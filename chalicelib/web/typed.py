"""Days and times as people type them: 27/3/2026, 27 March 2026, 2026-03-27, with a time after it where one is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAYS = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d %m %Y")
HOW = "Write it like 27/3/2026."
HOW_MOMENT = "Write day and time like 27/3/2026 14:30."


def day(text: str) -> date | None:
    """The day that was typed; None when it is none, or no such day exists."""
    tidy = " ".join(text.split())
    for form in DAYS:
        try:
            return datetime.strptime(tidy, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def days(text: str) -> tuple[date, ...] | None:
    """Several days with commas between; None when one of them is none."""
    found = [day(part) for part in text.split(",") if part.strip()]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else None


def moment(text: str) -> datetime | None:
    """A day and a London time of day, as an aware UTC instant."""
    typed, _, clock = " ".join(text.split()).rpartition(" ")
    on = day(typed)
    if on is None:
        return None
    try:
        return datetime.combine(on, time.fromisoformat(clock.zfill(5)), LONDON).astimezone(UTC)
    except ValueError:
        return None


def noon(on: date, now: datetime) -> datetime:
    """The middle of a London day, for what came in on it at a time that nobody noted; what came today came by `now`."""
    middle = datetime.combine(on, time(12), LONDON).astimezone(UTC)
    return min(middle, now) if on == now.astimezone(LONDON).date() else middle
