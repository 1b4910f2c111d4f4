"""A person answers a task. What an answer does is a row of `policy/tasks.json`: what it needs, what it keeps, what it
tells the clock and the person, which tasks and cases it opens, and whether the case closes. This reads the row in that
order. No other part of the service decides about anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from . import (
    beside,
    chasers,
    clock,
    disclosure,
    documents,
    independence,
    linked,
    messages,
    points,
    restriction,
    rounds,
)
from .errors import AlreadyDecided, Invalid, NotAllowed, NotFound, Problem, Stale, Unlawful
from .model import Actor, Case, CaseFile, Change, Party, Task, Voice
from .policy import Book
from .record import Record
from .retention import midnight

NOBODY = "nobody"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """What a person answers to a task: the outcome by its name in `policy/tasks.json`, why, what its form holds (valid
    against its schema before `decide` is called), and the version of the task that they saw."""

    outcome: str
    reason: str
    data: Mapping[str, Any]
    version: int


def decide(
    book: Book,
    case: Case,
    task: Task,
    requester: Party | None,
    actor: Actor,
    decision: Decision,
    now: datetime,
    whole: CaseFile | None = None,
    references: linked.NewReference | None = None,
) -> Change:
    """All that follows from a decision, in one change. `whole` and `references` are given when the outcome opens other
    cases, `whole` also when it names people who must be independent, or forgets.

    Raises AlreadyDecided, Stale (the person saw an older version of the task), NotAllowed (not theirs, or they took
    part where somebody else must look), NotFound (no such outcome), Invalid (the case does not allow it) or Unlawful
    (the law does not).
    """
    check_decidable(book, case, task, actor, decision)
    row, data = book.task(task.task)["outcomes"][decision.outcome], decision.data
    _check_needs(book, case, task, requester, row, now)
    if row.get("independent"):
        assert whole is not None
        independence.check_names(row["independent"], data, whole.tasks)
    record = Record(book, case, now, actor=actor)
    _take_from_desk(record, task, actor, decision)
    _keep(record, row, data, actor)
    answers = _end(record, row)
    moved = _tell_clock(record, row, data)
    deletes = _settle_files(record, row, data, requester)
    told = _tell_requester(record, row, requester, answers=answers, on_paper=data.get("release") == "post")
    told += _show_to(record, row, data)
    record.happened(
        "task_decided",
        reason=decision.reason,
        task=task.number,
        messages=told,
        clock_revision=record.case.clock_revision if record.case.clock_revision != case.clock_revision else 0,
        data={
            "task": task.task,
            "outcome": decision.outcome,
            "moved": moved,
            "about": chasers.title(book, task),
            **deletes,
        },
    )
    restriction.begin(record, row)
    if "links" in row:
        record.put(links={**record.case.links, str(data[_name(row["links"])]): "same_as"})
    beside.open_all(record, row.get("opens", ()), data, task.about)
    more = _open_cases(record, row, data, whole, references, actor)
    voice = _voice(record, row, data)
    if row.get("forgets"):
        assert whole is not None
        return record.change(linked=more, parties=_nobody(whole.parties), answers={})
    return replace(record.change(linked=more), voice=voice)


def _name(pointer: str) -> str:
    """The field that a pointer of policy means: `/day` is `day`."""
    return pointer.lstrip("/")


def _check_needs(book: Book, case: Case, task: Task, requester: Party | None, row: Row, now: datetime) -> None:
    """What the outcome needs of the case as it is. Raises Invalid, saying what to do."""
    beside.check_done(book, case, row.get("needs_done", ()))
    if row.get("needs_contact") and (requester is None or not messages.can_reach(requester.details)):
        raise Invalid((Problem("", "contact", "The person left no way to reach them. It can only be noted."),))
    _check_waited(row, task, now)
    if answers_what_nobody_asked(book, case, row):
        words = "That was not asked for, so the time would not start. Choose what we asked the person for."
        raise Invalid((Problem("", "unasked", words),))


def _take_from_desk(record: Record, task: Task, actor: Actor, decision: Decision) -> None:
    """The task is done, by this person, who has taken part in the case from now on."""
    case = record.case
    took_part = {**case.took_part, task.task: (*case.took_part.get(task.task, ()), actor.id)}
    record.put(took_part=took_part, people=case.people | {actor.id})
    if task.is_beside:
        beside.done(record, task)
    else:
        record.put(needs_attention="")
    record.task(
        replace(
            task,
            status="decided",
            version=task.version + 1,
            outcome=decision.outcome,
            reason=decision.reason,
            data=dict(decision.data),
            decided_by=actor.id,
            decided_by_name=actor.name,
            decided_at=record.now,
        )
    )


def _keep(record: Record, row: Row, data: Mapping[str, Any], actor: Actor) -> None:
    """What was found, chosen or put right stays with the case. Raises Invalid."""
    record.keep(**{fact: data.get(_name(at), "") for fact, at in row["keeps"].items()})
    if "schedule" in row:
        _keep_schedule(record, data.get(_name(row["schedule"]), ()), str(data.get("finding", "")))
    if row.get("claims"):
        record.keep(**{row["claims"]: actor.id})
    if row.get("chooses"):
        rounds.choose(record, str(data[_name(row["chooses"])]))
    if row.get("keeps_out") and data.get(_name(row["keeps_out"]), NOBODY) != NOBODY:
        record.put(kept_out=record.case.kept_out | {str(data[_name(row["keeps_out"])])})
    if "points" in row:
        _keep_points(record, row["points"], data)
    if row.get("context"):
        told = {name: str(data[_name(at)]) for name, at in row["context"].items()}
        record.put(context={**record.case.context, **told})
    if row.get("kept_from"):
        record.put(kept_from=_kept_from(record, row["kept_from"], data))


def _end(record: Record, row: Row) -> bool:
    """Whether this answers the person; notes that the case may close, and with which outcome, when the row says so."""
    facts = record.case.facts
    closes_as = row.get("closes_as") or facts.get(row.get("closes_as_fact", ""), "")
    if closes_as:
        record.put(may_close=True, outcome=closes_as)
    answers = closes_as or facts.get(row.get("answers_as_fact", ""), "")
    if answers:
        record.keep(outcome_words=record.book.kind(record.case.kind)["outcomes"][answers])
    return bool(answers)


def _tell_clock(record: Record, row: Row, data: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the law counts from has happened: returns the dates that it moved. Raises Invalid or Unlawful."""
    moved = _record(record, row, data) if row.get("records") else []
    for happening, at in row.get("also_records", {}).items():
        if data.get(_name(at)):
            moved += record.clock_input(happening, date.fromisoformat(data[_name(at)]))
    if "counts_from" in row:
        moved += rounds.count_from(record, row["counts_from"], data)
    if "begins" in row:
        moved += rounds.begin_on(record, row["begins"], data)
    return moved


