"""What people do beside the workflow: refer a worry, open a case from another, open one again, send a reminder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..domain import cases, linked, reminders
from ..domain.clock import ClockError
from ..domain.errors import Conflict, Invalid, NotFound, Problem, Stale
from ..domain.model import Actor, Change, split_task_id
from ..domain.ports import RACES, Services
from .submit import new_reference
from .view import load

MAX_REASON = 4000
EARLIEST = timedelta(days=3660)


def openable(services: Services, actor: Actor, *, is_open: bool) -> tuple[str, ...]:
    """The kinds of case that this person may open from a case that is open, or closed."""
    found = []
    for kind, row in services.book.kinds.items():
        from_case = row.get("opened_from_case")
        fits = from_case and from_case["while"] in ("any", "open" if is_open else "closed")
        if fits and services.book.access.may(actor.roles, from_case["action"]):
            found.append(kind)
    return tuple(found)


def open_from(
    services: Services,
    actor: Actor,
    reference: str,
    kind: str,
    *,
    reason: str,
    data: Mapping[str, Any],
    received_at: datetime | None = None,
) -> str:
    """Open a case of `kind` from another one; returns its reference. `received_at` (aware) is when we knew of it; now
    unless given. Raises NotFound, NotAllowed, Invalid, or Conflict."""
    row = services.book.kinds.get(kind, {}).get("opened_from_case")
    if row is None:
        raise NotFound
    services.book.access.require(actor, row["action"])
    now = services.clock.now()
    problems = [
        Problem("/data" + problem.pointer, problem.rule, problem.message)
        for problem in services.schemas.errors(row["schema"], data)
    ]
    problems += reason_problems(reason)
    known_at = received_at or now
    if not now - EARLIEST < known_at <= now:
        problems.append(Problem("/received_at", "range", "Give when we knew of it. It cannot be in the future."))
    if problems:
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        file = load(services, actor, reference)
        if kind not in openable(services, actor, is_open=file.case.is_open):
            raise Stale("That cannot be done with this case as it is now.")
        try:
            change = linked.refer(
                services.book,
                file.case,
                kind,
                data,
                new_reference(services),
                known_at,
                now,
                actor,
                parties=file.parties,
                answers=file.answers,
                reason=reason.strip(),
            )
        except ClockError as error:  # a day so far away that nothing can be counted from it
            raise Invalid((Problem("/data", error.rule, error.message),)) from None
        if committed(services, change):
            return change.linked[0].case.reference
    raise Conflict


def reopen(services: Services, actor: Actor, reference: str, *, reason: str) -> None:
    """A closed case goes on. Raises NotFound, NotAllowed, Invalid, or Stale when it is open."""
    services.book.access.require(actor, "case.reopen")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        case = load(services, actor, reference).case
        if case.is_open or "reopens_at" not in services.book.kind(case.kind):
            raise Stale("Only a closed case can be opened again.")
        if committed(services, cases.reopen(services.book, case, actor, reason.strip(), services.clock.now())):
            return
    raise Conflict


def chase(services: Services, actor: Actor, task_id: str) -> str:
    """Send a reminder to whoever has the task; returns the case's reference. Raises NotFound, NotAllowed or Stale."""
    services.book.access.require(actor, "task.chase")
    address = split_task_id(task_id)
    if address is None:
        raise NotFound
    for _ in range(RACES):
        file, now = load(services, actor, address[0]), services.clock.now()
        task = next((one for one in file.tasks if one.number == address[1]), None)
        if committed(services, reminders.chase(services.book, file.case, task, actor, now)):
            return file.case.reference
    raise Conflict


def reason_problems(reason: str) -> list[Problem]:
    """What is wrong with the reason that a person gave for what they do."""
    if not reason.strip():
        return [Problem("/reason", "required", "Write why.")]
    if len(reason) > MAX_REASON:
        return [Problem("/reason", "maxLength", f"Write {MAX_REASON:,} characters or fewer.")]
    return []


def committed(services: Services, change: Change) -> bool:
    """Whether the change was written; False when another write of the case was first."""
    try:
        services.store.commit(change)
    except Conflict:
        return False
    return True
