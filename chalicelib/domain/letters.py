"""Letters that staff write to the person beside the workflow, from the texts of `policy/letters.json`.

What goes out is kept as it went, as long as the case: the mail or text message, which says little, and the letter,
which the person reads behind their access code or on paper. Where policy wants a second person, nothing goes before
they have read it, and nobody is the second person to themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from . import messages
from .errors import Invalid, NotAllowed, NotFound, Problem, Stale
from .model import Actor, Case, Change, Message, Party
from .policy import Book
from .record import Record

WAYS = {"email": "By e-mail", "text": "By text message", "letter": "By post", "print": "On paper, printed here"}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A letter as it would go: how, what is sent, and the letter that the person reads."""

    channel: str
    subject: str
    paragraphs: tuple[str, ...]
    letter: tuple[str, ...]


def ways(book: Book, details: Mapping[str, str]) -> tuple[str, ...]:
    """How a letter may go to a person with these details, the usual way first."""
    return tuple(way for way in WAYS if messages.can_go(book.post, way, details))


def draft(
    book: Book, case: Case, name: str, given: Mapping[str, str], way: str, party: Party, actor: Actor, now: datetime
) -> Draft:
    """The letter filled in, and nothing written. Raises NotFound for a text that there is not, or Invalid."""
    row = _row(book, name)
    problems = [
        Problem(f"/{field}", "required" if not text else "maxLength", _words(text, rule["most"]))
        for field, rule in row["fields"].items()
        if not (text := given.get(field, "").strip()) or len(text) > rule["most"]
    ]
    if way not in ways(book, party.details):
        problems.append(Problem("/way", "enum", "Choose how it goes."))
    if problems:
        raise Invalid(tuple(problems))
    values = {field: given[field].strip() for field in row["fields"]}
    record = Record(book, case, now, actor=actor)
    sent = record.composed(row["message"], way, case.language, **values)
    return Draft(
        channel=way,
        subject=sent.subject,
        paragraphs=sent.paragraphs,
        letter=record.letter(row["message"], **values).paragraphs,
    )


def write(
    book: Book, case: Case, name: str, given: Mapping[str, str], way: str, party: Party, actor: Actor, now: datetime
) -> Change:
    """Queue the letter, or put it before a second person where policy says so. Raises NotFound, Invalid or Stale."""
    if book.kind(case.kind).get("internal"):
        raise Stale("Nobody outside knows of this case.")
    found, row = draft(book, case, name, given, way, party, actor, now), _row(book, name)
    waits = row["second_person"]
    record = Record(book, case, now, actor=actor)
    number = case.messages + 1
    template = book.message(row["message"])
    record.put(messages=number)
    record.message(
        Message(
            reference=case.reference,
            number=number,
            template=row["message"],
            template_version=template["version"],
            to=template["to"],
            channel=way,
            subject=found.subject,
            paragraphs=found.paragraphs,
            letter=found.letter,
            by=actor.id,
            link=template.get("link", ""),
            language=case.language,
            queued_at=now,
            status="draft" if waits else "queued",
        )
    )
    if waits:
        told = record.tell("letter-waits")
        record.put(needs_attention=case.needs_attention or "letter_waits")
        record.happened("letter_drafted", messages=(told,), data={"title": row["title"], "number": number})
    else:
        record.happened("letter_written", messages=(number,), data={"title": row["title"], "number": number})
    return record.change()


def send(book: Book, case: Case, message: Message, actor: Actor, now: datetime) -> Change:
    """A second person has read the letter: it goes. Raises Stale or NotAllowed."""
    _check_second(message, actor)
    record = Record(book, case, now, actor=actor)
    record.message(replace(message, status="queued", queued_at=now))
    _seen(record)
    record.happened("letter_written", messages=(message.number,), data={"title": _title(book, message)})
    return record.change()


def give_back(book: Book, case: Case, message: Message, actor: Actor, reason: str, now: datetime) -> Change:
    """A second person has read the letter, and it does not go. Raises Stale or NotAllowed."""
    _check_second(message, actor)
    record = Record(book, case, now, actor=actor)
    record.message(replace(message, status="returned"))
    _seen(record)
    told = record.tell("letter-given-back", to=f"person:{message.by}")
    record.happened("letter_given_back", reason=reason, messages=(told,), data={"title": _title(book, message)})
    return record.change()


def _check_second(message: Message, actor: Actor) -> None:
    if message.status != "draft":
        raise Stale("Somebody has read this letter already.")
    if message.by == actor.id:
        raise NotAllowed("You wrote this letter. Somebody else must read it.")


def _seen(record: Record) -> None:
    if record.case.needs_attention == "letter_waits":
        record.put(needs_attention="")


def _row(book: Book, name: str) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = book.letters.get(name)
    if row is None:
        raise NotFound("There is no such letter.")
    return row


def _title(book: Book, message: Message) -> str:
    return next((row["title"] for row in book.letters.values() if row["message"] == message.template), "")


def _words(text: str, most: int) -> str:
    return f"Write {most:,} characters or fewer." if text else "Answer this question."
