"""A period that may start late, stand still, and be made longer, as the policy row says: the method `period`.

Made for the time limit of UK GDPR Art 12A (Data (Use and Access) Act 2025 s.76). The period begins at the latest of
receipt and each thing lawfully asked for (Art 12A(2)); a valid notice makes it longer from the same start (Art 12A(3),
(4)); days between a question and its answer do not count where the law says so (Art 12A(5)). Those days are added to
the period's end before the one roll to a working day (Reg 1182/71 Art 3(4)). Two counts are kept: the conservative one
we plan to, and the outer one that the statute's words allow (law.md 2.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..language import say
from . import words
from .rules import Regime
from .values import Clock, ClockError, Happening, LegalDate, status

DUE, OUTER, NOTIFY = "due", "due_statutory_outer", "notify_extension_by"


@dataclass(frozen=True)
class Pause:
    asked: date
    answered: date | None


@dataclass(frozen=True)
class Count:
    """A period's end under one way of counting: not rolled, the days added, and since when a question is open."""

    end: date
    added: int
    open_since: date | None


@dataclass(frozen=True)
class Waiting:
    """What the period cannot start without: the gate's row, and the day we first asked."""

    gate: Mapping[str, Any]
    since: date


def period(
    regime: Regime, received: date, happenings: Sequence[Happening], context: Mapping[str, Any], today: date | None
) -> Clock:
    """Start, due, outer, notify-by, extension and internal target of a matter (law.md 2.5)."""
    _check(regime, received, happenings)
    answers: dict[str, Any] = {}
    met = [one.at for one in happenings if one.type in regime.row.get("met_by", ())]
    target = _target(regime, received, met, today)
    if target is not None:
        answers[target.name] = target.date.isoformat() if target.date else None
    start, waiting = _start(regime, received, happenings)
    said = [regime.words("received", day=received)]
    if waiting is not None:
        word = str(waiting.gate["status"])
        answers |= {"clock_start": None, "due": None, "status": word}
        said.append(waiting.gate["words"])
        said += _projection(regime, received, happenings, context, today, waiting.since)
        return _still(regime, "not_started", word, said, received, waiting.since, answers, bool(met))
    if start != received:
        said.append(regime.words("later_start", day=start))
    pauses = _pauses(regime, happenings, context)
    notify = _count(regime, regime.nominal(start), start, pauses, outer=False)
    notice = next((one for one in happenings if one.type == regime.part("extension").get("notice")), None)
    extended = notice is not None and (notify.open_since is not None or notice.at <= regime.roll(notify.end))
    nominal = regime.nominal(start, extended=extended)
    plan = _count(regime, nominal, start, pauses, outer=False)
    answers |= {"clock_start": start.isoformat(), "paused_days": plan.added}
    if notice is not None:
        answers["extension_valid"] = extended
    if regime.has(NOTIFY) and notify.open_since is None:
        answers[NOTIFY] = regime.roll(notify.end).isoformat()
    if plan.open_since is not None:
        word = str(regime.part("pause")["status"])
        answers |= {"due": None, OUTER: None, "status": word}
        said.append(words.filled(regime.part("pause")["words"], day=plan.open_since))
        said += _projection(regime, received, happenings, context, today, plan.open_since)
        return _still(regime, "paused", word, said, start, plan.open_since, answers, bool(met))
    outer = _count(regime, nominal, start, pauses, outer=True)
    said += _working(regime, start, nominal, extended, plan)
    dates = _dates(regime, start, plan, outer, notify, extended, said, met, today)
    answers |= {legal.name: legal.date.isoformat() for legal in dates if legal.date is not None}
    found = (*dates, target) if target is not None else dates
    return Clock(regime.name, "stopped" if met else "running", found, answers, tuple(said))


def _check(regime: Regime, received: date, happenings: Sequence[Happening]) -> None:
    extension = regime.part("extension")
    for happening in happenings:
        if happening.at < received:
            raise ClockError("order", "Something is said to have happened before the receipt.")
        if extension and happening.type == extension["notice"]:
            unit, count = regime.extension
            given = happening.details.get(unit, count)
            if given != count or isinstance(given, bool):
                raise ClockError("extension", f"An extension is {words.plural(count, unit)}, no other.")
            if happening.details.get("reasons", True) in ("", None, False):
                raise ClockError("extension", "An extension needs its reasons.")


def unasked(regime: Regime, happenings: Sequence[Happening], type_: str) -> bool:
    """Whether a happening of this type would answer what was not asked for, and so start or resume nothing: proof of
    who somebody is where authority was asked for (Art 12A(2)), or an answer where no question was."""
    pairs = [(gate["asked"], gate["given"]) for gate in regime.row.get("gates", ())]
    pairs += [(part["asked"], part["answered"]) for name in ("pause", "restart") if (part := regime.part(name))]
    asked = [one for one, given in pairs if given == type_]
    return bool(asked) and not any(one.type in asked for one in happenings)


