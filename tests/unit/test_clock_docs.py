"""The pages of `docs/clock/` say what the policy says; an example that the clock refuses is refused with its place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.policies import PolicyFiles
from chalicelib.domain.clock import PolicyError, Rules, load
from chalicelib.domain.policy import Book
from tools import clock_docs

from ..support.aws import ROOT
from ..support.world import BOOK, SCHEMAS

REGIMES = BOOK.file("deadlines")["regimes"]
PAGES = clock_docs.pages(BOOK.rules)


def rules_with(change: Callable[[dict[str, Any]], None]) -> Rules:
    """The rules of the repository after a change of its regimes."""
    deadlines = copy.deepcopy(dict(BOOK.file("deadlines")))
    change(deadlines["regimes"])
    return load(deadlines, BOOK.file("bank_holidays"), BOOK.council["closures"])


@pytest.mark.parametrize("regime", REGIMES)
def test_every_regime_has_a_page_and_two_examples(regime: str) -> None:
    page = (ROOT / "docs" / "clock" / f"{regime}.md").read_text(encoding="utf-8")
    row = REGIMES[regime]
    assert len(row["examples"]) >= 2
    assert page.count("\n### ") == len(row["examples"])
    assert row["title"] in page
    assert row["source"] in page
    for part in row["dates"]:
        assert f"| `{part['name']}` | {part['label']} |" in page
    for example in row["examples"]:
        assert example["title"] in page


def test_the_pages_are_what_the_policy_gives() -> None:
    assert clock_docs.differences(ROOT / "docs" / "clock", PAGES) == []


def test_the_index_leads_to_every_page() -> None:
    for name, row in REGIMES.items():
        assert f"[{row['title']}]({name}.md)" in PAGES["README.md"]


@pytest.mark.parametrize("regime", REGIMES)
def test_every_event_of_a_part_is_named(regime: str) -> None:
    row = REGIMES[regime]
    parts = [*row.get("gates", ()), *(row[part] for part in ("pause", "restart", "extension") if part in row)]
    for part in parts:
        for side in ("asked", "given", "answered", "notice"):
            if side in part:
                assert f"`{part[side]}`" in PAGES[f"{regime}.md"]


def test_an_example_shows_its_dates_with_status_and_working() -> None:
    page = PAGES["dpa2018-s164A.md"]
    second = page[page.index("### 2.") : page.index("### 3.")]
    assert "* Thursday 30 December 2027: acknowledged." in second
    assert "**Tell you that we have your complaint: Wednesday 29 December 2027** (`ack_due`, met late)" in second
    assert "* That is a Saturday, so the last day is Wednesday 29 December 2027." in second


def test_an_hour_is_shown_in_london_after_the_clocks_change() -> None:
    page = PAGES["breach-art33.md"]
    assert "**Tell the Commissioner: 10:00 on Monday 1 November 2027** (`due_at`, running)" in page


def test_reminders_and_chasers_are_told_in_words() -> None:
    page = PAGES["ukgdpr-rights.md"]
    assert "* Two working days before the date: the owner and the manager." in page
    assert "* After 60 days of waiting, and then every 30 days, six times in all: the owner and the manager." in page
    assert "* At the hour: the owner, the manager and the data protection officer." in PAGES["breach-art33.md"]


def test_a_rule_that_ended_says_so() -> None:
    rules = rules_with(lambda regimes: regimes["foia"]["in_force"].update(until="2027-12-31"))
    assert "It ended on Friday 31 December 2027; what comes in later has no date by it." in clock_docs.page(
        rules, "foia"
    )


def test_a_regime_made_of_new_parts_has_a_page_without_new_code() -> None:
    row = {
        "title": "A licence",
        "method": "period",
        "source": "Invented Act 1999 s.1",
        "in_force": {"from": "2020-01-01"},
        "words": {"received": "It came on {day}.", "later_start": "We count from {day}.", "projection": "By {day}."},
        "period": {"days": 10},
        "happenings": ["closed"],
        "met_by": ["closed"],
        "dates": [{"name": "due", "label": "Decide"}],
        "examples": [{"received": "2027-03-26"}],
    }
    page = clock_docs.page(rules_with(lambda regimes: regimes.update(licence=row)), "licence")
    assert "| `due` | Decide | ten days after the start, longer by an extension and by each pause | `closed` |" in page
    assert "* No event holds the count or makes it longer." in page
    assert "**Decide: Monday 5 April 2027** (`due`, running)" in page


FAULTS = [
    ("foia", {"received": "2027-02-30"}, "received", "there is no such date"),
    ("foia", {"received": "2027-02-01T10:00:00"}, "received", "give the time zone"),
    ("breach-art33", {"received": "2027-02-01"}, "received", "Give the instant"),
    ("foia", {"received": "2027-02-01", "events": [{"type": "rung", "at": "2027-02-02"}]}, "events/0/type", "no such"),
    ("foia", {"received": "2027-02-01", "events": [{"type": "outcome_sent", "at": "soon"}]}, "events/0/at", "no such"),
    ("foia", {"received": "2027-02-01", "events": [{"type": "outcome_sent", "at": "2027-01-29"}]}, "events", "before"),
    ("retention", {"received": "2027-02-01"}, "context/years", "years"),
    ("foia", {"received": "2040-02-01"}, "", "not known that far"),
]


@pytest.mark.parametrize(("regime", "example", "place", "reason"), FAULTS)
def test_an_example_with_a_fault_is_refused_with_its_place(
    regime: str, example: dict[str, Any], place: str, reason: str
) -> None:
    rules = rules_with(lambda regimes: regimes[regime].update(examples=[{"received": "2027-02-01"}, example]))
    if regime in ("retention", "breach-art33"):
        rules = rules_with(lambda regimes: regimes[regime].update(examples=[*regimes[regime]["examples"][:1], example]))
    with pytest.raises(PolicyError) as error:
        clock_docs.pages(rules)
    assert error.value.pointer == f"/regimes/{regime}/examples/1/{place}".rstrip("/")
    assert reason in error.value.reason


def test_the_refusal_of_an_example_names_file_and_line(tmp_path: Path) -> None:
    for name in ("deadlines", "bank_holidays", "council"):
        text = (ROOT / "policy" / f"{name}.json").read_text(encoding="utf-8")
        (tmp_path / f"{name}.json").write_text(
            text.replace('"at": "2027-02-25"', '"at": "2027-02-29"'), encoding="utf-8"
        )
    files = PolicyFiles(SCHEMAS, tmp_path)
    with pytest.raises(PolicyError) as error:
        clock_docs.pages(Book(files.read).rules)
    fault = files.fault(error.value)
    line = (tmp_path / "deadlines.json").read_text(encoding="utf-8").splitlines()[fault.line - 1]
    assert (fault.file, fault.pointer) == ("policy/deadlines.json", "/regimes/foia/examples/0/events/0/at")
    assert '"2027-02-29"' in line


def test_a_page_that_is_missing_changed_or_of_no_regime_is_named(tmp_path: Path) -> None:
    for name, text in PAGES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert clock_docs.differences(tmp_path, PAGES) == []
    (tmp_path / "eir.md").unlink()
    (tmp_path / "foia.md").write_text("older", encoding="utf-8")
    (tmp_path / "gone.md").write_text("of no regime", encoding="utf-8")
    assert clock_docs.differences(tmp_path, PAGES) == ["eir.md", "foia.md", "gone.md"]


def test_the_check_names_the_page_and_the_command_and_writing_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert clock_docs.main([], tmp_path) == 0
    assert clock_docs.main(["--check"], tmp_path) == 0
    (tmp_path / "foia.md").write_text("older", encoding="utf-8")
    (tmp_path / "gone.md").write_text("of no regime", encoding="utf-8")
    assert clock_docs.main(["--check"], tmp_path) == 1
    assert "docs/clock/foia.md is not what the policy gives: run `make docs`" in capsys.readouterr().err
    assert clock_docs.main([], tmp_path) == 0
    assert clock_docs.differences(tmp_path, PAGES) == []
