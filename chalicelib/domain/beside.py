"""Tasks beside the workflow: one for each service that is asked, each recipient that is told.

A decision opens them (`opens` in `policy/tasks.json`), each with its own desk and day. They have no token: Step
Functions knows nothing of them, and a decision that needs them done says so (`needs_done`). The clock of the case
chases them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import chasers, independence
from .clock import Alert, london_date
from .errors import Invalid, NotFound, Problem, Stale
from .model import BESIDE, Beside, Case, Task
from .policy import Book
from .record import Record
from .words import days_left, long_date

MOST = 60


def open_all(record: Record, rows: Sequence[Mapping[str, Any]], data: Mapping[str, Any], about: str) -> None:
    """Open the tasks that an outcome's `opens` asks for: one for each of a list, one for the same as the task that was
    decided (`about`), or just one. Each is told of at once.

    Raises Invalid when the case would have more open than anybody can follow.
    """
    for row in rows:
        listed = _listed(row.get("for_each", ""), data, about)
        abouts = [one for one in dict.fromkeys(listed) if not _is_open(record.case, row["task"], one)]
        if len(record.case.beside) + len(abouts) > MOST:
            words = f"That is more than {MOST} open at once. Finish some first."
            raise Invalid((Problem(f"/data{row.get('for_each', '')}", "maxItems", words),))
        opened = [_open(record, row["task"], one) for one in abouts]
        if opened:
            told = tuple(_tell(record, beside, "opened") for beside in opened)
            names = ", ".join(filter(None, (chasers.title(record.book, beside) for beside in opened)))
            record.arm()  # the clock that runs does not know of their days
            record.happened(
                "besides_opened",
                messages=told,
                clock_revision=record.case.clock_revision,
                data={"task": row["task"], "about": names},
            )


def _listed(for_each: str, data: Mapping[str, Any], about: str) -> Sequence[str]:
    if for_each == "$about":
        return (about,)
    return data.get(for_each[1:], ()) if for_each else ("",)


def _is_open(case: Case, task: str, about: str) -> bool:
    """The same is never asked twice while it is open."""
    return any((beside.task, beside.about) == (task, about) for beside in case.beside)


def _open(record: Record, task: str, about: str) -> Beside:
    book, case = record.book, record.case
    row = book.task(task)
    role = chasers.about_row(book, task, about).get("role", row["role"])
    due = chasers.calendar(book).add(london_date(record.now), row["beside"]["due_in"])
    beside = Beside(number=BESIDE + case.besides + 1, task=task, role=role, due=due, about=about)
    record.put(besides=case.besides + 1, beside=(*case.beside, beside), roles=case.roles | {role})
    record.task(
        Task(
            reference=case.reference,
            number=beside.number,
            kind=case.kind,
            task=task,
            role=role,
            about=about,
            not_by=independence.barred(book, case, task),
            due=due,
            due_name="asked_for",
            opened_at=record.now,
        )
    )
    return beside


def done(record: Record, task: Task) -> None:
    """A task beside the workflow was decided: the case does not wait for it any more."""
    record.put(beside=tuple(beside for beside in record.case.beside if beside.number != task.number))


def check_done(book: Book, case: Case, tasks: Sequence[str]) -> None:
    """Raises Invalid, naming what is still open, unless all tasks of these names are done."""
    waiting = [beside for beside in case.beside if beside.task in tasks]
    if waiting:
        names = ", ".join(filter(None, (chasers.title(book, beside) for beside in waiting)))
        words = f"Not everybody has answered yet: {names}. Send a reminder, or decide it for them, and say why."
        raise Invalid((Problem("", "needs_done", words),))


def cancel(record: Record, tasks: Sequence[Task]) -> int:
    """The case closes: nobody is asked for anything any more. Returns how many tasks went from the desks."""
    still = [task for task in tasks if task.is_beside and task.status == "open"]
    for task in still:
        record.task(replace(task, status="cancelled", version=task.version + 1))
    record.put(beside=())
    return len(still)


def remind(record: Record, alert: Alert) -> tuple[int, ...]:
    """The text of a chaser that is due: to whoever has the task, or to the manager."""
    number = int(alert.date_name.partition(":")[2])
    beside = next((beside for beside in record.case.beside if beside.number == number), None)
    return (_tell(record, beside, alert.to),) if beside else ()


def chase(record: Record, number: int) -> None:
    """A person sends a reminder with one press, once a day and task. Raises NotFound or Stale."""
    today = london_date(record.now)
    beside = next((beside for beside in record.case.beside if beside.number == number), None)
    if beside is None:
        raise NotFound("That is done already, or there is no such task.")
    if beside.chased_on == today:
        raise Stale("A reminder went out today already.")
    chased = replace(beside, chased=beside.chased + 1, chased_on=today)
    record.put(beside=tuple(chased if one is beside else one for one in record.case.beside))
    told = _tell(record, chased, "owner")
    record.happened(
        "task_chased", messages=(told,), data={"task": beside.task, "about": chasers.title(record.book, beside)}
    )


def _tell(record: Record, beside: Beside, to: str) -> int:
    """`opened`: that something is asked; `owner`: a reminder; `manager`: that somebody has not answered."""
    today = london_date(record.now)
    values = {
        "task_title": record.book.task(beside.task)["title"],
        "about": chasers.title(record.book, beside),
        "task_due": long_date(beside.due),
        "task_days": days_left(beside.due, today),
    }
    who = "role:ig_manager" if to == "manager" else f"role:{beside.role}"
    return record.tell(f"task-{to}", to=who, **values)
