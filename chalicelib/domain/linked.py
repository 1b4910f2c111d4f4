"""Cases opened from another: what else one submission holds, a request split in two, another kind, a referral.

Each is a case of its own, with its own reference, clock and end, and counts from the true receipt: whoever chooses the
procedure again moves no date by it. What the person sent is kept as it was sent; a referral inside the council (an
`internal` kind) links to the case and copies nothing of it (UK GDPR Art 5(1)(c)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from . import holds, messages
from .clock import Happening, london_date
from .dates import context_of
from .errors import Invalid, Problem
from .model import Actor, Case, Change, Party
from .policy import Book
from .record import Record

NewReference = Callable[[], str]


def sent_with(
    book: Book,
    case: Case,
    parties: Sequence[Party],
    answers: Mapping[str, Any],
    references: NewReference,
    now: datetime,
) -> tuple[Change, ...]:
    """The further cases that a submission asks for (`also` in `policy/kinds.json`), received at the same moment."""
    also = book.kind(case.kind).get("also")
    kinds = also["opens"].get(str(answers.get(also["field"], "")), ()) if also else ()
    return tuple(_open(book, case, kind, "sent_with", {}, parties, answers, references(), now, None) for kind in kinds)


def decided(
    book: Book,
    case: Case,
    row: Mapping[str, Any],
    data: Mapping[str, Any],
    parties: Sequence[Party],
    answers: Mapping[str, Any],
    references: NewReference,
    now: datetime,
    actor: Actor,
) -> tuple[Change, ...]:
    """The cases that a decision opens (`opens_case` of its outcome): one, or one for each of a list that it names."""
    opens = row["opens_case"]
    if any(data.get(at.lstrip("/")) not in values for at, values in opens.get("when", {}).items()):
        return ()
    found = []
    for each in _each(case, opens, data):
        kind = _value(opens["kind"], data, each)
        if kind == case.kind and opens["relation"] == "turned_into":
            raise Invalid((Problem(f"/data{opens['kind']}", "kind", "It is of this kind already. Choose another."),))
        context = {name: _value(at, data, each) for name, at in opens.get("context", {}).items()}
        wanted = book.kind(kind).get("context", {})
        more = {
            "context": {name: value for name, value in context.items() if name in wanted},
            "facts": {name: _value(at, data, each) for name, at in opens.get("facts", {}).items()},
            "regime": opens.get("regimes", {}).get(_value(opens.get("regime_from", ""), data, each), ""),
            "happenings": _happenings({name: _value(at, data, each) for name, at in opens.get("records", {}).items()}),
        }
        if opens.get("received") == "now":
            more["received_at"] = now
        found.append(_open(book, case, kind, opens["relation"], more, parties, answers, references(), now, actor))
    return tuple(found)


def _happenings(days: Mapping[str, str]) -> tuple[Happening, ...]:
    return tuple(Happening(name, date.fromisoformat(day)) for name, day in days.items() if day)


def _each(case: Case, opens: Mapping[str, Any], data: Mapping[str, Any]) -> Sequence[Any]:
    """Each of a list that was filled in: words, or things with fields. `fact:` means the list that the case kept, which
    a second person approves now."""
    if "for_each" not in opens:
        return ("",)
    name = opens["for_each"]
    if name.startswith("fact:"):
        kept: Sequence[Any] = case.facts.get(name.removeprefix("fact:")) or ()
        return kept
    listed: Sequence[Any] = data.get(name.lstrip("/"), ())
    if listed and isinstance(listed[0], Mapping):
        return listed
    listed = list(dict.fromkeys(listed))
    if set(listed) & set(case.context.values()) or data.get("right") in listed:
        words = "Choose only what goes to a case of its own. This case keeps the first."
        raise Invalid((Problem(f"/data{opens['for_each']}", "twice", words),))
    return listed


def _value(at: str, data: Mapping[str, Any], each: Any) -> str:
    """A pointer into what was filled in, `$each` for the one of the list or `$each/field` of it, or a word as it
    stands."""
    if at == "$each":
        return str(each)
    if at.startswith("$each/"):
        return str(each.get(at.removeprefix("$each/"), ""))
    return str(data.get(at[1:], "")) if at.startswith("/") else at


def refer(
    book: Book,
    case: Case,
    kind: str,
    data: Mapping[str, Any],
    reference: str,
    received_at: datetime,
    now: datetime,
    actor: Actor,
    *,
    parties: Sequence[Party] = (),
    answers: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Change:
    """A person opens a case of an `opened_from_case` kind from any case: a safeguarding concern, a suspected breach, a
    review. `received_at` (UTC) is when we knew of it. The change of `case` holds the new one."""
    row = book.kind(kind)["opened_from_case"]
    more = {
        "facts": dict(data),
        "received_at": received_at,
        "took_part": case.took_part if row.get("anew") else {},
        "happenings": _happenings({name: str(data.get(at[1:], "")) for name, at in row.get("records", {}).items()}),
    }
    child = _open(book, case, kind, row["relation"], more, parties, answers or {}, reference, now, actor)
    record = Record(book, case, now, actor=actor)
    link(record, (child,), row["relation"], reason)
    if row.get("holds"):
        review = london_date(now) + timedelta(days=row["holds"]["review_days"])
        holds.put_on(record, reference, row["holds"]["authority"], book.kind(kind)["title"], review)
    return record.change(linked=(child,))


def open_by_service(book: Book, case: Case, kind: str, relation: str, reference: str, now: datetime) -> Change:
    """A case of an internal kind that a timer opens, for a person to look at another."""
    return _open(book, case, kind, relation, {"received_at": now}, (), {}, reference, now, None)


def link(record: Record, children: Sequence[Change], relation: str, reason: str = "") -> None:
    """Note the new cases on the one that they come from."""
    for child in children:
        record.put(links={**record.case.links, child.case.reference: relation})
        kind = record.book.kind(child.case.kind)
        record.happened(
            "case_linked",
            reason=reason,
            data={
                "reference": child.case.reference,
                "relation": relation,
                "title": kind["title"],
                "hidden": bool(kind.get("internal")),
            },
        )


def _open(
    book: Book,
    parent: Case,
    kind: str,
    relation: str,
    more: Mapping[str, Any],
    parties: Sequence[Party],
    answers: Mapping[str, Any],
    reference: str,
    now: datetime,
    actor: Actor | None,
) -> Change:
    row = book.kind(kind)
    internal = bool(row.get("internal"))
    received_at = more.get("received_at", parent.received_at)
    took_part = more.get("took_part", {})
    case = Case(
        reference=reference,
        kind=kind,
        stage=row["first_stage"],
        received_at=received_at,
        received_on=london_date(received_at),
        channel=parent.channel,
        language=parent.language,
        adjusted=parent.adjusted,
        regime=more.get("regime") or row["regime"],
        context={**context_of(row, answers), **more.get("context", {})},
        access_digest="" if internal else parent.access_digest,
        access_of="" if internal else parent.access_of or parent.reference,
        submitted_as="" if internal else parent.submitted_as or parent.kind,
        links={parent.reference: f"{relation}_from"},
        facts=dict(more.get("facts", {})),
        happenings=more.get("happenings", ()),
        narrow=bool(row.get("narrow")),
        people=frozenset({actor.id}) if actor else frozenset(),
        took_part={"before": tuple(sorted({who for some in took_part.values() for who in some}))} if took_part else {},
        changed_at=now,
    )
    record = Record(book, case, now, new=True, actor=actor)
    record.put(next_alert=record.next_alert())
    record.tell_dates()
    requester = next((party for party in parties if party.role == "requester"), None)
    told: tuple[int, ...] = ()
    if not internal and requester is not None and messages.can_reach(requester.details):
        told = (record.tell(row["received_message"], requester),)
    record.happened(
        "case_opened_from",
        messages=told,
        clock_revision=record.case.clock_revision,
        data={"reference": parent.reference, "relation": f"{relation}_from"},
    )
    if internal:
        return record.change()
    return record.change(parties=tuple(parties), answers=answers)
