"""The calculator for files and for people: every entry is answered, a wrong one with the rule that it breaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools import clock

GOOD = {"id": "good", "regime": "lgsco-stage1", "received": "2027-02-10", "events": [], "context": {}}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"regime": "magna-carta"}, "regime: There is no such set of rules."),
        ({"regime": 7}, "regime: give the name of the rules"),
        ({"received": "2027-02-30"}, "received: there is no such date"),
        ({"received": "2027-02-10T10:00"}, "received: give the time zone of the instant, for example Z at its end"),
        ({"received": "2031-01-01"}, "calendar: The bank holidays of England and Wales are not known that far"),
        ({"events": [{"type": "dreamt", "at": "2027-02-11"}]}, "event: These rules know no such event."),
        ({"events": [{"type": "acknowledged", "at": "2027-02-01"}]}, "order: Something is said to have happened"),
        ({"events": [{"type": "acknowledged"}]}, "events/0/at: give a date"),
        ({"events": "none"}, "events: give a list"),
        (
            {"regime": "ukgdpr-rights", "events": [{"type": "extension_notice", "at": "2027-02-11", "months": 3}]},
            "extension: An extension is two months, no other.",
        ),
    ],
)
def test_a_wrong_entry_names_the_rule_and_the_others_are_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], error: str
) -> None:
    file = tmp_path / "entries.json"
    file.write_text(json.dumps([{**GOOD, "id": "wrong", **changes}, GOOD]), encoding="utf-8")
    assert clock.main(["--vectors", str(file)]) == 1
    wrong, good = json.loads(capsys.readouterr().out)
    assert wrong["id"] == "wrong"
    assert wrong["error"].startswith(error)
    assert (good["id"], good["ack_due"]) == ("good", "2027-02-17")


def test_people_read_each_date_with_its_working(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--regime", "ukgdpr-rights", "--right", "access", "--received", "2026-01-31"]
    assert clock.main(words) == 0
    said = capsys.readouterr().out
    assert "due: 2026-03-02 (running)" in said
    assert "There is no 31 February, so the month ends on Saturday 28 February 2026." in said
    assert "so the last day is Monday 2 March 2026." in said


def test_people_hear_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert clock.main(["--regime", "lgsco-stage1", "--received", "tomorrow"]) == 1
    assert "there is no such date" in capsys.readouterr().err
