"""One request, one commit: what a submission writes, how often it calls AWS, and what a retry gets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.commands import drafts, submit
from chalicelib.domain import reference
from chalicelib.domain.dates import promised
from chalicelib.domain.errors import Conflict, Invalid, KeyReused, NotAllowed, NotFound
from chalicelib.domain.model import Change

from ..support import samples
from ..support.world import World


@pytest.mark.promise("fault:case-saved-in-several-commits-caller-told-failed")
def test_a_submission_is_one_aws_call(world: World) -> None:
    world.watch()
    drafts.save(world.services, "draft-1", "complaint", samples.ANSWERS)
    with world.calls.counted() as made:
        world.submit(key="draft-1", draft_token="draft-1")
    assert made == ["TransactWriteItems"]


def test_a_preview_of_the_dates_calls_nothing(world: World) -> None:
    world.watch()
    with world.calls.counted() as made:
        dates = submit.preview_dates(world.services, "complaint", {})
    assert made == []
    assert [legal.name for legal in dates] == [legal.name for legal in world.submit().dates]


def test_it_writes_the_case_and_all_that_goes_with_it(world: World) -> None:
    drafts.save(world.services, "draft-1", "complaint", samples.ANSWERS)
    receipt = world.submit(key="draft-1", draft_token="draft-1")
    mine = {item["sk"] for item in world.items() if item["pk"] == f"CASE#{receipt.reference}"}
    assert mine == {"CASE", "PARTY#requester", "PARTY#data_subject", "ANSWERS", "EVENT#000001", "MESSAGE#0001"}
    assert sum(item["pk"].startswith("KEY#") for item in world.items()) == 1
    assert drafts.open_draft(world.services, "draft-1", "complaint") is None


def test_people_are_kept_apart_from_what_they_told_us(world: World) -> None:
    file = world.file(world.submit().reference)
    requester = next(party for party in file.parties if party.role == "requester")
    subject = next(party for party in file.parties if party.role == "data_subject")
    assert (requester.name, requester.details["email"]) == (samples.ANSWERS["name"], samples.ANSWERS["email"])
    assert subject.name == samples.ANSWERS["subject_name"]
    assert file.answers["what_happened"] == samples.ANSWERS["what_happened"]
    assert not {"name", "email", "subject_name"} & set(file.answers)


def test_the_same_key_and_answers_give_the_same_receipt(world: World) -> None:
    first = world.submit()
    world.clock.move(hours=3)
    again = world.submit()
    assert (again.reference, again.access_code, again.received_at) == (
        first.reference,
        first.access_code,
        first.received_at,
    )
    assert again.dates == first.dates
    assert (first.repeated, again.repeated) == (False, True)
    assert sum(item["sk"] == "CASE" for item in world.items()) == 1


def test_the_order_of_the_answers_makes_no_other_submission(world: World) -> None:
    first = world.submit()
    assert world.submit(dict(reversed(list(samples.ANSWERS.items())))).reference == first.reference


def test_the_same_key_with_other_answers_is_refused(world: World) -> None:
    world.submit()
    with pytest.raises(KeyReused):
        world.submit({**samples.ANSWERS, "what_happened": "Something else."})
    assert sum(item["sk"] == "CASE" for item in world.items()) == 1


def test_a_key_past_its_end_is_free_although_the_table_still_has_it(world: World) -> None:
    first = world.submit()
    world.clock.move(hours=24)
    second = world.submit({**samples.ANSWERS, "what_happened": "Another matter."})
    assert second.reference != first.reference


@pytest.mark.promise("feature:retried-submit-makes-one-case", "fault:retry-makes-a-second-case")
def test_two_at_once_make_one_case(world: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: world.submit(), range(8)))
    assert len({receipt.reference for receipt in receipts}) == 1
    assert len({receipt.access_code for receipt in receipts}) == 1
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 7
    assert sum(item["sk"] == "CASE" for item in world.items()) == 1


class Contended:
    """A store whose first transactions meet another one on the same item, as DynamoDB says it: nothing was written."""

    def __init__(self, store: object, times: int) -> None:
        self._store, self.times = store, times

    def commit(self, change: Change) -> None:
        if self.times:
            self.times -= 1
            raise Conflict("used")
        self._store.commit(change)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_a_transaction_that_met_another_is_tried_again(world: World) -> None:
    from dataclasses import replace

    world.services = replace(world.services, store=Contended(world.services.store, 2))  # type: ignore[arg-type]
    receipt = world.submit()
    assert not receipt.repeated
    assert world.file(receipt.reference).case.is_open


class SameNumber:
    """Chance that draws one reference twice before it draws another."""

    def __init__(self, world: World) -> None:
        self._ids, self._drawn, self.token = world.ids, 0, world.ids.token

    def below(self, limit: int) -> int:
        self._drawn += 1
        return 3 if self._drawn <= 2 * reference.SYMBOLS else self._ids.below(limit)


def test_a_reference_that_is_taken_is_drawn_again(world: World) -> None:
    from dataclasses import replace

    world.services = replace(world.services, ids=SameNumber(world))
    first, second = world.submit(key="a"), world.submit(key="b")
    assert first.reference != second.reference
    assert not second.repeated


def test_the_receipt_can_be_shown_again_for_a_day(world: World) -> None:
    receipt = world.submit(key="draft-1")
    shown = submit.receipt_for(world.services, "draft-1")
    assert shown is not None
    assert (shown.reference, shown.access_code) == (receipt.reference, receipt.access_code)
    world.clock.move(hours=24)
    assert submit.receipt_for(world.services, "draft-1") is None
    assert submit.receipt_for(world.services, "never") is None


def test_wrong_answers_are_refused_before_anything_is_written(world: World) -> None:
    world.watch()
    with world.calls.counted() as made, pytest.raises(Invalid) as refused:
        world.submit({"name": "Wren Quillfeather"})
    assert made == []
    assert "Quillfeather" not in str(refused.value.problems)
    with pytest.raises(NotFound):
        submit.submit(world.services, "parking", {}, idempotency_key="k")


def test_a_case_entered_by_staff_counts_from_its_true_receipt(world: World) -> None:
    received = world.clock.now() - timedelta(days=3)
    receipt = submit.enter_case(
        world.services,
        samples.OFFICER,
        "complaint",
        samples.BY_POST,
        channel="letter",
        received_at=received,
        idempotency_key="entered-1",
    )
    file = world.file(receipt.reference)
    assert file.case.received_at == received
    assert file.case.received_on == received.date()
    assert (file.events[0].type, file.events[0].by) == ("case_entered", samples.OFFICER.id)
    assert file.messages[0].channel == "print"
    assert receipt.dates == promised(world.services.book, "complaint", {}, received, world.clock.now())


def test_staff_cannot_enter_a_case_from_the_future_or_without_the_role(world: World) -> None:
    def enter(actor: object, received: timedelta) -> None:
        submit.enter_case(
            world.services,
            actor,  # type: ignore[arg-type]
            "complaint",
            samples.ANSWERS,
            channel="phone",
            received_at=world.clock.now() + received,
            idempotency_key="entered-1",
        )

    with pytest.raises(Invalid):
        enter(samples.OFFICER, timedelta(seconds=1))
    with pytest.raises(NotAllowed):
        enter(samples.SERVICE, timedelta())
    assert not [item for item in world.items() if item["sk"] == "CASE"]
