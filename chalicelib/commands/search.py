"""Finding a person's cases by what they are known by, through keyed hashes: no index holds a readable name. Each search
is put on record before it is answered: who, when, by which kinds of terms, and what was found; never what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..domain import people, retention
from ..domain.errors import Invalid, Problem
from ..domain.model import Actor, Case, Lookup
from ..domain.people import BORN, EMAIL, HOME, NAME, PART, PHONE, POSTCODE, WORDS, Term
from ..domain.ports import Services
from .people import cases_of

MOST = 50
WEIGHT = {NAME: 4, EMAIL: 4, PHONE: 4, HOME: 4, BORN: 3, POSTCODE: 2, PART: 1}
FIELDS = {"email": EMAIL, "phone": PHONE, "address": POSTCODE, "postcode": POSTCODE, "date_of_birth": BORN}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A case that may be of the person, and why."""

    reference: str
    title: str
    stage: str
    status: str
    received_on: date
    reasons: tuple[str, ...]


def search(services: Services, actor: Actor, asked: Mapping[str, Any]) -> tuple[Found, ...]:
    """The cases of people who are known by these terms, the best match first: name (in any order), email, phone,
    address, postcode, date_of_birth. A part of the name, or the postcode of an address, is looked for when nothing else
    finds anything; parts also when `parts` says so. Only those that this person may see. Raises NotAllowed, or Invalid
    for what cannot be read."""
    services.book.access.require(actor, "search.use")
    wider = bool(asked.get("parts"))
    given = {name: str(text) for name, text in asked.items() if name != "parts" and str(text).strip()}
    terms = _terms(given)
    loose = {PART} if "postcode" in given else {PART, POSTCODE}
    whole = [term for term in terms if term.kind not in loose]
    hits = {} if wider else cases_of(services, whole)
    if not hits:
        hits = cases_of(services, terms if wider else [term for term in terms if term.kind in loose])
    found = [(case, why) for case, why in hits.values() if services.book.access.may_see(actor, case)]
    found.sort(key=lambda row: (-sum(WEIGHT[term.kind] for term in row[1]), -row[0].received_on.toordinal()))
    rows = tuple(_row(services, case, why) for case, why in found[:MOST])
    _log(services, actor, terms, tuple(row.reference for row in rows))
    return rows


def _terms(given: Mapping[str, str]) -> tuple[Term, ...]:
    details = {name: text for name, text in given.items() if name in FIELDS}
    terms = people.terms(given.get("name", ""), details)
    read = {term.kind for term in terms}
    unread = [name for name, kind in FIELDS.items() if name in details and kind not in read]
    if unread:
        words = "We cannot read this. Write it whole."
        raise Invalid(tuple(Problem(f"/{name}", "format", words) for name in unread))
    if not terms:
        raise Invalid((Problem("", "required", "Give a name, an address or a number to look for."),))
    return terms


def _row(services: Services, case: Case, why: frozenset[Term]) -> Found:
    kind = services.book.kind(case.kind)
    kinds = {term.kind for term in why}
    told = {NAME: PART, HOME: POSTCODE}
    less = {told[one] for one in kinds if one in told}
    shown = [one for one in (NAME, EMAIL, PHONE, HOME, BORN, POSTCODE, PART) if one in kinds - less]
    return Found(
        reference=case.reference,
        title=kind["title"],
        stage=kind["stages"][case.stage]["staff"],
        status=case.status,
        received_on=case.received_on,
        reasons=tuple(f"same {WORDS[one]}" for one in shown),
    )


def _log(services: Services, actor: Actor, terms: tuple[Term, ...], found: tuple[str, ...]) -> None:
    now = services.clock.now()
    lookup = Lookup(
        at=now,
        by=actor.id,
        by_name=actor.name,
        what="search",
        asked=tuple(sorted({term.kind for term in terms})),
        found=found,
        end=retention.short_end(services.book.retention, "search_log", now),
    )
    services.store.log_lookup(lookup, services.ids.token()[:16])


def lookups(services: Services, actor: Actor, day: date) -> tuple[Lookup, ...]:
    """Who asked about people in a week that ends on this day, the newest first. Raises NotAllowed."""
    services.book.access.require(actor, "lookups.view")
    found = [one for back in range(7) for one in services.store.lookups(day - timedelta(days=back))]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))
