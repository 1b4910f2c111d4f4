"""Loads a newer list of bank holidays, as GOV.UK publishes it, into `policy/bank_holidays.json`.

    python -m tools.calendar FILE                               says what would change
    python -m tools.calendar FILE --write --version 2027-02-01  writes it

FILE is the JSON of https://www.gov.uk/bank-holidays.json. Days before its first one are kept, and a day that was known
keeps its title. The calendars are then known until `--until`, or until the end of the last year in which the list has a
Christmas Day everywhere. A list that takes away a day of the past, or years, is refused without `--force`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib.adapters.json_lines import line_of
from chalicelib.adapters.policies import PolicyFiles, no_twins
from chalicelib.adapters.schemas import SchemaFiles
from chalicelib.domain.clock import PolicyError, load
from chalicelib.domain.errors import PolicyFault

ROOT = Path(__file__).resolve().parent.parent
HOME = "england-and-wales"
PLACES = {HOME: "England and Wales", "scotland": "Scotland", "northern-ireland": "Northern Ireland"}
# From which parts of the list each calendar of the policy is made.
CALENDARS = {HOME: (HOME,), "any-uk": tuple(PLACES)}
NEXT = """Then run `make docs`, whose pages name the version, and `make lint`.
The next deployment recomputes every open case, and writes on the timeline of each whose dates moved."""

Published = Mapping[str, Mapping[date, str]]
Fault = Callable[[str, str], PolicyFault]


@dataclass(frozen=True)
class Change:
    """What becomes of one calendar: the days that come and go, with their titles, and until when it is known."""

    calendar: str
    added: Mapping[date, str]
    removed: Mapping[date, str]
    before: date
    after: date


def published(text: str, file: str) -> Published:
    """Title by day for each part of the list, from its JSON text.

    Raises PolicyFault with `file`, line, pointer and reason when it is not such a list.
    """

    def fault(pointer: str, reason: str) -> PolicyFault:
        return PolicyFault(file, line_of(text, pointer), pointer, reason)

    try:
        document = json.loads(text, object_pairs_hook=no_twins)
    except json.JSONDecodeError as error:
        raise PolicyFault(file, error.lineno, "", f"this is not JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "this is nested too deeply"
        raise PolicyFault(file, 0, "", reason) from None
    if not isinstance(document, dict):
        raise fault("", "this must be an object with a list for each part of the United Kingdom")
    found: dict[str, dict[date, str]] = {}
    for part in PLACES:
        if part not in document:
            raise fault("", f"the part {part} is missing")
        found[part] = {}
        for number, event in enumerate(_events(document[part], part, fault)):
            day, title = _holiday(event, f"/{part}/events/{number}", fault)
            if day in found[part]:
                raise fault(f"/{part}/events/{number}/date", "this day stands twice in the list")
            found[part][day] = title
    return found


def _events(row: Any, part: str, fault: Fault) -> list[Any]:
    if not isinstance(row, dict):
        raise fault(f"/{part}", "this must be an object with division and events")
    if row.get("division", part) != part:
        raise fault(f"/{part}/division", "this is the list of another part of the United Kingdom")
    events = row.get("events")
    if not isinstance(events, list) or not events:
        raise fault(f"/{part}/events", "give a list of bank holidays, one or more")
    return events


def _holiday(event: Any, pointer: str, fault: Fault) -> tuple[date, str]:
    if not isinstance(event, dict):
        raise fault(pointer, "this must be an object with title and date")
    title, written, notes = event.get("title"), event.get("date"), event.get("notes", "")
    if not isinstance(title, str) or not title.strip() or not title.isprintable():
        raise fault(f"{pointer}/title", "give the name of the bank holiday")
    if not isinstance(notes, str):
        raise fault(f"{pointer}/notes", "this must be text")
    try:
        day = date.fromisoformat(written if isinstance(written, str) else "")
    except ValueError:
        day = None
    if day is None or day.isoformat() != written:
        raise fault(f"{pointer}/date", "give a date that there is, like 2027-12-27")
    name = title.strip().replace("’", "'")
    return day, f"bank holiday for {name}" if notes.strip().lower() == "substitute day" else name


def known_until(parts: Published) -> date | None:
    """The end of the last year in which the list has a Christmas Day for every part; None without such a year."""
    years = set.intersection(*({day.year for day in days if _christmas(day, days[day])} for days in parts.values()))
    return date(max(years), 12, 31) if years else None


def _christmas(day: date, title: str) -> bool:
    return day.month == 12 and "Christmas Day" in title


def gap(days: Mapping[date, str], begins: date, until: date) -> str:
    """What one part of a list lacks to be complete from one day until another, in words; empty when nothing."""
    for year in range(begins.year, until.year + 1):
        of_year = [day for day in days if day.year == year]
        if not of_year:
            return f"there is no day of {year}"
        if until >= date(year, 12, 28) and not any(_christmas(day, days[day]) for day in of_year):
            return f"there is no Christmas Day of {year}"
    return ""


def _month(day: date) -> int:
    return day.year * 12 + day.month


def merged(current: Mapping[str, Any], parts: Published, until: date, version: str) -> dict[str, Any]:
    """The policy with the new list in it, known until that day and under that version; `current` stays as it is.

    A calendar that is made of no part of the list stays as it is.
    """
    begins = min(min(days) for days in parts.values())
    calendars = {}
    for name, row in current["calendars"].items():
        if name not in CALENDARS:
            calendars[name] = row
            continue
        old = days_of(row)
        first = max(begins, date.fromisoformat(row["complete_from"]))
        titles = {day: title for day, title in _titles(parts, CALENDARS[name]).items() if first <= day <= until}
        days = {day: title for day, title in old.items() if day < first and day <= until}
        days |= {day: old.get(day, title) for day, title in titles.items()}
        holidays = [{"date": day.isoformat(), "title": days[day]} for day in sorted(days)]
        calendars[name] = {**row, "complete_until": until.isoformat(), "holidays": holidays}
    return {**current, "version": version, "calendars": calendars}


def _titles(parts: Published, names: Sequence[str]) -> dict[date, str]:
    """Title by day of several parts together. A day that England and Wales do not have says whose it is."""
    found: dict[date, str] = {}
    for day in sorted(set().union(*(parts[name] for name in names))):
        if day in parts[HOME]:
            found[day] = parts[HOME][day]
            continue
        owners = [name for name in names if day in parts[name]]
        title = parts[owners[0]][day]
        kind = title if "bank holiday" in title.lower() else f"{title} bank holiday"
        found[day] = f"{kind} in {' and '.join(PLACES[name] for name in owners)}"
    return found


def days_of(row: Mapping[str, Any]) -> dict[date, str]:
    """Title by day of one calendar of the policy."""
    return {date.fromisoformat(entry["date"]): entry["title"] for entry in row["holidays"]}


def changes(current: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What is different in each calendar; a calendar in which nothing is has none."""
    found = []
    for name, row in current["calendars"].items():
        old, now = days_of(row), days_of(new["calendars"][name])
        change = Change(
            calendar=name,
            added={day: now[day] for day in now if day not in old},
            removed={day: old[day] for day in old if day not in now},
            before=date.fromisoformat(row["complete_until"]),
            after=date.fromisoformat(new["calendars"][name]["complete_until"]),
        )
        if change.added or change.removed or change.before != change.after:
            found.append(change)
    return found


