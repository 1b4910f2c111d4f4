"""What happens to a case between its submission (`submissions.py`), the decisions (`decisions.py`) and its disposal:
the workflow opens tasks and closes it, the person writes, staff put right what was recorded, timers find it.

Here as there each function takes what is stored and what a person or timer does, and returns the `Change` that one
transaction writes, or refuses. No AWS, no wall clock: `now` is given, an aware UTC instant.

Invariant "a person decides" (the notice: "All the decisions we make about you involve human intervention"): a case
closes only after a person's decision whose outcome, in `policy/tasks.json`, says that it closes the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from . import beside, clock, documents, holds, independence, rounds
from .errors import NotAllowed, Stale
from .model import RESIDENT, Actor, Case, Change, Message, Party, Task
from .policy import Book
from .record import Record
from .words import long_date

ANYBODY = "any"


def open_task(book: Book, case: Case, current: Task | None, task: str, token: str, after: int, now: datetime) -> Change:
    """The workflow waits for a person. `after` is the last task whose outcome this execution has used.

    `current` is the case's latest task, if any. Three cases, so that a workflow may be started again at any point:
    the task is open: it gets the new token; it was decided but this execution does not know: the decision is
    signalled again with the new token; otherwise a new task is opened.
    """
    record = Record(book, case, now)
    if current is not None and current.number > after:
        refreshed = replace(current, token=token, signalled_at=None, version=current.version + 1)
        record.task(refreshed)
        decided = current.status == "decided"
        record.happened(
            "task_resumed" if decided else "task_reopened",
            task=current.number,
            data={"task": current.task, "resignal": decided},
        )
        return record.change()
    row = book.task(task)
    person = _person_for(row, case)
    record.put(step=case.step + 1, stage=row["stage"])
    if person:
        record.put(people=case.people | {person})
    else:
        record.put(roles=case.roles | {row["role"]})
    not_by = independence.barred(book, case, task)
    due_name, due = _due(row, record.dates())
    record.task(
        Task(
            reference=case.reference,
            number=record.case.step,
            kind=case.kind,
            task=task,
            role=row["role"],
            person=person,
            not_by=not_by,
            due=due,
            due_name=due_name,
            opened_at=now,
            token=token,
        )
    )
    record.happened("task_opened", task=record.case.step, data={"task": task})
    return record.change()


def close(book: Book, case: Case, tasks: Sequence[Task], now: datetime) -> Change | None:
    """Close a case after a person's decision; None when it is closed already. Raises NotAllowed without a decision.
    `tasks` are the case's, when some are open beside the workflow: nobody is asked for anything any more."""
    if not case.is_open:
        return None
    if not case.may_close:
        raise NotAllowed("A case closes only after a person has decided it.")
    record = Record(book, case, now)
    record.put(
        status="closed",
        stage="closed",
        closed_at=now,
        next_alert=None,
        clock_revision=case.clock_revision + 1,
    )
    holds.settle(record)
    beside.cancel(record, tasks)
    deletes = documents.delete(record, documents.EVIDENCE)
    record.happened("case_closed", data={"outcome": case.outcome, **deletes})
    return record.change()


def reopen(book: Book, case: Case, actor: Actor, reason: str, now: datetime) -> Change:
    """A closed case goes on: a late reply, a mistake, a review that found something. Its workflow starts again at the
    stage that policy names, and it has no end while it is open (law.md 3.40: the last closure governs)."""
    record = Record(book, case, now, actor=actor)
    stage = rounds.current(book, case).get("reopens_at") or book.kind(case.kind)["reopens_at"]
    holds.opened_again(record, stage, needs_attention="")
    record.put(facts={name: value for name, value in case.facts.items() if name != "retention_because"})
    record.arm()
    record.happened("case_reopened", reason=reason, clock_revision=record.case.clock_revision)
    return record.change()


def write(book: Book, case: Case, paragraphs: tuple[str, ...], now: datetime) -> Change:
    """The resident writes to us about an open case: it is kept with the case, and whoever has the task hears of it."""
    record = Record(book, case, now)
    number = case.messages + 1
    record.put(messages=number, needs_attention="resident_wrote")
    record.message(
        Message(
            reference=case.reference,
            number=number,
            template="resident-wrote",
            template_version="1",
            to="council",
            channel="tracking",
            subject="Message from the resident",
            paragraphs=paragraphs,
            queued_at=now,
            status="received",
        )
    )
    told = record.tell("resident-wrote", to="role:ig_officer")
    answered = book.kind(case.kind)["stages"][case.stage].get("answered_by", "")
    if answered and _is_asked(case, answered):
        moved = record.clock_input(answered)
        data = {"number": number, "moved": moved}
        revision = record.case.clock_revision
        record.happened("question_answered", by=RESIDENT, messages=(told,), clock_revision=revision, data=data)
    else:
        record.happened("resident_wrote", by=RESIDENT, messages=(told,), data={"number": number})
    return record.change()


def change_contact(book: Book, case: Case, party: Party, details: Mapping[str, str], now: datetime) -> Change | None:
    """The person wants to be reached in another way; None when it is the way it was. An e-mail goes to the address of
    before too: whoever has the code could else take the case over unseen."""
    if dict(party.details) == dict(details):
        return None
    record = Record(book, case, now)
    before, after = party.details.get("email", ""), details.get("email", "")
    told: tuple[int, ...] = ()
    if before and before != after:
        told = (record.tell("contact-changed", to=f"address:{before}"),)
    record.happened("contact_changed", by=RESIDENT, messages=told)
    return record.change(parties=(replace(party, details=dict(details), end=record.case.end),))


