"""The stages of a complaint as the law counts them: under which rules, from which day, and what may come after.

`rounds` of a kind in `policy/kinds.json` lists, for each procedure that triage may choose, its rounds in order. Each
has its own set of dates; the one before is kept as it was, so that its dates can be shown again. Nothing that is over
moves a date of what runs now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from string import Template
from typing import Any

from . import clock, holds, messages
from .dates import dates_of
from .errors import Invalid, Problem, Stale
from .model import RESIDENT, Actor, Case, Change, Party, Round
from .policy import Book
from .record import Record
from .words import long_date

OF_AN_ANSWER = frozenset({"retention_because", "finding", "findings", "answer", "remedy", "learning", "outcome_words"})
"""Facts of the answer that is looked at again. The timeline and the letter keep them."""


def procedure(book: Book, case: Case) -> Mapping[str, Any] | None:
    """The row of the procedure that somebody chose for this case, or None."""
    rows = book.kind(case.kind).get("rounds")
    found: Mapping[str, Any] | None = rows["procedures"].get(case.facts.get(rows["chosen_by"], "")) if rows else None
    return found


def current(book: Book, case: Case) -> Mapping[str, Any]:
    """The row of the round that runs, or ran last; empty for a case that has none."""
    chosen = procedure(book, case)
    found: Mapping[str, Any] = chosen["rounds"][case.asked_again] if chosen else {}
    return found


def next_round(book: Book, case: Case) -> Mapping[str, Any] | None:
    """What the person may ask for now that this case was answered: the next round of its procedure, or None."""
    chosen = procedure(book, case)
    if case.is_open or chosen is None or not was_answered(book, case):
        return None
    later = chosen["rounds"][case.asked_again + 1 :]
    found: Mapping[str, Any] | None = later[0] if later else None
    return found


def was_answered(book: Book, case: Case) -> bool:
    """Whether it ended with an answer after which there is a next round, or an ombudsman."""
    rows = book.kind(case.kind).get("rounds")
    return rows is not None and case.outcome in rows["after"]


def last_day(book: Book, row: Mapping[str, Any], answered_on: date) -> date:
    """The London day until which the person should ask for the round `row` after an answer of that day. Who asks later
    is heard too: a person decides (LGSCO Complaint Handling Code 5.7; SI 2006/1738 reg 18)."""
    within = row["within"]
    return book.rules.calendars[within["calendar"]].add(answered_on, within["working_days"])


def what_next(book: Book, case: Case, answered_on: date) -> str:
    """What the person can do after an answer of that day, and by when: the next round, or the Ombudsman. Empty for a
    case without rounds."""
    chosen = procedure(book, case)
    if chosen is None:
        return ""
    later = chosen["rounds"][case.asked_again + 1 :]
    if later:
        how = f"Use the button on the page of your complaint, or call us on {book.council['phone']}."
        return f"{later[0]['ask']['words']} {how} Please ask by {long_date(last_day(book, later[0], answered_on))}."
    ombudsman = book.council["ombudsman"]
    told = {"ombudsman": ombudsman["name"], "ombudsman_phone": ombudsman["phone"]}
    return Template(chosen["at_end"]).substitute(told, ombudsman_website=ombudsman["website"])


def choose(record: Record, name: str) -> None:
    """Somebody says which procedure applies. All dates are computed under its rules from the true receipt, whatever was
    chosen before: to choose again wins no time (law.md 3.12)."""
    chosen = record.book.kind(record.case.kind)["rounds"]["procedures"][name]["rounds"][0]
    if chosen["regime"] != record.case.regime:
        record.put(regime=chosen["regime"], alerts_raised=())
    record.put(round_title=chosen["title"])
    record.arm()


def begin(record: Record, row: Mapping[str, Any], on: date, outcome: str = "") -> list[dict[str, str]]:
    """From `on` (London) the case counts under the rules of `row`; what ran until now is kept as it was. Returns the
    dates that there are now."""
    case = record.case
    over = Round(
        title=case.round_title,
        regime=case.regime,
        began_on=case.counts_from,
        ended_on=clock.london_date(record.now),
        happenings=case.happenings,
        outcome=outcome,
    )
    record.put(
        rounds=(*case.rounds, over),
        regime=row["regime"],
        round_title=row["title"],
        counts_from=on,
        happenings=(),
        alerts_raised=(),
        told={},
    )
    record.arm()
    return record.tell_dates()


def begin_on(record: Record, row: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, str]]:
    """A decision says that another part has begun (`begins` of its outcome): the panel met, its report came."""
    return begin(record, row, _day(record, row["from"], data))


def count_from(record: Record, pointer: str, data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Another day on which this round may be said to have begun: the earlier of the two governs. For stage 2 of a
    Children Act complaint some count from the agreed statement; the Ombudsman sees delay in agreeing it as fault."""
    on = _day(record, pointer, data)
    if record.case.counts_from is None or on >= record.case.counts_from:
        return []
    record.put(counts_from=on)
    record.arm()
    return record.tell_dates()


