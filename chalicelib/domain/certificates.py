"""Certificates of disposal: the proof that everything of a case is gone, with nobody in it.

Each holds the seal of the one before, so that a certificate that was changed, left out or put in is found by whoever
reads the chain: no secret is needed for that. `subject` is a keyed hash of the case's reference, so that only the
service can tell which case it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from .clock import london_date
from .model import Case, Remains
from .policy import Book

FIRST = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """`by` says what removed the record: the service on its day, DynamoDB's TTL, or somebody from outside."""

    number: int
    subject: str
    remains: Remains
    disposed_at: datetime
    by: str
    previous: str
    seal: str = ""

    @property
    def content(self) -> dict[str, Any]:
        """All of it but its seal, as plain words and numbers."""
        what = self.remains
        return {
            "number": self.number,
            "subject": self.subject,
            "kind": what.kind,
            "rule": what.rule,
            "action": what.action,
            "counts": dict(sorted(what.counts.items())),
            "closed_on": _day(what.closed_on),
            "due_on": _day(what.due_on),
            "approved_by": list(what.approved_by),
            "disposed_at": self.disposed_at.isoformat(),
            "by": self.by,
            "previous": self.previous,
        }


def issue(last: Certificate | None, subject: str, remains: Remains, by: str, now: datetime) -> Certificate:
    """The next certificate of the chain, sealed. `now` is an aware UTC instant."""
    made = Certificate(
        number=last.number + 1 if last else 1,
        subject=subject,
        remains=remains,
        disposed_at=now,
        by=by,
        previous=last.seal if last else FIRST,
    )
    return replace(made, seal=seal_of(made))


def seal_of(certificate: Certificate) -> str:
    """SHA-256 of the content, in hexadecimal."""
    text = json.dumps(certificate.content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def faults(chain: Iterable[Certificate], first: int = 1, previous: str = FIRST) -> list[str]:
    """What is wrong with a chain that is read in order, in words; empty when it is whole. A chain whose beginning is
    elsewhere is checked from certificate `first` on, after the one whose seal is `previous`."""
    found, expected, before = [], first, previous
    for one in chain:
        if one.number != expected:
            found.append(f"Certificate {expected} is missing: {one.number} comes in its place.")
        elif one.previous != before:
            found.append(f"Certificate {one.number} does not follow the one before it.")
        if seal_of(one) != one.seal:
            found.append(f"Certificate {one.number} was altered.")
        expected, before = one.number + 1, one.seal
    return found


def read(body: Mapping[str, Any]) -> Certificate:
    """A certificate from its content and seal, as a copy of it has them."""
    remains = Remains(
        kind=body["kind"],
        rule=body["rule"],
        action=body["action"],
        counts=body["counts"],
        closed_on=date.fromisoformat(body["closed_on"]) if body["closed_on"] else None,
        due_on=date.fromisoformat(body["due_on"]) if body["due_on"] else None,
        approved_by=tuple(body["approved_by"]),
    )
    return Certificate(
        number=body["number"],
        subject=body["subject"],
        remains=remains,
        disposed_at=datetime.fromisoformat(body["disposed_at"]),
        by=body["by"],
        previous=body["previous"],
        seal=body["seal"],
    )


def remains_of(book: Book, case: Case) -> Remains:
    """What is said of a case when it is gone: from the record of the case alone, so that it is the same whatever of the
    rest has gone before."""
    class_ = case.retention_rule.partition("@")[0]
    row = book.retention["classes"].get(class_, {})
    return Remains(
        kind=case.kind,
        rule=case.retention_rule,
        action="anonymise" if row.get("action") == "anonymise" else "delete",
        counts={
            "events": case.events,
            "tasks": case.step + case.besides,
            "messages": case.messages,
            "files": len(case.documents),
        },
        closed_on=london_date(case.closed_at) if case.closed_at else None,
        due_on=london_date(case.end.at) if case.end.at else None,
        approved_by=case.cleared_by,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
