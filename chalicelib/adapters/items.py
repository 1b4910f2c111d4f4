"""From domain values to table items and back: keys, index keys and ends in one place.

Keys: `pk = CASE#<reference>`, `sk` = `CASE`, `PARTY#…`, `ANSWERS`, `EVENT#000001`, `TASK#0001`, `MESSAGE#0001`,
`DOCUMENT#0001`, `ALIKE#<reference>`, `LOOK#<hour>#<person>`, `SEARCH#<day>#<hash>`. Beside the cases:
`RESTRICTED#<hash>` with the reference, `LOOKUPS#<day>` with the moment, `CERTIFICATES` with a number,
`DISPOSED#<hash>`, `HOLDS` with a class, `FIGURES#<kind>#<month>` with a hash, `PUBLISHED#<table>` with the period,
`VOICES#<theme>` with a drawn name, `STAFF` and `DESK_COUNTS` with a person who works here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ..domain.certificates import Certificate
from ..domain.figures import Figure
from ..domain.model import (
    Alike,
    Case,
    DeskCounts,
    Document,
    End,
    Event,
    Flag,
    Flagged,
    Hold,
    Look,
    Lookup,
    Message,
    Party,
    Person,
    Remains,
    Task,
    Used,
    Voice,
)
from . import table
from .codec import decode, encode

OPEN, CLOSED, OUTBOX = "OPEN", "CLOSED", "OUTBOX"
# Closed cases that have no day: those that somebody looks at first, and those that are kept.
LOOK, KEPT = "LOOK", "KEPT"
NO_DAY = "9999"
CERTIFICATES, HOLDS = "CERTIFICATES", "HOLDS"
STAFF, DESK_COUNTS = "STAFF", "DESK_COUNTS"
EFFECTLESS = frozenset(
    {
        "task_opened", "task_reopened", "message_posted", "message_failed", "case_linked", "attempt_refused",
        "document_asked", "answer_clean", "document_late", "document_opened", "document_downloaded",
        "documents_deleted", "restriction_began", "independence_set_aside", "note_added", "task_handed_back",
        "task_taken", "case_shut", "case_opened_up",
    }
)  # fmt: skip


def case_key(reference: str) -> str:
    return f"CASE#{reference}"


def reference_of(pk: str) -> str:
    return pk.partition("#")[2]


def secret_key(kind: str, token: str) -> str:
    """The key of an item that a secret opens: the table never holds the secret itself."""
    return f"{kind}#{hashlib.sha256(token.encode()).hexdigest()}"


def instant(at: datetime) -> str:
    """An aware instant as a string that sorts by time: UTC, fixed width."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def end_fields(end: End) -> dict[str, Any]:
    """The attributes by which an item knows its end."""
    if end.at is not None:
        return {"expires_at": int(end.at.timestamp())}
    return {"kept_because": end.because}


def from_case(case: Case) -> table.CaseItem:
    list_, at = agenda_of(case)
    agenda: dict[str, Any] = {"agenda_pk": list_, "agenda_sk": f"{at}#{case.reference}"}
    return table.CaseItem(
        pk=case_key(case.reference),
        sk="CASE",
        version=case.version,
        body=encode(case),
        **agenda,
        **end_fields(case.end),
    )


def agenda_of(case: Case) -> tuple[str, str]:
    """The one list that a case stands in, and where: so that whatever becomes of it, some round finds it."""
    if case.is_open:
        return OPEN, instant(case.next_alert) if case.next_alert else NO_DAY
    if case.end.at is not None:
        return CLOSED, instant(min(case.end.at, case.parts_end or case.end.at))
    if case.review_at is not None:
        return LOOK, instant(min(case.review_at, case.parts_end or case.review_at))
    reviews = [hold.review_on.isoformat() for hold in case.holds]
    return KEPT, min(reviews, default=NO_DAY)


def to_case(item: table.CaseItem) -> Case:
    return decode(Case, item.body)


def from_party(reference: str, party: Party) -> table.PartyItem:
    return table.PartyItem(
        pk=case_key(reference), sk=f"PARTY#{party.role}", body=encode(party), **end_fields(party.end)
    )


