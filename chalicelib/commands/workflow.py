"""What Step Functions asks of the service: open a task for a person, close a decided case, check the clock.

Each command may be asked twice and answers the same. Inputs and answers hold references, outcome words, revisions and
instants only: an execution's history is readable for 90 days and outlives erasure.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..domain import cases, reminders
from ..domain.errors import Conflict, NotFound
from ..domain.model import Case, Task
from ..domain.ports import RACES, Services


def open_task(services: Services, reference: str, attempt: int, task: str, token: str, after: int) -> Mapping[str, str]:
    """Put the task on a desk, with the token that its decision will be signalled with.

    An execution that was replaced (its `attempt` is not the case's) opens nothing: it is left to time out.
    """
    for _ in range(RACES):
        case = _case(services, reference)
        current = _latest_task(services, case)
        if not case.is_open or case.attempt != attempt:
            return {"outcome": "superseded"}
        if current is not None and current.token == token:
            return {"outcome": "open"}
        try:
            services.store.commit(
                cases.open_task(services.book, case, current, task, token, after, services.clock.now())
            )
        except Conflict:
            continue
        return {"outcome": "open"}
    raise Conflict


def close_case(services: Services, reference: str) -> Mapping[str, str]:
    """Close a case that a person decided. Raises NotAllowed when nobody did."""
    for _ in range(RACES):
        case = _case(services, reference)
        change = cases.close(services.book, case, _beside(services, case), services.clock.now())
        if change is None:
            return {"outcome": "closed"}
        try:
            services.store.commit(change)
        except Conflict:
            continue
        return {"outcome": "closed"}
    raise Conflict


def check_clock(services: Services, reference: str, revision: int) -> Mapping[str, str]:
    """Raise the alerts that are due; say when to look again, or that this clock has ended."""
    for _ in range(RACES):
        case = services.store.case(reference)
        if case is None or not case.is_open:
            return {"outcome": "closed", "at": ""}
        if case.clock_revision > revision:
            return {"outcome": "superseded", "at": ""}
        task, requester = services.store.case_for_decision(reference, case.step)[1:3]
        change = reminders.check_clock(services.book, case, task, requester, services.clock.now())
        try:
            if change is not None:
                services.store.commit(change)
                case = change.case
        except Conflict:
            continue
        assert case.next_alert is not None
        return {"outcome": "wait", "at": instant(case)}
    raise Conflict


def instant(case: Case) -> str:
    """The next alert as Step Functions' `TimestampPath` reads it (RFC 3339, UTC, whole seconds)."""
    assert case.next_alert is not None
    return case.next_alert.strftime("%Y-%m-%dT%H:%M:%SZ")


def _case(services: Services, reference: str) -> Case:
    case = services.store.case(reference)
    if case is None:
        raise NotFound
    return case


def _beside(services: Services, case: Case) -> tuple[Task, ...]:
    """The case's tasks, when some are open beside the workflow."""
    file = services.store.case_file(case.reference) if case.beside else None
    return file.tasks if file else ()


def _latest_task(services: Services, case: Case) -> Task | None:
    return services.store.case_and_task(case.reference, case.step)[1] if case.step else None
