"""Limited use: from the day a request to limit is granted until the person was told that it ends.

UK GDPR Art 18: such information is stored and used for nothing else, save with consent, for legal claims, to protect
somebody else's rights or for an important public interest (Art 18(2)); the person is told before it ends (Art 18(3)).
So that they can be told, the case is kept while the limit is in force, also when it is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from . import holds, people
from .clock import london_date
from .errors import Invalid, Problem, Stale
from .model import Actor, Case, Change, Party
from .people import BORN, EMAIL, NAME, PHONE, POSTCODE, Term
from .policy import Book
from .record import Record
from .words import long_date

BANNER = (
    "Use of this person's information is limited since {since}. Do not use it except to store it, for claims, or with "
    "their consent (UK GDPR Art 18)."
)
FLAGGED = (NAME, EMAIL, PHONE, POSTCODE, BORN)
CONTACTS = (EMAIL, PHONE, POSTCODE)
ENOUGH_ALONE = frozenset({EMAIL, PHONE})
ENOUGH_WITH_NAME = frozenset({EMAIL, PHONE, POSTCODE, BORN})


@dataclass(frozen=True)
class Sign:
    """A term by which a person is known. `alone`: it may tell who it is without the name beside it; the contact of a
    parent who writes for a child may not, or the parent would be taken for the child."""

    term: Term
    alone: bool


def begins(row: Mapping[str, Any], case: Case) -> bool:
    """Whether an outcome of `policy/tasks.json` limits the use of the information, by what the case is about and what
    was found: `{"context": {"right": […]}, "facts": {"finding": […]}}`."""
    wanted = row.get("restricts")
    if not wanted:
        return False
    about = all(case.context.get(name) in values for name, values in wanted["context"].items())
    return about and all(case.facts.get(name) in values for name, values in wanted["facts"].items())


def begin(record: Record, row: Mapping[str, Any]) -> None:
    """Note on the case that the use is limited from today, when the outcome says so and it is not already."""
    if record.case.restricted_since is None and begins(row, record.case):
        record.put(restricted_since=london_date(record.now))
        record.happened("restriction_began")


def lift(book: Book, case: Case, actor: Actor, reason: str, told_on: date, how: str, now: datetime) -> Change:
    """The limit ends. `told_on` and `how` (words) say when and how the person was told first: without that it does not
    end (UK GDPR Art 18(3)). A closed case gets its end, counted from today. Raises Invalid, or Stale when there is no
    limit."""
    if case.restricted_since is None:
        raise Stale("The use of this person's information is not limited by this case.")
    if told_on > london_date(now):
        words = "Tell the person first. Then end the limit (UK GDPR Art 18(3))."
        raise Invalid((Problem("/told_on", "maximum", words),))
    if told_on < case.restricted_since:
        words = "Give the day they were told. It cannot be before the limit began."
        raise Invalid((Problem("/told_on", "minimum", words),))
    record = Record(book, case, now, actor=actor)
    record.put(restricted_since=None, flags=(), kept_from=now)
    holds.settle(record)
    record.happened(
        "restriction_lifted",
        reason=reason,
        data={"because": f"the person was told first, on {long_date(told_on)}, {how}", "told_on": told_on.isoformat()},
    )
    return record.change()


def subject(parties: Iterable[Party]) -> Party | None:
    """Whose information a case is about: the person somebody else asks for, or else whoever asks."""
    by_role = {party.role: party for party in parties if party.name}
    return by_role.get("data_subject") or by_role.get("requester")


def signs_of_subject(parties: Sequence[Party]) -> tuple[Sign, ...]:
    """What the person whose information is limited is known by."""
    person = subject(parties)
    return _signs(person, parties) if person else ()


def signs_of_all(parties: Sequence[Party]) -> tuple[tuple[Sign, ...], ...]:
    """What each person of a case is known by."""
    return tuple(_signs(party, parties) for party in parties)


def signs(called: str, details: Mapping[str, str]) -> tuple[Sign, ...]:
    """What a person is known by of whom somebody asks."""
    return tuple(Sign(term, alone=True) for term in people.terms(called, details) if term.kind in FLAGGED)


def _signs(person: Party, parties: Sequence[Party]) -> tuple[Sign, ...]:
    own = signs(person.name, person.details)
    known = {sign.term for sign in own}
    lent = [term for party in parties if party.role == "requester" != person.role for term in people.terms_of(party)]
    return (*own, *(Sign(term, alone=False) for term in lent if term.kind in CONTACTS and term not in known))


def tells(found: Iterable[tuple[str, bool]]) -> bool:
    """Whether what two persons share is enough to take them for one: the name and one thing more, or a contact of their
    own. `found` holds the kind of each shared term, and whether it counts alone for both."""
    shared = list(found)
    kinds = {kind for kind, _ in shared}
    alone = {kind for kind, counts in shared if counts}
    return bool(alone & ENOUGH_ALONE) or (NAME in kinds and bool(kinds & ENOUGH_WITH_NAME))
