"""A second clock, deliberately simple: it walks day by day and shares no code with the one that ships."""

from __future__ import annotations

from datetime import date, timedelta

ONE = timedelta(days=1)


def month_on(day: date, months: int) -> date:
    """Walk month by month to the first of the wanted month, then day by day to the number or the month's end."""
    first = day.replace(day=1)
    for _ in range(months):
        first += ONE
        while first.day != 1:
            first += ONE
    found = first
    while found.day < day.day and (found + ONE).month == first.month:
        found += ONE
    return found


def rolled(day: date, holidays: set[date]) -> date:
    while day.weekday() in (5, 6) or day in holidays:
        day += ONE
    return day


def working(day: date, count: int, holidays: set[date]) -> date:
    while count:
        day += ONE
        if day.weekday() not in (5, 6) and day not in holidays:
            count -= 1
    return day


def excluded(
    pauses: list[tuple[date, date]], nominal: date, start: date, holidays: set[date], outer: bool
) -> tuple[date, int]:
    """The unrolled end and the days added: each pause is walked, and no day is left out twice."""
    end, total, gone = nominal, 0, set()
    for asked, answered in pauses:
        limit = rolled(end, holidays)
        if answered <= start or asked > limit:
            continue
        base = end if asked <= end else limit
        day, days = asked, 0
        while day <= answered:
            counts = day > start and (outer or day > asked)
            if counts and day not in gone:
                gone.add(day)
                days += 1
            day += ONE
        end, total = base + timedelta(days=days), total + days
    return end, total


def rights(received: date, events: list[dict[str, object]], right: str, holidays: set[date]) -> dict[str, object]:
    """The answers of law.md 2.5, read line by line."""
    answers: dict[str, object] = {"internal_target_28d": (received + timedelta(days=28)).isoformat()}
    of = lambda kind: [event for event in events if event["type"] == kind]  # noqa: E731
    start = received
    steps = (
        ("id", "id_received", "identity"),
        ("authority", "authority_received", "authority"),
        ("fee", "fee_paid", "fee"),
    )
    for name, got, word in steps:
        if not of(f"{name}_requested"):
            continue
        good = [event["at"] for event in of(got) if event.get("sufficient", True)]
        if not good:
            return {**answers, "clock_start": None, "due": None, "status": f"awaiting_{word}"}
        start = max(start, max(good) if name == "fee" else min(good))  # type: ignore[type-var]
    answers["clock_start"] = start.isoformat()
    pauses, waiting = [], None
    if right == "access":
        for event in events:
            if event["type"] == "clarification_requested" and event.get("scope", True) and waiting is None:
                waiting = event["at"]
            if event["type"] == "clarification_received" and waiting is not None:
                pauses.append((waiting, event["at"]))
                waiting = None
    one, _ = excluded(pauses, month_on(start, 1), start, holidays, False)
    notify = rolled(one, holidays)
    months, open_early = 1, waiting is not None and waiting <= notify
    notices = of("extension_notice")
    if notices:
        valid = open_early or min(event["at"] for event in notices) <= notify  # type: ignore[type-var]
        answers["extension_valid"] = valid
        months = 3 if valid else 1
    end, total = excluded(pauses, month_on(start, months), start, holidays, False)
    outer, _ = excluded(pauses, month_on(start, months), start, holidays, True)
    if waiting is not None and waiting <= rolled(end, holidays):
        return {**answers, "due": None, "status": "paused_clarification"}
    return {
        **answers,
        "due": rolled(end, holidays).isoformat(),
        "due_statutory_outer": rolled(outer, holidays).isoformat(),
        "paused_days": total,
        "notify_extension_by": notify.isoformat(),
    }
