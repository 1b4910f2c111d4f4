"""When what we hold goes, and the sentence that says so (UK GDPR Art 5(1)(e), storage limitation).

Periods are policy (`policy/retention.json`); the arithmetic is the clock's `retention` regime: the last closure
governs, a reopened case has no end, months are clamped and nothing is rolled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from . import clock
from .language import mark, say, say_count
from .model import Case, End
from .policy import Book
from .words import long_date

LONDON = ZoneInfo("Europe/London")
UTC = ZoneInfo("UTC")
PERIODS = {
    "years": (mark("{count} year"), mark("{count} years")),
    "months": (mark("{count} month"), mark("{count} months")),
    "days": (mark("{count} day"), mark("{count} days")),
}


@dataclass(frozen=True)
class Disposal:
    """The day (London) on which a closed case goes, the rule's id and version, and the rule in words."""

    on: date
    rule: str
    because: str

    @property
    def end(self) -> End:
        return End(at=midnight(self.on))


def midnight(day: date) -> datetime:
    """The instant (UTC) at which a London day begins."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def class_of(book: Book, case: Case) -> str:
    """The class of the schedule that a case belongs to: what a person chose for it, or else what its kind and the way
    it ended say."""
    row = book.kind(case.kind)
    class_: str = case.retention_class or row.get("retention_for", {}).get(case.outcome, row["retention"])
    return class_


def of_case(
    rules: clock.Rules,
    policy: Mapping[str, Any],
    retention_class: str,
    closed_at: datetime,
    released_on: date | None = None,
) -> Disposal:
    """The disposal of a case that closed at `closed_at` (UTC) and whose last hold, if it had one, ended on
    `released_on` (London): the later of the two governs. Raises KeyError for a class the policy lacks."""
    row = policy["classes"][retention_class]
    closed_on = clock.london_date(closed_at)
    held: tuple[clock.Happening, ...] = ()
    if released_on is not None and released_on >= closed_on:
        held = (clock.Happening("hold_placed", closed_on), clock.Happening("hold_released", released_on))
    result = clock.compute(rules, "retention", closed_on, held, row["period"], today=closed_on)
    due = result.date("dispose_from")
    if due is None or due.date is None:
        raise ValueError("a closed case has a disposal date")
    return Disposal(on=due.date, rule=f"{retention_class}@{policy['version']}", because=_because(row))


def short_end(policy: Mapping[str, Any], retention_class: str, now: datetime) -> End:
    """The end of a short-lived item (draft, session, key …) made or used at `now` (UTC)."""
    return End(at=now + timedelta(**policy["classes"][retention_class]["period"]))


def reason(policy: Mapping[str, Any], case: Case) -> str:
    """Why it is kept that long: as the schedule says it now, while its version is the one that the case goes by."""
    class_, _, version = case.retention_rule.partition("@")
    row = policy["classes"].get(class_)
    if row is None or version != policy["version"] or "retention_because" not in case.facts:
        return str(case.facts.get("retention_because", ""))
    return _because(row)


def sentence(case: Case, because: str) -> str:
    """When this case goes and by which rule, or why it has no such day yet. For residents and staff alike."""
    if case.review_at is not None:
        on = case.review_at.astimezone(LONDON).date()
        return f"{say('Somebody looks at this on {day}, before it is deleted.', day=long_date(on))} {because}"
    if case.end.at is None:
        why = say("We keep this while {because}.", because=say(case.end.because))
        if case.is_open:
            return f"{why} {say('The day it will be deleted is set when it closes.')}"
        return f"{why} {say('The day it will be deleted is set when that ends.')}"
    on = case.end.at.astimezone(LONDON).date()
    return f"{say('We will delete this on {day}.', day=long_date(on))} {because}".strip()


def _because(row: Mapping[str, Any]) -> str:
    ((unit, count),) = row["period"].items()
    return str(row["words"]).replace("$period", say_count(*PERIODS[unit], count))
