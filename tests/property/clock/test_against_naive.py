"""The clock against a second one that walks day by day (`naive.py`). CLOCK_EXAMPLES raises the number of examples."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.clock import Happening, compute, load

from . import naive

POLICY = Path(__file__).parents[3] / "policy"
RULES = load(*(json.loads((POLICY / f"{name}.json").read_text()) for name in ("deadlines", "bank_holidays")))
ENGLAND = set(RULES.calendars["england-and-wales"].holidays)
ANY_UK = set(RULES.calendars["any-uk"].holidays)
EXAMPLES = int(os.environ.get("CLOCK_EXAMPLES", "2000"))
RIGHTS_EVENTS = (
    "id_requested", "id_received", "authority_requested", "authority_received", "fee_requested", "fee_paid",
    "clarification_requested", "clarification_received", "extension_notice",
)  # fmt: skip
WORKING_DAYS = {
    "ca1989-stage1": {"due": 10, "due_max_extension": 20},
    "ca1989-stage2": {"due": 25, "due_max_extension": 65},
    "ca1989-stage3-request": {"due": 20},
    "ca1989-stage3-panel": {"due": 30},
    "ca1989-stage3-report": {"due": 5},
    "ca1989-stage3-response": {"due": 15},
    "lgsco-stage1": {"ack_due": 5, "due_cap_if_unacknowledged": 15},
    "lgsco-stage2": {"ack_due": 5, "due_cap_if_unacknowledged": 25},
    "asc-2009": {"ack_due": 3},
    "foia": {"due": 20},
    "eir": {"due": 20, "due_max_extension": 40},
}
RECEIPTS = st.dates(date(2018, 1, 1), date(2028, 2, 1))


@st.composite
def matters(draw: st.DrawFn) -> tuple[date, list[dict[str, Any]], str]:
    """A rights request with up to six events, in order, within three months of receipt."""
    received = draw(RECEIPTS)
    events = []
    for offset in sorted(draw(st.lists(st.integers(0, 100), max_size=6))):
        event: dict[str, Any] = {"type": draw(st.sampled_from(RIGHTS_EVENTS)), "at": received + timedelta(days=offset)}
        if event["type"] in ("id_received", "authority_received"):
            event["sufficient"] = draw(st.booleans())
        if event["type"] == "clarification_requested":
            event["scope"] = draw(st.sampled_from((True, True, False)))
        if event["type"] == "extension_notice":
            event["months"] = 2
        events.append(event)
    return received, events, draw(st.sampled_from(("access", "access", "erasure")))


def _happenings(events: list[dict[str, Any]]) -> list[Happening]:
    return [Happening(e["type"], e["at"], {k: v for k, v in e.items() if k not in ("type", "at")}) for e in events]


def _answers(received: date, events: list[dict[str, Any]], right: str) -> Mapping[str, Any]:
    return compute(RULES, "ukgdpr-rights", received, _happenings(events), {"right": right}).answers


@settings(max_examples=EXAMPLES, deadline=None)
@given(matters())
def test_rights_agree_with_the_walker(matter: tuple[date, list[dict[str, Any]], str]) -> None:
    received, events, right = matter
    expected = naive.rights(received, events, right, ENGLAND)
    answers = _answers(received, events, right)
    assert {name: answers.get(name) for name in expected} == expected


@pytest.mark.parametrize("regime", sorted(WORKING_DAYS))
@settings(max_examples=max(EXAMPLES // 10, 50), deadline=None)
@given(received=RECEIPTS)
def test_working_days_agree_with_the_walker(regime: str, received: date) -> None:
    holidays = ANY_UK if regime in ("foia", "eir") else ENGLAND
    answers = compute(RULES, regime, received, ()).answers
    for name, count in WORKING_DAYS[regime].items():
        assert answers[name] == naive.working(received, count, holidays).isoformat()


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(received=RECEIPTS, later=st.integers(1, 40))
def test_a_later_receipt_is_never_due_earlier(received: date, later: int) -> None:
    second = received + timedelta(days=later)
    assert _answers(received, [], "access")["due"] <= _answers(second, [], "access")["due"]


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(received=RECEIPTS, asked=st.integers(0, 27), days=st.integers(0, 60), longer=st.integers(0, 30))
def test_a_longer_pause_never_shortens(received: date, asked: int, days: int, longer: int) -> None:
    def due(length: int) -> tuple[str, str]:
        at = received + timedelta(days=asked)
        events = [
            {"type": "clarification_requested", "at": at},
            {"type": "clarification_received", "at": at + timedelta(days=length)},
        ]
        answers = _answers(received, events, "access")
        return answers["due"], answers["due_statutory_outer"]

    (first, first_outer), (second, second_outer) = due(days), due(days + longer)
    assert first <= second
    assert first_outer <= second_outer
    assert first <= first_outer
