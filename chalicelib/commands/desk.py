"""The desk: the open tasks of a person's roles and of the person, earliest legal date first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ..domain import chasers
from ..domain.clock import calendar_warning, london_date
from ..domain.errors import Invalid, Problem
from ..domain.model import Actor, Case, Person, Task
from ..domain.ports import Page, Services
from ..domain.words import days_left


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
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeskPage:
    rows: tuple[DeskRow, ...]
    cursor: str


def desk(services: Services, actor: Actor, *, limit: int = 50, cursor: str = "") -> DeskPage:
    """One page of what the actor may do. Costs the same however many cases are open: one query for each desk they have,
    and one read of the cases."""
    return view(services, actor, "", "", limit=limit, cursor=cursor)


# The views of the desk: whose tasks, and which of them. `mine` and `anybody` are what a person may do at once; the
# others are all of the team, whoever has them.
VIEWS = {
    "": "Yours and anybody's",
    "mine": "Yours",
    "anybody": "Nobody has it yet",
    "team": "All of the team",
    "late": "Late",
    "waiting": "Paused or without a date",
    "approval": "Waits for a second person",
    "disposal": "May it be deleted?",
}
MOST_PAGES = 4
WEEKS, FORECAST = 6, 500
COUNTED = 100


def view(
    services: Services,
    actor: Actor,
    name: str,
    kind: str,
    *,
    limit: int = 50,
    cursor: str = "",
    latest_first: bool = False,
) -> DeskPage:
    """One page of a view of the desk, of one kind of case or of all, the earliest date first or the latest. Raises
    Invalid for a view or cursor that there is not. What is narrow is shown to those only who may open it."""
    services.book.access.require(actor, "desk.view")
    if name not in VIEWS:
        raise Invalid((Problem("/view", "enum", "Choose one of the views."),))
    found: list[Task] = []
    for _ in range(MOST_PAGES):
        page = _page(services, actor, name, limit, cursor, latest_first)
        found += [task for task in page.rows if _wanted(services, task, name, kind)]
        cursor = page.cursor
        if not cursor or len(found) >= limit:
            break
    return DeskPage(rows=_shown(services, actor, found), cursor=cursor)


def counts(services: Services, actor: Actor) -> dict[str, str]:
    """How many tasks each view has, up to a hundred."""
    services.book.access.require(actor, "desk.view")
    found = {}
    for name in VIEWS:
        page = _page(services, actor, name, COUNTED, "")
        number = sum(_wanted(services, task, name, "") for task in page.rows)
        found[name] = f"{number} or more" if page.cursor else str(number)
    return found


def following(services: Services, actor: Actor) -> DeskRow | None:
    """The task to do next: the first that this person may do now."""
    page = _page(services, actor, "", 20, "")
    rows = _shown(services, actor, [task for task in page.rows if services.book.access.may_do(actor, task)])
    return rows[0] if rows else None


@dataclass(frozen=True)
class Load:
    """How many open tasks somebody has on their own desk, how many are late, and the first date."""

    name: str
    tasks: int
    late: int
    first: date | None


def workload(services: Services, actor: Actor) -> tuple[Load, ...]:
    """How much each member of staff has taken or was given; one query a person."""
    services.book.access.require(actor, "overview.view")
    today = london_date(services.clock.now())
    found = []
    for person in services.store.people():
        tasks = services.store.desk([f"PERSON#{person.id}"], COUNTED, "").rows
        late = sum(task.due is not None and task.due < today for task in tasks)
        found.append(Load(person.name, len(tasks), late, min((task.due for task in tasks if task.due), default=None)))
    return tuple(sorted(found, key=lambda load: (-load.tasks, load.name)))


def forecast(services: Services, actor: Actor) -> tuple[tuple[date, int], ...]:
    """How many tasks of the team fall due in each of the next weeks, by their Monday; what is late is due now."""
    services.book.access.require(actor, "overview.view")
    today = london_date(services.clock.now())
    monday = today - timedelta(days=today.weekday())
    last = monday + timedelta(weeks=WEEKS)
    roles = sorted(services.book.access.held(actor.roles))
    tasks = services.store.desk([f"TEAM#{role}" for role in roles], FORECAST, "", before=last).rows
    weeks = {monday + timedelta(weeks=number): 0 for number in range(WEEKS)}
    for task in tasks:
        if task.due is not None:
            due = max(task.due, today)
            weeks[due - timedelta(days=due.weekday())] += 1
    return tuple(weeks.items())


def _page(services: Services, actor: Actor, name: str, limit: int, cursor: str, latest_first: bool = False) -> Page:
    roles = sorted(services.book.access.held(actor.roles))
    mine, anybody = [f"PERSON#{actor.id}"], [f"ROLE#{role}" for role in roles]
    desks = {"": [*mine, *anybody], "mine": mine, "anybody": anybody}.get(name, [f"TEAM#{role}" for role in roles])
    today = london_date(services.clock.now()) if name == "late" else None
    try:
        return services.store.desk(
            desks,
            max(1, min(limit, 100)),
            cursor,
            before=today,
            undated=name == "waiting",
            latest_first=latest_first,
        )
    except ValueError:
        raise Invalid((Problem("/cursor", "cursor", "Start again from the first page."),)) from None


def _wanted(services: Services, task: Task, name: str, kind: str) -> bool:
    if kind and task.kind != kind:
        return False
    if name == "approval":
        return bool(services.book.task(task.task).get("not_by"))
    return name != "disposal" or "decides_disposal" in services.book.kind(task.kind)


def _shown(services: Services, actor: Actor, tasks: Sequence[Task]) -> tuple[DeskRow, ...]:
    """The tasks as rows, with what their cases say besides: one read of all of them."""
    cases = {case.reference: case for case in services.store.cases([task.reference for task in tasks])} if tasks else {}
    today, access = london_date(services.clock.now()), services.book.access
    rows = []
    for task in tasks:
        case = cases.get(task.reference)
        if case is None or not access.may_see(actor, case):
            continue
        rows.append(replace(_row(services, task, today), limited_since=case.restricted_since, flags=_flags(case)))
    return tuple(rows)


def _flags(case: Case) -> tuple[str, ...]:
    """What somebody should know before they open the case."""
    found = {
        "Narrow": case.narrow,
        "Adjustments": case.adjusted,
        "On hold": bool(case.holds),
        "Somebody may not be safe": case.needs_attention == "worried",
        "Wrote to us": case.needs_attention == "resident_wrote",
        "A letter waits": case.needs_attention == "letter_waits",
        "Wants to stop": case.needs_attention == "wants_to_withdraw",
        "A message failed": case.needs_attention == "message_failed",
    }
    return tuple(words for words, there in found.items() if there)


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
