"""What may happen to a case. Each function takes what is stored and what a person or timer does, and returns the
`Change` that one transaction writes, or refuses. No AWS, no wall clock: `now` is given, an aware UTC instant.

Invariant "a person decides" (the notice: "All the decisions we make about you involve human intervention"): a case
closes only after a person's decision whose outcome, in `policy/tasks.json`, says that it closes the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from . import (
    beside,
    chasers,
    clock,
    disclosure,
    documents,
    holds,
    independence,
    linked,
    messages,
    points,
    restriction,
    rounds,
)
from .dates import context_of, open_alerts
from .entry import Entered
from .errors import AlreadyDecided, Invalid, NotAllowed, NotFound, Problem, Stale, Unlawful
from .language import ENGLISH
from .model import RESIDENT, Actor, Case, CaseFile, Change, Message, Party, Task, Used, Voice
from .policy import Book
from .record import Record
from .retention import midnight
from .words import days, days_left, long_date

ANYBODY, NOBODY = "any", "nobody"


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


def decide(
    book: Book,
    case: Case,
    task: Task,
    requester: Party | None,
    actor: Actor,
    outcome: str,
    reason: str,
    data: Mapping[str, Any],
    version: int,
    now: datetime,
    whole: CaseFile | None = None,
    references: linked.NewReference | None = None,
) -> Change:
    """A person's answer to a task; `data` is already valid against the outcome's schema. `whole` and `references` are
    given when the outcome opens other cases, `whole` also when it names people who must be independent, or forgets.

    Raises AlreadyDecided, Stale (the person saw an older version of the task), NotAllowed (not theirs, or they took
    part where somebody else must look), NotFound (no such outcome) or Invalid (the law or the case does not allow it).
    """
    check_decidable(book, case, task, actor, outcome, version)
    row = book.task(task.task)["outcomes"][outcome]
    beside.check_done(book, case, row.get("needs_done", ()))
    if row.get("needs_contact") and (requester is None or not messages.can_reach(requester.details)):
        raise Invalid((Problem("", "contact", "The person left no way to reach them. It can only be noted."),))
    _check_waited(row, task, now)
    if answers_what_nobody_asked(book, case, row):
        words = "That was not asked for, so the time would not start. Choose what we asked the person for."
        raise Invalid((Problem("", "unasked", words),))
    if row.get("independent"):
        assert whole is not None
        independence.check_names(row["independent"], data, whole.tasks)
    record = Record(book, case, now, actor=actor)
    took_part = {**case.took_part, task.task: (*case.took_part.get(task.task, ()), actor.id)}
    record.put(took_part=took_part, people=case.people | {actor.id})
    if task.is_beside:
        beside.done(record, task)
    else:
        record.put(needs_attention="")
    record.keep(**{fact: data.get(pointer.lstrip("/"), "") for fact, pointer in row["keeps"].items()})
    if "schedule" in row:
        _keep_schedule(record, data.get(row["schedule"].lstrip("/"), ()), str(data.get("finding", "")))
    record.task(
        replace(
            task,
            status="decided",
            version=task.version + 1,
            outcome=outcome,
            reason=reason,
            data=dict(data),
            decided_by=actor.id,
            decided_by_name=actor.name,
            decided_at=now,
        )
    )
    if row.get("claims"):
        record.keep(**{row["claims"]: actor.id})
    if row.get("chooses"):
        rounds.choose(record, str(data[row["chooses"].lstrip("/")]))
    if row.get("keeps_out") and data.get(row["keeps_out"].lstrip("/"), NOBODY) != NOBODY:
        record.put(kept_out=record.case.kept_out | {str(data[row["keeps_out"].lstrip("/")])})
    if "points" in row:
        _keep_points(record, row["points"], data)
    if row.get("context"):
        record.put(context={**case.context, **{name: str(data[at.lstrip("/")]) for name, at in row["context"].items()}})
    closes_as = row.get("closes_as") or record.case.facts.get(row.get("closes_as_fact", ""), "")
    if closes_as:
        record.put(may_close=True, outcome=closes_as)
    answers = closes_as or record.case.facts.get(row.get("answers_as_fact", ""), "")
    if answers:
        record.keep(outcome_words=book.kind(case.kind)["outcomes"][answers])
    moved = _record(record, row, data) if row.get("records") else []
    for happening, pointer in row.get("also_records", {}).items():
        if data.get(pointer.lstrip("/")):
            moved += record.clock_input(happening, date.fromisoformat(data[pointer.lstrip("/")]))
    if "counts_from" in row:
        moved = [*moved, *rounds.count_from(record, row["counts_from"], data)]
    if row.get("kept_from"):
        record.put(kept_from=_kept_from(record, row["kept_from"], data))
    if "begins" in row:
        moved = [*moved, *rounds.begin_on(record, row["begins"], data)]
    deletes = documents.delete(record, row["deletes"]) if row.get("deletes") else {}
    if row.get("releases"):
        documents.release(record, str(data["release"]), requester)
    told = _tell_requester(record, row, requester, answers=bool(answers), on_paper=data.get("release") == "post")
    told += _show_to(record, row, data)
    record.happened(
        "task_decided",
        reason=reason,
        task=task.number,
        messages=told,
        clock_revision=record.case.clock_revision if record.case.clock_revision != case.clock_revision else 0,
        data={"task": task.task, "outcome": outcome, "moved": moved, "about": chasers.title(book, task), **deletes},
    )
    restriction.begin(record, row)
    if "links" in row:
        record.put(links={**record.case.links, str(data[row["links"].lstrip("/")]): "same_as"})
    beside.open_all(record, row.get("opens", ()), data, task.about)
    more: tuple[Change, ...] = ()
    if "opens_case" in row:
        assert whole is not None
        assert references is not None
        more = linked.decided(book, record.case, row, data, whole.parties, whole.answers, references, now, actor)
        linked.link(record, more, row["opens_case"]["relation"])
    voice = _voice(record, row, data)
    if row.get("forgets"):
        assert whole is not None
        return record.change(linked=more, parties=_nobody(whole.parties), answers={})
    return replace(record.change(linked=more), voice=voice)


def _kept_from(record: Record, at: str, data: Mapping[str, Any]) -> datetime:
    """It was over before it was entered here: its time counts from the day on which it really closed."""
    day = date.fromisoformat(data[at.lstrip("/")])
    if not record.case.received_on <= day <= clock.london_date(record.now):
        words = "Give the day on which it closed: from the day it came in until today."
        raise Invalid((Problem(f"/data{at}", "range", words),))
    return midnight(day)


def _show_to(record: Record, row: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[int, ...]:
    """The team that this is passed on to may see the case from now on, and is told so: a reference, and no more."""
    if "shows_to" not in row:
        return ()
    named = data[row["shows_to"]["team"].lstrip("/")]
    team = next(one for one in record.book.file("notice")["holders"] if one["id"] == named)
    record.put(roles=record.case.roles | {team["role"]})
    return (record.tell(row["shows_to"]["message"], to=f"role:{team['role']}", about=team["title"]),)


def _voice(record: Record, row: Mapping[str, Any], data: Mapping[str, Any]) -> Voice | None:
    """What is kept without the person: the words as somebody checked them. UK GDPR recital 26: about nobody."""
    words = str(data.get(row["voice"]["words"].lstrip("/"), "")).strip() if "voice" in row else ""
    if not words:
        return None
    if data.get(row["voice"]["checked"].lstrip("/")) is not True:
        told = "Say that nobody can be known from these words, or leave them out."
        raise Invalid((Problem(f"/data{row['voice']['checked']}", "checked", told),))
    at = row["voice"]["theme"]
    theme = record.case.facts[at.removeprefix("fact:")] if at.startswith("fact:") else data[at.lstrip("/")]
    return Voice(theme=str(theme), month=f"{record.case.received_on:%Y-%m}", text=words)


def _nobody(parties: Sequence[Party]) -> tuple[Party, ...]:
    """In the place of who sent what is not for us: that it came is kept, and not from whom (UK GDPR Art 5(1)(c))."""
    return tuple(replace(party, name="Not kept", details={}) for party in parties)


def _check_waited(row: Mapping[str, Any], task: Task, now: datetime) -> None:
    """Nothing is closed for want of an answer before the person had the time that policy gives them."""
    days_given = row.get("after_days", 0)
    if days_given and (clock.london_date(now) - clock.london_date(task.opened_at)).days < days_given:
        words = f"We have not waited {days_given} days yet. Chase the person first."
        raise Invalid((Problem("", "after_days", words),))


def answers_what_nobody_asked(book: Book, case: Case, row: Mapping[str, Any]) -> bool:
    """Whether this outcome would say that something came that the case does not wait for: the person would read that
    the time has started, and it would not have (UK GDPR Art 12A(2))."""
    regime = book.rules.regimes[case.regime]
    return bool(row.get("records")) and clock.unasked(regime, case.happenings, row["records"])


def attempt_refused(
    book: Book, case: Case, task: Task, actor: Actor, outcome: str, because: str, now: datetime
) -> Change:
    """The law did not allow what was tried, as a late extension: it goes on record, and nothing else changes."""
    record = Record(book, case, now, actor=actor)
    title = book.task(task.task)["outcomes"][outcome]["title"]
    record.happened("attempt_refused", data={"attempt": title, "because": because})
    return record.change()


def _keep_schedule(record: Record, items: Sequence[Mapping[str, Any]], finding: str) -> None:
    """What is given and what is held back, item by item, for the second person and for the letter. Raises Invalid."""
    register, right = record.book.exemptions, record.case.context.get("right", "")
    if items:
        found = disclosure.problems(register, right, finding, items, clock.london_date(record.now))
        if found:
            raise Invalid(found)
    record.keep(schedule=disclosure.listing(register, items), left_out=disclosure.left_out(register, items))


def _keep_points(record: Record, row: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """What was found of each point of the complaint, and of the whole. Raises Invalid unless each point has one."""
    findings = data[row["rows"].lstrip("/")]
    found = points.problems(record.case.facts.get(row["fact"], ()), findings, f"/data{row['rows']}")
    if found:
        raise Invalid(found)
    record.keep(finding=points.overall(findings), points_answered=points.listing(findings))


def _record(record: Record, row: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Tell the clock what the decision says has happened, and when. Raises Invalid when the law does not allow it."""
    on = None
    if row.get("records_on"):
        name = row["records_on"].lstrip("/")
        on = date.fromisoformat(data[name])
        if not (record.case.counts_from or record.case.received_on) <= on <= clock.london_date(record.now):
            words = "Give a day from the day it came in until today."
            raise Invalid((Problem(f"/data/{name}", "range", words),))
    details = {name: data[at.lstrip("/")] for name, at in row.get("records_details", {}).items()}
    moved = record.clock_input(row["records"], on, **details)
    for answer, words in row.get("only_if", {}).items():
        if not record.dates().answers.get(answer):
            raise Unlawful((Problem("", answer, words),))
    return moved


