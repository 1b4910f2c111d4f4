"""Requests under UK GDPR Arts 15 to 22: the time limit of Art 12A (Data (Use and Access) Act 2025 s.76).

The month begins at the latest of receipt and each thing lawfully asked for (Art 12A(2)); a valid notice makes it three
months from the same start (Art 12A(3), (4)); days between a question about an access request and its answer do not
count (Art 12A(5)). Days are added to the month's end before the one roll to a working day (Reg 1182/71 Art 3(4)).
Two counts are kept: the conservative one we plan to, and the outer one that the statute's words allow (law.md 2.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from . import words
from .days import WorkCalendar, add_months
from .rules import Regime
from .values import Clock, ClockError, Happening, LegalDate

GATES = (
    ("id_requested", "id_received", "awaiting_identity", "who you are"),
    ("authority_requested", "authority_received", "awaiting_authority", "that you may act for this person"),
    ("fee_requested", "fee_paid", "awaiting_fee", "the fee"),
)
EXTENSION_MONTHS = 2


@dataclass(frozen=True)
class Pause:
    asked: date
    answered: date | None


@dataclass(frozen=True)
class Count:
    """A period's end under one way of counting: not rolled, the days added, and whether a question is open."""

    end: date
    added: int
    open_since: date | None


def rights(
    regime: Regime, received: date, happenings: Sequence[Happening], context: Mapping[str, Any], today: date | None
) -> Clock:
    """Start, due, outer, notify-by, extension and 28-day target of a rights request (law.md 2.5)."""
    _check(received, happenings)
    target = received + timedelta(days=28)
    answers: dict[str, Any] = {"internal_target_28d": target.isoformat()}
    start, waiting, because = _start(received, happenings)
    calendar = regime.calendar
    assert calendar is not None
    if start is None:
        answers |= {"clock_start": None, "due": None, "status": waiting}
        said = _not_started(regime, received, because, happenings, context, today)
        return _answer(regime, "not_started", [_legal(regime, "due", None, waiting, said, received)], answers, said)
    pauses = _pauses(happenings) if context.get("right") == "access" else ()
    notify = _count(add_months(start, 1), start, pauses, calendar, outer=False)
    notify_by = calendar.roll(notify.end)
    notice = next((happening for happening in happenings if happening.type == "extension_notice"), None)
    extended = notice is not None and (notify.open_since is not None or notice.at <= notify_by)
    nominal = add_months(start, 1 + EXTENSION_MONTHS) if extended else add_months(start, 1)
    plan = _count(nominal, start, pauses, calendar, outer=False)
    outer = _count(nominal, start, pauses, calendar, outer=True)
    answers |= {"clock_start": start.isoformat(), "notify_extension_by": notify_by.isoformat()}
    answers["paused_days"] = plan.added
    if notice is not None:
        answers["extension_valid"] = extended
    opening = [f"We got your request on {words.long(received)}."]
    if start != received:
        opening.append(f"We asked you for more. We had it on {words.long(start)}, so we count from that day.")
    if plan.open_since is not None:
        answers |= {"due": None, "due_statutory_outer": None, "status": "paused_clarification"}
        said = _paused(regime, received, opening, plan.open_since, happenings, context, today)
        return _answer(
            regime, "paused", [_legal(regime, "due", None, "paused_clarification", said, start)], answers, said
        )
    due, last = calendar.roll(plan.end), calendar.roll(outer.end)
    answers |= {"due": due.isoformat(), "due_statutory_outer": last.isoformat()}
    said = (*opening, *_working(start, nominal, extended, plan, due, calendar))
    met = [happening.at for happening in happenings if happening.type == "outcome_sent"]
    word = _status(due, met, today)
    dates = [
        _legal(regime, "due", due, word, said, start),
        _legal(
            regime,
            "due_statutory_outer",
            last,
            _status(last, met, today),
            (f"The words of the law allow until {words.long(last)}.",),
            start,
            limit=True,
        ),
        _legal(
            regime,
            "notify_extension_by",
            notify_by,
            "met" if extended else _status(notify_by, met, today),
            (f"If we need more time, we must tell you why by {words.long(notify_by)}.",),
            start,
            limit=True,
        ),
        _legal(
            regime,
            "internal_target_28d",
            target,
            _status(target, met, today),
            (f"We aim to answer in 28 days, by {words.long(target)}.",),
            received,
            limit=True,
        ),
    ]
    return _answer(regime, "stopped" if met else "running", dates, answers, said)


def _check(received: date, happenings: Sequence[Happening]) -> None:
    for happening in happenings:
        if happening.at < received:
            raise ClockError("order", "Something is said to have happened before the receipt.")
        if happening.type == "extension_notice":
            months = happening.details.get("months", EXTENSION_MONTHS)
            if months != EXTENSION_MONTHS or isinstance(months, bool):
                raise ClockError("extension", "An extension is two months, no more and no less (Art 12A(3)).")
            if happening.details.get("reasons", True) in ("", None, False):
                raise ClockError("extension", "An extension needs its reasons (Art 12A(4)).")


