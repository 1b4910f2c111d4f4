"""Finding a person without a readable name: keyed hashes of what they are known by, and the cases that these find.

The key is derived from the service's one secret, so that nobody who has only the table can try names out on it. Two
purposes, two keys: what finds a case and what tells of a limit cannot be joined by who has a copy of the table.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

from ..domain.model import Case
from ..domain.people import Term
from ..domain.ports import Services

SEARCH = "search"
BITS_128 = 32


def hash_of(services: Services, term: Term, purpose: str = SEARCH) -> str:
    """The keyed hash of a term, 128 bits in hexadecimal: as good as none to whoever lacks the key."""
    text = f"{term.kind}:{term.value}".encode("utf-8", "surrogatepass")
    return hmac.digest(services.keys.key(purpose), text, "sha256").hex()[:BITS_128]


def cases_of(services: Services, terms: Iterable[Term], most: int = 50) -> Mapping[str, tuple[Case, frozenset[Term]]]:
    """The cases that these terms find, by reference, each with the terms that found it. The newest of each term, at
    most so many; none that is past its end. Whether the asker may see them is for the caller to say."""
    by_hash = {hash_of(services, term): term for term in terms}
    found: dict[str, tuple[Case, frozenset[Term]]] = {}
    for hash_, cases in services.store.cases_by(tuple(by_hash), most).items():
        for case in cases:
            before = found[case.reference][1] if case.reference in found else frozenset()
            found[case.reference] = (case, before | {by_hash[hash_]})
    return found
