"""Starts the clock of a case. A clock that is older than the case's revision ends by itself when it wakes."""

from __future__ import annotations

from ..commands.workflow import instant
from ..domain.ports import Services

MACHINE = "deadline_clock"


def execution_name(reference: str, revision: int) -> str:
    return f"{reference}-clock-{revision}"


def start(services: Services, reference: str, revision: int) -> None:
    case = services.store.case(reference)
    if case is None or not case.is_open or case.clock_revision != revision:
        return
    services.workflows.start(
        MACHINE,
        execution_name(reference, revision),
        {"reference": reference, "revision": revision, "at": instant(case)},
    )
