"""What we tell people: queued with the decision, sent once, tried again, and a person hears of it when it fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.commands import post
from chalicelib.domain.errors import NotAllowed, NotFound, Stale
from chalicelib.effects import mail

from ..support import samples
from ..support.moment import Moment
from ..support.world import World


def message(world: World, reference: str, number: int = 1) -> Any:
    found = world.services.store.message(reference, number)
    assert found is not None
    return found


@pytest.mark.promise("feature:emails-to-the-requester-from-templates")
def test_a_receipt_is_sent_once_to_the_address_given(world: World) -> None:
    reference = world.go([])
    [sent] = world.mail.sent
    assert sent.to == samples.ANSWERS["email"]
    assert sent.subject == f"We have your complaint: {reference}"
    assert "https://cases.example.org/track" in sent.text
    assert message(world, reference).status == "sent"
    assert message(world, reference).sent_at == world.clock.now()
    assert mail.send(world.services, reference, 1)
    assert len(world.mail.sent) == 1


@pytest.mark.promise("fault:http-status-ignored-then-marked-submitted-the-re")
def test_what_was_refused_is_sent_later(world: World) -> None:
    world.mail.refusals = 3
    reference = world.go([])
    assert message(world, reference).status == "queued"
    assert len(world.outbox()) == 1
    for _ in range(3):
        world.heal()
    assert message(world, reference).status == "sent"
    assert message(world, reference).attempts == 4
    assert world.outbox() == []


def test_after_eight_refusals_a_person_is_told(world: World) -> None:
    world.mail.refusals = 100
    reference = world.go([])
    for _ in range(7):
        assert message(world, reference).status == "queued"
        world.heal()
    assert message(world, reference).status == "failed"
    assert world.mail.tried == 8
    file = world.file(reference)
    assert file.case.needs_attention == "message_failed"
    [event] = world.events(reference, "message_failed")
    assert event.data == {"message": "complaint-received", "number": 1}
    assert world.outbox() == []
    for _ in range(3):
        world.heal()
    assert world.mail.tried == 8
    assert len(world.events(reference, "message_failed")) == 1


def test_a_failure_is_told_although_the_function_dies_while_it_says_so(world: World) -> None:
    """Killed after each of its calls: the message failed, the timeline says so once, and the outbox is empty."""
    world.mail.refusals = 100
    reference = world.go([])
    for _ in range(6):
        world.heal()
    world.watch()
    moment = Moment(world)
    for kill in range(1, 20):
        moment.restore()
        world.mail.refusals = 100
        world.clock.move(minutes=1)
        with world.calls.killed_after(kill):
            world.functions["reconcile"]({}, None)
        for _ in range(4):
            world.heal()
        assert message(world, reference).status == "failed", f"killed after call {kill}"
        assert len(world.events(reference, "message_failed")) == 1, f"killed after call {kill}"
        assert world.file(reference).case.needs_attention == "message_failed"
        assert world.outbox() == []


def test_a_reminder_to_nobody_is_a_failure_that_somebody_sees(world: World) -> None:
    """No one holds the role any more: the case asks for attention instead of keeping silent."""
    reference = world.go([])
    for actor in samples.STAFF:
        world.dismiss(actor)
    at = world.file(reference).case.next_alert
    assert at is not None
    world.clock.set(at)
    world.settle()
    assert world.file(reference).case.needs_attention == "message_failed"
    assert world.outbox() == []


def test_two_senders_at_once_send_it_once(world: World) -> None:
    reference = world.submit().reference
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: mail.send(world.services, reference, 1), range(8)))
    assert len(world.mail.sent) == 1
    assert message(world, reference).status == "sent"


def test_a_claim_lost_with_its_sender_is_free_after_two_minutes(world: World) -> None:
    reference = world.submit().reference
    store = world.services.store
    assert store.claim_message(message(world, reference), world.clock.now())
    assert not mail.send(world.services, reference, 1)
    world.clock.move(seconds=121)
    assert mail.send(world.services, reference, 1)
    assert len(world.mail.sent) == 1


def test_a_person_without_email_gets_a_letter_that_staff_post(world: World) -> None:
    reference = world.submit(samples.BY_POST).reference
    world.settle()
    world.go(samples.STRAIGHT, reference)
    assert world.mail.sent == []
    letters = world.file(reference).messages
    assert {(letter.channel, letter.status) for letter in letters} == {("print", "queued")}
    answer = "\n".join(letters[-1].paragraphs)
    assert samples.DECISIONS["complaint.investigate", "answer_drafted"]["answer"] in answer
    assert "We agree with your complaint." in answer
    assert world.outbox() == []
    with pytest.raises(NotAllowed):
        post.mark_posted(world.services, samples.SERVICE, reference, 1)
    with pytest.raises(NotFound):
        post.mark_posted(world.services, samples.OFFICER, reference, 9)
    post.mark_posted(world.services, samples.OFFICER, reference, 1)
    assert message(world, reference).status == "posted"
    assert message(world, reference).sent_at == world.clock.now()
    [event] = world.events(reference, "message_posted")
    assert event.by == samples.OFFICER.id
    with pytest.raises(Stale):
        post.mark_posted(world.services, samples.OFFICER, reference, 1)


def test_two_who_mark_one_letter_at_once_make_one_event(world: World) -> None:
    reference = world.submit(samples.BY_POST).reference

    def mark(_: int) -> bool:
        try:
            post.mark_posted(world.services, samples.OFFICER, reference, 1)
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        marked = list(pool.map(mark, range(8)))
    assert sum(marked) == 1
    assert len(world.events(reference, "message_posted")) == 1


def test_a_letter_marked_after_the_case_closed_goes_with_the_case(world: World) -> None:
    reference = world.submit(samples.BY_POST).reference
    world.settle()
    world.go(samples.STRAIGHT, reference)
    number = world.file(reference).messages[-1].number
    post.mark_posted(world.services, samples.OFFICER, reference, number)
    ends = {item.get("expires_at") for item in world.items() if item["pk"] == f"CASE#{reference}"}
    assert len(ends) == 1
    assert None not in ends


def test_mail_says_nothing_of_what_people_wrote(world: World) -> None:
    """Every mail of every path, reminders too: the address is the only private word."""
    first = world.go(samples.LOOPS)
    second = world.submit({**samples.ANSWERS, "what_happened": "Zebrafinch again."}, key="key-2").reference
    world.settle()
    world.decide(second, "not_a_complaint")
    third = world.submit({**samples.ANSWERS, "what_happened": "Zebrafinch once more."}, key="key-3").reference
    world.settle()
    for _ in range(15):
        world.clock.move(days=1)
        world.settle()
    assert {mail.subject.rpartition(": ")[2] for mail in world.mail.sent} == {first, second, third}
    for sent in world.mail.sent:
        for word in samples.PRIVATE_WORDS:
            assert word not in sent.subject
            assert word not in sent.text
            assert word not in sent.html