def _settle_files(record: Record, row: Row, data: Mapping[str, Any], requester: Party | None) -> dict[str, Any]:
    """Files that are needed no more go, those that answer are released; returns what the timeline says of it."""
    deletes = documents.delete(record, row["deletes"]) if row.get("deletes") else {}
    if row.get("releases"):
        documents.release(record, str(data["release"]), requester)
    return deletes


def _open_cases(
    record: Record,
    row: Row,
    data: Mapping[str, Any],
    whole: CaseFile | None,
    references: linked.NewReference | None,
    actor: Actor,
) -> tuple[Change, ...]:
    """The cases that the outcome opens besides, linked with this one."""
    if "opens_case" not in row:
        return ()
    assert whole is not None
    assert references is not None
    now = record.now
    more = linked.decided(record.book, record.case, row, data, whole.parties, whole.answers, references, now, actor)
    linked.link(record, more, row["opens_case"]["relation"])
    return more


def check_decidable(book: Book, case: Case, task: Task, actor: Actor, decision: Decision) -> None:
    """Whether this person may give this outcome now; raises as `decide` says."""
    if decision.outcome not in book.task(task.task)["outcomes"]:
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
    if decision.version != task.version or not case.is_open:
        raise Stale


def answers_what_nobody_asked(book: Book, case: Case, row: Row) -> bool:
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


