"""One case in full for staff: people, dates with their working, tasks with what may be decided, timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Template
from typing import Any

from ..domain import chasers, decisions, documents, independence, lateness, retention, rounds
from ..domain.clock import Clock, LegalDate, london_date
from ..domain.dates import dates_of
from ..domain.errors import NotFound
from ..domain.model import RESIDENT, SERVICE, Actor, Case, CaseFile, Event, Look, Message, Party, Round, Task
from ..domain.policy import schema_of
from ..domain.ports import Services
from ..domain.reference import parse
from ..domain.words import long_date
from . import alike, in_words
from .documents import FileView, shown
from .restrictions import Answer


@dataclass(frozen=True, kw_only=True)
class OutcomeView:
    outcome: str
    title: str
    schema: Mapping[str, Any]
    example: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """An open task and what may be decided; `yours` says whether this person may decide it, `why_not` why not."""

    task_id: str
    task: str
    title: str
    about: str
    help: str
    role: str
    person: str
    due: date | None
    due_name: str
    version: int
    yours: bool
    why_not: str
    may_chase: bool
    kept_from: frozenset[str]
    prompts: tuple[str, ...]
    outcomes: tuple[OutcomeView, ...]


@dataclass(frozen=True, kw_only=True)
class BesideView:
    """Something that was asked of somebody beside the workflow: of whom, by when, and what came of it."""

    task_id: str
    title: str
    about: str
    role: str
    due: date | None
    late: bool
    status: str
    result: str
    detail: tuple[tuple[str, str], ...]
    who: str
    chased: int
    may_chase: bool


@dataclass(frozen=True)
class Link:
    """Another case, and what it is to this one."""

    reference: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the staff timeline; `group` is what it may be narrowed to, `detail` what a person decided, as
    question and answer."""

    number: int
    group: str
    at: datetime
    type: str
    who: str
    text: str
    reason: str
    detail: tuple[tuple[str, str], ...]
    moved: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class RoundView:
    title: str
    began_on: date
    ended_on: date
    outcome_words: str
    dates: tuple[LegalDate, ...]


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """`choices` are the words of what people chose on their forms, by field and value; `to` those of whom a message
    goes to, `roles` those of a role, `came_in` those of how the case came, empty when staff opened it from another."""

    case: Case
    title: str
    stage: str
    outcome_words: str
    parties: tuple[Party, ...]
    choices: Mapping[str, Mapping[str, str]]
    answers: tuple[tuple[str, str], ...]
    clock: Clock
    rounds: tuple[RoundView, ...]
    tasks: tuple[TaskView, ...]
    besides: tuple[BesideView, ...]
    links: tuple[Link, ...]
    timeline: tuple[Entry, ...]
    messages: tuple[Message, ...]
    documents: tuple[FileView, ...]
    facts: Mapping[str, Any]
    found: tuple[tuple[str, str], ...]
    deleted_on: date | None
    deleted_because: str
    hints: tuple[alike.Hint, ...]
    limits: Answer
    is_late: bool
    looks: tuple[Look, ...]
    names: Mapping[str, str]
    to: Mapping[str, str]
    roles: Mapping[str, str]
    came_in: str


def case_file(services: Services, actor: Actor, reference: str) -> CaseView:
    """The case as this person may see it, newest event first. Raises NotFound when there is none for them."""
    services.book.access.require(actor, "case.view")
    return view_of(services, actor, look_at(services, actor, reference))


def look_at(services: Services, actor: Actor, reference: str) -> CaseFile:
    """The stored case as it was, for a page that shows it: that this person looks now is noted, once an hour (UK GDPR
    Art 5(2)). Raises NotFound as `load` does."""
    file, now = load(services, actor, reference), services.clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    if not any(look.by == actor.id and look.at >= hour for look in file.looks):
        look = Look(reference=file.case.reference, by=actor.id, by_name=actor.name, at=now, end=file.case.end)
        services.store.save_look(file.case, look)
    return file


def load(services: Services, actor: Actor, reference: str) -> CaseFile:
    """The stored case, if this person may see it; a case they may not see is as unknown to them as none."""
    parsed = parse(reference, services.book.prefix)
    file = services.store.case_file(parsed) if parsed else None
    if file is None or not services.book.access.may_see(actor, file.case):
        raise NotFound("We cannot find that case. Check the reference.")
    return file


