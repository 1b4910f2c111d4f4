"""Cases that only named people may open: about somebody who works here, or where more eyes do harm."""

from __future__ import annotations

import pytest

from chalicelib.commands import assign, conflicts, desk, feeds, named, search, track, view
from chalicelib.domain.desk import VIEWS
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, Stale
from chalicelib.domain.model import Actor

from ..support import samples
from ..support.site import Site
from ..support.world import World

WHY = {"why": "staff", "reason": "It is about a colleague."}


def shut(world: World, reference: str, *people: Actor, by: Actor = samples.OFFICER) -> None:
    named.shut(world.services, by, reference, people=[person.id for person in people], **WHY)
    world.settle()


def seen_by(world: World, reference: str) -> set[str]:
    """Who of the staff may open the case."""
    found = set()
    for actor in samples.STAFF:
        try:
            view.case_file(world.services, actor, reference)
        except NotFound:
            continue
        found.add(actor.id)
    return found


@pytest.mark.promise("feature:restricted-cases")
def test_nobody_else_sees_it_anywhere(world: World) -> None:
    reference = world.go([])
    before = seen_by(world, reference)
    assert {samples.OFFICER_TWO.id, samples.AUDITOR.id} < before
    shut(world, reference, samples.OFFICER)
    few = seen_by(world, reference)
    assert samples.OFFICER.id in few
    assert samples.MANAGER.id in few
    assert samples.DPO.id in few
    assert not {samples.OFFICER_TWO.id, samples.AUDITOR.id, samples.SERVICE.id} & few
    world.heal()
    for actor in (samples.OFFICER_TWO, samples.AUDITOR):
        for name in VIEWS:
            page = desk.view(world.services, actor, name, "")
            assert reference not in [row.reference for row in page.rows], name
        assert set(desk.counts(world.services, actor).values()) == {"0"}
        key = feeds.address(world.services, actor.id, team=True)
        assert feeds.tasks(world.services, actor.id, key) == ()
    asked = {"name": samples.ANSWERS["name"]}
    assert not search.search(world.services, samples.OFFICER_TWO, asked)
    assert [row.reference for row in search.search(world.services, samples.OFFICER, asked)] == [reference]
    with pytest.raises(NotFound):
        world.decide(reference, "accept", samples.OFFICER_TWO)
    (row,) = desk.view(world.services, samples.OFFICER, "team", "").rows
    assert "Few may open it" in row.flags


def test_what_others_have_goes_back_and_who_is_given_a_task_is_named(world: World) -> None:
    reference = world.go([])
    task = f"{reference}.1"
    assign.take(world.services, samples.OFFICER_TWO, task)
    shut(world, reference)
    assert world.open_task(reference).person == ""
    assert samples.OFFICER_TWO.id not in seen_by(world, reference)
    with pytest.raises(NotFound):
        assign.take(world.services, samples.OFFICER_TWO, task)
    assign.give(world.services, samples.MANAGER, task, samples.OFFICER_TWO.id, reason="They know how.")
    assert samples.OFFICER_TWO.id in seen_by(world, reference)
    world.settle()
    world.decide(reference, "accept", samples.OFFICER_TWO)
    world.settle()
    assert world.open_task(reference).task == "complaint.investigate"
    assert samples.SERVICE_TWO.id not in seen_by(world, reference), "the next role does not see it by being the next"


def test_only_a_manager_opens_it_up_and_the_last_names_count(world: World) -> None:
    reference = world.go([])
    shut(world, reference, samples.OFFICER_TWO)
    shut(world, reference, samples.SERVICE, by=samples.OFFICER_TWO)
    assert {samples.OFFICER_TWO.id, samples.SERVICE.id} <= seen_by(world, reference)
    assert samples.OFFICER.id not in seen_by(world, reference), "not named any more"
    with pytest.raises(NotAllowed):
        named.open_up(world.services, samples.OFFICER_TWO, reference, reason="x")
    with pytest.raises(NotAllowed):
        named.shut(world.services, samples.SERVICE, reference, people=[], **WHY)
    named.open_up(world.services, samples.MANAGER, reference, reason="It is over.")
    assert {samples.OFFICER.id, samples.AUDITOR.id} <= seen_by(world, reference)
    with pytest.raises(Stale):
        named.open_up(world.services, samples.MANAGER, reference, reason="Again.")
    told = [event.type for event in world.file(reference).events]
    assert told.count("case_shut") == 2
    assert told.count("case_opened_up") == 1
    assert not any("named people" in entry.text for entry in resident_lines(world, reference))


def resident_lines(world: World, reference: str) -> list[object]:

    return list(track.status(world.services, reference).timeline)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"why": "moon"}, "/why"), ({"reason": " "}, "/reason"), ({"people": ["nobody.here"]}, "/people")],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(world: World, changes: dict[str, object], pointer: str) -> None:
    reference = world.go([])
    with pytest.raises(Invalid) as refused:
        named.shut(world.services, samples.OFFICER, reference, **{"people": [], **WHY, **changes})  # type: ignore[arg-type]
    assert [problem.pointer for problem in refused.value.problems] == [pointer]
    assert not world.file(reference).case.only_named


def test_who_should_have_no_part_cannot_be_named(world: World) -> None:
    reference = world.go([])
    conflicts.declare(world.services, samples.OFFICER_TWO, reference, reason="A friend.")
    with pytest.raises(Invalid, match="invalid"):
        shut(world, reference, samples.OFFICER_TWO)


def test_on_the_pages(site: Site) -> None:
    world = site.world
    reference = world.go([])
    officer = site.signed_in(samples.OFFICER)
    path = f"/staff/cases/{reference}/named"
    assert "Let only named people open this case" in officer.get(f"/staff/cases/{reference}").text
    officer.get(path)
    assert officer.post(path, {"reason": "x"}).status == 422
    officer.get(path)
    done = officer.post(path, {**WHY, f"people.{samples.SERVICE.id}": "true"})
    assert done.status == 303
    page = officer.follow(done)
    assert "Who may open it" in page.text
    assert f"{samples.OFFICER.name}, {samples.SERVICE.name}." in page.text, "by name, not by what they sign in with"
    assert samples.SERVICE.id not in page.text
    assert f"{path}/end" not in page.body
    assert site.signed_in(samples.OFFICER_TWO).get(f"/staff/cases/{reference}").status == 404
    manager = site.signed_in(samples.MANAGER)
    assert f"{path}/end" in manager.get(f"/staff/cases/{reference}").body
    manager.get(f"{path}/end")
    assert manager.post(f"{path}/end", {"reason": ""}).status == 422
    manager.get(f"{path}/end")
    assert manager.post(f"{path}/end", {"reason": "It is over."}).status == 303
    manager.get(f"{path}/end")
    assert manager.post(f"{path}/end", {"reason": "Again."}).status == 422
    assert site.signed_in(samples.OFFICER_TWO).get(f"/staff/cases/{reference}").status == 200
