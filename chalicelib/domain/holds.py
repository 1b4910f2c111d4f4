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
from .model import OPEN_CASE, Actor, Case, Change, End, Hold
from .policy import Book
from .record import Record
from .words import long_date

LIMITED = End(because="the use of this information is limited")
HELD = End(because="it is on hold")


def settle(record: Record) -> None:
    """Set when the case goes, from all that keeps it: that it is open, a limit on its use, a hold; else its class of
    the schedule, counted from its closing or from the end of a limit."""
    case = record.case
    if case.is_open or case.closed_at is None:
        record.put(end=OPEN_CASE, retention_rule="")
        return
    row = record.book.kind(case.kind)
    class_ = row.get("retention_for", {}).get(case.outcome, row["retention"])
    begun = case.kept_from or case.closed_at
    disposal = retention.of_case(record.book.rules, record.book.retention, class_, begun, case.hold_released_on)
    record.keep(retention_because=disposal.because)
    end = LIMITED if case.restricted_since else HELD if case.holds else _not_before_tomorrow(disposal, record.now)
    record.put(retention_rule=disposal.rule, end=end)


def _not_before_tomorrow(disposal: retention.Disposal, now: datetime) -> End:
    """A case whose day is past when its hold ends goes on the next: today every item of it is given that end."""
    tomorrow = london_date(now) + timedelta(days=1)
    return disposal.end if disposal.on >= tomorrow else replace(disposal, on=tomorrow).end


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