def ask_to_withdraw(book: Book, case: Case, now: datetime, *, go_on: bool = False) -> Change | None:
    """The person wants to take it back, or, with `go_on`, changed their mind. None when that is so already. A person
    here confirms it; until then the time runs. Raises Stale for a case that is closed or of a kind that is not taken
    back."""
    if not case.is_open or not book.kind(case.kind).get("withdrawable"):
        raise Stale("This cannot be stopped here. Call us if something is not right.")
    if bool(case.withdrawal_asked_at) is not go_on:
        return None
    record = Record(book, case, now)
    if go_on:
        attention = "" if case.needs_attention == "wants_to_withdraw" else case.needs_attention
        record.put(withdrawal_asked_at=None, needs_attention=attention)
        record.happened("withdrawal_taken_back", by=RESIDENT)
    else:
        record.put(withdrawal_asked_at=now, needs_attention="wants_to_withdraw")
        told = record.tell("resident-withdraws", to="role:ig_officer")
        record.happened("withdrawal_asked", by=RESIDENT, messages=(told,))
    return record.change()


def note(book: Book, case: Case, actor: Actor, text: str, now: datetime) -> Change:
    """A note of staff on the timeline. No resident sees it; who asks for their file gets it all the same."""
    record = Record(book, case, now, actor=actor)
    record.happened("note_added", reason=text)
    return record.change()


def correct_receipt(
    book: Book, case: Case, current: Task | None, actor: Actor, received_at: datetime, reason: str, now: datetime
) -> Change:
    """The day it came in was recorded wrongly: every date is computed again from the true receipt, and the timeline
    keeps both days and each date that moved. Raises ClockError when something would then have come before it."""
    record = Record(book, case, now, actor=actor)
    record.put(received_at=received_at, received_on=clock.london_date(received_at))
    rounds.check_order(book, record.case, now)
    if case.recognised_on is not None and record.case.received_on > case.recognised_on:
        record.put(recognised_on=record.case.received_on)
    moved = record.tell_dates()
    record.arm()
    _retime(record, current)
    days_in_words = {"from": long_date(case.received_on), "to": long_date(record.case.received_on)}
    record.happened(
        "receipt_corrected",
        reason=reason,
        clock_revision=record.case.clock_revision,
        data={**days_in_words, "moved": moved, "was": f"{case.received_on:%Y-%m}"},
    )
    return record.change()


def count_again(book: Book, case: Case, current: Task | None, now: datetime) -> Change:
    """Newer rules or bank holidays are loaded: the dates are computed with them, and any that moves is told."""
    record = Record(book, case, now)
    moved = record.tell_dates()
    if moved:
        record.arm()
        _retime(record, current)
        record.happened(
            "dates_moved",
            clock_revision=record.case.clock_revision,
            data={"because": "newer rules or bank holidays were loaded", "rules": book.rules.version, "moved": moved},
        )
    return record.change()


def restart_workflow(book: Book, case: Case, now: datetime) -> Change:
    """The workflow of an open case is not running any more: start another, at the stage that the table holds."""
    record = Record(book, case, now)
    record.put(attempt=case.attempt + 1)
    record.happened("workflow_restarted", data={"attempt": case.attempt + 1})
    return record.change()


def restart_clock(book: Book, case: Case, now: datetime) -> Change:
    """The clock of an open case is not running any more: a new revision starts another."""
    record = Record(book, case, now)
    record.arm()
    record.happened("clock_restarted", clock_revision=record.case.clock_revision)
    return record.change()


def message_settled(
    book: Book, case: Case, message: Message, status: str, now: datetime, actor: Actor | None = None
) -> Change:
    """A letter was `posted`, or a mail has `failed` for good; failure asks for a person's attention."""
    record = Record(book, case, now, actor=actor)
    if status == "failed":
        record.put(needs_attention="message_failed")
    record.message(replace(message, status=status, sent_at=now if status == "posted" else None))
    record.happened(f"message_{status}", data={"message": message.template, "number": message.number})
    return record.change()


def _person_for(row: Mapping[str, Any], case: Case) -> str:
    """The person whom an earlier decision named for this task; empty for anybody in the role."""
    given = str(case.facts.get(row.get("person_from", ""), ""))
    return "" if given == ANYBODY else given


def _retime(record: Record, current: Task | None) -> None:
    """The open task is due on the date as it is now, so that the desk keeps its order."""
    if current is None or current.status != "open":
        return
    name, due = _due(record.book.task(current.task), record.dates())
    if due != current.due:
        record.task(replace(current, due=due, due_name=name, version=current.version + 1))


def _due(row: Mapping[str, Any], dates: clock.Clock) -> tuple[str, date | None]:
    """The first of the task's dates that is still to be met; the first that there is, when all are."""
    there = [legal for name in row["due"] if (legal := dates.date(name)) is not None and legal.date is not None]
    open_ = [legal for legal in there if legal.status not in ("met", "met_late")]
    first = next(iter(open_ or there), None)
    return (first.name, first.date) if first else ("", None)


def _is_asked(case: Case, answered: str) -> bool:
    """Whether the last question has no answer yet. The first message after a question ends the pause, on the day it
    came and not on the day somebody reads it (UK GDPR Art 12A(5)); a person sees whether it is an answer, and may ask
    again."""
    asked = answered.replace("_received", "_requested")
    last = [happening.type for happening in case.happenings if happening.type in (asked, answered)]
    return bool(last) and last[-1] == asked
