"""Holds on a whole class of the schedule, as for a public inquiry: one write, and no disposal after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ..domain import disposal
from ..domain.clock import london_date
from ..domain.errors import Conflict, Invalid, NotFound, Problem
from ..domain.model import Actor, Hold
from ..domain.ports import RACES, Services
from .holds import AUTHORITIES
from .link import reason_problems


def classes(services: Services) -> dict[str, str]:
    """The classes of cases that may be held, and all of them at once."""
    rows = services.book.kinds.values()
    names = [name for row in rows for name in (row["retention"], *row.get("retention_for", {}).values())]
    names += [name for row in rows for name in row.get("retention_choices", ())]
    titles = {name: services.book.retention["classes"][name]["title"] for name in dict.fromkeys(names)}
    return {**titles, disposal.EVERY_CLASS: "Every case, whatever it is"}


def in_force(services: Services, actor: Actor) -> Mapping[str, tuple[Hold, ...]]:
    """The holds that there are or were on classes, by class. Raises NotAllowed."""
    services.book.access.require(actor, "disposal.view")
    return {class_: some for class_, (_, some) in services.store.class_holds().items()}


def place(services: Services, actor: Actor, class_: str, *, authority: str, reason: str, review_on: date) -> str:
    """Hold every case of a class; returns the hold's id. Raises NotAllowed or Invalid."""
    services.book.access.require(actor, "hold.place_class")
    today = london_date(services.clock.now())
    problems = reason_problems(reason)
    if class_ not in classes(services):
        problems.append(Problem("/class", "enum", "Choose what is to be kept."))
    if authority not in AUTHORITIES:
        problems.append(Problem("/authority", "enum", "Choose what it is for."))
    if review_on <= today:
        problems.append(Problem("/review_on", "minimum", "Give a day to come, on which somebody looks again."))
    if problems:
        raise Invalid(tuple(problems))
    hold = Hold(
        id=services.ids.token()[:16],
        authority=AUTHORITIES[authority],
        reason=reason.strip(),
        review_on=review_on,
        placed_on=today,
        owner=actor.id,
        name=actor.name,
    )
    for _ in range(RACES):
        seen, some = services.store.class_holds().get(class_, (0, ()))
        try:
            services.store.save_class_holds(class_, (*some, hold), seen)
        except Conflict:
            continue
        return hold.id
    raise Conflict


def release(services: Services, actor: Actor, id_: str, *, reason: str) -> None:
    """End a hold on a class; who ended it, when and why stays on record. What it kept goes on its own day, or tomorrow
    if that is past. Raises NotFound, NotAllowed or Invalid."""
    services.book.access.require(actor, "hold.release_class")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        found = services.store.class_holds()
        running = {one.id: name for name, (_, some) in found.items() for one in disposal.active(some)}
        class_ = running.get(id_)
        if class_ is None:
            raise NotFound("There is no such hold.")
        seen, some = found[class_]
        today, because = london_date(services.clock.now()), reason.strip()
        now = tuple(
            replace(one, ended_on=today, ended_by=actor.id, ended_because=because) if one.id == id_ else one
            for one in some
        )
        try:
            services.store.save_class_holds(class_, now, seen)
        except Conflict:
            continue
        return
    raise Conflict
