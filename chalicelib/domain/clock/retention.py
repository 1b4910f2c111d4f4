"""When a closed matter may be disposed of: the last closure governs, holds delay, nothing is rolled (law.md 2.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..language import say
from . import words
from .days import add_months
from .rules import Regime
from .values import Clock, ClockError, Happening


def dispose(regime: Regime, closed: date, happenings: Sequence[Happening], context: Mapping[str, Any]) -> Clock:
    """`dispose_from` for a matter first closed on `closed` and kept `context["years"]` years, or `context["months"]`.

    Open wins over a hold; several holds: blocked until all are released; a hold released early extends nothing.
    """
    unit = "months" if "months" in context else "years"
    count = context.get(unit)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ClockError("years", "Give the years to keep it as a whole number.")
    if any(happening.at < closed and happening.type in ("reopened", "closed") for happening in happenings):
        raise ClockError("order", "Something is said to have happened before the first closure.")
    last_closure: date | None = closed
    closure, holds, released = closed, 0, []
    for happening in happenings:
        if happening.type == "reopened":
            last_closure = None
        elif happening.type == "closed":
            last_closure = closure = happening.at
        elif happening.type == "hold_placed":
            holds += 1
        elif happening.type == "hold_released":
            if holds:
                released.append(happening.at)
            holds = max(0, holds - 1)
    if last_closure is None:
        return _none(regime, closed, "open", say("It is open again. The day is set when it closes."))
    if holds:
        return _none(regime, closed, "on_hold", say("It is on hold. It stays until the hold is released."))
    scheduled = add_months(closure, count if unit == "months" else 12 * count)
    said = [regime.words("received", day=closure), say("We keep it {time} after that.", time=words.plural(count, unit))]
    end = scheduled
    if released and max(released) > scheduled:
        end = max(released)
        said.append(say("A hold kept it longer."))
    said.append(say("It may go from {day}.", day=words.long(end)))
    legal = regime.legal("dispose_from", end, "running", said, closure)
    return Clock(regime.name, "running", (legal,), {"dispose_from": end.isoformat()}, tuple(said))


def _none(regime: Regime, closed: date, status: str, sentence: str) -> Clock:
    legal = regime.legal("dispose_from", None, status, [sentence], closed)
    return Clock(regime.name, status, (legal,), {"dispose_from": None, "status": status}, (sentence,))
