"""Dates that move: a receipt put right, newer bank holidays. The timeline says from which to which, why and by whom."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.commands import dates
from chalicelib.domain import clock
from chalicelib.domain.errors import Invalid, NotAllowed, Stale
from chalicelib.domain.policy import Book

from ..support import samples
from ..support.world import World

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


def with_holiday(book: Book, day: str) -> Book:
    """The same policy with one more bank holiday, as a newer version."""
    holidays: Any = copy.deepcopy(dict(book.file("bank_holidays")))
    holidays["version"] = "2026-11-24"
    for row in holidays["calendars"].values():
        row["holidays"] = sorted([*row["holidays"], {"date": day, "title": "One-off holiday"}], key=lambda r: r["date"])
    return Book(lambda name: holidays if name == "bank_holidays" else book.file(name))


def load_newer(world: World, day: str) -> None:
    from dataclasses import replace

    world.services = replace(world.services, book=with_holiday(world.services.book, day))


def correct(world: World, reference: str, at: datetime = FRIDAY, **more: Any) -> None:
    version = world.file(reference).case.version
    values = {"reason": "The letter has a stamp of Friday.", "version": version, **more}
    dates.correct_receipt(world.services, samples.OFFICER, reference, at, **values)


def test_a_receipt_put_right_moves_every_date_and_keeps_both_days(world: World) -> None:
    reference = world.go([])
    before = world.file(reference)
    assert before.open_task is not None
    assert before.open_task.due == date(2026, 11, 30)
    moved = dates.try_receipt(world.services, samples.OFFICER, reference, FRIDAY)
    assert [row for row in moved if row["from"].startswith("Monday 30 November")]
    assert world.file(reference).case.version == before.case.version, "a look stores nothing"
    correct(world, reference)
    after = world.file(reference)
    assert after.case.received_on == date(2026, 11, 20)
    assert after.open_task is not None
    assert after.open_task.due == date(2026, 11, 27)
    event = after.events[-1]
    assert (event.type, event.by, event.reason) == (
        "receipt_corrected",
        samples.OFFICER.id,
        "The letter has a stamp of Friday.",
    )
    assert (event.data["from"], event.data["to"]) == ("Monday 23 November 2026", "Friday 20 November 2026")
    assert {
        "label": "Tell you who looks into it",
        "from": "Monday 30 November 2026",
        "to": "Friday 27 November 2026",
    } in event.data["moved"]
    world.settle()
    assert world.machines.is_running("deadline_clock", f"{reference}-clock-{after.case.clock_revision}")


def test_a_correction_after_a_decision_counts_all_again(world: World) -> None:
    """The answer is counted from the acknowledgement, so only what hangs on the receipt moves."""
    reference = world.go(samples.STRAIGHT[:1])
    due = dict(world.file(reference).case.told)
    correct(world, reference)
    told = world.file(reference).case.told
    assert told["ack_due"] < due["ack_due"]
    assert told["due"] == due["due"]


@pytest.mark.parametrize(
    ("at", "pointer", "rule"),
    [
        (datetime(2026, 11, 24, 12, tzinfo=UTC), "/received_at", "maximum"),
        (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), "/received_at", "unchanged"),
        (datetime(2009, 1, 1, 12, tzinfo=UTC), "/received_at", "calendar"),
    ],
)
def test_a_day_that_cannot_be_is_refused(world: World, at: datetime, pointer: str, rule: str) -> None:
    reference = world.go([])
    with pytest.raises(Invalid) as refused:
        correct(world, reference, at)
    assert [(problem.pointer, problem.rule) for problem in refused.value.problems] == [(pointer, rule)]


def test_a_receipt_after_what_followed_from_it_is_refused(world: World) -> None:
    reference = world.go(samples.STRAIGHT[:1])
    world.clock.move(days=3)
    with pytest.raises(Invalid) as refused:
        correct(world, reference, datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert refused.value.problems[0].rule == "order"


def test_who_may_correct_and_with_what(world: World) -> None:
    reference = world.go([])
    with pytest.raises(NotAllowed):
        dates.correct_receipt(world.services, samples.SERVICE, reference, FRIDAY, reason="x", version=1)
    with pytest.raises(Invalid):
        correct(world, reference, reason="  ")
    with pytest.raises(Stale):
        correct(world, reference, version=1)


@pytest.mark.promise("feature:holidays-open-cases-recomputed", "fault:holidays-read-once-into-memory-open-cases-keep-o")
def test_newer_bank_holidays_move_open_cases_and_say_so(world: World) -> None:
    reference, version = world.go([]), world.services.book.rules.version
    assert world.file(reference).case.rules == version
    load_newer(world, "2026-11-27")
    world.clock.move(minutes=2)
    world.functions["reconcile"]({}, None)
    file = world.file(reference)
    event = file.events[-1]
    assert event.type == "dates_moved"
    assert "bank holidays" in event.data["because"]
    assert {
        "label": "Tell you who looks into it",
        "from": "Monday 30 November 2026",
        "to": "Tuesday 1 December 2026",
    } in event.data["moved"]
    assert file.open_task is not None
    assert file.open_task.due == date(2026, 12, 1)
    before = len(file.events)
    world.clock.move(minutes=2)
    world.functions["reconcile"]({}, None)
    assert len(world.file(reference).events) == before, "said once"


def test_a_newer_version_that_moves_nothing_is_only_noted(world: World) -> None:
    reference = world.go([])
    events = len(world.file(reference).events)
    load_newer(world, "2027-05-14")
    world.clock.move(minutes=2)
    world.functions["reconcile"]({}, None)
    file = world.file(reference)
    assert file.case.rules == world.services.book.rules.version
    assert len(file.events) == events


def test_a_case_decided_under_old_holidays_keeps_its_task_in_order(world: World) -> None:
    """A correction and newer holidays at once: one winner, and the other is tried again."""
    reference = world.go([])
    load_newer(world, "2026-11-26")
    correct(world, reference)
    assert world.file(reference).case.told["ack_due"] == "2026-11-30"
    assert not dates.count_again(world.services, reference)


def test_what_if_stores_nothing_and_shows_the_working(world: World) -> None:
    before = world.items()
    found = dates.what_if(
        world.services,
        samples.AUDITOR,
        "ukgdpr-rights",
        date(2027, 6, 1),
        [clock.Happening("clarification_requested", date(2027, 6, 8))],
        {"right": "access"},
    )
    assert found.status == "paused"
    assert world.items() == before