def check_decidable(book: Book, case: Case, task: Task, actor: Actor, outcome: str, version: int) -> None:
    """Whether this person may give this outcome now; raises as `decide` says."""
    if outcome not in book.task(task.task)["outcomes"]:
        raise NotFound("This task has no such outcome.")
    if not book.access.may_see(actor, case) or not book.access.may(actor.roles, "task.decide"):
        raise NotAllowed
    if task.status == "cancelled":
        raise Stale("The case was closed before. Nobody is asked for this any more.")
    if task.status != "open":
        raise AlreadyDecided(task.decided_by_name or task.decided_by, task.outcome, task.decided_at)
    if actor.id in task.not_by | independence.barred(book, case, task.task):
        raise NotAllowed("You took part in this case before. Somebody else must decide this.")
    if not book.access.may_do(actor, task):
        raise NotAllowed("This task is not yours to decide.")
    if version != task.version or not case.is_open:
        raise Stale


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


def chase(book: Book, case: Case, task: Task | None, actor: Actor, now: datetime) -> Change:
    """A reminder to whoever has a task, once a day each. Raises NotFound or Stale."""
    if task is None or task.status != "open" or not case.is_open:
        raise NotFound("That is done already, or there is no such task.")
    record = Record(book, case, now, actor=actor)
    if task.is_beside:
        beside.chase(record, task.number)
    else:
        _chase_current(record, task)
    return record.change()


