"""A person decides a task: one read, one transaction. Of any number at once, one succeeds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..domain import decisions
from ..domain.clock import ClockError
from ..domain.decisions import Decision
from ..domain.errors import Conflict, Invalid, NotFound, Problem, Stale, Unlawful
from ..domain.model import Actor, Case, CaseFile, Change, Message, Party, Person, Task, split_task_id
from ..domain.policy import schema_of
from ..domain.ports import RACES, Services
from ..domain.reference import parse
from . import restrictions
from .submit import new_reference

MAX_REASON = 4000
ANSWERED = "outcome_sent"  # what stops a clock for good (policy/deadlines.json)
MAX_NAMED = 10
USERNAME = re.compile(r"[A-Za-z0-9._@+-]{1,128}")


@dataclass(frozen=True, kw_only=True)
class Decided:
    reference: str
    task_id: str
    outcome: str
    version: int


def decide(
    services: Services, actor: Actor, task_id: str, outcome: str, *, reason: str, data: Mapping[str, Any], version: int
) -> Decided:
    """Commit the decision. `version` is the task's version that the person saw.

    Raises NotFound, NotAllowed, Invalid, AlreadyDecided (who, what and when) or Stale.
    """
    decision = Decision(outcome, reason, data, version)
    for _ in range(RACES):
        found = _load(services, actor, task_id, data)
        try:
            change = _considered(services, actor, found, decision)
        except Unlawful as error:
            _put_on_record(services, found, actor, outcome, error.problems[0].message)
            raise
        try:
            services.store.commit(change)
        except Conflict:
            continue  # another write of the case was first: read again, and say who decided if it was a decision
        return Decided(reference=found.case.reference, task_id=task_id, outcome=outcome, version=found.task.version + 1)
    raise Stale


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a decision would do: the dates that move, the letters that the person gets, who else hears of it, the cases
    that open, and how the case ends, if it does."""

    moved: tuple[Mapping[str, str], ...]
    letters: tuple[Message, ...]
    others: int
    opens: tuple[str, ...]
    ends: str


def preview(
    services: Services, actor: Actor, task_id: str, outcome: str, *, reason: str, data: Mapping[str, Any], version: int
) -> Preview:
    """The same decision, and nothing is stored. Raises as `decide` does."""
    found = _load(services, actor, task_id, data)
    change = _considered(services, actor, found, Decision(outcome, reason, data, version))
    decided = next(event for event in change.events if event.type == "task_decided")
    letters = tuple(message for message in change.messages if message.to.startswith("party:"))
    kinds = [services.book.kind(child.case.kind)["title"] for child in change.linked]
    outcomes = services.book.kind(found.case.kind)["outcomes"]
    return Preview(
        moved=tuple(decided.data.get("moved", ())),
        letters=letters,
        others=len(change.messages) - len(letters),
        opens=tuple(kinds),
        ends=outcomes.get(change.case.outcome, "") if change.case.may_close and not found.case.may_close else "",
    )


def moves_the_clock(services: Services, task: str, outcome: str) -> bool:
    """Whether an outcome starts, pauses, resumes or extends the clock of a case that goes on: nobody confirms that
    before they have seen which dates move, and what the person is told."""
    row = services.book.task(task)["outcomes"][outcome]
    return row.get("records", ANSWERED) != ANSWERED and "closes_as" not in row


@dataclass(frozen=True)
class Found:
    """What a decision is made on, as it was read: the staff are those whom it names and the directory knows."""

    case: Case
    task: Task
    requester: Party | None
    staff: Mapping[str, Person]


def _considered(services: Services, actor: Actor, found: Found, decision: Decision) -> Change:
    """What the decision makes of the case as it was read. Raises as `decide` does, and Unlawful."""
    book, case, task = services.book, found.case, found.task
    decisions.check_decidable(book, case, task, actor, decision)
    row = book.task(task.task)["outcomes"][decision.outcome]
    problems = _problems(services, found, row, decision)
    if problems:
        raise Invalid(problems)
    if "links" in row:
        decision = replace(decision, data=_check_link(services, actor, case, row["links"], decision.data))
    now, whole = services.clock.now(), _whole(services, task, row)
    try:
        change = decisions.decide(
            book, case, task, found.requester, actor, decision, now, whole, lambda: new_reference(services)
        )
    except ClockError as error:  # a day so far away that nothing can be counted from it
        raise Invalid((Problem("/data", error.rule, error.message),)) from None
    if change.voice is not None:
        change = replace(change, voice=replace(change.voice, id=services.ids.token()))
    return restrictions.with_flags(services, case, change)


