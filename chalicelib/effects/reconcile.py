"""Finds in the table what an effect failed to do, and does it again. Runs every minute or so; may run twice.

1. events whose effects are not done (a workflow not started, a decision not signalled, a mail not sent, ends not set)
2. alerts that are due and that no clock raised
3. open cases, a page at a time in a rolling sweep, whose workflow or clock is not running, or whose dates were
   computed with other rules or bank holidays than those that are loaded now

And counts what is on each desk, so that the pages of the desk need not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from ..commands import dates, desk
from ..commands import workflow as commands
from ..domain import cases
from ..domain.errors import Conflict
from ..domain.model import Case, Change
from ..domain.policy import Book
from ..domain.ports import Page, Services
from ..faults import code_of
from . import clock, outbox, workflow

log = logging.getLogger("cases")

GRACE = timedelta(seconds=45)
BATCH = 100
PAGES = 20
SWEEP = "sweep_cursor"


def reconcile(services: Services) -> dict[str, int]:
    """One round; returns how many of each were found and mended, for the metrics."""
    mended = {
        "events": _events(services),
        "alerts": _alerts(services),
        "restarted": _sweep(services),
    }
    _count(services)
    return mended


def _events(services: Services) -> int:
    before = services.clock.now() - GRACE
    done = 0
    for event in _all(lambda cursor: services.store.events_to_do(before, BATCH, cursor)):
        done += _try(lambda event=event: outbox.handle(services, event), event.reference)  # type: ignore[misc]
    return done


def _alerts(services: Services) -> int:
    """Alerts of cases whose clock did not wake. The clock itself is mended by the sweep."""
    before = services.clock.now() - GRACE
    raised = 0
    for case in _all(lambda cursor: services.store.alerts_due(before, BATCH, cursor)):
        raised += _try(lambda case=case: _raise_alerts(services, case.reference), case.reference)  # type: ignore[misc]
    return raised


def _raise_alerts(services: Services, reference: str) -> bool:
    case = services.store.case(reference)
    return case is not None and bool(commands.check_clock(services, reference, case.clock_revision))


def _all(read: Callable[[str], Page]) -> Iterator[Any]:
    """Page after page, so that many that always fail do not keep the others from being mended; a bounded number."""
    cursor = ""
    for _ in range(PAGES):
        page = read(cursor)
        yield from page.rows
        cursor = page.cursor
        if not cursor:
            return


def _sweep(services: Services) -> int:
    page = services.store.open_cases(BATCH, services.store.note(SWEEP))
    restarted = 0
    for case in page.rows:
        restarted += _try(lambda case=case: _revive(services, case), case.reference)  # type: ignore[misc]
    services.store.save_note(SWEEP, page.cursor)
    return restarted


def _revive(services: Services, case: Case) -> bool:
    """Start again what should run and does not. A case that just changed is left to the stream."""
    if services.clock.now() - case.changed_at < GRACE:
        return False
    if case.rules != services.book.rules.version:
        return dates.count_again(services, case.reference)
    machine = services.book.kind(case.kind)["workflow"]
    dead_workflow = not services.workflows.is_running(machine, workflow.execution_name(case.reference, case.attempt))
    dead_clock = not services.workflows.is_running(
        clock.MACHINE, clock.execution_name(case.reference, case.clock_revision)
    )
    if dead_workflow:
        _restart(services, case, "attempt", cases.restart_workflow)
    if dead_clock:
        _restart(services, case, "clock_revision", cases.restart_clock)
    return dead_workflow or dead_clock


def _count(services: Services) -> None:
    """A desk whose numbers are not counted is shown without them: that must not keep anything from being mended."""
    try:
        desk.count(services)
    except Exception as error:
        log.error("desks_not_counted", extra={"fields": {"code": code_of(error)}})


def _restart(services: Services, seen: Case, counter: str, restart: Callable[[Book, Case, datetime], Change]) -> None:
    """Commit a restart, unless the index was behind the table or somebody else was first: then it is done already."""
    case = services.store.case(seen.reference)
    if case is None or not case.is_open or getattr(case, counter) != getattr(seen, counter):
        return
    try:
        services.store.commit(restart(services.book, case, services.clock.now()))
    except Conflict:
        log.info("restart_raced", extra={"fields": {"case": case.reference}})


def _try(work: Callable[[], bool], reference: str) -> int:
    """One item's failure must not keep the others from being mended."""
    try:
        return int(work())
    except Exception as error:
        log.error("reconcile_failed", extra={"fields": {"code": code_of(error), "case": reference}})
        return 0
