"""Writes `docs/clock/`: a page for each set of rules of `policy/deadlines.json`, with examples and their working.

`python -m tools.clock_docs` writes the pages, `--check` only says which are not what the policy gives (exit 1). No page
knows what day it is, so that it stays the same until the policy changes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from chalicelib.adapters.policies import PolicyFiles
from chalicelib.adapters.schemas import SchemaFiles
from chalicelib.domain.clock import Clock, ClockError, Happening, LegalDate, PolicyError, Rules, compute
from chalicelib.domain.clock.days import LONDON
from chalicelib.domain.clock.rules import Regime
from chalicelib.domain.clock.words import long
from chalicelib.domain.errors import PolicyFault
from chalicelib.domain.policy import Book

from . import clock, clock_words

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "clock"
INDEX = "README.md"
MADE = "Made by `make docs` from `policy/deadlines.json` and `policy/bank_holidays.json`. Change those, not this page."
EXAMPLES = "All are fictional. A date that is “running” is one that the example says nothing more of."
# What an event says besides its day, where true and false would say too little.
DETAILS = {("sufficient", False): "not enough", ("scope", False): "not about what is meant"}
# Where in an example the clock's own refusals point to.
PLACES = {"years": "context/years", "instant": "received", "zone": "received", "calendar": ""}


def pages(rules: Rules) -> dict[str, str]:
    """File name to the whole page, for each regime and the index. Raises PolicyError for an example with a fault."""
    found = {f"{name}.md": page(rules, name) for name in rules.regimes}
    return {INDEX: _index(rules), **found}


def page(rules: Rules, name: str) -> str:
    """The page of one regime in Markdown. Raises PolicyError for an example with a fault."""
    regime = rules.regimes[name]
    lines = [
        f"# {regime.row['title']}",
        "",
        f"`{name}`, version {regime.version}. [All sets of rules]({INDEX})",
        "",
        MADE,
    ]
    lines += ["", "## The law", "", f"{regime.row['source']}.", "", *_in_force(regime.row["in_force"])]
    lines += ["", "## What starts it, holds it and makes it longer", ""]
    lines += _bullets(clock_words.movements(regime))
    lines += ["", "## The dates", "", *_table(("date", "what is due", "how it is counted", "met by", "reminders"))]
    lines += [_row((f"`{date_name}`", *cells)) for date_name, *cells in clock_words.dates(regime)]
    lines += ["", "## Bank holidays", "", _calendar(regime), "", "## Reminders", "", *_reminders(regime.row)]
    for number, example in enumerate(regime.row.get("examples", ())):
        lines += ["", "## Examples", "", EXAMPLES] if number == 0 else []
        lines += [
            "",
            f"### {number + 1}. {example.get('title', 'Example')}",
            "",
            *_example(rules, name, number, example),
        ]
    return "\n".join(lines) + "\n"


def _index(rules: Rules) -> str:
    lines = [
        "# Every date that the clock knows",
        "",
        MADE,
        "",
        "Each page says which law sets the dates, what starts, holds and stretches them, and shows examples with their "
        "working. The examples are fictional. `python -m tools.clock` computes others, see `--help`.",
        "",
        *_table(("rules", "name", "law", "bank holidays")),
    ]
    for name, regime in rules.regimes.items():
        holidays = regime.calendar.label if regime.calendar is not None else "none"
        lines.append(_row((f"[{regime.row['title']}]({name}.md)", f"`{name}`", regime.row["source"], holidays)))
    return "\n".join(lines) + "\n"


def _in_force(force: Mapping[str, Any]) -> list[str]:
    begins = long(date.fromisoformat(force["from"]))
    before = "has no date by it" if force.get("tested") else "is counted in the same way"
    said = f"In force from {begins}; what came in before {before}."
    if "until" in force:
        return [
            f"{said} It ended on {long(date.fromisoformat(force['until']))}; what comes in later has no date by it."
        ]
    return [f"{said} No end is set."]


def _calendar(regime: Regime) -> str:
    calendar = regime.calendar
    if calendar is None:
        return "None are used: no date is moved off a weekend or a bank holiday."
    return (
        f"Those of {calendar.title}, version {calendar.version}, known from {long(calendar.first)} until "
        f"{long(calendar.last)}. A date that needs a later day is refused, not guessed."
    )


def _reminders(row: Mapping[str, Any]) -> list[str]:
    if not row["ladder"] and not row["waiting_ladder"]:
        return ["None."]
    lines = []
    if row["ladder"]:
        lines = ["As long as a date with reminders is not met, at 09:00 in London unless an hour is given:", ""]
        lines += _bullets(clock_words.reminders(row["ladder"]))
    if row["waiting_ladder"]:
        lines += [
            "",
            "While the clock stands and waits for somebody, at 09:00 in London. It never closes by itself:",
            "",
        ]
        lines += _bullets(clock_words.reminders(row["waiting_ladder"]))
    return lines


def _example(rules: Rules, name: str, number: int, example: Mapping[str, Any]) -> list[str]:
    received, happenings, found = _computed(rules, name, number, example)
    lines = ["What happened:", "", *_bullets(_happened(rules.regimes[name], received, happenings))]
    if example.get("context"):
        given = ", ".join(f"`{key}` {_value(value)}" for key, value in example["context"].items())
        lines.append(f"* Given besides: {given}.")
    lines += ["", "What follows:"]
    for legal in found.dates:
        lines += ["", _heading(legal), "", *_bullets(legal.explanation)]
    others = {key: value for key, value in found.answers.items() if found.date(key) is None}
    if others:
        told = ", ".join(f"`{key}` {_value(value)}" for key, value in others.items())
        lines += ["", f"Also: {told}."]
    return lines


def _computed(
    rules: Rules, name: str, number: int, example: Mapping[str, Any]
) -> tuple[date | datetime, Sequence[Happening], Clock]:
    pointer = f"/regimes/{name}/examples/{number}"
    try:
        _, received, happenings, context = clock.read({**example, "regime": name})
        return received, happenings, compute(rules, name, received, happenings, context, today=None)
    except clock.Malformed as error:
        raise PolicyError(f"{pointer}/{error.where}", error.reason) from None
    except ClockError as error:
        unknown = [
            index for index, one in enumerate(happenings) if one.type not in rules.regimes[name].row["happenings"]
        ]
        place = f"events/{unknown[0]}/type" if unknown else PLACES.get(error.rule, "events")
        raise PolicyError(f"{pointer}/{place}".rstrip("/"), error.message) from None


def _happened(regime: Regime, received: date | datetime, happenings: Sequence[Happening]) -> Iterator[str]:
    if isinstance(received, datetime):
        here, there = received.astimezone(LONDON), received.astimezone(UTC)
        yield f"{regime.words('received', day=here.date())} It was {here:%H:%M} in London, {there:%H:%M} UTC."
    else:
        yield regime.words("received", day=received)
    for happening in happenings:
        details = [DETAILS.get((name, value), f"`{name}` {_value(value)}") for name, value in happening.details.items()]
        more = f" ({', '.join(details)})" if details else ""
        yield f"{long(happening.at)}: {clock_words.plain(happening.type)}{more}."


def _heading(legal: LegalDate) -> str:
    if legal.date is None:
        when = "no date now"
    else:
        when = f"{legal.at.astimezone(LONDON):%H:%M} on {long(legal.date)}" if legal.at else long(legal.date)
    return f"**{legal.label}: {when}** (`{legal.name}`, {clock_words.plain(legal.status)})"


def _value(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: "none"}[value]
    return str(value)


def _bullets(texts: Sequence[str] | Iterator[str]) -> list[str]:
    return [f"* {text}" for text in texts]


def _table(titles: Sequence[str]) -> list[str]:
    return [_row(titles), "|" + "---|" * len(titles)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def differences(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """The names of the pages in a folder that are missing, not as wanted, or of no regime any more."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*there, *wanted} if there.get(name) != wanted.get(name))


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], prog="tools.clock_docs")
    parser.add_argument("--check", action="store_true", help="only say which pages are not up to date")
    options = parser.parse_args(arguments)
    files = PolicyFiles(SchemaFiles())
    try:
        wanted = pages(Book(files.read).rules)
    except PolicyFault as fault:
        print(fault, file=sys.stderr)
        return 1
    except PolicyError as error:
        print(files.fault(error), file=sys.stderr)
        return 1
    changed = differences(folder, wanted)
    for name in changed:
        if options.check:
            print(f"docs/clock/{name} is not what the policy gives: run `make docs`", file=sys.stderr)
        elif name in wanted:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return int(options.check and bool(changed))


if __name__ == "__main__":
    sys.exit(main())