def _start(regime: Regime, received: date, happenings: Sequence[Happening]) -> tuple[date, Waiting | None]:
    """The relevant time (Art 12A(2)), or the first missing thing in the order of the policy's gates."""
    start = received
    for gate in regime.row.get("gates", ()):
        asked = [one.at for one in happenings if one.type == gate["asked"]]
        if not asked:
            continue
        came = [
            one.at
            for one in happenings
            if one.type == gate["given"] and one.details.get("sufficient", True) is not False
        ]
        if not came:
            return received, Waiting(gate, min(asked))
        start = max(start, max(came) if gate["takes"] == "latest" else min(came))
    return start, None


def _pauses(regime: Regime, happenings: Sequence[Happening], context: Mapping[str, Any]) -> tuple[Pause, ...]:
    """Questions about scope, each with the next answer. Overlapping ones are one: a day is left out once."""
    rule = regime.part("pause")
    if not rule or any(context.get(name) not in allowed for name, allowed in rule.get("only", {}).items()):
        return ()
    pauses: list[Pause] = []
    asked: date | None = None
    for happening in happenings:
        if happening.type == rule["asked"]:
            if asked is None and happening.details.get("scope", True) is not False:
                asked = happening.at
        elif happening.type == rule["answered"]:
            if asked is not None:
                pauses.append(Pause(asked, happening.at))
            asked = None
    if asked is not None:
        pauses.append(Pause(asked, None))
    return tuple(pauses)


def _count(regime: Regime, nominal: date, start: date, pauses: Sequence[Pause], *, outer: bool) -> Count:
    """law.md 2.5 step 4: pauses in order, each against the end in force so far."""
    end, added, left_out = nominal, 0, start
    for pause in pauses:
        if pause.answered is not None and pause.answered <= start:
            continue
        limit = regime.roll(end)
        if pause.asked > limit:
            continue
        if pause.answered is None:
            return Count(end, added, pause.asked)
        days = (pause.answered - max(pause.asked, start)).days
        if outer and pause.asked > left_out:
            days += 1
        left_out = pause.answered
        end = (end if pause.asked <= end else limit) + timedelta(days=days)
        added += days
    return Count(end, added, None)


def _working(regime: Regime, start: date, nominal: date, extended: bool, plan: Count) -> list[str]:
    unit, count = regime.period
    said = []
    if extended:
        said.append(regime.part("extension")["words"])
        count += regime.extension[1]
    said += words.counted(start, nominal, unit, count, regime.calendar)
    if plan.added:
        said.append(words.filled(regime.part("pause")["counted"], days=words.plural(plan.added, "days")))
        said.append(say("That takes us to {day}.", day=words.long(plan.end)))
    if regime.calendar is not None:
        said += words.rolled(plan.end, regime.roll(plan.end), regime.calendar)
    return said


def _dates(
    regime: Regime,
    start: date,
    plan: Count,
    outer: Count,
    notify: Count,
    extended: bool,
    said: Sequence[str],
    met: Sequence[date],
    today: date | None,
) -> tuple[LegalDate, ...]:
    due, last, notify_by = (regime.roll(count.end) for count in (plan, outer, notify))
    found = [regime.legal(DUE, due, status(due, met, today), said, start)]
    if regime.has(OUTER):
        said_outer = [words.filled(regime.date_row(OUTER)["words"], day=last)]
        found.append(regime.legal(OUTER, last, status(last, met, today), said_outer, start, limit=True))
    if regime.has(NOTIFY):
        said_notify = [words.filled(regime.date_row(NOTIFY)["words"], day=notify_by)]
        word = "met" if extended else status(notify_by, met, today)
        found.append(regime.legal(NOTIFY, notify_by, word, said_notify, start, limit=True))
    return tuple(found)


def _target(regime: Regime, received: date, met: Sequence[date], today: date | None) -> LegalDate | None:
    """Our own aim, counted from the receipt whatever happens, never rolled."""
    rule = regime.part("target")
    if not rule:
        return None
    day = received + timedelta(days=rule["days"])
    said = [words.filled(rule["words"], day=day)]
    return regime.legal(rule["name"], day, status(day, met, today), said, received, limit=True)


def _still(
    regime: Regime,
    word: str,
    why: str,
    said: Sequence[str],
    start: date,
    since: date,
    answers: Mapping[str, Any],
    answered: bool,
) -> Clock:
    """A clock that stands: no date now, and since when we wait; after an answer nobody waits any more."""
    if answered:
        return Clock(regime.name, "stopped", (regime.legal(DUE, None, "met", said, start),), answers, tuple(said))
    legal = regime.legal(DUE, None, why, said, start, since=since)
    return Clock(regime.name, word, (legal,), answers, tuple(said))


def _projection(
    regime: Regime,
    received: date,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
    since: date,
) -> list[str]:
    """What the date would be if all that is missing came today."""
    if today is None or today < since:
        return []
    have = list(happenings)
    for gate in regime.row.get("gates", ()):
        if any(one.type == gate["asked"] for one in happenings):
            have.append(Happening(gate["given"], today))
    if regime.part("pause"):
        have.append(Happening(regime.part("pause")["answered"], today))
    try:
        due = period(regime, received, sorted(have, key=lambda one: one.at), context, None).date(DUE)
    except ClockError:
        return []
    return [regime.words("projection", day=due.date)] if due is not None and due.date is not None else []
