"""The desk: the open tasks of a person's roles and of the person, earliest legal date first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ..domain import chasers, retention
from ..domain.clock import calendar_warning, london_date
from ..domain.desk import VIEWS, counted, shows
from ..domain.errors import Invalid, Problem
from ..domain.model import Actor, Case, DeskCounts, Person, Task
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
    person_name: str
    due: date | None
    due_name: str
    days_left: str
    late: bool
    opened_at: datetime
    limited_since: date | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeskPage:
    """A page of a view. `counts`: how many tasks each view holds, in words, as they were `counted_at`; None before
    they were counted."""

    rows: tuple[DeskRow, ...]
    cursor: str
    counts: Mapping[str, str]
    counted_at: datetime | None


# Each reads so many pages at most for what it leaves out of them, and counts so many tasks of a role.
MOST_PAGES = 4
WEEKS = 6
COUNTED = 1000
MOST_ROWS = 100
# What is counted is written again while it stays the same, so that it does not come to its end (policy/retention.json).
AGAIN_AFTER = timedelta(minutes=5)
# Everything that somebody may do at once, by all of their roles; the page shows "" instead, by those they were given.
MAY_DO = "may_do"


def desk(services: Services, actor: Actor, *, limit: int = 50, cursor: str = "") -> DeskPage:
    """One page of what the actor may do. Costs the same however many cases are open: one query for each desk they have,
    and one read of the cases."""
    services.book.access.require(actor, "desk.view")
    page = _page(services, actor, MAY_DO, limit, cursor)
    return _shown(services, actor, page.rows, page.cursor)


def view(
    services: Services,
    actor: Actor,
    name: str,
    kind: str,
    *,
    person: str = "",
    limit: int = 50,
    cursor: str = "",
    latest_first: bool = False,
) -> DeskPage:
    """One page of a view of the desk, of one kind of case or of all, the earliest date first or the latest; with
    `person` what of it that member of staff has. Raises Invalid for a view or cursor that there is not. What is narrow
    is shown to those only who may open it."""
    services.book.access.require(actor, "desk.view")
    if name not in VIEWS:
        raise Invalid((Problem("/view", "enum", "Choose one of the views."),))
    today = london_date(services.clock.now())

    def wanted(task: Task) -> bool:
        return (
            shows(services.book, actor, name, task, today) and kind in ("", task.kind) and person in ("", task.person)
        )

    found: list[Task] = []
    began = cursor
    for _ in range(MOST_PAGES):
        page = _page(services, actor, name, limit, cursor, latest_first, person)
        found += [task for task in page.rows if wanted(task)]
        cursor = page.cursor
        if not cursor or len(found) >= limit:
            break
    shown = _shown(services, actor, found, cursor)
    if began or cursor or kind or person:
        return shown
    return replace(shown, counts={**shown.counts, name: str(len(shown.rows))})


def counts(services: Services, actor: Actor) -> Mapping[str, str]:
    """How many tasks each view of this person's desk has at this moment: one query for each of their roles, and a read
    of the cases."""
    services.book.access.require(actor, "desk.view")
    tasks, cut = _open_tasks(services, services.book.access.held(actor.roles))
    return _in_words(_counted(services, actor, tasks, cut))


def count(services: Services) -> int:
    """Count the views of everybody's desk and keep what changed, so that a desk shows it without counting; returns how
    many were kept."""
    people = services.store.people()
    held = {person.id: services.book.access.held(person.roles) for person in people}
    tasks, cut = _open_tasks(services, frozenset().union(*held.values()))
    before = {one.person: one for one in services.store.desk_counts()}
    kept = 0
    for person in people:
        actor = Actor(person.id, person.name, person.email, person.roles)
        now = _counted(services, actor, {role: tasks[role] for role in held[person.id]}, cut)
        known = before.get(person.id)
        if known is None or (known.views, known.cut) != (now.views, now.cut) or now.at - known.at >= AGAIN_AFTER:
            services.store.save_desk_counts(now)
            kept += 1
    return kept


def _open_tasks(services: Services, roles: frozenset[str]) -> tuple[dict[str, list[tuple[Task, Case]]], frozenset[str]]:
    """The open tasks of each role with their cases, the earliest first; and the roles that have more than we count."""
    pages = {role: services.store.desk([f"TEAM#{role}"], COUNTED, "") for role in sorted(roles)}
    references = [task.reference for page in pages.values() for task in page.rows]
    cases = {case.reference: case for case in services.store.cases(references)}
    tasks = {
        role: [(task, cases[task.reference]) for task in page.rows if task.reference in cases]
        for role, page in pages.items()
    }
    return tasks, frozenset(role for role, page in pages.items() if page.cursor)


def _counted(
    services: Services, actor: Actor, tasks: Mapping[str, Sequence[tuple[Task, Case]]], cut: frozenset[str]
) -> DeskCounts:
    now = services.clock.now()
    rows = [row for some in tasks.values() for row in some]
    return DeskCounts(
        person=actor.id,
        at=now,
        views=counted(services.book, actor, rows, london_date(now)),
        cut=bool(cut & set(tasks)),
        end=retention.short_end(services.book.retention, "desk_counts", now),
    )


def _in_words(found: DeskCounts) -> dict[str, str]:
    return {name: f"{number:,} or more" if found.cut else f"{number:,}" for name, number in found.views.items()}


def visible(services: Services, actor: Actor, tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Those of the tasks whose cases this person may open: one read of the cases."""
    cases = {case.reference: case for case in services.store.cases([task.reference for task in tasks])}
    return tuple(
        task for task in tasks if task.reference in cases and services.book.access.may_see(actor, cases[task.reference])
    )