def from_answers(reference: str, answers: Any, end: End) -> table.AnswersItem:
    return table.AnswersItem(pk=case_key(reference), sk="ANSWERS", body=encode(answers), **end_fields(end))


def from_event(event: Event) -> table.EventItem:
    """An event with effects is in the outbox until they are done; its content never changes."""
    outbox: dict[str, Any] = {}
    if event.type not in EFFECTLESS:
        outbox = {"agenda_pk": OUTBOX, "agenda_sk": f"{instant(event.at)}#{event.reference}#{event.number:06d}"}
    return table.EventItem(
        pk=case_key(event.reference),
        sk=f"EVENT#{event.number:06d}",
        body=encode(event),
        **outbox,
        **end_fields(event.end),
    )


def to_event(item: table.EventItem) -> Event:
    return decode(Event, item.body)


def desk_of(task: Task) -> str:
    return f"PERSON#{task.person}" if task.person else f"ROLE#{task.role}"


def from_task(task: Task) -> table.TaskItem:
    desk: dict[str, Any] = {}
    if task.status == "open":
        due = task.due.isoformat() if task.due else "9999"
        place = f"{due}#{task.reference}#{task.number:04d}"
        desk = {"desk_pk": desk_of(task), "desk_sk": place, "agenda_pk": f"TEAM#{task.role}", "agenda_sk": place}
    return table.TaskItem(
        pk=case_key(task.reference),
        sk=f"TASK#{task.number:04d}",
        version=task.version,
        status=task.status,
        token=task.token or None,
        signalled_at=instant(task.signalled_at) if task.signalled_at else None,
        body=encode(replace(task, token="", signalled_at=None)),
        **desk,
        **end_fields(task.end),
    )


def to_person(item: table.StaffItem) -> Person:
    return Person(item.sk, item.name, item.email, frozenset(item.roles))


def to_task(item: table.TaskItem) -> Task:
    signalled = datetime.fromisoformat(item.signalled_at) if item.signalled_at else None
    return replace(decode(Task, item.body), token=item.token or "", signalled_at=signalled)


def from_message(message: Message) -> table.MessageItem:
    return table.MessageItem(
        pk=case_key(message.reference),
        sk=f"MESSAGE#{message.number:04d}",
        status=message.status,
        attempts=message.attempts,
        sent_at=instant(message.sent_at) if message.sent_at else None,
        body=encode(message),
        **end_fields(message.end),
    )


def to_message(item: table.MessageItem) -> Message:
    sent = datetime.fromisoformat(item.sent_at) if item.sent_at else None
    return replace(decode(Message, item.body), status=item.status, attempts=int(item.attempts), sent_at=sent)


def from_document(document: Document) -> table.DocumentItem:
    return table.DocumentItem(
        pk=case_key(document.reference),
        sk=f"DOCUMENT#{document.number:04d}",
        status=document.status,
        body=encode(document),
        **end_fields(document.end),
    )


def to_document(item: table.DocumentItem) -> Document:
    return decode(Document, item.body)


def alike_key(other: str) -> str:
    return f"ALIKE#{other}"


def from_alike(alike: Alike) -> table.AlikeItem:
    return table.AlikeItem(
        pk=case_key(alike.reference), sk=alike_key(alike.other), body=encode(alike), **end_fields(alike.end)
    )


def from_look(look: Look) -> table.LookItem:
    """One for each person and hour."""
    key = f"LOOK#{look.at.astimezone(UTC):%Y-%m-%dT%H}#{look.by}"
    return table.LookItem(pk=case_key(look.reference), sk=key, body=encode(look), **end_fields(look.end))


def from_used(key: str, used: Used) -> table.UsedItem:
    return table.UsedItem(pk=secret_key("KEY", key), sk="KEY", body=encode(used), **end_fields(used.end))


def from_search(case: Case, hash_: str) -> table.SearchItem:
    """One hash by which the case is found. The day in the key keeps the newest first; the end is the case's own."""
    key = f"SEARCH#{case.received_on.isoformat()}#{hash_}"
    return table.SearchItem(pk=case_key(case.reference), sk=key, search_pk=hash_, **end_fields(case.end))