def _chase_current(record: Record, task: Task) -> None:
    """The workflow's own task: to the person who has it, or to everybody who may do it."""
    today = clock.london_date(record.now)
    if record.case.chased_on == today:
        raise Stale("A reminder went out today already.")
    record.put(chased_on=today)
    title = record.book.task(task.task)["title"]
    due = f"It is due on {long_date(task.due)}: {days_left(task.due, today)}." if task.due else "It has no date."
    told = record.tell("task-reminder", to=_owner(task), task_title=title, task_due=due)
    record.happened("task_chased", messages=(told,), data={"task": task.task, "about": ""})


def check_clock(book: Book, case: Case, current: Task | None, requester: Party | None, now: datetime) -> Change | None:
    """Raise every alert that is due and was not raised; None when there is none. Each rung is raised exactly once.

    Rungs missed while nothing ran are marked as raised together, and each person hears of the latest only. A clock
    that stands is chased and reviewed and never closes by itself.
    """
    record = Record(book, case, now)
    due = [alert for alert in open_alerts(book, case, now) if alert.at <= now]
    if not due:
        record.put(next_alert=record.next_alert())
        return record.change() if record.case.next_alert != case.next_alert else None
    record.put(alerts_raised=(*case.alerts_raised, *(alert.key for alert in due)))
    record.put(next_alert=record.next_alert())
    chased = {(alert.date_name, alert.to): alert for alert in due if chasers.is_chaser(alert)}
    latest = {alert.to: alert for alert in due if not chasers.is_chaser(alert)}
    told = tuple(_remind(record, to, alert, current, requester) for to, alert in latest.items())
    told += tuple(number for alert in chased.values() for number in beside.remind(record, alert))
    record.happened(
        "alert_raised",
        messages=told,
        data={
            "dates": [
                {"name": alert.date_name, "label": alert.label, "rung": alert.rung}
                for alert in (*latest.values(), *chased.values())
            ]
        },
    )
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


