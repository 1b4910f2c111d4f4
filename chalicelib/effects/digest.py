"""Each working morning, what is late, due and waiting, to each member of staff: references and tasks, no names.

Sent from 08:00 in London, once a day and person: a mark is set before the mail goes and taken back when it is refused.
Who has nothing to do gets no mail.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, time, timedelta

from ..adapters.mail import MailRefused, compose
from ..commands import desk
from ..domain import messages, retention
from ..domain.clock.days import LONDON
from ..domain.model import Actor, Person, Task
from ..domain.ports import Services
from ..domain.words import days, days_left

log = logging.getLogger("cases")

FROM = time(8)
DONE = "digest-done"
SOON = 5  # working days ahead
LONG = timedelta(days=30)
MOST = 20


def send(services: Services) -> int:
    """Send the digests of this morning that were not sent yet; returns how many went."""
    local = services.clock.now().astimezone(LONDON)
    calendar = services.book.rules.calendars["england-and-wales"]
    if local.time() < FROM or not calendar.working(local.date()):
        return 0
    today = local.date().isoformat()
    if services.store.note(DONE) == today:
        return 0
    last = calendar.add(local.date(), SOON)
    sent, failed = 0, 0
    for person in services.store.people():
        text = _text(services, person, local.date(), last)
        if text is None:
            continue
        try:
            sent += _once(services, person, today, text)
        except MailRefused as refused:
            failed += 1
            log.warning("mail_refused", extra={"fields": {"code": str(refused)}})
    if not failed:
        services.store.save_note(DONE, today)
    return sent


def _once(services: Services, person: Person, today: str, text: messages.Text) -> bool:
    mark = f"digest#{today}#{person.id}"
    end = retention.short_end(services.book.retention, "digest", services.clock.now())
    assert end.at is not None
    if not services.store.claim(mark, end.at):
        return False
    link = f"{services.settings.site_url}/staff"
    plain, html = compose(services.book.council, text.subject, text.paragraphs, link)
    try:
        services.mail.send(person.email, text.subject, plain, html)
    except MailRefused:
        services.store.release(mark)
        raise
    return True


def _text(services: Services, person: Person, today: date, last: date) -> messages.Text | None:
    """What this person's desk says; None when there is nothing."""
    access = services.book.access
    desks = [f"PERSON#{person.id}", *(f"ROLE#{role}" for role in sorted(access.held(person.roles)))]
    actor = Actor(person.id, person.name, person.email, person.roles)
    tasks = desk.visible(services, actor, services.store.desk_until(desks, last))
    late = [task for task in tasks if task.due is not None and task.due < today]
    now = [task for task in tasks if task.due == today]
    soon = [task for task in tasks if task.due is not None and task.due > today]
    waiting = [task for task in tasks if task.due is None and services.clock.now() - task.opened_at > LONG]
    if not (late or now or soon or waiting):
        return None
    values = {"late_count": str(len(late)), "today_count": str(len(now))}
    for name, rows in (("late", late), ("today", now), ("soon", soon), ("waiting", waiting)):
        values[f"{name}_lines"] = _lines(services, rows, today)
    return messages.compose(services.book.message("digest"), "email", values)


def _lines(services: Services, tasks: Sequence[Task], today: date) -> str:
    lines = []
    for task in tasks[:MOST]:
        opened = task.opened_at.astimezone(LONDON).date()
        when = days_left(task.due, today) if task.due else f"open for {days(opened, today)}"
        lines.append(f"{task.reference}: {services.book.task(task.task)['title']}, {when}")
    if len(tasks) > MOST:
        lines.append(f"And {len(tasks) - MOST} more on your desk.")
    return "\n\n".join(lines) or "None."
