"""A hold keeps every item of a case; when the last ends, it goes on the later of its day and the day of release."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.commands import holds, link, track
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound
from chalicelib.domain.model import Case

from ..support import samples
from ..support.world import World

REVIEW = date(2027, 6, 1)
WHY = "A letter before claim came."


def case_of(world: World, reference: str) -> Case:
    return world.file(reference).case


def ends(world: World, reference: str) -> set[Any]:
    """The ends of all items of the case, as the table has them."""
    found = (item for item in world.items() if item["pk"] == f"CASE#{reference}")
    return {item.get("expires_at") or item["kept_because"] for item in found}


def place(world: World, reference: str, **more: Any) -> str:
    given = {"authority": "litigation", "reason": WHY, "review_on": REVIEW, **more}
    id_ = holds.place(world.services, samples.MANAGER, reference, **given)
    world.settle()
    return id_


def release(world: World, reference: str, id_: str) -> None:
    holds.release(world.services, samples.MANAGER, reference, id_, reason="The claim was settled.")
    world.settle()


def test_a_hold_takes_the_end_from_every_item_and_gives_it_back(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    (before,) = ends(world, reference)
    id_ = place(world, reference)
    assert ends(world, reference) == {"it is on hold"}
    assert "while it is on hold" in track.status(world.services, reference).deleted_because
    release(world, reference, id_)
    assert ends(world, reference) == {before}, "a hold that ends before its day extends nothing"


def test_a_hold_that_ends_late_lets_the_case_go_on_the_day_of_release(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    id_ = place(world, reference)
    world.clock.move(days=7 * 365)
    assert case_of(world, reference).end.at is None
    release(world, reference, id_)
    (end,) = ends(world, reference)
    assert datetime.fromtimestamp(int(end), UTC).date() == world.clock.now().date() + timedelta(days=1)
    world.clock.move(days=1)
    assert world.services.store.case_file(reference) is None


def test_of_several_holds_the_last_counts(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    first, second = place(world, reference), place(world, reference, authority="police")
    release(world, reference, first)
    assert ends(world, reference) == {"it is on hold"}
    release(world, reference, second)
    assert case_of(world, reference).end.at is not None


def test_an_open_case_on_hold_gets_no_end_when_it_closes(world: World) -> None:
    reference = world.go(samples.STRAIGHT[:2])
    id_ = place(world, reference)
    world.decide(reference, "approve")
    world.settle()
    assert case_of(world, reference).status == "closed"
    assert ends(world, reference) == {"it is on hold"}
    release(world, reference, id_)
    assert all(isinstance(end, (int, float)) or str(end).isdigit() for end in ends(world, reference))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("regulator_enquiry", {"from": "ombudsman", "what": "They ask for the file."}),
        ("safeguarding_referral", None),
    ],
)
def test_what_a_regulator_asks_about_is_kept_until_they_are_done(
    world: World, kind: str, data: dict[str, Any] | None
) -> None:
    reference = world.go(samples.STRAIGHT)
    schema = world.services.book.kind(kind)["opened_from_case"]["schema"]
    given = data or world.services.schemas.document(schema)["examples"][0]
    child = link.open_from(world.services, samples.MANAGER, reference, kind, reason="It came today.", data=given)
    world.settle()
    assert [hold.id for hold in case_of(world, reference).holds] == [child]
    assert ends(world, reference) == {"it is on hold"}
    for _ in range(5):
        if not case_of(world, child).is_open:
            break
        task = world.open_task(child)
        outcomes = world.services.book.task(task.task)["outcomes"]
        outcome = next((name for name in outcomes if name in ("answered", "done", "referred", "noted")), "")
        world.decide(child, outcome)
        world.settle()
    assert not case_of(world, child).is_open
    assert case_of(world, reference).holds == ()
    assert case_of(world, reference).end.at is not None
    assert world.outbox() == []


def test_who_may_and_what_is_refused(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    for actor in (samples.OFFICER, samples.SERVICE, samples.AUDITOR):
        with pytest.raises(NotAllowed):
            holds.place(world.services, actor, reference, authority="police", reason=WHY, review_on=REVIEW)
    for wrong in ({"reason": " "}, {"authority": "because"}, {"review_on": date(2026, 11, 23)}):
        with pytest.raises(Invalid):
            place(world, reference, **wrong)
    with pytest.raises(NotFound):
        release(world, reference, "nothing")


def test_two_holds_and_a_release_at_once_lose_nothing(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    first = place(world, reference)
    work = [
        lambda: place_only(world, reference),
        lambda: place_only(world, reference),
        lambda: holds.release(world.services, samples.MANAGER, reference, first, reason="Settled."),
    ]
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.settle()
    left = case_of(world, reference).holds
    assert len(left) == 2
    assert first not in [hold.id for hold in left]
    assert ends(world, reference) == {"it is on hold"}


def place_only(world: World, reference: str) -> None:
    given: dict[str, Any] = {"authority": "police", "reason": WHY, "review_on": REVIEW}
    holds.place(world.services, samples.DPO, reference, **given)