def _day(record: Record, pointer: str, data: Mapping[str, Any]) -> date:
    name = pointer.lstrip("/")
    on = date.fromisoformat(data[name])
    if not record.case.received_on <= on <= clock.london_date(record.now):
        raise Invalid((Problem(f"/data/{name}", "range", "Give a day from the day it came in until today."),))
    return on


def ask_again(
    book: Book,
    case: Case,
    requester: Party | None,
    asked_at: datetime,
    now: datetime,
    *,
    actor: Actor | None = None,
    reason: str = "",
    channel: str = "web",
) -> Change:
    """The person asks for the next round, without having to say why (LGSCO Complaint Handling Code). It is a new part
    of the same case, counted from `asked_at` (UTC). Who asks late is heard, and a person decides. Those who took part
    before may not decide in it.

    Raises Stale when there is nothing more to ask for here: the case is open again, or this was the last round.
    """
    row = next_round(book, case)
    if row is None:
        raise Stale("This cannot be asked for here now. Call us if something is not right.")
    on = clock.london_date(asked_at)
    if not clock.london_date(case.closed_at or now) <= on <= clock.london_date(now):
        raise Invalid((Problem("/asked_on", "range", "Give a day from the day of our answer until today."),))
    late = on > last_day(book, row, clock.london_date(case.closed_at or now))
    record = Record(book, case, now, actor=actor)
    holds.opened_again(
        record,
        row["begins_at"],
        asked_again=case.asked_again + 1,
        took_part={**case.took_part, "before": tuple(sorted(who_took_part(case)))},
        needs_attention="asked_late" if late else "",
    )
    record.put(facts={name: value for name, value in case.facts.items() if name not in OF_AN_ANSWER})
    record.keep(asked_on=on.isoformat())
    moved = begin(record, row, on, case.outcome)
    told: tuple[int, ...] = ()
    if requester is not None and messages.can_reach(requester.details):
        told = (record.tell(row["received_message"], requester),)
    record.happened(
        "asked_again",
        by="" if actor else RESIDENT,
        reason=reason,
        messages=told,
        clock_revision=record.case.clock_revision,
        data={"round": row["title"], "late": late, "channel": channel, "moved": moved},
    )
    return record.change()


def check_order(book: Book, case: Case, now: datetime) -> None:
    """Raises ClockError when a part of the case would have begun, or something in it happened, before the receipt."""
    for part in case.rounds:
        dates_of(book, of_round(case, part), now)
    if any(begun is not None and begun < case.received_on for begun in (case.counts_from, *_begun(case))):
        raise clock.ClockError("order", "Something is said to have happened before the receipt.")


def _begun(case: Case) -> tuple[date | None, ...]:
    return tuple(part.began_on for part in case.rounds)


def who_took_part(case: Case) -> frozenset[str]:
    """Everybody who decided something in this case until now."""
    return frozenset(who for some in case.took_part.values() for who in some)


def of_round(case: Case, part: Round) -> Case:
    """The case as it was counted in a part that is over, so that its dates can be computed again."""
    return replace(
        case,
        regime=part.regime,
        counts_from=part.began_on,
        happenings=part.happenings,
        status="closed",
        rounds=(),
    )
