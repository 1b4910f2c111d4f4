"""Whether two cases may be of the same person, by what their people are known by. It decides nothing: it says to a
person where to look, and where a limit on the use of information (UK GDPR Art 18) reaches further than its own case.

The comparison is made when a case comes, and when its people or the limits change; what came of it stands beside both
cases, so that a page of either needs one reading of the others and no search.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import people, restriction
from .model import Alike, Party
from .people import EMAIL, NAME, PHONE, POSTCODE, WORDS

# What another case is looked for by: a postcode alone is half a street.
LOOKED_FOR = (NAME, EMAIL, PHONE)
BY_NAME_TOO = (*LOOKED_FOR, POSTCODE)


def compare(reference: str, mine: Sequence[Party], other: str, theirs: Sequence[Party]) -> Alike:
    """What the case `other` with its people is to the case `reference` with its own; nothing in it when they share
    nothing that tells."""
    there = {term for party in theirs for term in people.terms_of(party)}
    requester = next((party for party in mine if party.role == "requester"), None)
    shared = {term.kind for term in people.terms_of(requester) if term in there} if requester else set()
    names = {people.name(party.name) for party in mine if party is not requester} - {""}
    return Alike(
        reference=reference,
        other=other,
        kinds=tuple(kind for kind in BY_NAME_TOO if kind in shared) if shared & set(LOOKED_FOR) else (),
        namesake=any(term.kind == NAME and term.value in names for term in there),
        limited_by=_limited_by(mine, theirs),
    )


def _limited_by(mine: Sequence[Party], theirs: Sequence[Party]) -> tuple[str, ...]:
    """The kinds of terms that tell that somebody of mine is the one whom the other case is about."""
    about = {sign.term: sign for sign in restriction.signs_of_subject(theirs)}
    kinds: set[str] = set()
    for signs in restriction.signs_of_all(mine):
        both = [(sign.term.kind, sign.alone and about[sign.term].alone) for sign in signs if sign.term in about]
        if restriction.tells(both):
            kinds |= {kind for kind, _ in both}
    return tuple(kind for kind in WORDS if kind in kinds)


def reasons(found: Alike) -> tuple[str, ...]:
    """Why somebody should look, in words, the strongest first; empty when there is no reason."""
    return (*people.same_person(found.kinds), *(("about somebody of the same name",) if found.namesake else ()))


def weight(found: Alike) -> int:
    """How likely it is the same person: a contact tells more than a name."""
    return sum(kind in (EMAIL, PHONE) for kind in found.kinds) * 2 + len(found.kinds)


__all__ = ["LOOKED_FOR", "compare", "reasons", "weight"]