def _check_waited(row: Row, task: Task, now: datetime) -> None:
    """Nothing is closed for want of an answer before the person had the time that policy gives them."""
    days_given = row.get("after_days", 0)
    if days_given and (clock.london_date(now) - clock.london_date(task.opened_at)).days < days_given:
        words = f"We have not waited {days_given} days yet. Chase the person first."
        raise Invalid((Problem("", "after_days", words),))


def _keep_schedule(record: Record, items: Sequence[Mapping[str, Any]], finding: str) -> None:
    """What is given and what is held back, item by item, for the second person and for the letter. Raises Invalid."""
    register, right = record.book.exemptions, record.case.context.get("right", "")
    if items:
        found = disclosure.problems(register, right, finding, items, clock.london_date(record.now))
        if found:
            raise Invalid(found)
    record.keep(schedule=disclosure.listing(register, items), left_out=disclosure.left_out(register, items))


def _keep_points(record: Record, row: Row, data: Mapping[str, Any]) -> None:
    """What was found of each point of the complaint, and of the whole. Raises Invalid unless each point has one."""
    findings = data[_name(row["rows"])]
    found = points.problems(record.case.facts.get(row["fact"], ()), findings, f"/data{row['rows']}")
    if found:
        raise Invalid(found)
    record.keep(finding=points.overall(findings), points_answered=points.listing(findings))


def _record(record: Record, row: Row, data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Tell the clock what the decision says has happened, and when. Raises Invalid when the law does not allow it."""
    on = None
    if row.get("records_on"):
        name = _name(row["records_on"])
        on = date.fromisoformat(data[name])
        if not (record.case.counts_from or record.case.received_on) <= on <= clock.london_date(record.now):
            words = "Give a day from the day it came in until today."
            raise Invalid((Problem(f"/data/{name}", "range", words),))
    details = {name: data[_name(at)] for name, at in row.get("records_details", {}).items()}
    moved = record.clock_input(row["records"], on, **details)
    for answer, words in row.get("only_if", {}).items():
        if not record.dates().answers.get(answer):
            raise Unlawful((Problem("", answer, words),))
    return moved


def _kept_from(record: Record, at: str, data: Mapping[str, Any]) -> datetime:
    """It was over before it was entered here: its time counts from the day on which it really closed."""
    day = date.fromisoformat(data[_name(at)])
    if not record.case.received_on <= day <= clock.london_date(record.now):
        words = "Give the day on which it closed: from the day it came in until today."
        raise Invalid((Problem(f"/data{at}", "range", words),))
    return midnight(day)


def _tell_requester(
    record: Record, row: Row, requester: Party | None, *, answers: bool, on_paper: bool = False
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


def _show_to(record: Record, row: Row, data: Mapping[str, Any]) -> tuple[int, ...]:
    """The team that this is passed on to may see the case from now on, and is told so: a reference, and no more."""
    if "shows_to" not in row:
        return ()
    named = data[_name(row["shows_to"]["team"])]
    team = next(one for one in record.book.file("notice")["holders"] if one["id"] == named)
    record.put(roles=record.case.roles | {team["role"]})
    return (record.tell(row["shows_to"]["message"], to=f"role:{team['role']}", about=team["title"]),)


def _voice(record: Record, row: Row, data: Mapping[str, Any]) -> Voice | None:
    """What is kept without the person: the words as somebody checked them. UK GDPR recital 26: about nobody."""
    words = str(data.get(_name(row["voice"]["words"]), "")).strip() if "voice" in row else ""
    if not words:
        return None
    if data.get(_name(row["voice"]["checked"])) is not True:
        told = "Say that nobody can be known from these words, or leave them out."
        raise Invalid((Problem(f"/data{row['voice']['checked']}", "checked", told),))
    at = row["voice"]["theme"]
    theme = record.case.facts[at.removeprefix("fact:")] if at.startswith("fact:") else data[_name(at)]
    return Voice(theme=str(theme), month=f"{record.case.received_on:%Y-%m}", text=words)


def _nobody(parties: Sequence[Party]) -> tuple[Party, ...]:
    """In the place of who sent what is not for us: that it came is kept, and not from whom (UK GDPR Art 5(1)(c))."""
    return tuple(replace(party, name="Not kept", details={}) for party in parties)
