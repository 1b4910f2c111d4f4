"""Finding a person without a readable name: keyed hashes of what they are known by, and the cases that these find.

The key is derived from the service's one secret, so that nobody who has only the table can try names out on it. Two
purposes, two keys: what finds a case and what tells of a limit cannot be joined by who has a copy of the table.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..domain import people
from ..domain.model import Actor, Case, Party
from ..domain.people import EMAIL, NAME, PHONE, POSTCODE, Term
from ..domain.ports import Services

SEARCH = "search"
BITS_128 = 32
MOST_HINTS = 20


@dataclass(frozen=True, kw_only=True)
class Hint:
    """Another case that may be of the same person, and why. It decides nothing and keeps nobody from anything."""

    reference: str
    kind: str
    title: str
    about: str
    received_on: date
    status: str
    stage: str
    reasons: tuple[str, ...]


def hash_of(services: Services, term: Term, purpose: str = SEARCH) -> str:
    """The keyed hash of a term, 128 bits in hexadecimal: as good as none to whoever lacks the key."""
    text = f"{term.kind}:{term.value}".encode("utf-8", "surrogatepass")
    return hmac.digest(services.keys.key(purpose), text, "sha256").hex()[:BITS_128]


def cases_of(services: Services, terms: Iterable[Term]) -> Mapping[str, tuple[Case, frozenset[Term]]]:
    """The cases that these terms find, by reference, each with the terms that found it. The newest of each term, a
    bounded number; none that is past its end. Whether the asker may see them is for the caller to say."""
    by_hash = {hash_of(services, term): term for term in terms}
    found: dict[str, tuple[Case, frozenset[Term]]] = {}
    for hash_, cases in services.store.cases_by(tuple(by_hash)).items():
        for case in cases:
            before = found[case.reference][1] if case.reference in found else frozenset()
            found[case.reference] = (case, before | {by_hash[hash_]})
    return found


def hints(services: Services, actor: Actor, case: Case, parties: Sequence[Party]) -> tuple[Hint, ...]:
    """Other cases, open or closed, that may be of the same person, the likeliest first and then the newest. Only those
    that this person may see; not those that are linked, for these are known."""
    requester = next((party for party in parties if party.role == "requester"), None)
    own = [term for term in people.terms_of(requester) if term.kind in (NAME, EMAIL, PHONE)] if requester else []
    others = [
        Term(NAME, people.name(party.name)) for party in parties if party is not requester and people.name(party.name)
    ]
    found = cases_of(services, dict.fromkeys([*own, *others]))
    homes = [term for term in people.terms_of(requester) if term.kind == POSTCODE] if requester else []
    if any(term.kind == NAME for _, why in found.values() for term in why):
        at_home = {reference: why for reference, (_, why) in cases_of(services, homes).items()}
    else:
        at_home = {}
    known = {case.reference, *case.links}
    rows: list[tuple[int, int, Hint]] = []
    for reference, (other, why) in found.items():
        if reference in known or not services.book.access.may_see(actor, other):
            continue
        shared = (why & set(own)) | at_home.get(reference, frozenset())
        reasons = people.same_person(term.kind for term in shared)
        if why & set(others):
            reasons = (*reasons, "about somebody of the same name")
        weight = sum(term.kind in (EMAIL, PHONE) for term in shared) * 2 + len(shared)
        rows.append((-weight, -other.received_on.toordinal(), _hint(services, other, reasons)))
    rows.sort(key=lambda row: (row[0], row[1], row[2].reference))
    return tuple(hint for _, _, hint in rows[:MOST_HINTS])


def _hint(services: Services, case: Case, reasons: tuple[str, ...]) -> Hint:
    kind = services.book.kind(case.kind)
    return Hint(
        reference=case.reference,
        kind=case.kind,
        title=kind["title"],
        about=_about(services, case),
        received_on=case.received_on,
        status=case.status,
        stage=kind["stages"][case.stage]["staff"],
        reasons=reasons,
    )


def _about(services: Services, case: Case) -> str:
    """What the case is about, as the right that somebody asks for, in the words of the form that it was sent on."""
    sent = services.book.kind(case.submitted_as or case.kind)
    if "submission" not in sent:
        return ""
    fields = services.schemas.document(sent["submission"])["properties"]
    words = [fields.get(name, {}).get("x-words", {}).get(value, "") for name, value in case.context.items()]
    return ", ".join(word for word in words if word)
