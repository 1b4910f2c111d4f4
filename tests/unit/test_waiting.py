"""A clock that stands still is chased and looked at again, for as long as it stands, and never closes by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain import reminders
from chalicelib.domain.clock import Happening
from chalicelib.domain.model import Case, Change, Party

from ..support.world import BOOK

ASKED = date(2027, 6, 8)
REQUESTER = Party(role="requester", name="Jo Example", details={"email": "jo@example.com"})
MORNING = datetime(2027, 6, 8, 8, tzinfo=UTC)


def paused(*more: Happening) -> Case:
    """A request for a copy, with a question asked a week after it came."""
    return Case(
        reference="FF-AAA-AAA-AAA",
        kind="complaint",
        stage="triage",
        received_at=datetime(2027, 6, 1, 9, tzinfo=UTC),
        received_on=date(2027, 6, 1),
        channel="web",
        regime="ukgdpr-rights",
        access_digest="",
        changed_at=MORNING,
        happenings=(Happening("id_requested", ASKED), *more),
    )


def wake(case: Case, days: int) -> Change | None:
    return reminders.check_clock(BOOK, case, None, REQUESTER, MORNING + timedelta(days=days, hours=1))


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (7, ["waiting-requester"]),
        (14, ["waiting-owner", "waiting-requester"]),
        (30, ["waiting-owner"]),
        (60, ["waiting-manager", "waiting-owner"]),
        (90, ["waiting-manager", "waiting-owner"]),
    ],
)
def test_who_hears_how_long_we_have_waited(days: int, told: list[str]) -> None:
    case = paused()
    for earlier in (7, 14, 30, 60, 90):
        if earlier < days:
            change = wake(case, earlier)
            assert change is not None
            case = change.case
    change = wake(case, days)
    assert change is not None
    assert sorted(message.template for message in change.messages) == told
    assert all(f"{days} days" in " ".join(message.paragraphs) for message in change.messages)
    assert change.case.status == "open"
    assert wake(change.case, days) is None, "each rung is raised once"


@pytest.mark.promise("fault:90-day-pause-closes-the-case-with-no-warning")
def test_a_year_of_waiting_closes_nothing() -> None:
    case = paused()
    for day in range(1, 366):
        change = wake(case, day)
        if change is not None:
            case = change.case
        assert case.status == "open"
        assert case.next_alert is not None
    assert len([key for key in case.alerts_raised if key.endswith("/manager")]) == 6


def test_what_came_ends_the_chasing() -> None:
    case = paused(Happening("id_received", date(2027, 6, 10)))
    change = wake(case, 7)
    assert change is None or not change.messages
