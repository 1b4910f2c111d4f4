"""Makes a new case be found by the people in it. Not part of the submission: nobody waits for it."""

from __future__ import annotations

from ..commands.people import hash_of
from ..domain import people
from ..domain.ports import Services
from . import workflow


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