def doubts(found: Sequence[Change], today: date) -> list[str]:
    """What makes one think that the list is a wrong one, in words: a day of the past that goes, years that go."""
    said = []
    for change in found:
        past = [f"{day.isoformat()} ({title})" for day, title in change.removed.items() if day < today]
        if past:
            said.append(f"{change.calendar}: days of the past are taken away: {', '.join(past)}")
        if change.after < change.before:
            said.append(f"{change.calendar}: known until {change.before} now, and only until {change.after} after this")
    return said


def as_text(document: Mapping[str, Any]) -> str:
    """The policy file as it is kept: one line for each holiday, so that a change of one is a change of one line."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return re.sub(r'\{\n +("date": .*)\n +("title": .*)\n +\}', r"{\1 \2}", text) + "\n"


def planned(text: str, file: str, files: PolicyFiles, until: date | None, version: str) -> dict[str, Any]:
    """The new policy from the text of a list, tried as the service reads it. Raises PolicyFault when it cannot be."""

    def fault(pointer: str, reason: str) -> PolicyFault:
        return PolicyFault(file, line_of(text, pointer), pointer, reason)

    current = files.read("bank_holidays")
    parts = published(text, file)
    until = until or known_until(parts)
    if until is None:
        raise fault("", "there is no year with a Christmas Day for every part of the United Kingdom")
    begins = min(min(days) for days in parts.values())
    for part, days in parts.items():
        missing = gap(days, begins, until)
        if missing:
            raise fault(f"/{part}/events", f"{missing}, so the list is not complete until {until}")
    for row in (current["calendars"][name] for name in CALENDARS if name in current["calendars"]):
        if _month(begins) > _month(date.fromisoformat(row["complete_until"])) + 1:
            reason = f"the list begins on {begins}, and ours ends on {row['complete_until']}: give one without a gap"
            raise fault("", reason)
    new = merged(current, parts, until, version)
    for problem in SchemaFiles().errors("policy/bank_holidays", new):
        raise fault("", f"it would break the policy at {problem.pointer}: {problem.message}")
    try:
        load(files.read("deadlines"), new, files.read("council")["closures"])
    except PolicyError as error:
        raise fault("", f"it would break the policy at {error}") from None
    return new


def _until(document: Mapping[str, Any]) -> str:
    return " and ".join(sorted({row["complete_until"] for row in document["calendars"].values()}))


def _say(found: Sequence[Change]) -> None:
    for change in found:
        after = f", from now until {change.after}" if change.after != change.before else ""
        print(f"{change.calendar}: known until {change.before}{after}")
        rows = [(day, "+", title) for day, title in change.added.items()]
        rows += [(day, "-", title) for day, title in change.removed.items()]
        for day, sign, title in sorted(rows):
            print(f"  {sign} {day.isoformat()} {title}")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT / "policy") -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="tools.calendar"
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the list is complete until then"
    )
    parser.add_argument("--write", action="store_true", help="write it, and do not only say what would change")
    parser.add_argument("--version", type=date.fromisoformat, metavar="YYYY-MM-DD", help="today, needed to write")
    parser.add_argument("--force", action="store_true", help="write it though days of the past or years go")
    options = parser.parse_args(arguments)
    if options.write and options.version is None:
        parser.error("--write needs --version with today's date")
    files = PolicyFiles(SchemaFiles(), root)
    try:
        current = files.read("bank_holidays")
        version = options.version.isoformat() if options.version else current["version"]
        new = planned(_text(options.file), options.file, files, options.until, version)
    except PolicyFault as fault:
        print(fault, file=sys.stderr)
        return 1
    found = changes(current, new)
    if not found:
        print(f"Nothing changes: the policy has what this list knows until {_until(new)}.")
        return 0
    _say(found)
    warnings = doubts(found, options.version or date.today())
    for words in warnings:
        print(f"WARNING: {words}", file=sys.stderr)
    if not options.write:
        print(f"Nothing was written. Add --write --version YYYY-MM-DD (today) to write it. {NEXT}")
        return 0
    if warnings and not options.force:
        print("Nothing was written. Look at the list again; --force writes it all the same.", file=sys.stderr)
        return 1
    if version <= current["version"]:
        print(f"Nothing was written: --version must be later than {current['version']}.", file=sys.stderr)
        return 1
    (root / "bank_holidays.json").write_text(as_text(new), encoding="utf-8")
    print(f"Written as version {version}. {NEXT}")
    return 0


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PolicyFault(file, 0, "", "the file is missing, or cannot be read as UTF-8 text") from None


if __name__ == "__main__":
    sys.exit(main())
