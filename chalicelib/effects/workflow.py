"""Step Functions routes and waits; the table decides. Executions get references, outcome words and numbers only."""

from __future__ import annotations

from ..domain.errors import Conflict
from ..domain.ports import RACES, Services


def execution_name(reference: str, attempt: int) -> str:
    """Unique for 90 days: a retry of the same start is the same execution."""
    return f"{reference}-{attempt}"


def start(services: Services, reference: str) -> None:
    """Start the workflow of an open case at the stage that the table holds.

    `last` tells the workflow which decision it has used: the one before the task in hand, so that a decision which
    no execution has heard of is signalled again. Of a case that was opened again all decisions before are used up.
    """
    case = services.store.case(reference)
    if case is None or not case.is_open:
        return
    services.workflows.start(
        services.book.kind(case.kind)["workflow"],
        execution_name(reference, case.attempt),
        {
            "reference": reference,
            "stage": case.stage,
            "attempt": case.attempt,
            "last": {"task": max(case.step - 1, case.settled), "outcome": ""},
        },
    )


def signal(services: Services, reference: str, number: int) -> None:
    """Tell the waiting workflow the outcome that a person committed. Never before the commit.

    A token that nobody waits for any more is no failure: the workflow was replaced, and asks again by itself.
    """
    _, task = services.store.case_and_task(reference, number)
    if task is None or task.status != "decided" or task.signalled_at is not None or not task.token:
        return
    services.workflows.signal(task.token, {"task": number, "outcome": task.outcome})
    services.store.task_signalled(task, services.clock.now())


def set_ends(services: Services, reference: str) -> None:
    """Give every item of the case the case's own end (DynamoDB's TTL attribute), or none while it is kept. A case that
    went on meanwhile is read again; what a crash left half done the outbox brings again."""
    for _ in range(RACES):
        case = services.store.case(reference)
        if case is None:
            return
        try:
            services.store.set_ends(case)
        except Conflict:
            continue
        return
    raise Conflict
