"""Who has a task: take it, hand it back, give it to somebody, one or many at once. Deciding is never done in bulk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..domain import assigning
from ..domain.errors import CaseServiceError, Conflict, Invalid, NotAllowed, NotFound, Problem
from ..domain.model import Actor, split_task_id
from ..domain.ports import RACES, Services
from . import link

MOST_AT_ONCE = 50
NOBODY = ""


@dataclass(frozen=True)
class Done:
    """What became of one of many: the reference, and why not, or nothing."""

    task_id: str
    reference: str
    why_not: str


def take(services: Services, actor: Actor, task_id: str) -> str:
    """Put a task on one's own desk; returns the case's reference. Raises NotFound, NotAllowed, Stale or Conflict."""
    services.book.access.require(actor, "task.take")
    return _assign(services, actor, task_id, actor.id, "", only_free=True)


def hand_back(services: Services, actor: Actor, task_id: str, *, reason: str) -> str:
    """Give one's own task back to everybody in its role, with a reason."""
    services.book.access.require(actor, "task.take")
    if problems := link.reason_problems(reason):
        raise Invalid(tuple(problems))
    return _assign(services, actor, task_id, NOBODY, reason.strip(), only_own=True)


def give(services: Services, actor: Actor, task_id: str, person: str, *, reason: str) -> str:
    """Give a task to somebody of its role, or to nobody in particular, with a reason."""
    services.book.access.require(actor, "task.give")
    if problems := link.reason_problems(reason):
        raise Invalid(tuple(problems))
    return _assign(services, actor, task_id, person, reason.strip())


def give_many(
    services: Services, actor: Actor, task_ids: Sequence[str], person: str, *, reason: str
) -> tuple[Done, ...]:
    """Give many tasks to one person: each by itself, so that one that cannot be given keeps none of the others."""
    return _many(services, actor, "task.give", task_ids, lambda one: give(services, actor, one, person, reason=reason))


def chase_many(services: Services, actor: Actor, task_ids: Sequence[str]) -> tuple[Done, ...]:
    """Send a reminder for many tasks beside the workflow, once a day each."""
    return _many(services, actor, "task.chase", task_ids, lambda one: link.chase(services, actor, one))


def _many(
    services: Services, actor: Actor, action: str, task_ids: Sequence[str], work: Callable[[str], str]
) -> tuple[Done, ...]:
    services.book.access.require(actor, action)
    wanted = tuple(dict.fromkeys(task_ids))
    if not wanted or len(wanted) > MOST_AT_ONCE:
        words = f"Choose 1 to {MOST_AT_ONCE} tasks."
        raise Invalid((Problem("/tasks", "maxItems", words),))
    found = []
    for one in wanted:
        address = split_task_id(one)
        reference = address[0] if address else ""
        try:
            work(one)
            found.append(Done(one, reference, ""))
        except CaseServiceError as error:
            problems = getattr(error, "problems", ())
            found.append(Done(one, reference, problems[0].message if problems else error.message))
    return tuple(found)


def _assign(
    services: Services,
    actor: Actor,
    task_id: str,
    person: str,
    reason: str,
    *,
    only_free: bool = False,
    only_own: bool = False,
) -> str:
    address = split_task_id(task_id)
    if address is None:
        raise NotFound
    for _ in range(RACES):
        case, task, _requester, named = services.store.case_for_decision(*address, [person] if person else [])
        if case is None or task is None or not services.book.access.may_see(actor, case):
            raise NotFound
        if only_free and task.person not in ("", actor.id):
            raise NotAllowed("Somebody else has this task.")
        if only_own and task.person != actor.id:
            raise NotAllowed("This task is not yours.")
        if person and person not in named:
            raise Invalid((Problem("/person", "people", "Choose somebody from the list."),))
        who = named[person] if person else None
        change = assigning.assign(services.book, case, task, actor, who, reason, services.clock.now())
        try:
            if change is not None:
                services.store.commit(change)
        except Conflict:
            continue
        return case.reference
    raise Conflict
