"""A policy file that is wrong is refused whole, with file, line and reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.adapters.policies import PolicyFiles
from chalicelib.domain.clock import PolicyError
from chalicelib.domain.errors import PolicyFault
from chalicelib.domain.policy import Book

from ..support.aws import ROOT
from ..support.world import SCHEMAS


def broken(folder: Path, name: str, old: str, new: str) -> PolicyFault:
    """What is said of a file of the repository in which `old` is replaced."""
    text = (ROOT / "policy" / f"{name}.json").read_text(encoding="utf-8")
    assert old in text
    target = folder / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyFault) as fault:
        PolicyFiles(SCHEMAS, folder).read(name)
    return fault.value


def line_with(name: str, text: str) -> int:
    lines = (ROOT / "policy" / f"{name}.json").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("name", "old", "new", "pointer"),
    [
        ("kinds", '"regime": "lgsco-stage1"', '"regime": 7', "/kinds/complaint/regime"),
        ("tasks", '"due": ["ack_due", "due"]', '"due": []', "/tasks/complaint.triage/due"),
        ("tasks", '"role": "service_manager"', '"role": "Service Manager"', "/tasks/complaint.investigate/role"),
        ("retention", '"action": "delete"', '"action": "shred"', "/classes/complaint/action"),
        ("messages/complaint-answer", "$phone", "$finding", "/paragraphs/3"),
        ("messages/complaint-answer", "complaint: $reference", "complaint: $answer", "/subject"),
        ("timeline", "$channel", "$answer", "/events/case_received/staff"),
    ],
)
def test_the_fault_names_file_line_and_place(tmp_path: Path, name: str, old: str, new: str, pointer: str) -> None:
    fault = broken(tmp_path, name, old, new)
    assert (fault.file, fault.pointer) == (f"policy/{name}.json", pointer)
    assert fault.line == line_with(name, old)
    assert str(fault).startswith(f"policy/{name}.json:{fault.line}: {pointer}: ")


@pytest.mark.parametrize(
    ("name", "old", "new", "pointer"),
    [
        ("deadlines", '"when": "acknowledged"', '"when": "rung_up"', "/regimes/dpa2018-s164A/dates/2/when"),
        (
            "bank_holidays",
            '"complete_from": "2018-01-01"',
            '"complete_from": "2019-01-01"',
            "/calendars/england-and-wales/holidays",
        ),
        ("council", '"until": "2027-01-01"', '"until": "2026-12-01"', "/closures/0/until"),
    ],
)
def test_what_fits_its_schema_and_makes_no_sense_is_told_by_its_line_too(
    tmp_path: Path, name: str, old: str, new: str, pointer: str
) -> None:
    for file in ("deadlines", "bank_holidays", "council"):
        text = (ROOT / "policy" / f"{file}.json").read_text(encoding="utf-8")
        assert file != name or old in text
        (tmp_path / f"{file}.json").write_text(text.replace(old, new, 1) if file == name else text, encoding="utf-8")
    files = PolicyFiles(SCHEMAS, tmp_path)
    with pytest.raises(PolicyError) as error:
        _ = Book(files.read).rules
    fault = files.fault(error.value)
    assert (fault.file, fault.pointer) == (f"policy/{name}.json", pointer)
    assert fault.line == line_with(name, '"holidays": [' if name == "bank_holidays" else old)


def test_a_field_that_nobody_knows_is_a_fault(tmp_path: Path) -> None:
    fault = broken(tmp_path, "roles", '"version"', '"extra": 1, "version"')
    assert "do not know" in fault.reason


def test_a_missing_field_is_a_fault_at_its_parent(tmp_path: Path) -> None:
    fault = broken(tmp_path, "retention", '"approver"', '"approved_by"')
    assert fault.line > 1
    assert fault.pointer.startswith("/classes/complaint")


def test_what_is_not_json_is_told_by_its_line(tmp_path: Path) -> None:
    text = (ROOT / "policy" / "roles.json").read_text(encoding="utf-8")
    (tmp_path / "roles.json").write_text(text.replace("],", "]", 1), encoding="utf-8")
    with pytest.raises(PolicyFault) as fault:
        PolicyFiles(SCHEMAS, tmp_path).read("roles")
    assert fault.value.line > 1
    assert "not JSON" in fault.value.reason


def test_a_name_given_twice_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "roles.json").write_text('{"version": "1", "version": "2"}', encoding="utf-8")
    with pytest.raises(PolicyFault) as fault:
        PolicyFiles(SCHEMAS, tmp_path).read("roles")
    assert "twice" in fault.value.reason


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault) as fault:
        PolicyFiles(SCHEMAS, tmp_path).read("kinds")
    assert fault.value.file == "policy/kinds.json"


def test_a_file_that_was_wrong_is_read_again_when_it_is_mended(tmp_path: Path) -> None:
    files = PolicyFiles(SCHEMAS, tmp_path)
    (tmp_path / "roles.json").write_text("{", encoding="utf-8")
    with pytest.raises(PolicyFault):
        files.read("roles")
    good = (ROOT / "policy" / "roles.json").read_text(encoding="utf-8")
    (tmp_path / "roles.json").write_text(good, encoding="utf-8")
    assert files.read("roles") == json.loads(good)


def test_names_lists_every_file() -> None:
    names = PolicyFiles(SCHEMAS).names()
    assert {"kinds", "tasks", "roles", "notice", "journeys/complaint", "messages/complaint-answer"} <= set(names)
