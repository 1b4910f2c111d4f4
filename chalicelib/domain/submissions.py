"""A submission becomes a case: what came, from whom, and what they are told at once. A submission is never refused for
what it says; nobody decides anything here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from . import clock, linked, messages
from .dates import context_of
from .entry import Entered
from .language import ENGLISH
from .model import RESIDENT, Actor, Case, Change, Party, Used
from .policy import Book
from .record import Record


def receive(
    book: Book,
    kind: str,
    submission: Mapping[str, Any],
    *,
    reference: str,
    access_digest: str,
    now: datetime,
    received_at: datetime,
    channel: str,
    used: tuple[str, Used],
    discard_draft: str = "",
    actor: Actor | None = None,
    entered: Entered | None = None,
    language: str = ENGLISH,
    references: linked.NewReference,
) -> Change:
    """A new case from a valid submission, and those that it holds besides. `received_at` is the true receipt (UTC); its
    London day starts the clock (law.md 2.2: an instant becomes a date in Europe/London; any hour, any weekday counts).
    """
    row = book.kind(kind)
    parties, answers = _people_and_answers(row, submission)
    case = Case(
        reference=reference,
        kind=kind,
        stage=row["first_stage"],
        received_at=received_at,
        received_on=clock.london_date(received_at),
        channel=channel,
        regime=row["regime"],
        context=context_of(row, submission),
        access_digest=access_digest,
        changed_at=now,
        language=language,
        adjusted=any(party.details.get("adjustments") for party in parties),
        recognised_on=entered.recognised_on if entered else None,
        came_to=entered.came_to if entered else "",
    )
    record = Record(book, case, now, new=True, actor=actor)
    record.put(next_alert=record.next_alert())
    record.tell_dates()
    requester = next(party for party in parties if party.role == "requester")
    told = _say_received(record, row, requester)
    urgent = row.get("urgent_when")
    if urgent and submission.get(urgent["field"]) in urgent["in"]:
        record.put(needs_attention="worried")
        told += (record.tell("worry-raised"),)
    record.happened(
        "case_entered" if actor else "case_received",
        by="" if actor else RESIDENT,
        messages=told,
        clock_revision=record.case.clock_revision,
        data={"channel": channel, **_how_it_came(book, entered)},
    )
    more = linked.sent_with(book, record.case, parties, answers, references, now)
    if more:
        linked.link(record, more, "sent_with")
        used = (used[0], replace(used[1], linked={child.case.reference: child.case.kind for child in more}))
    return record.change(parties=parties, answers=answers, used=used, discard_draft=discard_draft, linked=more)


def as_sent(row: Mapping[str, Any], parties: Iterable[Party], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a person sent, put together again from the parts in which it is kept: the other way round than
    `_people_and_answers`. `row` is the kind that it was sent as. How they are reached is as it is now."""
    found = dict(answers)
    for party in parties:
        fields = row["parties"].get(party.role)
        if fields is not None:
            found |= {fields["name"]: party.name} if party.name else {}
            found |= {name: party.details[name] for name in fields["details"] if party.details.get(name)}
    return found


def _people_and_answers(
    row: Mapping[str, Any], submission: Mapping[str, Any]
) -> tuple[tuple[Party, ...], dict[str, Any]]:
    parties, used = [], set()
    for role, fields in row["parties"].items():
        if submission.get(fields["name"]) or role == "requester":
            details = {name: str(submission[name]) for name in fields["details"] if submission.get(name)}
            parties.append(Party(role=role, name=str(submission.get(fields["name"], "")), details=details))
        used |= {fields["name"], *fields["details"]}
    return tuple(parties), {name: value for name, value in submission.items() if name not in used}


def _how_it_came(book: Book, entered: Entered | None) -> dict[str, str]:
    """What the timeline says of something that staff entered; what was not said is left out."""
    if entered is None:
        return {}
    team = next((row["title"] for row in book.file("notice")["holders"] if row["id"] == entered.came_to), "")
    given = {"came_to": team, "taken_by": entered.taken_by, "read_back": entered.read_back}
    return {name: value for name, value in given.items() if value}


def _say_received(record: Record, row: Mapping[str, Any], requester: Party) -> tuple[int, ...]:
    """The receipt, at once. Where policy says so it is the acknowledgement too: but only by e-mail, for a letter has
    yet to be posted (ICO on s.164A: an automatic one is enough for what came electronically)."""
    if not messages.can_reach(requester.details):
        return ()
    if row.get("receipt_acknowledges") and requester.details.get("email"):
        record.clock_input("acknowledged")
        return (record.tell(row["acknowledging_message"], requester),)
    return (record.tell(row["received_message"], requester),)
