"""Makes a case be found by the people in it, and tells which other cases may be of the same. Not part of the
submission: nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..commands.people import cases_of, hash_of
from ..commands.restrictions import flagging
from ..domain import alike, people
from ..domain.errors import Conflict
from ..domain.model import Alike, End
from ..domain.ports import RACES, Services
from . import workflow

# How many are compared with a new case, and with one that limits the use of information: that one must reach all.
MOST, ALL = 50, 1000
AT_ONCE = 40


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
    wanted = dict.fromkeys((*flagging(services, terms), *(row.other for row in file.alikes), *newest))
    others = services.store.cases_and_parties([other for other in wanted if other != reference])
    rows: list[Alike] = []
    for other, (_, theirs) in others.items():
        rows.append(alike.compare(reference, file.parties, other, theirs))
        rows.append(alike.compare(other, theirs, reference, file.parties))
    for start in range(0, len(rows), AT_ONCE):
        _save(services, rows[start : start + AT_ONCE])


def _save(services: Services, rows: Sequence[Alike]) -> None:
    """Each with the end of the case that it stands beside, also when that gets one meanwhile: either its closing finds
    the row, or we find that it closed. Beside a case that is gone nothing is written."""
    written: dict[str, End] = {}
    for _ in range(RACES):
        ends = {case.reference: case.end for case in services.store.cases([row.reference for row in rows])}
        if ends == written:
            return
        try:
            services.store.save_alikes([replace(row, end=ends[row.reference]) for row in rows if row.reference in ends])
        except Conflict:
            continue
        written = ends
    raise Conflict
