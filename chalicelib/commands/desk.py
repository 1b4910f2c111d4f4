"""The desk: the open tasks of a person's roles and of the person, earliest legal date first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from ..domain import chasers
from ..domain.clock import calendar_warning, london_date
from ..domain.errors import Invalid, Problem
from ..domain.model import Actor, Person, Task
from ..domain.ports import Services
from ..domain.words import days_left
from . import restrictions


@dataclass(frozen=True, kw_only=True)
class DeskRow:
    task_id: str
    reference: str
    kind: str
    kind_title: str
    task: str
    title: str
    about: str
    stage: str
    role: str
    person: str
    due: date | None
    due_name: str
    days_left: str
    late: bool
    opened_at: datetime
    limited_since: date | None = None


@dataclass(frozen=True)
class DeskPage:
    rows: tuple[DeskRow, ...]
    cursor: str


def desk(services: Services, actor: Actor, *, limit: int = 50, cursor: str = "") -> DeskPage:
    """One page of the actor's desk. Costs the same however many cases are open: one query for each desk they have."""
    services.book.access.require(actor, "desk.view")
    access = services.book.access
    roles = sorted(access.held(actor.roles))
    desks = [f"PERSON#{actor.id}", *(f"ROLE#{role}" for role in roles)]
    try:
        page = services.store.desk(desks, max(1, min(limit, 100)), cursor)
    except ValueError:
        raise Invalid((Problem("/cursor", "cursor", "Start again from the first page."),)) from None
    today = london_date(services.clock.now())
    limited = restrictions.since(services, {task.reference: task.kind for task in page.rows})
    rows = tuple(replace(_row(services, task, today), limited_since=limited.get(task.reference)) for task in page.rows)
    return DeskPage(rows=rows, cursor=page.cursor)


def warnings(services: Services, actor: Actor) -> tuple[str, ...]:
    """What Information Governance should know of the service itself: bank holidays that soon are not known any more."""
    if not services.book.access.may(actor.roles, "case.view_all"):
        return ()
    return calendar_warning(services.book.rules, london_date(services.clock.now()))


def people(services: Services, role: str) -> tuple[Person, ...]:
    """The staff who hold a role (`*`: any), by name."""
    access = services.book.access
    found = (person for person in services.store.people() if role in ("*", *access.held(person.roles)))
    return tuple(sorted(found, key=lambda person: (person.name, person.id)))


def _row(services: Services, task: Task, today: date) -> DeskRow:
    row = services.book.task(task.task)
    kind = services.book.kind(task.kind)
    return DeskRow(
        task_id=task.id,
        reference=task.reference,
        kind=task.kind,
        kind_title=kind["title"],
        task=task.task,
        title=row["title"],
        about=chasers.title(services.book, task) if task.is_beside else "",
        stage=kind["stages"][row["stage"]]["staff"] if "stage" in row else "Asked",
        role=task.role,
        person=task.person,
        due=task.due,
        due_name=task.due_name,
        days_left=days_left(task.due, today) if task.due else "",
        late=task.due is not None and task.due < today,
        opened_at=task.opened_at,
    )
