"""Every date explains itself in words that a resident can read, and the last date that it names is the date."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.domain.clock import Clock, ClockError, Happening, Rules, compute, load

from ...support.reading import HIGHEST, grade

POLICY = Path(__file__).parents[3] / "policy"
FILES = {name: json.loads((POLICY / f"{name}.json").read_text()) for name in ("deadlines", "bank_holidays", "council")}
RULES = load(FILES["deadlines"], FILES["bank_holidays"], FILES["council"]["closures"])
NAMED = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day (\d{1,2} [A-Z][a-z]+ \d{4})")
EXAMPLES = 150
Story = tuple[date, list[Happening], dict[str, Any]]


@st.composite
def stories(draw: st.DrawFn, regime: str) -> Story:
    """A receipt and up to five events that the regime knows, within four months."""
    row = RULES.regimes[regime].row
    received = draw(st.dates(date(2018, 3, 1), date(2027, 6, 1)))
    offsets = sorted(draw(st.lists(st.integers(0, 120), max_size=5)))
    events = [Happening(draw(st.sampled_from(row["happenings"])), received + timedelta(days=n)) for n in offsets]
    context = {"years": draw(st.integers(0, 6)), "right": draw(st.sampled_from(["access", "erasure"]))}
    return received, events, context


def worked(rules: Rules, regime: str, story: Story, today: date | None = None) -> Clock:
    received, events, context = story
    instant = datetime(received.year, received.month, received.day, 10, tzinfo=UTC)
    moment = instant if RULES.regimes[regime].row["method"] == "hours" else received
    return compute(rules, regime, moment, events, context, today=today)


def questions(regime: str, events: list[Happening]) -> int:
    """How many events stop the count. The law's own rule lets an earlier receipt end later when a question falls in the
    days to which a last day rolled, so orders of dates are held without questions, or with one."""
    asked = RULES.regimes[regime].part("pause").get("asked")
    return sum(event.type == asked for event in events)


def dates(clock: Clock) -> Mapping[str, date]:
    return {legal.name: legal.date for legal in clock.dates if legal.date is not None}


def days_named(sentences: tuple[str, ...]) -> list[date]:
    found = NAMED.findall(" ".join(sentences))
    return [datetime.strptime(text, "%d %B %Y").replace(tzinfo=UTC).date() for text in found]


@pytest.mark.promise("feature:date-explains-itself", "ours-alone:a-date-with-its-working")
@pytest.mark.parametrize("regime", sorted(RULES.regimes))
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_the_last_date_named_is_the_date(regime: str, data: st.DataObject) -> None:
    story = data.draw(stories(regime))
    clock = worked(RULES, regime, story, today=story[0] + timedelta(days=data.draw(st.integers(0, 200))))
    for legal in clock.dates:
        assert legal.explanation
        assert legal.rule
        assert legal.source
        if legal.date is not None:
            assert days_named(legal.explanation)[-1] == legal.date
        words = " ".join(legal.explanation)
        assert grade(words) <= HIGHEST, f"{grade(words):.1f}: {words}"


@pytest.mark.parametrize("regime", sorted(RULES.regimes))
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_a_new_bank_holiday_never_makes_a_date_earlier(regime: str, data: st.DataObject) -> None:
    story = data.draw(stories(regime))
    assume(questions(regime, story[1]) <= 1)
    day = story[0] + timedelta(days=data.draw(st.integers(0, 150)))
    more: Any = copy.deepcopy(FILES["bank_holidays"])
    for row in more["calendars"].values():
        if all(entry["date"] != day.isoformat() for entry in row["holidays"]):
            row["holidays"].append({"date": day.isoformat(), "title": "One-off holiday"})
    newer = load(FILES["deadlines"], more, FILES["council"]["closures"])
    before, after = dates(worked(RULES, regime, story)), dates(worked(newer, regime, story))
    for name in before.keys() & after.keys():
        assert before[name] <= after[name], name


@pytest.mark.parametrize("regime", sorted(set(RULES.regimes) - {"retention"}))
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_a_later_receipt_never_gives_an_earlier_date(regime: str, data: st.DataObject) -> None:
    received, events, context = data.draw(stories(regime))
    later = received + timedelta(days=data.draw(st.integers(1, 60)))
    assume(not questions(regime, events) and all(event.at >= later for event in events))
    first, second = (dates(worked(RULES, regime, (day, events, context))) for day in (received, later))
    for name in first.keys() & second.keys():
        assert first[name] <= second[name], name


@pytest.mark.parametrize("regime", sorted(RULES.regimes))
@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(data=st.data())
def test_closed_offices_move_no_date_of_the_law(regime: str, data: st.DataObject) -> None:
    story = data.draw(stories(regime))
    day = story[0] + timedelta(days=data.draw(st.integers(0, 60)))
    closed = [{"from": day.isoformat(), "until": (day + timedelta(days=9)).isoformat(), "title": "Flood"}]
    ours = {part["name"] for part in RULES.regimes[regime].row["dates"] if "open_days" in part.get("add", {})}
    before = dates(worked(load(FILES["deadlines"], FILES["bank_holidays"]), regime, story))
    after = dates(worked(load(FILES["deadlines"], FILES["bank_holidays"], closed), regime, story))
    assert before.keys() == after.keys()
    for name, on in before.items():
        assert after[name] >= on if name in ours else after[name] == on


def test_beyond_the_known_holidays_nothing_is_guessed() -> None:
    last = RULES.calendars["england-and-wales"].last
    with pytest.raises(ClockError) as refused:
        compute(RULES, "lgsco-stage1", last)
    assert refused.value.rule == "calendar"
