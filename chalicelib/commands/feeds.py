"""Calendar feeds of staff: an address that a calendar program reads by itself, with a key in it and no sign-in. It
gives references and tasks only, and ends with the account."""

from __future__ import annotations

import hmac

from ..domain.errors import NotFound
from ..domain.model import Actor, Task
from ..domain.ports import Services
from .desk import visible

PURPOSE = "calendar-feed"
MOST = 100


def address(services: Services, who: str, *, team: bool = False) -> str:
    """The secret part of the address of a person's feed, or of the feed of their team that this person may read."""
    text = f"{who}/team" if team else who
    return hmac.digest(services.keys.key(PURPOSE), text.encode(), "sha256").hex()[:32]


def tasks(services: Services, who: str, key: str) -> tuple[Task, ...]:
    """The open tasks with a date: of the person and those of their roles that nobody has, or, with the key for it, all
    of their team. Raises NotFound for a wrong key, and for somebody who does not work here any more: the same words for
    both."""
    of_team = hmac.compare_digest(address(services, who, team=True).encode(), key.encode("utf-8", "surrogatepass"))
    mine = hmac.compare_digest(address(services, who).encode(), key.encode("utf-8", "surrogatepass"))
    if not (mine or of_team):
        raise NotFound
    person = next((one for one in services.store.people() if one.id == who), None)
    if person is None:
        raise NotFound
    actor = Actor(person.id, person.name, person.email, person.roles)
    roles = sorted(services.book.access.held(actor.roles))
    desks = [f"TEAM#{role}" for role in roles] if of_team else [f"PERSON#{who}", *(f"ROLE#{role}" for role in roles)]
    found = visible(services, actor, services.store.desk(desks, MOST, "").rows)
    return tuple(task for task in found if task.due is not None)
