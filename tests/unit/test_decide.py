"""Exactly one decision, by somebody who may."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import desk, view
from chalicelib.commands.decide import decide
from chalicelib.domain.errors import AlreadyDecided, CaseServiceError, Invalid, NotAllowed, NotFound, Stale
from chalicelib.domain.model import Actor, Change

from ..support import samples
from ..support.world import World


class AllAtOnce:
    """A store at which everybody waits before the first commit, until all have read the task as open."""

    def __init__(self, store: Any, people: int) -> None:
        self._store, self._gate, self._been = store, threading.Barrier(people), threading.local()

    def commit(self, change: Change) -> None:
        if not getattr(self._been, "here", False):
            self._been.here = True
            self._gate.wait(10)
        self._store.commit(change)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.mark.promise(
    "feature:exactly-one-decision-under-races",
    "ours-alone:race-proof-decisions",
    "fault:approve-and-deny-both-answer-succeeded-last-writ",
)
def test_of_eight_decisions_at_once_one_wins_and_the_others_hear_whose(world: World) -> None:
    reference = world.go([])
    task = world.open_task(reference)
    services = replace(world.services, store=AllAtOnce(world.services.store, 8))
    people = [Actor(f"officer.{n}", f"Officer {n}", "", frozenset({"ig_officer"})) for n in range(8)]

    def attempt(number: int) -> Any:
        outcome = ("accept", "not_a_complaint")[number % 2]
        data = samples.DECISIONS[task.task, outcome]
        try:
            decide(services, people[number], task.id, outcome, reason="Because.", data=data, version=task.version)
        except CaseServiceError as error:
            return error
        return people[number]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(8)))
    [winner] = [answer for answer in answers if isinstance(answer, Actor)]
    losers = [answer for answer in answers if isinstance(answer, AlreadyDecided)]
    assert len(losers) == 7
    assert {loser.who for loser in losers} == {winner.name}
    assert all(winner.name in loser.message and loser.at == world.clock.now() for loser in losers)
    [decision] = world.events(reference, "task_decided")
    assert decision.by == winner.id
    assert {loser.outcome for loser in losers} == {decision.data["outcome"]}
    assert len(decision.messages) == 1, "one letter"
    assert len(world.file(reference).messages) == 2


def test_a_decision_is_one_read_and_one_write(world: World) -> None:
    reference = world.go([])
    task = world.open_task(reference)
    world.watch()
    with world.calls.counted() as made:
        decide(
            world.services,
            samples.OFFICER,
            task.id,
            "accept",
            reason="Because.",
            data=samples.DECISIONS[task.task, "accept"],
            version=task.version,
        )
    assert made == ["BatchGetItem", "TransactWriteItems"]


def test_a_decision_meets_another_change_of_the_case_and_still_counts_once(world: World) -> None:
    """The clock raised an alert between the reading and the writing."""
    reference = world.go([])
    store = world.services.store

    class ClockFirst:
        def __init__(self) -> None:
            self.waiting = True

        def commit(self, change: Change) -> None:
            if self.waiting:
                self.waiting = False
                case = store.case(reference)
                assert case is not None
                store.commit(Change(case=replace(case, version=case.version + 1)))
            store.commit(change)

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    world.services = replace(world.services, store=ClockFirst())
    world.decide(reference, "accept")
    assert len(world.events(reference, "task_decided")) == 1


def test_the_author_of_an_answer_cannot_approve_it(world: World) -> None:
    reference = world.go([("complaint.triage", "accept")])
    world.decide(reference, "answer_drafted", samples.BOTH)
    world.settle()
    with pytest.raises(NotAllowed) as refused:
        world.decide(reference, "approve", samples.BOTH)
    assert "Somebody else" in refused.value.message
    row = view.case_file(world.services, samples.BOTH, reference).tasks[0]
    assert not row.yours
    assert "Somebody else" in row.why_not
    world.decide(reference, "approve", samples.MANAGER)
    world.settle()
    assert world.file(reference).case.status == "closed"


@pytest.mark.promise("feature:clearance-quality-check-drafter-is-not-approver")
def test_whoever_wrote_an_earlier_draft_cannot_approve_the_last(world: World) -> None:
    reference = world.go([("complaint.triage", "accept")])
    world.decide(reference, "answer_drafted", samples.BOTH)
    world.settle()
    world.decide(reference, "return")
    world.settle()
    case = world.file(reference).case
    assert case.facts["assigned_to"] == samples.BOTH.id
    world.decide(reference, "wrong_service", samples.BOTH)
    world.settle()
    data = {**samples.DECISIONS["complaint.triage", "accept"], "assign_to": samples.SERVICE.id}
    world.decide(reference, "accept", data=data)
    world.settle()
    world.decide(reference, "answer_drafted")
    world.settle()
    with pytest.raises(NotAllowed):
        world.decide(reference, "approve", samples.BOTH)


def test_a_stale_page_decides_nothing(world: World) -> None:
    reference = world.go([])
    task = world.open_task(reference)
    world.machines.stop("complaint")
    world.heal()
    assert world.open_task(reference).version == task.version + 1
    with pytest.raises(Stale):
        world.decide(reference, "accept", version=task.version)
    world.decide(reference, "accept")


def test_who_may_not_decide(world: World) -> None:
    reference = world.go([])
    for actor in (samples.AUDITOR,):
        with pytest.raises(NotAllowed):
            world.decide(reference, "accept", actor)
    with pytest.raises(NotFound):
        world.decide(reference, "accept", samples.SERVICE)
    assert world.open_task(reference).status == "open"


def test_what_cannot_be_a_decision(world: World) -> None:
    reference = world.go([])
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "accept", reason="  ")
    assert [problem.pointer for problem in refused.value.problems] == ["/reason"]
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "accept", reason="x" * 4001)
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "accept", data={"procedure": "mine"})
    assert {problem.pointer for problem in refused.value.problems} >= {"/data/procedure", "/data/points"}
    task = world.open_task(reference)
    with pytest.raises(NotFound):
        decide(world.services, samples.OFFICER, task.id, "shred", reason="r", data={}, version=task.version)
    for wrong in ("", "FF", f"{reference}.", f"{reference}.x", f"{reference}.99", f"{reference}.²", "FF-AAA-AAA-AAA.1"):
        with pytest.raises(NotFound):
            decide(world.services, samples.OFFICER, wrong, "accept", reason="r", data={}, version=1)


def test_a_case_given_to_one_manager_is_not_for_another(world: World) -> None:
    reference = world.go([])
    data = {**samples.DECISIONS["complaint.triage", "accept"], "assign_to": samples.SERVICE.id}
    world.decide(reference, "accept", data=data)
    world.settle()
    assert view.case_file(world.services, samples.SERVICE, reference).tasks[0].yours
    with pytest.raises(NotFound):
        view.case_file(world.services, samples.SERVICE_TWO, reference)
    with pytest.raises(NotFound):
        world.decide(reference, "answer_drafted", samples.SERVICE_TWO)
    assert [row.reference for row in desk.desk(world.services, samples.SERVICE).rows] == [reference]
    assert desk.desk(world.services, samples.SERVICE_TWO).rows == ()


def test_a_case_given_to_the_role_is_for_each_of_them(world: World) -> None:
    reference = world.go([("complaint.triage", "accept")])
    for actor in (samples.SERVICE, samples.SERVICE_TWO):
        assert view.case_file(world.services, actor, reference).tasks[0].yours
        assert [row.reference for row in desk.desk(world.services, actor).rows] == [reference]
