"""Makes a case be found by the people in it, and tells which other cases may be of the same. Not part of the
submission: nobody waits for it."""

from __future__ import annotations

from ..commands.people import cases_of, hash_of
from ..commands.restrictions import flagging
from ..domain import alike, people, restriction
from ..domain.errors import Conflict
from ..domain.model import Alike, Case
from ..domain.ports import RACES, Services
from . import workflow

# How many are compared with a new case, and with one that limits the use of information: that one must reach all.
MOST, ALL = 50, 1000
AT_ONCE = 90


def index(services: Services, reference: str) -> None:
    """Write the keyed hashes of the case's people beside it. A case that closed meanwhile gets its end on them too:
    either the closing finds them, or we find that it closed."""
    case = services.store.case(reference)
    if case is None:
        return
    terms = [term for party in services.store.parties(reference) for term in people.terms_of(party)]
    if not terms:
        return
    services.store.index(case, [hash_of(services, term) for term in dict.fromkeys(terms)])
    after = services.store.case(reference)
    if after is not None and after.end != case.end:
        workflow.set_ends(services, reference)


def compare(services: Services, reference: str, most: int = MOST) -> None:
    """Write beside this case what others are to it, and beside each of those what this one is to it: the newest of
    those with a name or a contact of its people, and all that limit the use of somebody's information. What was alike
    before and is not now is written too. Safe to repeat."""
    file = services.store.case_file(reference)
    if file is None:
        return
    terms = {term for party in file.parties for term in people.terms_of(party) if term.kind in alike.LOOKED_FOR}
    found = [case for case, _ in cases_of(services, terms, most).values()]
    newest = [case.reference for case in sorted(found, key=lambda case: case.received_on, reverse=True)]
    signs = [sign for person in restriction.signs_of_all(file.parties) for sign in person]
    wanted = (*flagging(services, signs), *(row.other for row in file.alikes), *newest)
    others = {case.reference: case for case in services.store.cases(tuple(dict.fromkeys(wanted)))}
    others.pop(reference, None)
    mine: list[Alike] = []
    for other in others.values():
        theirs = services.store.parties(other.reference)
        mine.append(alike.compare(reference, file.parties, other.reference, theirs))
        _save(services, other, (alike.compare(other.reference, theirs, reference, file.parties),))
    for start in range(0, len(mine), AT_ONCE):
        _save(services, file.case, tuple(mine[start : start + AT_ONCE]))


def _save(services: Services, case: Case, rows: tuple[Alike, ...]) -> None:
    """Each with the end that its case has now. A case that is gone needs nothing beside it."""
    found: Case | None = case
    for _ in range(RACES):
        if found is None:
            return
        try:
            services.store.save_alikes(found, rows)
        except Conflict:
            found = services.store.case(case.reference)
            continue
        return
    raise Conflict
