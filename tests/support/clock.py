"""The clock on the shipped policy, a small policy of its own, and short ways to say what happened."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.clock import Clock, ClockError, Happening, Rules, compute, load

POLICY = Path(__file__).resolve().parents[2] / "policy"
DEADLINES, HOLIDAYS = (
    json.loads((POLICY / f"{name}.json").read_text(encoding="utf-8")) for name in ("deadlines", "bank_holidays")
)
RULES = load(DEADLINES, HOLIDAYS)
Event = Sequence[Any]
GONE = object()


def on(text: str) -> date:
    return date.fromisoformat(text)


def happened(*events: Event) -> tuple[Happening, ...]:
    """Each event is its type, its day and, if it has any, its details."""
    return tuple(Happening(kind, on(at), *details) for kind, at, *details in events)


def moment(received: str) -> date | datetime:
    """A text with a time is an instant, one without is a day."""
    return datetime.fromisoformat(received) if "T" in received else on(received)


def run(
    regime: str, received: str, *events: Event, rules: Rules = RULES, today: str | None = None, **context: Any
) -> Clock:
    return compute(rules, regime, moment(received), happened(*events), context, today=on(today) if today else None)


def refused(rule: str, message: str, do: Callable[[], Any]) -> None:
    """`do` raises a ClockError with this rule word and this message."""
    with pytest.raises(ClockError) as error:
        do()
    assert (error.value.rule, error.value.message, str(error.value)) == (rule, message, message)


def changed(document: Mapping[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """A copy in which the place that `pointer` names holds `value`, or is gone."""
    found = copy.deepcopy(dict(document))
    *way, last = pointer.removeprefix("/").split("/")
    place: Any = found
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    key = int(last) if isinstance(place, list) else last
    if value is GONE:
        del place[key]
    else:
        place[key] = value
    return found


SMALL_HOLIDAYS: dict[str, Any] = {
    "version": "h1",
    "calendars": {
        "home": {
            "title": "Home",
            "complete_from": "2026-01-01",
            "complete_until": "2028-12-31",
            "holidays": [
                {"date": "2027-03-26", "title": "Good Friday"},
                {"date": "2027-03-29", "title": "Easter Monday"},
                {"date": "2027-05-03", "title": "May Day"},
            ],
        },
        "away": {
            "title": "Away",
            "complete_from": "2026-01-01",
            "complete_until": "2027-12-31",
            "holidays": [{"date": "2027-03-30", "title": "Away Day"}],
        },
    },
}
EVENTS = (
    "seen", "sent", "asked", "answered", "id_asked", "id_given", "q", "a", "notice", "told",
    "reopened", "closed", "hold_placed", "hold_released",
)  # fmt: skip
SMALL: dict[str, Any] = {
    "version": "d1",
    "events": {name: name for name in EVENTS},
    "ladders": {
        "days": [
            {"at": "half", "to": ["owner"]},
            {"at": "before", "working_days": 2, "to": ["owner", "manager"]},
            {"at": "on_the_day", "to": ["manager"]},
            {"at": "after", "times": 3, "to": ["owner"]},
        ],
        "hours": [{"at": "hours_before", "hours": 4, "to": ["owner", "dpo"]}],
        "waiting": [
            {"at": "waiting", "days": 7, "to": ["requester"]},
            {"at": "waiting", "days": 14, "every": 10, "times": 3, "to": ["owner", "manager"]},
        ],
    },
    "regimes": {
        "counted": {
            "method": "dates",
            "source": "Act 1",
            "calendar": "home",
            "in_force": {"from": "2020-01-01"},
            "words": {"received": "It came on {day}."},
            "restart": {"asked": "asked", "answered": "answered", "status": "w", "words": "{day}", "asked_words": "."},
            "ladder": "days",
            "happenings": ["seen", "sent", "asked", "answered"],
            "dates": [
                {
                    "name": "first",
                    "label": "Say hello",
                    "source": "Act 1 s.2",
                    "from": "received",
                    "add": {"days": 30},
                    "roll": True,
                    "met_by": ["seen"],
                    "satisfied_by": ["sent"],
                    "satisfied_key": "satisfied",
                },
                {
                    "name": "second",
                    "from": "first",
                    "from_words": "We count on.",
                    "add": {"working_days": 2},
                    "when": "seen",
                    "unless": "sent",
                },
            ],
        },
        "asked": {
            "method": "period",
            "source": "Act 2",
            "calendar": "home",
            "in_force": {"from": "2020-01-01", "until": "2028-06-30"},
            "words": {"received": "It came on {day}.", "later_start": "From {day}.", "projection": "By {day}."},
            "period": {"months": 1},
            "gates": [
                {"asked": "id_asked", "given": "id_given", "takes": "earliest", "status": "awaiting", "words": "Who?"}
            ],
            "pause": {
                "asked": "q",
                "answered": "a",
                "status": "paused",
                "words": "Since {day}.",
                "counted": "{days} do not count.",
            },
            "extension": {"notice": "notice", "add": {"months": 2}, "words": "Two more."},
            "target": {"name": "aim", "days": 28, "words": "We aim for {day}."},
            "ladder": "days",
            "waiting_ladder": "waiting",
            "happenings": ["id_asked", "id_given", "q", "a", "notice", "sent"],
            "met_by": ["sent"],
            "dates": [
                {"name": "due", "label": "Answer"},
                {"name": "notify_extension_by", "label": "Tell", "words": "Tell by {day}."},
                {"name": "aim", "label": "Aim"},
            ],
        },
        "elapsed": {
            "method": "hours",
            "source": "Act 3",
            "in_force": {"from": "2020-01-01"},
            "words": {"received": "We knew on {day}."},
            "period": {"hours": 10},
            "ladder": "hours",
            "happenings": ["told"],
            "dates": [{"name": "due_at", "label": "Tell", "met_by": ["told"]}],
        },
        "kept": {
            "method": "retention",
            "source": "Act 4",
            "in_force": {"from": "2020-01-01"},
            "words": {"received": "It closed on {day}."},
            "happenings": ["reopened", "closed", "hold_placed", "hold_released"],
            "dates": [{"name": "dispose_from"}],
        },
    },
}
