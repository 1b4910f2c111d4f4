"""The clock for files and for people: every legal date with its working.

    python -m tools.clock --vectors FILE
    python -m tools.clock --regime lgsco-stage1 --received 2026-11-23 --event acknowledged=2026-11-25
    python -m tools.clock --regime ukgdpr-rights --right access --received 2027-06-01 \\
        --event clarification_requested=2027-06-08 --event clarification_received=2027-06-15

A file is a JSON list of objects with `id`, `regime`, `received`, `events`, `context`; the answer is a JSON list of
objects with `id`, the keys of the regime and `explanation`. A wrong entry answers with `error`; the others are still
answered, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from chalicelib.adapters.policies import PolicyFiles
from chalicelib.adapters.schemas import SchemaFiles
from chalicelib.domain.clock import Clock, ClockError, Happening, Rules, compute
from chalicelib.domain.policy import Book

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def answer(rules: Rules, entry: Any) -> dict[str, Any]:
    """The dates of one entry, or its `error`, which names the field and the rule."""
    identity = entry.get("id") if isinstance(entry, dict) else None
    try:
        clock = compute(rules, *read(entry))
    except Malformed as error:
        return {"id": identity, "error": str(error)}
    except ClockError as error:
        return {"id": identity, "error": f"{error.rule}: {error}"}
    return {"id": identity, **clock.answers, "explanation": list(clock.explanation)}


class Malformed(Exception):
    """An entry that has not the form of one: `where` is the place in it, `reason` what to change."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason


def read(entry: Any) -> tuple[str, date | datetime, list[Happening], Mapping[str, Any]]:
    """What `compute` takes, from an entry of a file. Raises Malformed."""
    if not isinstance(entry, dict):
        raise Malformed("entry", "each entry must be an object")
    regime, events, context = entry.get("regime"), entry.get("events", []), entry.get("context") or {}
    if not isinstance(regime, str):
        raise Malformed("regime", "give the name of the rules")
    if not isinstance(events, list):
        raise Malformed("events", "give a list")
    if not isinstance(context, dict):
        raise Malformed("context", "give an object")
    received = _moment(entry.get("received"), "received")
    return regime, received, [_event(number, event) for number, event in enumerate(events)], context


def _event(number: int, event: Any) -> Happening:
    where = f"events/{number}"
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise Malformed(where, "give an object with type and at")
    at = _moment(event.get("at"), f"{where}/at")
    if isinstance(at, datetime):
        raise Malformed(f"{where}/at", "give a date without a time")
    details = {name: value for name, value in event.items() if name not in ("type", "at")}
    for name in ("sufficient", "scope"):
        if name in details and not isinstance(details[name], bool):
            raise Malformed(f"{where}/{name}", "give true or false")
    return Happening(event["type"], at, details)


def _moment(value: Any, where: str) -> date | datetime:
    """A civil date, or an instant with its zone."""
    if not isinstance(value, str):
        raise Malformed(where, "give a date like 2026-11-23")
    try:
        if DAY.fullmatch(value):
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Malformed(where, "there is no such date") from None
    if moment.tzinfo is None:
        raise Malformed(where, "give the time zone of the instant, for example Z at its end")
    return moment


def _show(clock: Clock) -> None:
    """One line a date, then its working."""
    for legal in clock.dates:
        print(f"{legal.name}: {legal.date.isoformat() if legal.date else '-'} ({legal.status})")
        for sentence in legal.explanation:
            print(f"  {sentence}")
        print(f"  Rule {legal.rule}. {legal.source}. {legal.calendar}".rstrip())


def _file(rules: Rules, path: str) -> int:
    try:
        entries = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"{path}: cannot be read as JSON ({type(error).__name__})", file=sys.stderr)
        return 2
    if not isinstance(entries, list):
        print(f"{path}: the file must hold a JSON list", file=sys.stderr)
        return 2
    answers = [answer(rules, entry) for entry in entries]
    print(json.dumps(answers, indent=1, ensure_ascii=False))
    return int(any("error" in row for row in answers))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="tools.clock"
    )
    parser.add_argument("--vectors", metavar="FILE")
    parser.add_argument("--regime")
    parser.add_argument("--received", help="a date, or an instant with its zone")
    parser.add_argument("--event", action="append", default=[], metavar="TYPE=DATE")
    parser.add_argument("--right", help="for ukgdpr-rights: access, erasure, …")
    parser.add_argument("--years", type=int, help="for retention")
    options = parser.parse_args(arguments)
    rules = Book(PolicyFiles(SchemaFiles()).read).rules
    if options.vectors:
        return _file(rules, options.vectors)
    if not options.regime or not options.received:
        parser.error("give --vectors FILE, or --regime and --received")
    events = [dict(zip(("type", "at"), event.split("=", 1), strict=False)) for event in options.event]
    context = {name: value for name, value in (("right", options.right), ("years", options.years)) if value is not None}
    entry = {"regime": options.regime, "received": options.received, "events": events, "context": context}
    try:
        _show(compute(rules, *read(entry), today=None))
    except (ClockError, Malformed) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
