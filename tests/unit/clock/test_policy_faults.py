"""A deadline or calendar file that makes no sense is refused with the place and the reason."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.clock import PolicyError, load

POLICY = Path(__file__).parents[3] / "policy"
FILES = {name: json.loads((POLICY / f"{name}.json").read_text()) for name in ("deadlines", "bank_holidays", "council")}
RIGHTS, LGSCO, BREACH = "/regimes/ukgdpr-rights", "/regimes/lgsco-stage1", "/regimes/breach-art33"
ENGLAND = "bank_holidays:/calendars/england-and-wales"


def put(document: Any, pointer: str, value: Any) -> None:
    *path, last = pointer.strip("/").split("/")
    for part in path:
        document = document[int(part)] if isinstance(document, list) else document[part]
    if value is None:
        del document[last]
    else:
        if isinstance(document, list) and int(last) == len(document):
            document.append(value)
        else:
            document[int(last) if isinstance(document, list) else last] = value


@pytest.mark.parametrize(
    ("place", "value", "pointer", "reason"),
    [
        (f"{LGSCO}/calendar", "mars", f"{LGSCO}/calendar", "no such calendar"),
        (f"{LGSCO}/method", "guess", f"{LGSCO}/method", "no such way"),
        (f"{LGSCO}/ladder", "steep", f"{LGSCO}/ladder", "no such ladder"),
        (f"{RIGHTS}/waiting_ladder", "steep", f"{RIGHTS}/waiting_ladder", "no such ladder"),
        (f"{LGSCO}/in_force/until", "2020-01-01", f"{LGSCO}/in_force/until", "ends before it begins"),
        (f"{LGSCO}/words/received", None, f"{LGSCO}/words", "words for received are missing"),
        (f"{RIGHTS}/words/projection", None, f"{RIGHTS}/words", "words for projection are missing"),
        (f"{LGSCO}/words/received", "We got it on {date}.", f"{LGSCO}/words/received", "only {day} and {days}"),
        (f"{LGSCO}/words/received", "We got it on {day.", f"{LGSCO}/words/received", "braces do not pair"),
        (f"{RIGHTS}/happenings/10", "dreamt", "/events", "the event dreamt has no words"),
        (f"{LGSCO}/dates/0/add", None, f"{LGSCO}/dates/0", "say what is added"),
        (f"{LGSCO}/dates/0/add", {"weeks": 2}, f"{LGSCO}/dates/0/add", "give one of working_days"),
        (f"{LGSCO}/dates/0/add", {"days": 1, "months": 1}, f"{LGSCO}/dates/0/add", "give one of working_days"),
        (f"{LGSCO}/dates/0/add", {"working_days": 0}, f"{LGSCO}/dates/0/add/working_days", "one or more"),
        (f"{LGSCO}/calendar", None, f"{LGSCO}/dates/0/add", "working days need a calendar"),
        ("/regimes/ca1989-timelimit/dates/0/roll", True, "/regimes/ca1989-timelimit/dates/0/roll", "needs a calendar"),
        (f"{LGSCO}/dates/1/from", "yesterday", f"{LGSCO}/dates/1/from", "not known before it"),
        (f"{LGSCO}/dates/1/from_words", None, f"{LGSCO}/dates/1", "words for the day it counts from"),
        (f"{LGSCO}/dates/0/met_by/0", "dreamt", f"{LGSCO}/dates/0/met_by", "not among the events"),
        (f"{LGSCO}/dates/1/when", "dreamt", f"{LGSCO}/dates/1/when", "not among the events"),
        (f"{RIGHTS}/gates/1/asked", "dreamt", f"{RIGHTS}/gates/1/asked", "not among the events"),
        (f"{RIGHTS}/pause/answered", "dreamt", f"{RIGHTS}/pause/answered", "not among the events"),
        (f"{RIGHTS}/extension/notice", "dreamt", f"{RIGHTS}/extension/notice", "not among the events"),
        ("/regimes/foia/restart/asked", "dreamt", "/regimes/foia/restart/asked", "not among the events"),
        (f"{RIGHTS}/met_by/0", "dreamt", f"{RIGHTS}/met_by", "not among the events"),
        (f"{RIGHTS}/period", None, RIGHTS, "the period is missing"),
        (f"{RIGHTS}/extension/add", {"days": 60}, f"{RIGHTS}/extension/add", "in the unit of the period"),
        (f"{RIGHTS}/dates/0/name", "deadline", f"{RIGHTS}/dates", "the date named due is missing"),
        (f"{RIGHTS}/dates/1/words", None, f"{RIGHTS}/dates/1", "its words are missing"),
        (f"{BREACH}/period", {"days": 3}, f"{BREACH}/period", "give the hours"),
    ],
)
def test_a_deadline_that_makes_no_sense(place: str, value: Any, pointer: str, reason: str) -> None:
    deadlines = copy.deepcopy(FILES["deadlines"])
    put(deadlines, place, value)
    with pytest.raises(PolicyError) as fault:
        load(deadlines, FILES["bank_holidays"])
    assert fault.value.pointer == pointer
    assert reason in fault.value.reason


@pytest.mark.parametrize(
    ("place", "value", "pointer", "reason"),
    [
        ("/holidays/3/date", "2026-02-31", f"{ENGLAND}/holidays/3/date", "no such date"),
        ("/holidays/3/date", "2001-01-01", f"{ENGLAND}/holidays", "lies outside"),
        ("/complete_until", "2017-12-31", f"{ENGLAND}/complete_until", "ends before it begins"),
    ],
)
def test_a_calendar_that_makes_no_sense(place: str, value: Any, pointer: str, reason: str) -> None:
    holidays = copy.deepcopy(FILES["bank_holidays"])
    put(holidays["calendars"]["england-and-wales"], place, value)
    with pytest.raises(PolicyError) as fault:
        load(FILES["deadlines"], holidays)
    assert fault.value.pointer == pointer
    assert reason in fault.value.reason


@pytest.mark.parametrize("until", ["2026-12-23", "2028-01-01"])
def test_a_closure_that_makes_no_sense(until: str) -> None:
    closure = {"from": "2026-12-24", "until": until, "title": "Christmas"}
    with pytest.raises(PolicyError) as fault:
        load(FILES["deadlines"], FILES["bank_holidays"], [closure])
    assert fault.value.pointer == "council:/closures/0/until"


def test_the_files_that_we_ship_make_sense() -> None:
    rules = load(FILES["deadlines"], FILES["bank_holidays"], FILES["council"]["closures"])
    assert rules.version == f"{FILES['deadlines']['version']}/{FILES['bank_holidays']['version']}"
