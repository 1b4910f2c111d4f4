"""The live flag of UK GDPR Art 18: set with the decision that limits the use of information, asked by anybody who is
about to use it, and taken away only when the person was told first. The pages of the person's cases say it too
(`commands/alike.py`).

The flags stand in the table under keyed hashes and are read as they are at that moment: no index is behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..domain import restriction, retention
from ..domain.errors import Invalid, Problem
from ..domain.model import Actor, Case, Change, Flag, Flagged, Lookup
from ..domain.people import BORN, EMAIL, NAME, PHONE, POSTCODE, WORDS, Term
from ..domain.ports import Services
from ..domain.restriction import Sign
from ..domain.words import long_date
from .people import hash_of

FLAGS = "restriction"
ASKED_FIRST = (NAME, EMAIL, PHONE)
NOT_READ = {
    "name": "Write the name in letters.",
    "email": "Write the e-mail address whole, with the @ in it.",
    "phone": "Write the phone number whole, in digits.",
    "postcode": "Write a British postcode, like BL1 1RU.",
    "date_of_birth": "Write the day of birth as a whole date.",
}


@dataclass(frozen=True, kw_only=True)
class Match:
    """A case that limits the use of somebody's information. `reference` is empty for who may not see the case."""

    reference: str
    since: date
    matched: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Whether the use of a person's information is limited, since when, and by what that was found."""

    matches: tuple[Match, ...]

    @property
    def since(self) -> date | None:
        return min((match.since for match in self.matches), default=None)

    @property
    def words(self) -> str:
        """What staff must know and do; empty when nothing is limited."""
        return restriction.BANNER.format(since=long_date(self.since)) if self.since else ""


def with_flags(services: Services, before: Case, change: Change) -> Change:
    """The change as it is, or with the flags that belong to it when it begins or ends a limit."""
    case = change.case
    if before.restricted_since is None and case.restricted_since is not None:
        found = restriction.signs_of_subject(services.store.parties(case.reference))
        flags = tuple(_flag(services, sign) for sign in found)
        return replace(change, case=replace(case, flags=flags), flags=flags)
    if before.restricted_since is not None and case.restricted_since is None:
        return replace(change, flags=before.flags)
    return change


def query(services: Services, actor: Actor, asked: Mapping[str, str]) -> Answer:
    """Whether the use of this person's information is limited now. `asked`: name, email, phone, postcode,
    date_of_birth. Raises Invalid when that is too little to tell one person from another, or cannot be read.

    Each query is put on record before it is answered: who asked, when, by which kinds of terms, and what was found;
    never what was typed.
    """
    services.book.access.require(actor, "restriction.query")
    given = {name: text for name, text in asked.items() if text.strip()}
    signs = restriction.signs(given.get("name", ""), {name: text for name, text in given.items() if name != "name"})
    _check(given, signs)
    matches = _matches(services, actor, signs)
    now = services.clock.now()
    lookup = Lookup(
        at=now,
        by=actor.id,
        by_name=actor.name,
        what="restriction",
        asked=tuple(sorted({sign.term.kind for sign in signs})),
        found=tuple(match.reference for match in matches if match.reference),
        end=retention.short_end(services.book.retention, "search_log", now),
    )
    services.store.log_lookup(lookup, services.ids.token()[:16])
    return Answer(matches)


def _flag(services: Services, sign: Sign) -> Flag:
    return Flag(hash_of(services, sign.term, FLAGS), sign.term.kind, sign.alone)


def _check(given: Mapping[str, str], signs: Sequence[Sign]) -> None:
    read = {sign.term.kind for sign in signs}
    kinds = {"name": NAME, "email": EMAIL, "phone": PHONE, "postcode": POSTCODE, "date_of_birth": BORN}
    unread = [name for name in given if name in kinds and kinds[name] not in read]
    if unread:
        raise Invalid(tuple(Problem(f"/{name}", "format", NOT_READ[name]) for name in unread))
    if not restriction.tells((sign.term.kind, sign.alone) for sign in signs):
        words = "Give an e-mail address, a phone number, or a name with a postcode or a date of birth."
        raise Invalid((Problem("", "required", words),))


def _matches(services: Services, actor: Actor, signs: Sequence[Sign]) -> tuple[Match, ...]:
    """The cases that limit the use of the information of this person. That the case says so too is checked: a flag
    alone is no proof."""
    hashed = {hash_of(services, sign.term, FLAGS): sign for sign in signs}
    rows = _flagged(services, hashed)
    days = {row.reference: row.since for row in rows}
    why = {reference: _shared(hashed, [row for row in rows if row.reference == reference]) for reference in days}
    cases = services.store.cases([reference for reference, kinds in why.items() if kinds])
    found = [
        Match(
            reference=case.reference if services.book.access.may_see(actor, case) else "",
            since=days[case.reference],
            matched=tuple(f"same {WORDS[kind]}" for kind in why[case.reference]),
        )
        for case in cases
        if case.restricted_since is not None
    ]
    return tuple(sorted(found, key=lambda match: (match.since, match.reference)))


def _flagged(services: Services, hashed: Mapping[str, Sign]) -> list[Flagged]:
    """Each flag under one of these hashes. What helps only beside the name is asked only when a name was found."""
    kinds = {hash_: sign.term.kind for hash_, sign in hashed.items()}
    rows = services.store.flagged([hash_ for hash_, kind in kinds.items() if kind in ASKED_FIRST])
    if any(row.flag.kind == NAME for row in rows):
        rows += services.store.flagged([hash_ for hash_, kind in kinds.items() if kind not in ASKED_FIRST])
    return list(rows)


def _shared(hashed: Mapping[str, Sign], flags: Sequence[Flagged]) -> tuple[str, ...]:
    """The kinds of terms that tell that this person is the one whom a case flagged; empty when they do not."""
    both = [row.flag for row in flags if row.flag.hash in hashed]
    if not restriction.tells((flag.kind, flag.alone and hashed[flag.hash].alone) for flag in both):
        return ()
    kinds = {flag.kind for flag in both}
    return tuple(kind for kind in WORDS if kind in kinds)


def flagging(services: Services, terms: Iterable[Term]) -> tuple[str, ...]:
    """The cases that have set a flag under a name or a contact of these."""
    hashes = dict.fromkeys(hash_of(services, term, FLAGS) for term in terms if term.kind in ASKED_FIRST)
    return tuple(dict.fromkeys(row.reference for row in services.store.flagged(tuple(hashes))))