def from_flag(case: Case, flag: Flag) -> table.FlagItem:
    """A flag that this case sets. It is gone when the limit ends, not on a day: UK GDPR Art 18 knows none."""
    since = case.restricted_since.isoformat() if case.restricted_since else ""
    body = {**encode(flag), "since": since}
    return table.FlagItem(
        pk=flag_key(flag.hash), sk=case.reference, body=body, **end_fields(End(because="the restriction is in force"))
    )


def flag_key(hash_: str) -> str:
    return f"RESTRICTED#{hash_}"


def to_flagged(item: table.FlagItem) -> Flagged:
    return Flagged(decode(Flag, item.body), item.sk, date.fromisoformat(item.body["since"]))


def from_lookup(lookup: Lookup, id_: str) -> table.LookupItem:
    day = lookup.at.astimezone(UTC).date().isoformat()
    key = f"{instant(lookup.at)}#{id_}"
    return table.LookupItem(pk=f"LOOKUPS#{day}", sk=key, body=encode(lookup), **end_fields(lookup.end))


NOBODY = End(because="it holds nothing of a person")


def from_figure(figure: Figure, id_: str) -> table.FigureItem:
    """What is counted of a case, under a keyed hash of its reference: to write it again changes nothing."""
    return table.FigureItem(
        pk=figures_key(figure.kind, figure.month), sk=id_, body=encode(figure), **end_fields(NOBODY)
    )


def figures_key(kind: str, month: str) -> str:
    return f"FIGURES#{kind}#{month}"


def to_figure(item: table.FigureItem) -> Figure:
    return decode(Figure, item.body)


def from_certificate(certificate: Certificate) -> table.CertificateItem:
    return table.CertificateItem(
        pk=CERTIFICATES, sk=f"{certificate.number:09d}", body=encode(certificate), **end_fields(NOBODY)
    )


def to_certificate(item: table.CertificateItem) -> Certificate:
    return decode(Certificate, item.body)


def from_disposed(certificate: Certificate) -> table.DisposedItem:
    """By what a certificate is found from its case: a case is certified once."""
    return table.DisposedItem(
        pk=disposed_key(certificate.subject), sk="DISPOSED", number=certificate.number, **end_fields(NOBODY)
    )


def disposed_key(subject: str) -> str:
    return f"DISPOSED#{subject}"


def from_removed(reference: str, remains: Remains, by: str, at: datetime) -> table.RemovedItem:
    """In the place of a case's record that something else removed, until what is left of it is gone and certified."""
    return table.RemovedItem(
        pk=case_key(reference),
        sk="REMOVED",
        body=encode(remains),
        by=by,
        agenda_pk=CLOSED,
        agenda_sk=f"{instant(at)}#{reference}",
        **end_fields(End(because="its disposal is not certified yet")),
    )


def from_class_holds(class_: str, holds: Sequence[Hold], version: int) -> table.ClassHoldsItem:
    """The holds that a class has and had. `active` is how many nobody has ended."""
    return table.ClassHoldsItem(
        pk=HOLDS,
        sk=class_,
        version=version,
        active=sum(hold.ended_on is None for hold in holds),
        body=[encode(one) for one in holds],
        **end_fields(End(because="it shows why cases were kept")),
    )


def from_published(name: str, period: str, body: Mapping[str, Any]) -> table.PublishedItem:
    return table.PublishedItem(pk=f"PUBLISHED#{name}", sk=period, body=encode(body), **end_fields(NOBODY))


def from_voice(voice: Voice) -> table.VoiceItem:
    """Under a name that is drawn: neither its key nor its place among others leads to a case or a moment."""
    return table.VoiceItem(
        pk=f"VOICES#{voice.theme}", sk=voice.id, body=encode(replace(voice, id="")), **end_fields(NOBODY)
    )


def from_desk_counts(counts: DeskCounts) -> table.DeskCountsItem:
    return table.DeskCountsItem(pk=DESK_COUNTS, sk=counts.person, body=encode(counts), **end_fields(counts.end))
