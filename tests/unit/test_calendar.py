"""A newer list of bank holidays is loaded whole or not at all, and what it would change is said first."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.policies import PolicyFiles
from chalicelib.domain.clock import compute
from chalicelib.domain.errors import PolicyFault
from chalicelib.domain.policy import Book
from tools import calendar

from ..support.aws import ROOT
from ..support.world import BOOK, SCHEMAS

HOLIDAYS = BOOK.file("bank_holidays")
Published = dict[str, Any]


def event(day: str, title: str, notes: str = "") -> dict[str, Any]:
    return {"title": title, "date": day, "notes": notes, "bunting": True}


def newer() -> Published:
    """A list in the form that GOV.UK publishes: what the policy knows from 2026 on, and 2029."""
    home = calendar.days_of(HOLIDAYS["calendars"]["england-and-wales"])
    everywhere = calendar.days_of(HOLIDAYS["calendars"]["any-uk"])
    found: Published = {}
    for part, place in calendar.PLACES.items():
        events = [
            event(day.isoformat(), title.removeprefix("bank holiday for "), "Substitute day" if "for" in title else "")
            for day, title in everywhere.items()
            if day.year >= 2026 and (day in home or place in title)
        ]
        events += [event("2029-01-01", "New Year’s Day"), event("2029-12-25", "Christmas Day")]
        found[part] = {"division": part, "events": events}
    found["scotland"]["events"].append(event("2029-01-02", "2nd January"))
    found["northern-ireland"]["events"].append(event("2029-07-12", "Battle of the Boyne (Orangemen’s Day)"))
    return found


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A copy of the policy that the tool may write to."""
    return Path(shutil.copytree(ROOT / "policy", tmp_path / "policy"))


@pytest.fixture
def run(policy: Path, tmp_path: Path) -> Callable[..., int]:
    """The tool on a list (a text or what is made JSON) with options; gives its exit status."""

    def run(published: Any, *options: str) -> int:
        file = tmp_path / "list.json"
        file.write_text(published if isinstance(published, str) else json.dumps(published, indent=2), encoding="utf-8")
        return calendar.main([str(file), *options], policy)

    return run


def written(policy: Path) -> dict[str, Any]:
    return json.loads((policy / "bank_holidays.json").read_text(encoding="utf-8"))


WRITE = ("--write", "--version", "2027-02-01")