def view_of(services: Services, actor: Actor, file: CaseFile) -> CaseView:
    case, kind = file.case, services.book.kind(file.case.kind)
    open_tasks = [task for task in file.tasks if task.status == "open"] if case.is_open else []
    open_tasks.sort(key=lambda task: not task.is_beside)
    links = services.book.file("kinds")["links"]
    around = alike.around(services, actor, file)
    clock, names = dates_of(services.book, case, services.clock.now()), _names(file)
    return CaseView(
        case=case,
        title=kind["title"],
        stage=kind["stages"][case.stage]["staff"],
        outcome_words=kind["outcomes"].get(case.outcome, ""),
        parties=file.parties,
        choices=in_words.choices(services, file.parties),
        answers=in_words.answers(services, file),
        clock=clock,
        rounds=tuple(_round(services, case, part) for part in case.rounds),
        tasks=tuple(_task(services, actor, file, task) for task in open_tasks),
        besides=tuple(_beside(services, file, task) for task in file.tasks if task.is_beside),
        links=tuple(
            Link(other, links[relation.removesuffix("_from")]["from" if relation.endswith("_from") else "to"])
            for other, relation in case.links.items()
        ),
        timeline=tuple(_entry(services, file, event) for event in reversed(file.events)),
        messages=file.messages,
        documents=tuple(shown(services, document) for document in file.documents),
        facts=case.facts,
        found=tuple(
            (words, in_words.fact(services, case.kind, name, case.facts[name]))
            for name, words in kind["facts"].items()
            if case.facts.get(name)
        ),
        deleted_on=case.end.at.astimezone(retention.LONDON).date() if case.end.at else None,
        deleted_because=retention.sentence(case, retention.reason(services.book.retention, case)),
        hints=around.hints,
        limits=around.limits,
        is_late=lateness.is_late(services.book, case, clock),
        looks=tuple(reversed(file.looks)),
        names=names,
        to=in_words.addressees(services, file, names),
        roles=in_words.titles(services),
        came_in=in_words.came_in(services, case.channel) if "submission" in kind else "",
    )


def _names(file: CaseFile) -> Mapping[str, str]:
    """What the staff of this case are called, as far as its events tell: who did something, and who was given it."""
    found: dict[str, str] = {}
    for event in file.events:
        found |= {event.by: event.by_name, **event.data.get("names", {})}
    return found


def _round(services: Services, case: Case, part: Round) -> RoundView:
    """A stage that is over, with its dates as they were counted."""
    dates = dates_of(services.book, rounds.of_round(case, part), services.clock.now())
    outcome = services.book.kind(case.kind)["outcomes"].get(part.outcome, "")
    return RoundView(part.title, part.began_on or case.received_on, part.ended_on, outcome, dates.dates)


def _task(services: Services, actor: Actor, file: CaseFile, task: Task) -> TaskView:
    row, access = services.book.task(task.task), services.book.access
    why_not, kept_from = "", task.not_by | independence.barred(services.book, file.case, task.task)
    if actor.id in kept_from:
        why_not = "You took part in this case before. Somebody else must decide this."
    elif not access.may_do(actor, task) or not access.may(actor.roles, "task.decide"):
        why_not = "This is for somebody else to decide."
    return TaskView(
        task_id=task.id,
        task=task.task,
        title=row["title"],
        about=chasers.title(services.book, task) if task.is_beside else "",
        help=row["help"],
        role=task.role,
        person=task.person,
        due=task.due,
        due_name=task.due_name,
        version=task.version,
        yours=not why_not,
        why_not=why_not,
        may_chase=file.case.chased_on != london_date(services.clock.now()),
        kept_from=kept_from - file.case.kept_out,
        prompts=_prompts(row, file),
        outcomes=tuple(
            _outcome(services, file.case, name, outcome)
            for name, outcome in row["outcomes"].items()
            if not decisions.answers_what_nobody_asked(services.book, file.case, outcome)
        ),
    )


def _prompts(row: Mapping[str, Any], file: CaseFile) -> tuple[str, ...]:
    """Questions to the person who decides, for what the requester told us. They decide nothing by themselves."""
    said = {**file.answers, **{name: value for party in file.parties for name, value in party.details.items()}}
    found: list[str] = []
    for prompt in row.get("prompts", ()):
        value = said.get(prompt["when"]["field"])
        if value and (value in prompt["when"]["in"] or "*" in prompt["when"]["in"]):
            found += prompt["words"]
    return tuple(found)


def _beside(services: Services, file: CaseFile, task: Task) -> BesideView:
    row, today = services.book.task(task.task), london_date(services.clock.now())
    outcome = row["outcomes"].get(task.outcome, {})
    known = next((beside for beside in file.case.beside if beside.number == task.number), None)
    return BesideView(
        task_id=task.id,
        title=row["title"],
        about=chasers.title(services.book, task),
        role=task.role,
        due=task.due,
        late=task.status == "open" and task.due is not None and task.due < today,
        status=task.status,
        result=outcome.get("title", ""),
        detail=in_words.labelled(services.schemas.document(outcome["schema"]), task.data) if outcome else (),
        who=task.decided_by_name,
        chased=known.chased if known else 0,
        may_chase=known is not None and known.chased_on != today,
    )


