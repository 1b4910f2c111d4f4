"""Tasks beside the workflow: services that are asked, recipients that are told, chasers, and what waits for them."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest

from chalicelib.commands import assign, desk, link, track, view
from chalicelib.domain.errors import AlreadyDecided, CaseServiceError, Invalid, NotAllowed, NotFound, Stale

from ..support import samples
from ..support.world import World
from .test_kinds import begin, told, walk

ASKED = ["early_help", "family_worker", "commissioned_provider"]
ACCEPT = {"right": "access", "where_to_look": "All teams", "ask": ASKED}
TOLD = {"on": "2026-11-23", "how": "By secure email."}


def searching(world: World) -> str:
    reference = begin(world, "rights_request")
    walk(world, reference, "accept", accept=ACCEPT)
    return reference


def answer_all(world: World, reference: str, task: str, outcome: str, **more: Any) -> None:
    for row in world.beside(reference, task):
        world.decide(reference, outcome, task=row, **more)
    world.settle()


@pytest.mark.promise("feature:requests-to-services-with-chasing")
def test_each_service_gets_a_task_with_a_day_of_its_own(world: World) -> None:
    reference = searching(world)
    tasks = world.beside(reference)
    assert [task.about for task in tasks] == ASKED
    assert {task.due.isoformat() for task in tasks if task.due} == {"2026-12-07"}, "ten working days"
    assert told(world, reference).count("task-opened") == 3
    rows = desk.desk(world.services, samples.SERVICE).rows
    assert {row.about for row in rows if row.reference == reference} >= {"The Early Help team"}
    assert {row.stage for row in rows if row.reference == reference} == {"Asked"}


def test_nothing_is_collected_while_somebody_has_not_answered(world: World) -> None:
    reference = searching(world)
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "collected")
    assert "The Early Help team" in refused.value.problems[0].message
    answer_all(world, reference, "rights_request.search", "nothing")
    walk(world, reference, "collected")
    assert world.open_task(reference).task == "rights_request.draft"


def test_an_answer_of_a_service_moves_no_workflow_and_stands_on_the_case(world: World) -> None:
    reference = searching(world)
    world.decide(reference, "found", task=world.beside(reference)[0])
    world.settle()
    assert world.open_task(reference).task == "rights_request.collect"
    shown = view.case_file(world.services, samples.OFFICER, reference)
    done = [row for row in shown.besides if row.status == "decided"]
    assert [(row.about, row.result) for row in done] == [("The Early Help team", "We found some")]
    assert world.heal()["restarted"] == 0


def test_the_same_is_not_asked_twice_while_it_is_open(world: World) -> None:
    reference = searching(world)
    walk(world, reference, "ask_services", ask_services={"ask": ["early_help"]})
    assert len(world.beside(reference)) == 3
    answer_all(world, reference, "rights_request.search", "nothing")
    walk(world, reference, "ask_services", ask_services={"ask": ["early_help"]})
    assert [task.about for task in world.beside(reference)] == ["early_help"]


def test_one_of_two_answers_at_once_counts(world: World) -> None:
    reference = searching(world)
    task = world.beside(reference)[0]
    world.decide(reference, "nothing", task=task)
    with pytest.raises(AlreadyDecided):
        world.decide(reference, "found", task=task)


def test_answers_of_several_services_at_once_are_all_kept(world: World) -> None:
    reference = searching(world)
    tasks, failed = world.beside(reference), []
    barrier = Barrier(len(tasks))

    def answer(task: Any) -> None:
        barrier.wait()
        try:
            world.decide(reference, "nothing", task=task)
        except CaseServiceError as error:
            failed.append(error)

    threads = [Thread(target=answer, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert world.beside(reference) == []
    assert world.file(reference).case.beside == ()


@pytest.mark.promise("feature:reminders-chasing-escalation")
def test_who_does_not_answer_is_chased_by_itself_and_then_the_manager_hears(world: World) -> None:
    reference = searching(world)
    world.clock.move(days=10)
    world.heal()
    assert told(world, reference).count("task-owner") == 3, "two working days before"
    world.clock.move(days=7)
    world.heal()
    assert told(world, reference).count("task-manager") == 3
    sent = len(told(world, reference))
    world.heal()
    assert len(told(world, reference)) == sent, "each rung once"


def test_who_has_answered_is_chased_no_more(world: World) -> None:
    reference = searching(world)
    answer_all(world, reference, "rights_request.search", "nothing")
    world.clock.move(days=12)
    world.heal()
    assert "task-owner" not in told(world, reference)


def test_one_press_reminds_once_a_day(world: World) -> None:
    reference = searching(world)
    task = world.beside(reference)[0]
    assert link.chase(world.services, samples.OFFICER, task.id) == reference
    with pytest.raises(Stale):
        link.chase(world.services, samples.MANAGER, task.id)
    world.clock.move(days=1)
    link.chase(world.services, samples.OFFICER, task.id)
    assert told(world, reference).count("task-owner") == 2
    with pytest.raises(NotAllowed):
        link.chase(world.services, samples.AUDITOR, task.id)
    for unknown in (f"{reference}.1999", f"{reference}.1", "nonsense"):  # .1 is decided
        with pytest.raises(NotFound):
            link.chase(world.services, samples.OFFICER, unknown)


def test_whoever_has_the_task_of_the_workflow_is_reminded_too(world: World) -> None:
    reference = world.submit().reference
    world.settle()
    task = f"{reference}.1"
    link.chase(world.services, samples.MANAGER, task)
    world.settle()
    assert "task-reminder" in told(world, reference)
    sent = [mail for mail in world.mail.sent if mail.subject == f"Reminder: {reference}"]
    assert len(sent) >= 1
    assert "It is due on" in sent[0].text
    with pytest.raises(Stale):
        link.chase(world.services, samples.OFFICER, task)
    world.clock.move(days=1)
    assign.take(world.services, samples.OFFICER, task)
    before = len(world.mail.sent)
    link.chase(world.services, samples.MANAGER, task)
    world.settle()
    (mail,) = [one for one in world.mail.sent[before:] if one.subject == f"Reminder: {reference}"]
    assert mail.to == samples.OFFICER.email, "only who has it"


def test_a_case_that_closes_takes_its_open_tasks_from_the_desks(world: World) -> None:
    reference = searching(world)
    task = world.beside(reference)[0]
    walk(world, reference, "withdrawn")
    file = world.file(reference)
    assert file.case.status == "closed"
    assert {row.status for row in file.tasks if row.is_beside} == {"cancelled"}
    assert {row.end for row in file.tasks if row.is_beside} == {file.case.end}
    assert not [row for row in desk.desk(world.services, samples.SERVICE).rows if row.reference == reference]
    with pytest.raises(Stale):
        world.decide(reference, "nothing", task=task)


# UK GDPR Art 19


@pytest.mark.promise("ours-alone:telling-recipients-article-19")
def test_each_recipient_is_told_and_its_reply_is_noted_before_the_case_closes(world: World) -> None:
    reference = begin(world, "rights_request", right="rectification")
    inform = {"checked": True, "recipients": ["schools", "police"], "other_recipients": ["The family's old landlord"]}
    row = world.services.book.task("rights_request.approve")["outcomes"]["approve_and_inform"]
    inform = {**world.services.schemas.document(row["schema"])["examples"][0], **inform}
    known = world.services.schemas.document(row["schema"])["properties"]
    inform = {name: value for name, value in inform.items() if name in known}
    accept = {"right": "rectification", "where_to_look": "All teams"}
    walk(world, reference, "accept", "collected", "answer_drafted", accept=accept)
    walk(world, reference, "approve_and_inform", approve_and_inform=inform)
    assert len(world.beside(reference, "rights_request.tell_recipient")) == 3
    with pytest.raises(Invalid):
        world.decide(reference, "informed")
    first, second, third = world.beside(reference)
    world.decide(reference, "told", task=first, data=TOLD)
    world.decide(reference, "told", task=second, data=TOLD)
    world.decide(reference, "not_possible", task=third)
    world.settle()
    waiting = world.beside(reference, "rights_request.recipient_reply")
    assert [task.about for task in waiting] == ["schools", "police"]
    with pytest.raises(Invalid):
        world.decide(reference, "informed")
    world.decide(reference, "replied", task=waiting[0])
    world.decide(reference, "no_reply", task=waiting[1])
    walk(world, reference, "informed")
    assert world.file(reference).case.status == "closed"


# what the law refuses stays on record


@pytest.mark.promise("ours-alone:extension-gate")
def test_an_extension_that_comes_too_late_is_refused_and_on_the_timeline(world: World) -> None:
    """UK GDPR Art 12A(4): the notice must come before the first month ends."""
    reference = begin(world, "rights_request")
    walk(world, reference, "accept")
    world.clock.move(days=31)
    before = world.file(reference).case
    with pytest.raises(Invalid):
        world.decide(reference, "extend")
    (event,) = world.events(reference, "attempt_refused")
    assert event.by == samples.OFFICER.id
    after = world.file(reference).case
    assert (after.happenings, after.told) == (before.happenings, before.told)
    assert world.open_task(reference).status == "open"
    assert "request-extended" not in told(world, reference)
    texts = [entry.text for entry in view.case_file(world.services, samples.OFFICER, reference).timeline]
    assert any("Refused: It is too late" in text for text in texts)
    assert "too late" not in str(track.status(world.services, reference).timeline)
