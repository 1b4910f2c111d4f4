"""Computes all dates of a matter. Stored inputs only; clamp, add, and roll once at the end (law.md 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from . import words
from .days import LONDON, add_months, london_date
from .retention import dispose
from .rights import rights
from .rules import Regime, Rules
from .values import Clock, ClockError, Happening, LegalDate

BREACH = timedelta(hours=72)


def compute(
    rules: Rules,
    regime: str,
    received: date | datetime,
    happenings: Sequence[Happening] = (),
    context: Mapping[str, Any] | None = None,
    *,
    today: date | None = None,
) -> Clock:
    """All legal dates of a matter under a regime.

    `received` is a London civil date or an aware instant; `happenings` in any order, each at a London date. `today`
    only chooses words (met, missed, running) and projections, never a date. Raises ClockError.
    """
    if regime not in rules.regimes:
        raise ClockError("regime", "There is no such set of rules.")
    row = rules.regimes[regime]
    known = set(row.row["happenings"])
    for happening in happenings:
        if happening.type not in known:
            raise ClockError("event", "These rules know no such event.")
    ordered = tuple(sorted(happenings, key=lambda happening: happening.at))
    method = _METHODS[row.row["method"]]
    try:
        return method(row, received, ordered, context or {}, today)
    except OverflowError:
        raise ClockError("calendar", "The date is too far away to count.") from None


def _day(received: date | datetime) -> date:
    return london_date(received) if isinstance(received, datetime) else received


def _dates(
    regime: Regime,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> Clock:
    """Dates that are a count from the receipt or from something that happened."""
    row, start = regime.row, _day(received)
    if any(happening.at < start for happening in happenings):
        raise ClockError("order", "Something is said to have happened before the receipt.")
    if row["in_force"].get("tested") and start < date.fromisoformat(row["in_force"]["from"]):
        return _before_commencement(regime, start)
    started = f"We got it on {words.long(start)}."
    restarts = [happening.at for happening in happenings if happening.type == row.get("restarted_by")]
    if restarts:
        start = max(restarts)
        started = f"We asked what you meant. You told us on {words.long(start)}, so we count from that day."
    first: dict[str, date] = {"received": start}
    for happening in happenings:
        first.setdefault(happening.type, happening.at)
    found: dict[str, LegalDate] = {}
    for part in row["dates"]:
        if (part.get("when") and part["when"] not in first) or part.get("unless") in first:
            continue
        legal = _one(regime, part, first, started, found, today)
        found[legal.name] = legal
        assert legal.date is not None
        first.setdefault(legal.name, legal.date)
    answers: dict[str, Any] = {legal.name: _iso(legal.date) for legal in found.values()}
    for part in row["dates"]:
        for by in part.get("satisfied_by", ()):
            due = found[part["name"]].date
            if by in first and due is not None and first[by] <= due:
                answers[part["satisfied_key"]] = by
    return _clock(regime, tuple(found.values()), answers, today)


def _one(
    regime: Regime,
    part: Mapping[str, Any],
    first: Mapping[str, date],
    started: str,
    found: Mapping[str, LegalDate],
    today: date | None,
) -> LegalDate:
    origin = first[part["from"]]
    base = origin + timedelta(days=part.get("shift_days", 0))
    unit, count = next(iter(part["add"].items()))
    calendar = regime.calendar
    if unit == "working_days":
        assert calendar is not None
        day = calendar.add(base, count)
    else:
        day = add_months(base, count) if unit == "months" else base + timedelta(days=count)
    end = calendar.roll(day) if part.get("roll") and calendar is not None else day
    said = [started]
    if part["from"] in found:
        said = list(found[part["from"]].explanation)
        said.append(part["from_words"])
    elif part["from"] != "received":
        said.append(f"{part['from_words']} {words.long(origin)}.")
    if base != origin:
        said.append(f"That day counts too, so we start from {words.long(base)}.")
    said += words.counted(base, day, unit, count, calendar)
    if calendar is not None:
        said += words.rolled(day, end, calendar)
    return LegalDate(
        name=part["name"],
        date=end,
        status=status(end, [first[name] for name in part.get("met_by", ()) if name in first], today),
        rule=regime.rule,
        source=part.get("source", regime.row["source"]),
        calendar=calendar.label if calendar else "",
        explanation=tuple(said),
        counted_from=origin,
        limit=bool(part.get("limit")),
        label=part["label"],
    )


def status(due: date, met: Sequence[date], today: date | None) -> str:
    """`met`, `met_late`, `missed` or `running`: the only place that says whether something is late."""
    if met:
        return "met" if min(met) <= due else "met_late"
    return "missed" if today is not None and today > due else "running"


def _before_commencement(regime: Regime, start: date) -> Clock:
    name = regime.row["dates"][0]["name"]
    force = date.fromisoformat(regime.row["in_force"]["from"])
    said = (
        f"We got it on {words.long(start)}.",
        f"This rule is for what comes in from {words.long(force)}. It does not apply.",
    )
    legal = LegalDate(name, None, "pre_commencement", regime.rule, regime.row["source"], "", said)
    return Clock(regime.name, "pre_commencement", (legal,), {name: None, "status": "pre_commencement"}, said)


def _breach(
    regime: Regime,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> Clock:
    """72 elapsed hours from awareness; nothing is excluded, nothing rolls (UK GDPR Art 33(1))."""
    if not isinstance(received, datetime) or received.tzinfo is None:
        raise ClockError("instant", "Give the instant at which we knew, with its time zone.")
    due = received.astimezone(UTC) + BREACH
    local = due.astimezone(LONDON)
    said = (
        f"We knew of it on {words.long(london_date(received))}.",
        "We count 72 hours. Nights, weekends and bank holidays count too.",
        f"That takes us to {local:%H:%M} on {words.long(local.date())}.",
    )
    met = [happening.at for happening in happenings]
    legal = LegalDate(
        "due_at",
        local.date(),
        status(local.date(), met, today),
        regime.rule,
        regime.row["source"],
        "",
        said,
        label=regime.label("due_at"),
    )
    return _clock(regime, (legal,), {"due_at": due.isoformat(), "due_local": local.isoformat()}, today)


def _clock(regime: Regime, dates: tuple[LegalDate, ...], answers: Mapping[str, Any], today: date | None) -> Clock:
    promises = [legal for legal in dates if not legal.limit]
    open_dates = [legal for legal in promises if legal.status in ("running", "missed")]
    word = "running" if open_dates else "stopped"
    said = tuple(sentence for legal in promises[-1:] for sentence in legal.explanation)
    return Clock(regime.name, word, dates, answers, said)


def _rights(
    regime: Regime,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> Clock:
    return rights(regime, _day(received), happenings, context, today)


def _retention(
    regime: Regime,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> Clock:
    return dispose(regime, _day(received), happenings, context)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_METHODS: dict[str, Callable[..., Clock]] = {
    "dates": _dates,
    "rights": _rights,
    "retention": _retention,
    "breach": _breach,
}
