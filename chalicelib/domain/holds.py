"""A hold keeps a case although its time has come: a regulator asks, a court may, a worry was referred (law.md 5).

Each has an owner, the authority for it, a reason and a day on which somebody looks whether it is still needed. While
there is one, no item of the case has an end, so that neither the service nor DynamoDB removes any. When the last is
released, the case goes on the later of its day and the day of release.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from . import retention
from .clock import london_date
from .errors import Invalid, NotFound, Problem
from .language import mark
from .model import OPEN_CASE, Actor, Case, Change, End, Hold
from .policy import Book
from .record import Record
from .words import long_date

LIMITED = End(because=mark("the use of this information is limited"))
HELD = End(because=mark("it is on hold"))
LOOKED_AT = End(because=mark("somebody looks at it before it is deleted"))
# What we released of a case, which goes before the rest.
RELEASED = "released_files"


def settle(record: Record) -> None:
    """Set when the case goes, from all that keeps it: that it is open, a limit on its use, a hold, that somebody must
    look first; else its class of the schedule, counted from its closing or from the end of a limit."""
    case = record.case
    if case.is_open or case.closed_at is None:
        record.put(end=OPEN_CASE, retention_rule="", review_at=None, parts_end=None)
        return
    class_ = retention.class_of(record.book, case)
    disposal = _counted(record, class_)
    record.keep(retention_because=disposal.because)
    first = record.book.retention["classes"][class_]["action"] == "review" and not case.cleared_by
    held = LIMITED if case.restricted_since else HELD if case.holds else None
    end = held or (LOOKED_AT if first else disposal.end)
    look = None
    if end is LOOKED_AT:
        look = max(disposal.on, case.look_again_on or disposal.on)
    record.put(
        retention_rule=disposal.rule,
        end=end,
        review_at=retention.midnight(look) if look else None,
        parts_end=_parts_end(record, end),
    )


def opened_again(record: Record, stage: str, **more: Any) -> None:
    """A closed case goes on at a stage, by a new execution of its workflow: all decisions before are used up, and it
    has no end while it is open (law.md 3.40: the last closure governs)."""
    record.put(
        status="open",
        stage=stage,
        attempt=record.case.attempt + 1,
        settled=record.case.step,
        may_close=False,
        outcome="",
        closed_at=None,
        kept_from=None,
        look_again_on=None,
        cleared_by=(),
        withdrawal_asked_at=None,
        **more,
    )
    settle(record)


def _counted(record: Record, class_: str) -> retention.Disposal:
    """What the schedule says, from tomorrow on: today every item of the case is given that end."""
    case = record.case
    assert case.closed_at is not None
    begun = case.kept_from or case.closed_at
    found = retention.of_case(record.book.rules, record.book.retention, class_, begun, case.hold_released_on)
    tomorrow = london_date(record.now) + timedelta(days=1)
    return found if found.on >= tomorrow else replace(found, on=tomorrow)


def _parts_end(record: Record, end: End) -> datetime | None:
    """When the files that we released go, if that is before the rest."""
    if "answer.clean" not in record.case.documents.values():
        return None
    at = _counted(record, RELEASED).end.at
    return at if at is not None and (end.at is None or at < end.at) else None


def place(
    book: Book,
    case: Case,
    actor: Actor,
    *,
    id_: str,
    authority: str,
    reason: str,
    review_on: date,
    now: datetime,
) -> Change:
    """Put a case on hold. Raises Invalid when the day of review is not to come."""
    record = Record(book, case, now, actor=actor)
    put_on(record, id_, authority, reason, review_on)
    return record.change()


def put_on(record: Record, id_: str, authority: str, reason: str, review_on: date) -> None:
    """As `place`, as part of another change."""
    today = london_date(record.now)
    if review_on <= today:
        words = "Give a day to come, on which somebody looks whether it is still needed."
        raise Invalid((Problem("/review_on", "minimum", words),))
    actor = record.actor
    assert actor is not None
    hold = Hold(
        id=id_,
        authority=authority,
        reason=reason,
        review_on=review_on,
        placed_on=today,
        owner=actor.id,
        name=actor.name,
    )
    record.put(holds=(*(one for one in record.case.holds if one.id != id_), hold))
    settle(record)
    record.happened("hold_placed", reason=reason, data={"because": authority, "until": long_date(review_on)})


def release(book: Book, case: Case, id_: str, now: datetime, *, actor: Actor | None, reason: str) -> Change:
    """End a hold; `actor` is None when what it was for has ended by itself. Raises NotFound when there is none."""
    hold = next((one for one in case.holds if one.id == id_), None)
    if hold is None:
        raise NotFound("There is no such hold.")
    record = Record(book, case, now, actor=actor)
    left = tuple(one for one in case.holds if one.id != id_)
    record.put(holds=left, **({} if left else {"hold_released_on": london_date(now)}))
    settle(record)
    record.happened("hold_released", reason=reason, data={"because": hold.authority})
    return record.change()


def words_of(case: Case) -> list[dict[str, Any]]:
    """The holds of a case as staff read them."""
    return [
        {
            "id": hold.id,
            "words": f"{hold.authority}: {hold.reason}",
            "by": hold.name or hold.owner,
            "since": hold.placed_on,
            "review_on": hold.review_on,
        }
        for hold in case.holds
    ]
