"""Computes all dates of a matter. Stored inputs only; clamp, add, and roll once at the end (law.md 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ..language import say
from . import words
from .days import LONDON, add, london_date
from .period import period
from .retention import dispose
from .rules import Regime, Rules
from .values import Clock, ClockError, Happening, LegalDate, status


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
    try:
        outside = _not_in_force(row, _day(received))
        return outside or _METHODS[row.row["method"]](row, received, ordered, context or {}, today)
    except OverflowError:
        raise ClockError("calendar", "The date is too far away to count.") from None


def _day(received: date | datetime) -> date:
    return london_date(received) if isinstance(received, datetime) else received


def _not_in_force(regime: Regime, received: date) -> Clock | None:
    """No date for what came in before a rule that is tested for it began, or after it ended."""
    force = regime.row["in_force"]
    begins, ends = date.fromisoformat(force["from"]), date.fromisoformat(force.get("until", "9999-12-31"))
    if force.get("tested") and received < begins:
        word, said = (
            "pre_commencement",
            say("This rule is for what comes in from {day}. It does not apply.", day=words.long(begins)),
        )
    elif received > ends:
        word, said = "no_longer_in_force", say("This rule ended on {day}. It does not apply.", day=words.long(ends))
    else:
        return None
    name = regime.row["dates"][0]["name"]
    told = (regime.words("received", day=received), said)
    legal = regime.legal(name, None, word, told, received)
    return Clock(regime.name, word, (legal,), {name: None, "status": word}, told)


def _dates(
    regime: Regime,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> Clock:
    """Dates that are a count from the receipt or from something that happened."""
    start = _day(received)
    if any(happening.at < start for happening in happenings):
        raise ClockError("order", "Something is said to have happened before the receipt.")
    started = [regime.words("received", day=start)]
    answers: dict[str, Any] = {}
    restart = regime.part("restart")
    if restart:
        asked = [one.at for one in happenings if one.type == restart["asked"]]
        answered = [one.at for one in happenings if one.type == restart["answered"]]
        if answered:
            start = max(answered)
            started = [words.filled(restart["words"], day=start)]
        if asked and (not answered or max(asked) > max(answered)):
            started.append(words.filled(restart["asked_words"], day=max(asked)))
            answers["status"] = restart["status"]
    first: dict[str, date] = {"received": start}
    for happening in happenings:
        first.setdefault(happening.type, happening.at)
    found: dict[str, LegalDate] = {}
    for part in regime.row["dates"]:
        if (part.get("when") and part["when"] not in first) or part.get("unless") in first:
            continue
        if part.get("from_last"):
            first[part["name"]] = max(happening.at for happening in happenings if happening.type in part["from_last"])
        if part.get("from", part["name"]) not in first:
            continue
        legal = _one(regime, part, first, started, found, today)
        if part.get("replaced_by") in first:
            in_time = first[part["replaced_by"]] <= legal.date  # type: ignore[operator]
            answers[part["in_time_key"]] = in_time
            if in_time:
                continue
            del first[part["replaced_by"]]  # too late to replace anything: as if it had not happened
        found[legal.name] = legal
        assert legal.date is not None
        first.setdefault(legal.name, legal.date)
        answers[legal.name] = legal.date.isoformat()
        for by in part.get("satisfied_by", ()):
            if by in first and first[by] <= legal.date:
                answers[part["satisfied_key"]] = by
    return _clock(regime, tuple(found.values()), answers)


def _one(
    regime: Regime,
    part: Mapping[str, Any],
    first: Mapping[str, date],
    started: Sequence[str],
    found: Mapping[str, LegalDate],
    today: date | None,
) -> LegalDate:
    origin = first[part.get("from", part["name"])]
    if "add" not in part:  # somebody else has set the day itself
        said = [*started, words.filled(part["from_words"], day=origin)]
        met = [first[name] for name in part.get("met_by", ()) if name in first]
        return regime.legal(part["name"], origin, status(origin, met, today), said, first["received"])
    base = origin + timedelta(days=part.get("shift_days", 0))
    unit, count = next(iter(part["add"].items()))
    day = add(regime.calendar, base, unit, count)
    end = regime.roll(day) if part.get("roll") else day
    said = list(started)
    if part.get("from") in found:
        said = [*found[part["from"]].explanation, part["from_words"]]
    elif part.get("from") != "received":
        said.append(words.filled(part["from_words"], day=origin))
    if base != origin:
        said.append(say("That day counts too, so we start from {day}.", day=words.long(base)))
    said += words.counted(base, day, unit, count, regime.calendar)
    if regime.calendar is not None:
        said += words.rolled(day, end, regime.calendar)
    met = [first[name] for name in part.get("met_by", ()) if name in first]
    return regime.legal(part["name"], end, status(end, met, today), said, origin, limit=bool(part.get("limit")))


def _hours(
    regime: Regime,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> Clock:
    """Elapsed hours from an instant; nothing is excluded, nothing rolls (UK GDPR Art 33(1): 72 hours)."""
    if not isinstance(received, datetime) or received.tzinfo is None:
        raise ClockError("instant", "Give the instant at which we knew, with its time zone.")
    if any(happening.at < london_date(received) for happening in happenings):
        raise ClockError("order", "Something is said to have happened before we knew.")
    hours = regime.row["period"]["hours"]
    due = received.astimezone(UTC) + timedelta(hours=hours)
    local = due.astimezone(LONDON)
    said = (
        regime.words("received", day=london_date(received)),
        say("We count {hours} hours. Nights, weekends and bank holidays count too.", hours=hours),
        say("That takes us to {time} on {day}.", time=f"{local:%H:%M}", day=words.long(local.date())),
    )
    part = regime.row["dates"][0]
    met = [happening.at for happening in happenings if happening.type in part.get("met_by", ())]
    word = status(local.date(), met, today)
    legal = regime.legal(part["name"], local.date(), word, said, london_date(received), at=due)
    return _clock(regime, (legal,), {"due_at": due.isoformat(), "due_local": local.isoformat()})


def _clock(regime: Regime, dates: tuple[LegalDate, ...], answers: Mapping[str, Any]) -> Clock:
    promises = [legal for legal in dates if not legal.limit]
    open_dates = [legal for legal in promises if legal.status in ("running", "missed")]
    word = str(answers.get("status", "running")) if open_dates else "stopped"
    of_law = [legal for legal in promises if not regime.date_row(legal.name).get("aim")]
    said = tuple(sentence for legal in of_law[-1:] for sentence in legal.explanation)
    return Clock(regime.name, word, dates, answers, said)


def _period(
    regime: Regime,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> Clock:
    return period(regime, _day(received), happenings, context, today)


def _retention(
    regime: Regime,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> Clock:
    return dispose(regime, _day(received), happenings, context)


_METHODS: dict[str, Callable[..., Clock]] = {
    "dates": _dates,
    "period": _period,
    "hours": _hours,
    "retention": _retention,
}