def following(services: Services, actor: Actor) -> DeskRow | None:
    """The task to do next: the first of theirs and their role's, else the first of all that this person may do."""
    for name in ("", MAY_DO):
        page = _page(services, actor, name, 20, "")
        tasks = [task for task in page.rows if services.book.access.may_do(actor, task)]
        rows = _shown(services, actor, tasks, "").rows if tasks else ()
        if rows:
            return rows[0]
    return None


@dataclass(frozen=True)
class Load:
    """How many open tasks somebody has on their own desk, how many are late, and the first date."""

    person: str
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
        first = min((task.due for task in tasks if task.due), default=None)
        found.append(Load(person.id, person.name, len(tasks), late, first))
    return tuple(sorted(found, key=lambda load: (-load.tasks, load.name)))


def forecast(services: Services, actor: Actor) -> tuple[tuple[date, int], ...]:
    """How many tasks of the team fall due in each of the next weeks, by their Monday; what is late is due now."""
    services.book.access.require(actor, "overview.view")
    today = london_date(services.clock.now())
    monday = today - timedelta(days=today.weekday())
    last = monday + timedelta(weeks=WEEKS)
    roles = sorted(services.book.access.held(actor.roles))
    tasks = services.store.desk([f"TEAM#{role}" for role in roles], COUNTED, "", before=last).rows
    weeks = {monday + timedelta(weeks=number): 0 for number in range(WEEKS)}
    for task in tasks:
        if task.due is not None:
            due = max(task.due, today)
            weeks[due - timedelta(days=due.weekday())] += 1
    return tuple(weeks.items())


def _page(
    services: Services,
    actor: Actor,
    name: str,
    limit: int,
    cursor: str,
    latest_first: bool = False,
    person: str = "",
) -> Page:
    held = sorted(services.book.access.held(actor.roles))
    given = [role for role in held if role in actor.roles]
    mine = [f"PERSON#{person or actor.id}"]
    desks = {
        "mine": mine,
        "": [*mine, *(f"ROLE#{role}" for role in given)],
        MAY_DO: [*mine, *(f"ROLE#{role}" for role in held)],
        "anybody": [f"ROLE#{role}" for role in held],
    }.get(name, mine if person else [f"TEAM#{role}" for role in held])
    today = london_date(services.clock.now()) if name == "late" else None
    try:
        return services.store.desk(
            desks,
            max(1, min(limit, MOST_ROWS)),
            cursor,
            before=today,
            undated=name == "waiting",
            latest_first=latest_first,
        )
    except ValueError:
        raise Invalid((Problem("/cursor", "cursor", "Start again from the first page."),)) from None


def _shown(services: Services, actor: Actor, tasks: Sequence[Task], cursor: str) -> DeskPage:
    """The tasks as rows, with what their cases say besides, the names of who has them, and what was counted of the
    reader's views: one read of all that."""
    staff = [task.person for task in tasks if task.person]
    found, people, known = services.store.for_desk([task.reference for task in tasks], staff, actor.id)
    cases = {case.reference: case for case in found}
    today, access = london_date(services.clock.now()), services.book.access
    rows = []
    for task in tasks:
        case = cases.get(task.reference)
        if case is None or not access.may_see(actor, case):
            continue
        who = people[task.person].name if task.person in people else task.person
        row = _row(services, task, today)
        rows.append(replace(row, person_name=who, limited_since=case.restricted_since, flags=_flags(case)))
    words = _in_words(known) if known else {}
    return DeskPage(rows=tuple(rows), cursor=cursor, counts=words, counted_at=known.at if known else None)


def _flags(case: Case) -> tuple[str, ...]:
    """What somebody should know before they open the case."""
    found = {
        "Few may open it": case.narrow or bool(case.only_named),
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
        person_name=task.person,
        due=task.due,
        due_name=task.due_name,
        days_left=days_left(task.due, today) if task.due else "",
        late=task.due is not None and task.due < today,
        opened_at=task.opened_at,
    )