def _outcome(services: Services, case: Case, name: str, row: Mapping[str, Any]) -> OutcomeView:
    schema = services.schemas.document(schema_of(row, case.context))
    example = _example(services, case, schema)
    return OutcomeView(outcome=name, title=row["title"], schema=schema, example=example)


def _example(services: Services, case: Case, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema's own example, so that it can be sent as it is: its days moved to today, this case's reference, and a
    row for each thing that the case has (`x-each`: the fact that lists them)."""
    example: dict[str, Any] = {}
    for name, value in schema["examples"][0].items():
        field = schema["properties"][name]
        if field.get("format") == "date":
            value = london_date(services.clock.now()).isoformat()
        elif "x-each" in field:
            value = each_of(field, case.facts, value)
        example[name] = value
    return example


def each_of(field: Mapping[str, Any], facts: Mapping[str, Any], like: Sequence[Mapping[str, Any]]) -> list[Any]:
    """A row for each thing that the case lists (`x-each` of a field), begun with its words and else as in `like`."""
    first = next(iter(field["items"]["properties"]))
    things = facts.get(field["x-each"], ())
    return [{**(like[number % len(like)] if like else {}), first: thing} for number, thing in enumerate(things)]


def _entry(services: Services, file: CaseFile, event: Event) -> Entry:
    who = event.by_name or {RESIDENT: "The resident", SERVICE: "The service"}.get(event.by, event.by)
    decided = next((task for task in file.tasks if task.number == event.task), None)
    outcome: Mapping[str, Any] = {}
    if event.type == "task_decided":
        outcome = services.book.task(event.data["task"])["outcomes"][event.data["outcome"]]
    schema = services.schemas.document(schema_of(outcome, file.case.context)) if outcome else {}
    detail = in_words.labelled(schema, decided.data) if outcome and decided else ()
    said, words = services.book.timeline[event.type]["staff"], _words(services, file, event, who, outcome)
    if words["task"].endswith("?"):
        said = said.replace("$task.", "$task")  # a task that is a question ends as one
    return Entry(
        number=event.number,
        group=services.book.timeline[event.type]["group"],
        at=event.at,
        type=event.type,
        who=who,
        text=Template(said).safe_substitute(words),
        reason=event.reason,
        detail=detail,
        moved=tuple(event.data.get("moved", ())),
    )


def _words(services: Services, file: CaseFile, event: Event, who: str, outcome: Mapping[str, Any]) -> dict[str, str]:
    data = event.data
    outcomes = services.book.kind(file.case.kind)["outcomes"]
    alerts = ", ".join(dict.fromkeys(str(row["label"]) for row in data.get("dates", ())))
    task = services.book.task(data["task"])["title"] if "task" in data else ""
    return {
        "who": who,
        "channel": in_words.came_in(services, str(data.get("channel", ""))),
        "task": task[:1].lower() + task[1:],
        "outcome": outcome.get("staff_words", "") or outcomes.get(data.get("outcome", ""), ""),
        "dates": alerts,
        "message": str(data.get("message", "")).replace("-", " "),
        "because": str(data.get("because", "")),
        "from": str(data.get("from", "")),
        "about": f"For: {data['about']}." if data.get("about") else "",
        "title": str(data.get("title", "")),
        "reference": str(data.get("reference", "")),
        "attempt": str(data.get("attempt", "")),
        "noun": services.book.kind(file.case.kind)["noun"],
        "to": str(data.get("to", "")),
        "round": str(data.get("round", "")),
        "late": " It came late: a person decides." if data.get("late") else "",
        "name": str(data.get("name", "")),
        "came": _came(file.case, data),
        **documents.words(services.book, data),
    }


def _came(case: Case, data: Mapping[str, Any]) -> str:
    """How something came that staff entered: to whom, who took it, when we saw it, what was said when it was read."""
    parts = [f" First got by: {data['came_to']}." if data.get("came_to") else ""]
    parts.append(f" Taken by: {data['taken_by']}." if data.get("taken_by") else "")
    if case.recognised_on is not None:
        parts.append(f" Seen by us on {long_date(case.recognised_on)}.")
    parts.append(f" Read back: {data['read_back']}" if data.get("read_back") else "")
    return "".join(parts)
