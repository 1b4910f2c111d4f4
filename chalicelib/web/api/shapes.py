"""What the API says of cases, dates and tasks, as JSON. Instants are UTC with `Z`, legal dates civil dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from ...commands.alike import Hint
from ...commands.desk import DeskRow
from ...commands.documents import FileView
from ...commands.restrictions import Answer
from ...commands.submit import Receipt
from ...commands.track import Status
from ...commands.view import BesideView, CaseView, Entry, RoundView, TaskView
from ...domain.clock import LegalDate
from ...domain.model import Hold, Message

Json = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def promised(dates: Iterable[LegalDate]) -> list[Json]:
    """Dates for a resident: name, label, date, explanation."""
    return [
        {"name": row.name, "label": row.label, "date": day(row.date), "explanation": list(row.explanation)}
        for row in dates
    ]


def worked(dates: Iterable[LegalDate]) -> list[Json]:
    """Dates for staff: with status, rule, source and calendar too."""
    return [
        {
            **shown,
            "status": row.status,
            "rule": row.rule,
            "source": row.source,
            "calendar": row.calendar,
        }
        for row in dates
        for shown in promised([row])
    ]


def receipt(found: Receipt) -> Json:
    return {
        "reference": found.reference,
        "access_code": found.access_code,
        "kind": found.kind,
        "received_at": instant(found.received_at),
        "dates": promised(found.dates),
        "next_steps": list(found.next_steps),
        "also": [
            {"reference": row.reference, "kind": row.kind, "title": row.title, "dates": promised(row.dates)}
            for row in found.besides
        ],
    }


def file(row: FileView) -> Json:
    """A file of a case; its content is behind a link that only the pages give."""
    return {
        "number": row.number,
        "name": row.name,
        "purpose": row.purpose,
        "status": row.status,
        "status_words": row.status_words,
        "why": row.why or None,
        "media_type": row.media_type or None,
        "size": row.size,
        "added_at": instant(row.added_at),
    }


def status(found: Status) -> Json:
    sent = found.answer
    return {
        "reference": found.reference,
        "kind": found.kind,
        "title": found.title,
        "status": found.status,
        "received_at": instant(found.received_at),
        "happening_now": found.happening_now,
        "next_step": found.next_step,
        "asked": found.asked or None,
        "withdrawal_asked_at": instant(found.withdrawal_asked_at),
        "dates": promised(found.dates),
        "timeline": [{"at": instant(entry.at), "text": entry.text} for entry in found.timeline],
        "answer": {
            "outcome": sent.outcome_words,
            "paragraphs": list(sent.paragraphs),
            "sent_at": instant(sent.sent_at),
        }
        if sent
        else None,
        "letters": [
            {"subject": row.subject, "paragraphs": list(row.paragraphs), "sent_at": instant(row.sent_at)}
            for row in found.letters
        ],
        "written": [{"paragraphs": list(row.paragraphs), "sent_at": instant(row.sent_at)} for row in found.written],
        "next_stage": {
            "title": found.next_round.title,
            "help": found.next_round.help,
            "ask_by": day(found.next_round.ask_by),
        }
        if found.next_round
        else None,
        "links": [{"reference": reference, "relation": relation} for reference, relation in found.links],
        "files": [file(row) for row in found.files],
        "files_until": day(found.files_until),
        "sent_files": [file(row) for row in found.sent_files],
        "closed_at": instant(found.closed_at),
        "disposal": {"on": day(found.deleted_on), "because": found.deleted_because},
    }


def desk_row(row: DeskRow) -> Json:
    return {
        "task_id": row.task_id,
        "reference": row.reference,
        "kind": row.kind,
        "task": row.task,
        "title": row.title,
        "about": row.about or None,
        "stage": row.stage,
        "role": row.role,
        "person": row.person or None,
        "due": day(row.due),
        "due_name": row.due_name,
        "days_left": row.days_left,
        "late": row.late,
        "opened_at": instant(row.opened_at),
        "limited_since": day(row.limited_since),
    }


def task(row: TaskView) -> Json:
    return {
        "task_id": row.task_id,
        "task": row.task,
        "title": row.title,
        "about": row.about or None,
        "help": row.help,
        "role": row.role,
        "person": row.person or None,
        "due": day(row.due),
        "due_name": row.due_name,
        "version": row.version,
        "yours": row.yours,
        "prompts": list(row.prompts),
        "outcomes": [
            {
                "outcome": outcome.outcome,
                "title": outcome.title,
                "schema": outcome.schema,
                "example": outcome.example,
            }
            for outcome in row.outcomes
        ],
    }


def limits(found: Answer) -> Json:
    return {
        "restricted": bool(found.matches),
        "since": day(found.since),
        "matches": [
            {"reference": match.reference or None, "since": day(match.since), "matched": list(match.matched)}
            for match in found.matches
        ],
    }


def hint(found: Hint) -> Json:
    return {
        "reference": found.reference,
        "kind": found.kind,
        "title": found.title,
        "about": found.about or None,
        "received_on": day(found.received_on),
        "status": found.status,
        "stage_words": found.stage,
        "reasons": list(found.reasons),
    }


def case(found: CaseView) -> Json:
    """A case in full, for staff who may see it."""
    return {
        "reference": found.case.reference,
        "kind": found.case.kind,
        "title": found.title,
        "stage": found.case.stage,
        "stage_words": found.stage,
        "status": found.case.status,
        "outcome": found.case.outcome or None,
        "version": found.case.version,
        "channel": found.case.channel,
        "received_at": instant(found.case.received_at),
        "received_on": day(found.case.received_on),
        "closed_at": instant(found.case.closed_at),
        "needs_attention": found.case.needs_attention or None,
        "round": found.case.round_title or None,
        "counted_from": day(found.case.counts_from or found.case.received_on),
        "dates": worked(found.clock.dates),
        "rounds_before": [round_before(part) for part in found.rounds],
        "tasks": [task(row) for row in found.tasks],
        "asked": [asked(row) for row in found.besides],
        "links": [{"reference": row.reference, "relation": row.relation} for row in found.links],
        "people": [{"role": party.role, "name": party.name, **party.details} for party in found.parties],
        "answers": answered(found.answers),
        "facts": {name: value for name, value in found.facts.items() if value},
        "messages": [message(row) for row in found.messages],
        "documents": [file(row) for row in found.documents],
        "released_until": instant(found.case.released_until),
        "timeline": [entry(row) for row in found.timeline],
        "disposal": {
            "on": day(found.deleted_on),
            "because": found.deleted_because,
            "rule": found.case.retention_rule or None,
        },
        "holds": [hold(one) for one in found.case.holds],
        "hints": [hint(row) for row in found.hints],
        "restriction": limits(found.limits),
    }


def round_before(part: RoundView) -> Json:
    """A stage that is over, with its dates as they were counted then."""
    return {
        "title": part.title,
        "began_on": day(part.began_on),
        "ended_on": day(part.ended_on),
        "outcome_words": part.outcome_words or None,
        "dates": worked(part.dates),
    }


def asked(row: BesideView) -> Json:
    """Somebody who was asked beside the workflow."""
    return {
        "task_id": row.task_id,
        "title": row.title,
        "about": row.about or None,
        "role": row.role,
        "due": day(row.due),
        "late": row.late,
        "status": row.status,
        "result": row.result or None,
        "detail": answered(row.detail),
        "reminders": row.chased,
    }


def answered(rows: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"question": question, "answer": answer} for question, answer in rows]


def message(row: Message) -> Json:
    return {
        "number": row.number,
        "to": row.to,
        "channel": row.channel,
        "subject": row.subject,
        "status": row.status,
        "sent_at": instant(row.sent_at),
    }


def entry(row: Entry) -> Json:
    """A line of the timeline."""
    return {
        "number": row.number,
        "at": instant(row.at),
        "type": row.type,
        "who": row.who,
        "text": row.text,
        "reason": row.reason or None,
        "detail": answered(row.detail),
        "moved": [dict(one) for one in row.moved],
    }


def hold(one: Hold) -> Json:
    return {
        "id": one.id,
        "authority": one.authority,
        "reason": one.reason,
        "placed_on": day(one.placed_on),
        "review_on": day(one.review_on),
        "by": one.name or one.owner,
    }
