"""The deadline clock: each alert once, however often it wakes, and never from dates that have moved."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.clock import Alert
from chalicelib.domain.dates import open_alerts
from chalicelib.domain.model import Case

from ..support import samples
from ..support.world import World


def next_alert(world: World, reference: str) -> datetime:
    at = world.file(reference).case.next_alert
    assert at is not None
    return at


def check(world: World, reference: str, revision: int | None = None) -> dict[str, str]:
    revision = world.file(reference).case.clock_revision if revision is None else revision
    answer: dict[str, str] = world.functions["check_clock"]({"reference": reference, "revision": revision}, None)
    return answer


def raised(world: World, reference: str) -> list[str]:
    return list(world.file(reference).case.alerts_raised)


def not_raised(world: World, case: Case) -> list[Alert]:
    """The alerts whose time has come and that nobody was told of."""
    now = world.clock.now()
    return [alert for alert in open_alerts(world.services.book, case, now) if alert.at <= now]


@pytest.mark.promise("feature:reminders-chasing-escalation")
def test_it_sleeps_until_the_alert_and_raises_it_once(world: World) -> None:
    reference = world.go([])
    due = next_alert(world, reference)
    world.clock.set(due - timedelta(seconds=1))
    world.settle()
    assert raised(world, reference) == []
    world.clock.set(due)
    world.settle()
    once = raised(world, reference)
    assert once
    assert len(world.events(reference, "alert_raised")) == 1
    for _ in range(3):
        assert check(world, reference)["outcome"] == "wait"
        world.stream.replay()
        world.settle()
    assert raised(world, reference) == once
    assert len(world.events(reference, "alert_raised")) == 1
    assert next_alert(world, reference) > due


def test_an_early_wake_raises_nothing_and_writes_nothing(world: World) -> None:
    reference = world.go([])
    before = world.items()
    answer = check(world, reference)
    assert answer == {"outcome": "wait", "at": next_alert(world, reference).strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert world.items() == before


def test_a_late_wake_raises_all_that_was_missed_as_one_event(world: World) -> None:
    reference = world.go([])
    world.clock.move(days=12)
    case = world.file(reference).case
    missed = not_raised(world, case)
    assert len(missed) > 3
    world.settle()
    [event] = world.events(reference, "alert_raised")
    assert raised(world, reference) == [alert.key for alert in missed]
    assert len(event.messages) == len({alert.to for alert in missed}), "each person hears of the latest only"
    told = [message.template for message in world.file(reference).messages if message.number in event.messages]
    assert sorted(told) == sorted({f"reminder-{alert.to}" for alert in missed})


@pytest.mark.promise("fault:old-reminder-fires-after-a-date-moved-or-a-case")
def test_a_superseded_clock_ends_when_it_wakes(world: World) -> None:
    reference = world.go([])
    first = next_alert(world, reference)
    world.decide(reference, "accept")
    world.settle()
    assert check(world, reference, 1) == {"outcome": "superseded", "at": ""}
    world.clock.set(first)
    world.settle()
    clocks = {
        run.input["revision"]: run.status
        for run in world.machines.executions.values()
        if run.machine == "deadline_clock"
    }
    assert clocks == {1: "SUCCEEDED", 2: "RUNNING"}
    assert world.events(reference, "alert_raised") == []


def test_the_clock_of_a_closed_case_ends(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    assert check(world, reference, 99) == {"outcome": "closed", "at": ""}
    world.clock.move(days=60)
    world.settle()
    assert {run.status for run in world.machines.executions.values()} == {"SUCCEEDED"}
    assert world.events(reference, "alert_raised") == []


def test_the_reconciler_raises_what_no_clock_raised(world: World) -> None:
    reference = world.go([])
    world.machines.stop("deadline_clock")
    world.clock.set(next_alert(world, reference))
    assert world.heal()["alerts"] == 1
    assert len(world.events(reference, "alert_raised")) == 1
    world.heal()
    assert len(world.events(reference, "alert_raised")) == 1


def test_reminders_go_to_whoever_has_the_case(world: World) -> None:
    reference = world.go([])
    data = {**samples.DECISIONS["complaint.triage", "accept"], "assign_to": samples.SERVICE_TWO.id}
    world.decide(reference, "accept", data=data)
    world.settle()
    world.mail.sent.clear()
    world.clock.set(next_alert(world, reference))
    world.settle()
    assert [mail.to for mail in world.mail.sent] == [samples.SERVICE_TWO.email]


def test_reminders_to_a_role_go_to_each_who_has_it(world: World) -> None:
    reference = world.go([])
    world.mail.sent.clear()
    world.clock.set(next_alert(world, reference))
    world.settle()
    officers = [actor for actor in samples.STAFF if "ig_officer" in world.services.book.access.held(actor.roles)]
    assert sorted(mail.to for mail in world.mail.sent) == sorted(actor.email for actor in officers)
    assert reference in world.mail.sent[0].subject


def test_months_without_an_answer_raise_each_rung_once(world: World) -> None:
    reference = world.go([("complaint.triage", "accept")])
    for _ in range(12):
        world.clock.move(days=7)
        world.settle()
    keys = raised(world, reference)
    assert len(keys) == len(set(keys))
    assert world.file(reference).case.next_alert is not None
    world.decide(reference, "answer_drafted")
    world.settle()
    world.decide(reference, "approve")
    world.settle()
    assert world.file(reference).case.status == "closed"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wakes=st.lists(st.tuples(st.integers(0, 72), st.booleans(), st.booleans()), min_size=1, max_size=8))
def test_however_often_it_wakes_or_sleeps_over_it(world: World, wakes: list[tuple[int, bool, bool]]) -> None:
    """Any sequence of wakes (hours later, asked twice, records brought again): each rung due by then is raised once."""
    from ..support import aws

    aws.make_table(world.dynamodb)
    fresh = World(type(world.clock)())
    fresh.hire()
    reference = fresh.go([])
    for hours, twice, again in wakes:
        fresh.clock.move(hours=hours)
        fresh.settle()
        for _ in range(1 + twice):
            check(fresh, reference)
        if again:
            fresh.stream.replay()
    case = fresh.file(reference).case
    assert len(case.alerts_raised) == len(set(case.alerts_raised))
    assert not_raised(fresh, case) == []
    in_events = sum(len(event.data["dates"]) for event in fresh.events(reference, "alert_raised"))
    assert in_events <= len(case.alerts_raised)