def test_without_write_it_says_what_would_change_and_changes_nothing(
    run: Callable[..., int], policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(newer()) == 0
    said = capsys.readouterr().out
    assert "england-and-wales: known until 2028-12-31, from now until 2029-12-31" in said
    assert "  + 2029-01-02 2nd January bank holiday in Scotland" in said
    assert "  - " not in said
    assert "The next deployment recomputes every open case" in said
    assert written(policy) == HOLIDAYS


def test_written_it_keeps_what_was_before_and_is_known_for_longer(run: Callable[..., int], policy: Path) -> None:
    assert run(newer(), *WRITE) == 0
    new = written(policy)
    assert new["version"] == "2027-02-01"
    for name, row in HOLIDAYS["calendars"].items():
        mine = new["calendars"][name]
        assert mine["holidays"][: len(row["holidays"])] == row["holidays"]
        assert (mine["complete_from"], mine["complete_until"]) == ("2018-01-01", "2029-12-31")


def test_the_calendar_of_any_part_of_the_uk_is_the_union(run: Callable[..., int], policy: Path) -> None:
    run(newer(), *WRITE)
    calendars = written(policy)["calendars"]
    assert [row for row in calendars["england-and-wales"]["holidays"] if row["date"] > "2029"] == [
        {"date": "2029-01-01", "title": "New Year's Day"},
        {"date": "2029-12-25", "title": "Christmas Day"},
    ]
    assert [row for row in calendars["any-uk"]["holidays"] if row["date"] > "2029"] == [
        {"date": "2029-01-01", "title": "New Year's Day"},
        {"date": "2029-01-02", "title": "2nd January bank holiday in Scotland"},
        {"date": "2029-07-12", "title": "Battle of the Boyne (Orangemen's Day) bank holiday in Northern Ireland"},
        {"date": "2029-12-25", "title": "Christmas Day"},
    ]


def test_a_day_of_two_parts_names_both_and_a_substitute_day_says_so(run: Callable[..., int], policy: Path) -> None:
    published = newer()
    for part in ("scotland", "northern-ireland"):
        published[part]["events"].append(event("2029-06-11", "Day of thanks", "Substitute day"))
    run(published, *WRITE)
    rows = {row["date"]: row["title"] for row in written(policy)["calendars"]["any-uk"]["holidays"]}
    assert rows["2029-06-11"] == "bank holiday for Day of thanks in Scotland and Northern Ireland"


def test_a_one_off_bank_holiday_moves_a_date_after_the_list_is_loaded(run: Callable[..., int], policy: Path) -> None:
    published = newer()
    for row in published.values():
        row["events"].append(event("2027-06-14", "Royal wedding"))
    assert run(published, *WRITE) == 0
    book = Book(PolicyFiles(SCHEMAS, policy).read)
    before, after = (
        compute(rules, "ca1989-stage1", date(2027, 6, 7)).date("due") for rules in (BOOK.rules, book.rules)
    )
    assert before is not None
    assert after is not None
    assert (before.date, after.date) == (date(2027, 6, 21), date(2027, 6, 22))
    assert "We skip 14 June (Royal wedding)." in after.explanation
    assert after.calendar == "England and Wales (2027-02-01)"


def test_the_written_policy_is_read_as_the_service_reads_it_and_keeps_one_line_for_each_holiday(
    run: Callable[..., int], policy: Path
) -> None:
    run(newer(), *WRITE)
    files = PolicyFiles(SCHEMAS, policy)
    rules = Book(files.read).rules
    assert {row.last for row in rules.calendars.values()} == {date(2029, 12, 31)}
    text = (policy / "bank_holidays.json").read_text(encoding="utf-8")
    lines = text.splitlines()
    for row in written(policy)["calendars"].values():
        for entry in row["holidays"]:
            assert any(json.dumps(entry, ensure_ascii=False) == line.strip().rstrip(",") for line in lines)
    assert set((ROOT / "policy" / "bank_holidays.json").read_text(encoding="utf-8").splitlines()) - set(lines) == {
        '  "version": "2026-11-01",',
        '      "complete_until": "2028-12-31",',
        '        {"date": "2028-12-26", "title": "Boxing Day"}',
    }


def test_the_file_of_the_repository_is_in_the_form_that_is_written() -> None:
    text = (ROOT / "policy" / "bank_holidays.json").read_text(encoding="utf-8")
    assert calendar.as_text(HOLIDAYS) == text


def test_the_same_list_again_changes_nothing(
    run: Callable[..., int], policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(newer(), *WRITE)
    first = (policy / "bank_holidays.json").read_bytes()
    assert run(newer(), "--write", "--version", "2027-03-01") == 0
    assert "Nothing changes" in capsys.readouterr().out
    assert (policy / "bank_holidays.json").read_bytes() == first


def test_the_policy_that_is_given_is_left_as_it_was() -> None:
    before = copy.deepcopy(dict(HOLIDAYS))
    parts = calendar.published(json.dumps(newer()), "list.json")
    calendar.merged(HOLIDAYS, parts, date(2029, 12, 31), "2027-02-01")
    assert before == HOLIDAYS


def test_until_may_be_given_and_days_after_it_stay_out(run: Callable[..., int], policy: Path) -> None:
    assert run(newer(), *WRITE, "--until", "2029-06-30") == 0
    row = written(policy)["calendars"]["any-uk"]
    assert row["complete_until"] == "2029-06-30"
    assert row["holidays"][-1]["date"] == "2029-01-02"


def test_a_year_without_christmas_everywhere_is_not_complete_yet(run: Callable[..., int], policy: Path) -> None:
    published = newer()
    published["scotland"]["events"] = [row for row in published["scotland"]["events"] if row["date"] != "2029-12-25"]
    assert run(published, *WRITE) == 0  # nothing is known for longer, and so nothing of 2029 is there
    assert written(policy) == HOLIDAYS


@pytest.mark.parametrize("option", [("--until", "2028-06-30"), ()])
def test_years_that_go_are_refused_unless_forced(
    run: Callable[..., int], policy: Path, option: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    published = newer()
    if not option:
        for row in published.values():
            row["events"] = [one for one in row["events"] if one["date"] < "2028"]
    assert run(published, *WRITE, *option) == 1
    assert "WARNING: england-and-wales: known until 2028-12-31 now, and only until" in capsys.readouterr().err
    assert written(policy) == HOLIDAYS
    assert run(published, *WRITE, *option, "--force") == 0
    assert written(policy)["calendars"]["any-uk"]["complete_until"] < "2028-12-31"


def test_a_day_of_the_past_that_goes_is_refused_unless_forced(
    run: Callable[..., int], policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = newer()
    for row in published.values():
        row["events"] = [one for one in row["events"] if one["date"] != "2026-08-31"]
    assert run(published, *WRITE) == 1
    assert "days of the past are taken away: 2026-08-31 (Summer bank holiday)" in capsys.readouterr().err
    assert written(policy) == HOLIDAYS
    assert run(published, *WRITE, "--force") == 0


def test_a_day_to_come_that_goes_is_shown_and_written(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    published = newer()
    for row in published.values():
        row["events"] = [one for one in row["events"] if one["date"] != "2028-08-28"]
    assert run(published, *WRITE) == 0
    assert "  - 2028-08-28 Summer bank holiday" in capsys.readouterr().out


def test_a_version_that_is_not_newer_is_refused(run: Callable[..., int], policy: Path) -> None:
    assert run(newer(), "--write", "--version", HOLIDAYS["version"]) == 1
    assert written(policy) == HOLIDAYS


def test_to_write_one_must_say_the_day(run: Callable[..., int]) -> None:
    with pytest.raises(SystemExit):
        run(newer(), "--write")


def without(part: str) -> Published:
    return {name: row for name, row in newer().items() if name != part}


def changed(pointer: str, value: Any) -> Published:
    """The list with one value changed."""
    found = newer()
    *path, last = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
    here: Any = found
    for step in path:
        here = here[step]
    here[last] = value
    return found


FAULTS = [
    ([], "", "an object with a list for each part"),
    ("nothing", "", "an object with a list for each part"),
    (without("scotland"), "", "the part scotland is missing"),
    (changed("/scotland", []), "/scotland", "division and events"),
    (changed("/scotland/division", "england-and-wales"), "/scotland/division", "another part"),
    (changed("/scotland/events", {}), "/scotland/events", "give a list"),
    (changed("/scotland/events", []), "/scotland/events", "one or more"),
    (changed("/scotland/events/3", "2026-05-04"), "/scotland/events/3", "title and date"),
    (changed("/scotland/events/3/date", "2026-02-30"), "/scotland/events/3/date", "a date that there is"),
    (changed("/scotland/events/3/date", "20260504"), "/scotland/events/3/date", "a date that there is"),
    (changed("/scotland/events/3/date", 20260504), "/scotland/events/3/date", "a date that there is"),
    (changed("/scotland/events/3/date", "2026-01-01"), "/scotland/events/3/date", "stands twice"),
    (changed("/scotland/events/3/title", " "), "/scotland/events/3/title", "name of the bank holiday"),
    (changed("/scotland/events/3/title", "a\nb"), "/scotland/events/3/title", "name of the bank holiday"),
    (changed("/scotland/events/3/notes", None), "/scotland/events/3/notes", "must be text"),
]


@pytest.mark.parametrize(("document", "pointer", "reason"), FAULTS)
def test_a_wrong_list_is_refused_with_its_line_and_place(document: Any, pointer: str, reason: str) -> None:
    text = json.dumps(document, indent=2)
    with pytest.raises(PolicyFault) as fault:
        calendar.published(text, "list.json")
    assert (fault.value.file, fault.value.pointer) == ("list.json", pointer)
    assert reason in fault.value.reason
    assert fault.value.line >= 1


def test_the_line_of_a_fault_is_that_of_the_value() -> None:
    text = json.dumps(changed("/northern-ireland/events/5/date", "2026-13-01"), indent=2)
    with pytest.raises(PolicyFault) as fault:
        calendar.published(text, "list.json")
    assert "2026-13-01" in text.splitlines()[fault.value.line - 1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "this is not JSON"),
        ('{"scotland": 1, "scotland": 2}', "stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ("", "this is not JSON"),
    ],
)
def test_what_is_no_json_is_refused_in_words(
    run: Callable[..., int], policy: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    assert run(text, *WRITE) == 1
    assert reason in capsys.readouterr().err
    assert written(policy) == HOLIDAYS


def test_a_missing_file_and_one_that_is_no_text_are_refused_in_words(
    tmp_path: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("none.json", "binary", "."):
        assert calendar.main([str(tmp_path / name)], policy) == 1
        assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kept", "options", "reason"),
    [
        (lambda day: day < "2029", ("--until", "2029-06-30"), "there is no day of 2029"),
        (lambda day: day > "2029-02", (), "give one without a gap"),
        (lambda day: "-12-" not in day, (), "no year with a Christmas Day"),
        (lambda day: not day.startswith("2027-12"), (), "there is no Christmas Day of 2027"),
        (lambda day: day < "2027", ("--until", "2017-01-01"), "before it begins"),
    ],
)
def test_a_list_with_a_gap_is_refused(
    run: Callable[..., int],
    policy: Path,
    capsys: pytest.CaptureFixture[str],
    kept: Callable[[str], bool],
    options: tuple[str, ...],
    reason: str,
) -> None:
    published = newer()
    for row in published.values():
        row["events"] = [one for one in row["events"] if kept(one["date"])]
    assert run(published, *WRITE, *options, "--force") == 1
    assert reason in capsys.readouterr().err
    assert written(policy) == HOLIDAYS


def test_a_calendar_of_the_council_s_own_stays_as_it_is(policy: Path) -> None:
    own = {**HOLIDAYS["calendars"]["any-uk"], "title": "Schools"}
    current = {**HOLIDAYS, "calendars": {**HOLIDAYS["calendars"], "schools": own}}
    parts = calendar.published(json.dumps(newer()), "list.json")
    assert calendar.merged(current, parts, date(2029, 12, 31), "2027-02-01")["calendars"]["schools"] == own