def note(book: Book, case: Case, actor: Actor, text: str, now: datetime) -> Change:
    """A note of staff on the timeline. No resident sees it; who asks for their file gets it all the same."""
    record = Record(book, case, now, actor=actor)
    record.happened("note_added", reason=text)
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


def _is_asked(case: Case, answered: str) -> bool:
    """Whether the last question has no answer yet. The first message after a question ends the pause, on the day it
    came and not on the day somebody reads it (UK GDPR Art 12A(5)); a person sees whether it is an answer, and may ask
    again."""
    asked = answered.replace("_received", "_requested")
    last = [happening.type for happening in case.happenings if happening.type in (asked, answered)]
    return bool(last) and last[-1] == asked


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


def _tell_requester(
    record: Record, row: Mapping[str, Any], requester: Party | None, *, answers: bool, on_paper: bool = False
) -> tuple[int, ...]:
    """Queue the outcome's text. A text without what the law wants in it is not sent, and nothing is decided. The
    letter that answers the case is kept with it, for the person to read behind their access code."""
    name = row.get("message") or _text_by_fact(row.get("message_by", {}), record.case)
    if not name or requester is None:
        return ()
    values = {
        "outcome": str(record.case.facts.get("outcome_words", "")),
        "next_stage": rounds.what_next(record.book, record.case, clock.london_date(record.now)),
    }
    letter = record.letter(name, **values)
    missing = sorted(set(record.book.message(name).get("must_say", ())) - letter.parts)
    if missing:
        raise Invalid((Problem("", "must_say", f"The answer cannot be sent. It does not say: {', '.join(missing)}."),))
    if answers:
        record.keep(letter="\n\n".join(letter.paragraphs), answered_at=record.now.isoformat())
    if not messages.can_reach(requester.details):
        return ()
    return (record.tell(name, requester, on_paper=on_paper, **values),)


def _text_by_fact(by: Mapping[str, Any], case: Case) -> str:
    """The text for what the case's fact says; for some cases, as a copy of information, it is one of their own."""
    if not by:
        return ""
    special = by.get("texts_for", {"context": "", "is": {}})
    texts = special["is"].get(case.context.get(special["context"], ""), by["texts"])
    name: str = texts.get(case.facts.get(by["fact"]), "")
    return name


def _remind(record: Record, to: str, alert: clock.Alert, current: Task | None, requester: Party | None) -> int:
    """Queue the text of a rung: that a date is near or past, or how long we have waited for somebody."""
    legal = record.dates().date(alert.date_name)
    assert legal is not None
    today = clock.london_date(record.now)
    values: dict[str, Any] = {}
    if alert.since is not None:
        values = {"waited": days(alert.since, today), "waiting_words": " ".join(legal.explanation[1:])}
    elif legal.date is not None:
        words = f"{alert.label} by {long_date(legal.date)}"
        values = {"date_words": words, "rung_words": f"That is {days_left(legal.date, today)}."}
    name = f"{'waiting' if alert.since is not None else 'reminder'}-{to}"
    if to == "requester":
        return record.tell(name, requester, **values)
    return record.tell(name, to=_owner(current) if to == "owner" else "", **values)


def _owner(current: Task | None) -> str:
    """Whoever has the open task; the IG officers while nobody has."""
    if current is None or current.status != "open":
        return "role:ig_officer"
    return f"person:{current.person}" if current.person else f"role:{current.role}"


__all__ = [
    "ask_to_withdraw",
    "attempt_refused",
    "change_contact",
    "chase",
    "check_clock",
    "check_decidable",
    "close",
    "correct_receipt",
    "count_again",
    "decide",
    "message_settled",
    "note",
    "open_task",
    "receive",
    "reopen",
    "restart_clock",
    "restart_workflow",
    "write",
]
