"""Staff write to the person beside the workflow; where policy says so a second person reads it first."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain import letters
from ..domain.errors import Conflict, Invalid, NotFound, Stale
from ..domain.model import Actor, CaseFile, Message, Party
from ..domain.ports import RACES, Services
from .link import committed, reason_problems
from .view import load


def ways(services: Services, file: CaseFile) -> tuple[str, ...]:
    """How a letter may go to the person of this case."""
    return letters.ways(services.book, _requester(file).details)


def look(
    services: Services, actor: Actor, reference: str, name: str, given: Mapping[str, str], way: str
) -> letters.Draft:
    """The letter as the person would get it; nothing is written. Raises NotFound, NotAllowed or Invalid."""
    services.book.access.require(actor, "letter.write")
    file, now = load(services, actor, reference), services.clock.now()
    return letters.draft(services.book, file.case, name, given, way, _requester(file), actor, now)


def write(services: Services, actor: Actor, reference: str, name: str, given: Mapping[str, str], way: str) -> str:
    """Returns the case's reference. Raises NotFound, NotAllowed, Invalid or Stale."""
    services.book.access.require(actor, "letter.write")
    for _ in range(RACES):
        file, now = load(services, actor, reference), services.clock.now()
        change = letters.write(services.book, file.case, name, given, way, _requester(file), actor, now)
        if committed(services, change):
            return file.case.reference
    raise Conflict


def send(services: Services, actor: Actor, reference: str, number: int) -> str:
    """The second person lets it go. Raises NotFound, NotAllowed or Stale."""
    services.book.access.require(actor, "letter.check")
    for _ in range(RACES):
        file, now = load(services, actor, reference), services.clock.now()
        if committed(services, letters.send(services.book, file.case, _draft(file, number), actor, now)):
            return file.case.reference
    raise Conflict


def give_back(services: Services, actor: Actor, reference: str, number: int, *, reason: str) -> str:
    """The second person gives it back, with a reason. Raises NotFound, NotAllowed, Invalid or Stale."""
    services.book.access.require(actor, "letter.check")
    if problems := reason_problems(reason):
        raise Invalid(tuple(problems))
    for _ in range(RACES):
        file, now = load(services, actor, reference), services.clock.now()
        change = letters.give_back(services.book, file.case, _draft(file, number), actor, reason.strip(), now)
        if committed(services, change):
            return file.case.reference
    raise Conflict


def _draft(file: CaseFile, number: int) -> Message:
    found = next((one for one in file.messages if one.number == number and one.letter), None)
    if found is None:
        raise NotFound
    return found


def _requester(file: CaseFile) -> Party:
    found = next((party for party in file.parties if party.role == "requester"), None)
    if found is None:
        raise Stale("Nobody left a way to reach them.")
    return found
