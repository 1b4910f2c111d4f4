"""What people do to the dates of a case: correct the day it came in, and ask what a date would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ..domain import cases
from ..domain.clock import Clock, ClockError, Happening, compute, london_date
from ..domain.errors import Conflict, Invalid, NotFound, Problem, Stale
from ..domain.model import Actor, CaseFile, Change
from ..domain.ports import RACES, Services
from .view import load

MAX_REASON = 2000


def try_receipt(services: Services, actor: Actor, reference: str, received_at: datetime) -> Sequence[Mapping[str, str]]:
    """Which dates a correction would move, from which to which; nothing is stored. Raises as `correct_receipt`."""
    services.book.access.require(actor, "case.correct_receipt")
    change = _corrected(services, actor, load(services, actor, reference), received_at, "")
    moved: Sequence[Mapping[str, str]] = change.events[-1].data["moved"]
    return moved


def correct_receipt(
    services: Services, actor: Actor, reference: str, received_at: datetime, *, reason: str, version: int
) -> None:
    """Record the true receipt (an aware instant) of an open case, with the reason.

    Raises Invalid (in the future, after something that has happened, no reason), NotFound, NotAllowed, or Stale when
    the case has changed since `version`, for then other dates may move than the person saw.
    """
    services.book.access.require(actor, "case.correct_receipt")
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid((Problem("/reason", "minLength", f"Say why, in {MAX_REASON:,} characters or fewer."),))
    file = load(services, actor, reference)
    if file.case.version != version:
        raise Stale
    try:
        services.store.commit(_corrected(services, actor, file, received_at, reason.strip()))
    except Conflict:
        raise Stale from None


def _corrected(services: Services, actor: Actor, file: CaseFile, received_at: datetime, reason: str) -> Change:
    now = services.clock.now()
    if not file.case.is_open:
        raise Stale("This case is closed. Its dates do not move any more.")
    if received_at > now:
        raise Invalid((Problem("/received_at", "maximum", "Give the day it came in. It cannot be in the future."),))
    if london_date(received_at) == file.case.received_on:
        raise Invalid((Problem("/received_at", "unchanged", "That is the day we have already."),))
    try:
        return cases.correct_receipt(services.book, file.case, file.open_task, actor, received_at, reason, now)
    except ClockError as error:
        raise Invalid((Problem("/received_at", error.rule, error.message),)) from None


def count_again(services: Services, reference: str) -> bool:
    """Compute the dates of an open case with the rules that are loaded now; False when they were already."""
    for _ in range(RACES):
        case = services.store.case(reference)
        if case is None or not case.is_open or case.rules == services.book.rules.version:
            return False
        task = services.store.case_and_task(reference, case.step)[1] if case.step else None
        try:
            services.store.commit(cases.count_again(services.book, case, task, services.clock.now()))
        except Conflict:
            continue
        return True
    raise Conflict


def what_if(
    services: Services,
    actor: Actor,
    regime: str,
    received: date | datetime,
    happenings: Sequence[Happening],
    context: Mapping[str, Any],
) -> Clock:
    """All dates of a matter that is not stored, with their working. Raises NotFound (no such rules) or ClockError."""
    services.book.access.require(actor, "clock.try")
    if regime not in services.book.rules.regimes:
        raise NotFound
    today = london_date(services.clock.now())
    return compute(services.book.rules, regime, received, happenings, context, today=today)