def _whole(services: Services, task: Task, row: Mapping[str, Any]) -> CaseFile | None:
    """The whole case: for an outcome that opens others, as what the person sent goes with it, for one that names people
    who must not have taken part, and for one that forgets who they were."""
    return services.store.case_file(task.reference) if {"opens_case", "independent", "forgets"} & set(row) else None


def _put_on_record(services: Services, found: Found, actor: Actor, outcome: str, because: str) -> None:
    """What the law refuses stays on the timeline; when another write is first, the person may try once more."""
    now = services.clock.now()
    refused = decisions.attempt_refused(services.book, found.case, found.task, actor, outcome, because, now)
    try:
        services.store.commit(refused)
    except Conflict:
        raise Stale from None


def _load(services: Services, actor: Actor, task_id: str, data: Mapping[str, Any]) -> Found:
    """Case, task, requester and the staff whom `data` may name, in one read. Raises NotFound."""
    address = split_task_id(task_id)
    if address is None:
        raise NotFound
    names = [value for value in _words(data) if USERNAME.fullmatch(value)]
    case, task, requester, staff = services.store.case_for_decision(*address, sorted(set(names))[:MAX_NAMED])
    if case is None or task is None or not services.book.access.may_see(actor, case):
        raise NotFound
    return Found(case, task, requester, staff)


def _words(data: Any) -> Iterator[str]:
    """All texts that were filled in, also in lists of things."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _words(value)
    elif isinstance(data, list):
        for value in data:
            yield from _words(value)


def _problems(services: Services, found: Found, row: Mapping[str, Any], decision: Decision) -> tuple[Problem, ...]:
    """What is wrong with the reason, with what was filled in, or with who is named in it."""
    schema = schema_of(row, found.case.context)
    problems = [
        Problem("/data" + problem.pointer, problem.rule, problem.message)
        for problem in services.schemas.errors(schema, decision.data)
    ]
    if not decision.reason.strip():
        problems.insert(0, Problem("/reason", "required", "Write the reason for your decision."))
    elif len(decision.reason) > MAX_REASON:
        problems.insert(0, Problem("/reason", "maxLength", f"Write {MAX_REASON:,} characters or fewer."))
    if problems:
        return tuple(problems)
    return _unknown_people(services, services.schemas.document(schema), decision.data, found.staff, "/data")


def _unknown_people(
    services: Services, schema: Mapping[str, Any], data: Mapping[str, Any], named: Mapping[str, Person], at: str
) -> tuple[Problem, ...]:
    """Choices of people (`x-choices: people:<role>`, `*` for any) that name nobody of that role."""
    access = services.book.access
    problems: list[Problem] = []
    for name, field in schema["properties"].items():
        role = field.get("x-choices", "").partition(":")[2]
        value = data.get(name)
        if value is None or value == field.get("default"):
            continue
        if field["type"] == "array" and field["items"]["type"] == "object":
            for number, row in enumerate(value):
                problems += _unknown_people(services, field["items"], row, named, f"{at}/{name}/{number}")
        elif role and (value not in named or (role != "*" and role not in access.held(named[value].roles))):
            problems.append(Problem(f"{at}/{name}", "people", "Choose somebody from the list."))
    return tuple(problems)


def _check_link(services: Services, actor: Actor, case: Case, pointer: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with the other case's reference as it is written. Raises Invalid unless the actor may see that case."""
    name = pointer.lstrip("/")
    reference = parse(str(data[name]), services.book.prefix)
    other = services.store.case(reference) if reference and reference != case.reference else None
    if other is None or not services.book.access.may_see(actor, other):
        raise Invalid((Problem(f"/data{pointer}", "reference", "We cannot find that case. Check the reference."),))
    return {**data, name: reference}
