"""What stands in the way of a disposal, who looks first, and what a review decides. Pure decisions: the day job and the
table are in `commands/disposal.py`.

UK GDPR Art 5(1)(e): no longer than needed. DPA 2018 s.173: not while somebody's access request covers it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from . import clock, documents, holds, linked
from .errors import Invalid, Problem
from .model import Actor, Case, Change, Hold
from .people import BORN, EMAIL, NAME, PHONE, POSTCODE, Term
from .policy import Book
from .record import Record
from .retention import LONDON, class_of
from .words import long_date

EVERY_CLASS = "all"
OF_CLASS = "class:"
REVIEW_DAYS = 90


def active(some: Sequence[Hold]) -> tuple[Hold, ...]:
    """The holds that nobody has ended."""
    return tuple(hold for hold in some if hold.ended_on is None)


def covers(book: Book, request: Case) -> bool:
    """Whether this is an open request whose subject matter may not be destroyed (DPA 2018 s.173)."""
    row = book.kind(request.kind).get("blocks_disposal")
    return row is not None and request.is_open and request.context.get(row["context"]) in row["in"]


def is_about(shared: Sequence[Term]) -> bool:
    """Whether what a request shares with a case is enough to keep the case: a contact, or the name and one thing more.
    Rather kept a few weeks too long than destroyed while somebody asks for it."""
    kinds = {term.kind for term in shared}
    return bool(kinds & {EMAIL, PHONE}) or (NAME in kinds and bool(kinds & {POSTCODE, BORN}))


def for_request(book: Book, case: Case, request: Case, now: datetime) -> Change:
    """Hold the case while a request for access is open."""
    authority = "Open access request (DPA 2018 s.173)"
    return _inherit(book, case, _hold(request.reference, authority, f"Request {request.reference}", now), now)


def for_class(book: Book, case: Case, hold: Hold, now: datetime) -> Change:
    """Hold the case because its class is on hold: the case gets the hold of its class."""
    return _inherit(book, case, replace(hold, id=f"{OF_CLASS}{hold.id}"), now)


def _hold(id_: str, authority: str, reason: str, now: datetime) -> Hold:
    today = clock.london_date(now)
    return Hold(
        id=id_,
        authority=authority,
        reason=reason,
        review_on=today + timedelta(days=REVIEW_DAYS),
        placed_on=today,
        owner="service",
        name="The service",
    )


def _inherit(book: Book, case: Case, hold: Hold, now: datetime) -> Change:
    record = Record(book, case, now)
    record.put(holds=(*(one for one in case.holds if one.id != hold.id), hold))
    holds.settle(record)
    record.happened("hold_placed", data={"because": hold.authority, "until": long_date(hold.review_on)})
    return record.change()


def count_again(book: Book, case: Case, now: datetime) -> Change | None:
    """The schedule has changed: the day on which a closed case goes is counted with the new one. None when it is
    counted with it already."""
    if case.is_open or case.retention_rule == f"{class_of(book, case)}@{book.retention['version']}":
        return None
    record = Record(book, case, now)
    holds.settle(record)
    record.happened("end_counted_again", data={"because": "the schedule changed", "rule": record.case.retention_rule})
    return record.change()


def reclassify(book: Book, case: Case, actor: Actor, class_: str, reason: str, now: datetime) -> Change:
    """A person says that another class of the schedule is the right one. Raises Invalid for one that is not offered to
    this kind, or is the same."""
    if class_ not in choices(book, case) or class_ == class_of(book, case):
        raise Invalid((Problem("/retention_class", "enum", "Choose another class."),))
    before = book.retention["classes"][class_of(book, case)]["title"]
    record = Record(book, case, now, actor=actor)
    record.put(retention_class=class_, cleared_by=(), look_again_on=None)
    holds.settle(record)
    title = book.retention["classes"][class_]["title"]
    record.happened("reclassified", reason=reason, data={"from": before, "to": title})
    return record.change()


def choices(book: Book, case: Case) -> dict[str, str]:
    """The classes that a person may give this case, with their titles."""
    row = book.kind(case.kind)
    names = (row["retention"], *row.get("retention_for", {}).values(), *row.get("retention_choices", ()))
    return {name: book.retention["classes"][name]["title"] for name in dict.fromkeys(names)}


def ask_for_review(book: Book, case: Case, reference: str, now: datetime) -> Change:
    """Its time has come, and somebody must look before it goes: a case of the kind that the schedule names."""
    kind = book.retention["classes"][class_of(book, case)]["review"]
    record = Record(book, case, now)
    record.put(review_at=None)
    child = linked.open_by_service(book, case, kind, "looks_at", reference, now)
    linked.link(record, (child,), "looks_at")
    return record.change(linked=(child,))


def reviewed(book: Book, case: Case, review: Case, now: datetime) -> Change | None:
    """What people decided about a case whose time has come: it goes, or it is kept until they look again. None when
    that is done already, or the case went on meanwhile."""
    row = book.kind(review.kind)["decides_disposal"]
    if case.is_open or case.links.get(review.reference) != "looks_at" or review.is_open:
        return None
    record = Record(book, case, now)
    record.put(links={**case.links, review.reference: "looked_at"})
    if review.outcome == row["goes"]:
        who = tuple(sorted({person for some in review.took_part.values() for person in some}))
        record.put(cleared_by=who, look_again_on=None)
    else:
        record.put(look_again_on=date.fromisoformat(str(review.facts[row["until"]])))
    holds.settle(record)
    record.happened("disposal_reviewed", data={"reference": review.reference, "outcome_of": review.outcome})
    return record.change()


def parts(book: Book, case: Case, now: datetime) -> Change | None:
    """What we released goes before the rest of the case does. None when it is not time."""
    if case.is_open or case.holds or case.restricted_since or case.parts_end is None or case.parts_end > now:
        return None
    record = Record(book, case, now)
    record.put(parts_end=None)
    deletes = documents.delete(record, documents.ANSWER)
    rule = f"{holds.RELEASED}@{book.retention['version']}"
    record.happened("released_files_disposed", data={"rule": rule, **deletes})
    return record.change()


def review_again(book: Book, case: Case, hold: Hold, now: datetime) -> Change | None:
    """The day has come on which somebody looks whether a hold is still needed: its owner and the managers are told,
    once for each such day."""
    key = f"hold:{hold.id}:{hold.review_on.isoformat()}"
    if hold.review_on > clock.london_date(now) or key in case.alerts_raised:
        return None
    record = Record(book, case, now)
    record.put(alerts_raised=(*case.alerts_raised, key))
    told = record.tell("hold-review", to="role:ig_manager", about=hold.authority)
    record.happened("hold_to_review", messages=(told,), data={"because": hold.authority})
    return record.change()


def day_of(case: Case) -> date | None:
    """The London day on which a closed case goes, or is looked at."""
    at = case.end.at or case.review_at
    return at.astimezone(LONDON).date() if at else None


def what_keeps(case: Case, class_holds: Mapping[str, Sequence[Hold]], class_: str) -> tuple[str, ...]:
    """What stands in the way, in words."""
    own = [hold.authority for hold in case.holds]
    if case.restricted_since:
        own.append("The use of this information is limited")
    general = [hold for name in (class_, EVERY_CLASS) for hold in class_holds.get(name, ())]
    inherited = {hold.id for hold in case.holds}
    own += [f"{one.authority} (whole class)" for one in general if f"{OF_CLASS}{one.id}" not in inherited]
    return tuple(own)