def _start(received: date, happenings: Sequence[Happening]) -> tuple[date | None, str, str]:
    """The relevant time (Art 12A(2)); or the status and what we wait for, the first missing thing in law.md's order."""
    start = received
    for asked, given, status, what in GATES:
        if not any(happening.type == asked for happening in happenings):
            continue
        came = [
            happening.at
            for happening in happenings
            if happening.type == given and happening.details.get("sufficient", True) is not False
        ]
        if not came:
            return None, status, what
        start = max(start, max(came) if given == "fee_paid" else min(came))
    return start, "", ""


def _pauses(happenings: Sequence[Happening]) -> tuple[Pause, ...]:
    """Questions about scope, each with the next answer. Overlapping ones are one: a day is left out once."""
    pauses: list[Pause] = []
    asked: date | None = None
    ignored = False
    for happening in happenings:
        if happening.type == "clarification_requested":
            if happening.details.get("scope", True) is False:
                ignored = asked is None
            elif asked is None:
                asked, ignored = happening.at, False
        elif happening.type == "clarification_received":
            if asked is not None and not ignored:
                pauses.append(Pause(asked, happening.at))
            asked, ignored = None, False
    if asked is not None:
        pauses.append(Pause(asked, None))
    return tuple(pauses)


def _count(nominal: date, start: date, pauses: Sequence[Pause], calendar: WorkCalendar, *, outer: bool) -> Count:
    """law.md 2.5 step 4: pauses in order, each against the end in force so far."""
    end, added, left_out = nominal, 0, start
    for pause in pauses:
        if pause.answered is not None and pause.answered <= start:
            continue
        limit = calendar.roll(end)
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


def _working(
    start: date, nominal: date, extended: bool, plan: Count, due: date, calendar: WorkCalendar
) -> tuple[str, ...]:
    months = 1 + EXTENSION_MONTHS if extended else 1
    said = ["We told you that we need two more months. They count from the same day."] if extended else []
    said += words.counted(start, nominal, "months", months, None)
    if plan.added:
        said.append(f"We had to ask you what you meant. {plan.added} days do not count for that.")
        said.append(f"That takes us to {words.long(plan.end)}.")
    return (*said, *words.rolled(plan.end, due, calendar))


def _not_started(
    regime: Regime,
    received: date,
    because: str,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> tuple[str, ...]:
    said = [f"We got your request on {words.long(received)}.", f"We need to know {because} before the time starts."]
    if because == "the fee":
        said[-1] = "The time starts when we have the fee."
    if today is None or today < received:
        return tuple(said)
    have = list(happenings)
    for asked, given, _, _ in GATES:
        if any(happening.type == asked for happening in happenings):
            have.append(Happening(given, today))
    return (*said, *_projection(regime, received, have, context, today))


def _paused(
    regime: Regime,
    received: date,
    opening: list[str],
    since: date,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
    today: date | None,
) -> tuple[str, ...]:
    said = [*opening, f"We asked you a question on {words.long(since)}. The time stands still until you answer."]
    if today is None or today < since:
        return tuple(said)
    have = [*happenings, Happening("clarification_received", today)]
    return (*said, *_projection(regime, received, have, context, today))


def _projection(
    regime: Regime, received: date, happenings: list[Happening], context: Mapping[str, Any], today: date
) -> tuple[str, ...]:
    """What the date would be if the missing thing came today."""
    ordered = sorted(happenings, key=lambda happening: happening.at)
    try:
        due = rights(regime, received, ordered, context, None).date("due")
    except ClockError:
        return ()
    if due is None or due.date is None:
        return ()
    return (f"If it came today, we would answer by {words.long(due.date)}.",)


def _status(due: date, met: Sequence[date], today: date | None) -> str:
    if met:
        return "met" if min(met) <= due else "met_late"
    return "missed" if today is not None and today > due else "running"


def _legal(
    regime: Regime,
    name: str,
    day: date | None,
    word: str,
    said: tuple[str, ...],
    counted_from: date,
    *,
    limit: bool = False,
) -> LegalDate:
    assert regime.calendar is not None
    return LegalDate(
        name,
        day,
        word,
        regime.rule,
        regime.row["source"],
        regime.calendar.label,
        said,
        counted_from,
        limit,
        regime.label(name),
    )


def _answer(
    regime: Regime, word: str, dates: list[LegalDate], answers: Mapping[str, Any], said: tuple[str, ...]
) -> Clock:
    return Clock(regime.name, word, tuple(dates), answers, said)
