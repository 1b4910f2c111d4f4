"""Beside a case: other cases that may be of the same person, and what limits the use of their information. Both stand
on every page of the case, and cost one reading of the other cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..domain import alike
from ..domain.model import Actor, Alike, Case, CaseFile
from ..domain.people import WORDS
from ..domain.ports import Services
from .restrictions import Answer, Match

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


@dataclass(frozen=True)
class Around:
    hints: tuple[Hint, ...]
    limits: Answer


def around(services: Services, actor: Actor, file: CaseFile) -> Around:
    """What stands beside the case for this person, as the other cases are at this moment."""
    rows = {row.other: row for row in file.alikes if alike.reasons(row) or row.limited_by}
    others = {case.reference: case for case in services.store.cases(tuple(rows))}
    return Around(_hints(services, actor, file.case, rows, others), _limits(services, actor, file.case, rows, others))


def _hints(
    services: Services, actor: Actor, case: Case, rows: Mapping[str, Alike], others: Mapping[str, Case]
) -> tuple[Hint, ...]:
    """Other cases, open or closed, the likeliest first and then the newest. Only those that this person may see; not
    those that are linked, for these are known."""
    found = [
        (rows[reference], other)
        for reference, other in others.items()
        if reference not in case.links and alike.reasons(rows[reference]) and services.book.access.may_see(actor, other)
    ]
    found.sort(key=lambda row: (-alike.weight(row[0]), -row[1].received_on.toordinal(), row[1].reference))
    return tuple(_hint(services, other, alike.reasons(row)) for row, other in found[:MOST_HINTS])


def _limits(
    services: Services, actor: Actor, case: Case, rows: Mapping[str, Alike], others: Mapping[str, Case]
) -> Answer:
    """What limits the use of the information of the people of the case: this case, or another."""
    found = []
    for reference, other in others.items():
        kinds = rows[reference].limited_by
        if kinds and other.restricted_since is not None:
            shown = reference if services.book.access.may_see(actor, other) else ""
            matched = tuple(f"same {WORDS[kind]}" for kind in kinds)
            found.append((reference, Match(reference=shown, since=other.restricted_since, matched=matched)))
    found.sort(key=lambda row: (row[1].since, row[0]))
    own: tuple[Match, ...] = ()
    if case.restricted_since is not None:
        own = (Match(reference=case.reference, since=case.restricted_since, matched=("this case",)),)
    return Answer((*own, *(match for _, match in found)))


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
