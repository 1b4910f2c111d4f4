"""Calendar feeds of staff: an address that a calendar program reads by itself, with a key in it and no sign-in. It
gives references and tasks only, and ends with the account."""

from __future__ import annotations

import hmac

from ..domain.errors import NotFound
from ..domain.model import Actor, Task
from ..domain.ports import Services

PURPOSE = "calendar-feed"
MOST = 100


def address(services: Services, who: str) -> str:
    """The secret part of the feed's address for a person's id."""
    return hmac.digest(services.keys.key(PURPOSE), who.encode(), "sha256").hex()[:32]


def tasks(services: Services, who: str, key: str) -> tuple[Task, ...]:
    """The open tasks with a date of the person, and those of their roles that nobody has. Raises NotFound for a wrong
    key, and for somebody who does not work here any more: the same words for both."""
    if not hmac.compare_digest(address(services, who).encode(), key.encode()):
        raise NotFound
    person = next((one for one in services.store.people() if one.id == who), None)
    if person is None:
        raise NotFound
    actor = Actor(person.id, person.name, person.email, person.roles)
    desks = [f"PERSON#{who}", *(f"ROLE#{role}" for role in sorted(services.book.access.held(actor.roles)))]
    found = services.store.desk(desks, MOST, "").rows
    return tuple(task for task in found if task.due is not None)
