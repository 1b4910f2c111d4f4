"""Conflicts of interest: declared by whoever has one, enforced from then on, ended by a manager only."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.commands import assign, conflicts
from chalicelib.commands.decide import decide
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, Stale
from chalicelib.domain.model import Actor

from ..support import samples
from ..support.site import Site
from ..support.world import World


def opened(world: World) -> str:
    reference = world.submit().reference
    world.settle()
    return reference


@pytest.mark.promise("feature:restricted-cases")
def test_who_has_a_conflict_sees_and_decides_nothing(site: Site) -> None:
    world = site.world
    reference = opened(world)
    task = f"{reference}.1"
    assign.take(world.services, samples.OFFICER, task)
    officer = site.signed_in(samples.OFFICER)
    page = officer.get(f"/staff/cases/{reference}/conflict")
    assert "You do not see the case any more." in page.text
    assert officer.post(f"/staff/cases/{reference}/conflict", {"reason": " "}).status == 422
    done = officer.post(f"/staff/cases/{reference}/conflict", {"reason": "Their neighbour."})
    assert done.headers["Location"] == "/staff"
    world.settle()
    assert officer.get(f"/staff/cases/{reference}").status == 404
    assert reference not in officer.get("/staff").text
    assert reference not in officer.get("/staff?view=team").text
    waiting = world.open_task(reference)
    assert waiting.person == ""
    with pytest.raises(NotFound):
        world.decide(reference, "spam", actor=samples.OFFICER)
    with pytest.raises((NotAllowed, Invalid)):
        assign.give(world.services, samples.MANAGER, task, samples.OFFICER.id, reason="r")
    assert any("has a conflict of interest" in mail.text for mail in world.mail.sent)
    manager = site.signed_in(samples.MANAGER)
    shown = manager.get(f"/staff/cases/{reference}")
    assert f"{samples.OFFICER.name}: a conflict of interest." in shown.text
    assert "Their neighbour." in shown.text
    assert "should have no part in this case: a conflict of interest" in shown.text


def test_a_decision_that_is_on_its_way_fails(world: World) -> None:
    reference = opened(world)
    version = world.open_task(reference).version
    conflicts.declare(world.services, samples.MANAGER, reference, person=samples.OFFICER.id, reason="Family.")
    with pytest.raises((NotFound, NotAllowed, Stale)):
        decide(world.services, samples.OFFICER, f"{reference}.1", "spam", reason="r", data={}, version=version)
    assert world.file(reference).case.is_open


def test_only_a_manager_declares_it_of_others_and_ends_it(site: Site) -> None:
    world = site.world
    reference = opened(world)

    def declare(actor: Actor, person: str) -> Any:
        return conflicts.declare(world.services, actor, reference, person=person, reason="r")

    with pytest.raises(NotAllowed):
        declare(samples.OFFICER, samples.MANAGER.id)
    with pytest.raises(NotAllowed):
        declare(samples.AUDITOR, "")
    with pytest.raises(Invalid):
        declare(samples.MANAGER, "nobody")
    declare(samples.MANAGER, samples.OFFICER.id)
    with pytest.raises(Stale):
        declare(samples.MANAGER, samples.OFFICER.id)
    manager = site.signed_in(samples.MANAGER)
    path = f"/staff/cases/{reference}/conflict/{samples.OFFICER.id}"
    assert samples.OFFICER.name in manager.get(path).text
    assert samples.OFFICER.name not in manager.get(path).title
    assert manager.post(path, {"reason": ""}).status == 422
    assert manager.post(path, {"reason": "It was somebody else."}).status == 303
    assert manager.get(path).status == 404
    assert site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}").status == 200
    declare(samples.MANAGER, "")
    assert manager.get(f"/staff/cases/{reference}").status == 404, "nobody ends their own"


def test_a_manager_says_it_of_somebody_on_the_page(site: Site) -> None:
    reference = opened(site.world)
    manager = site.signed_in(samples.MANAGER)
    path = f"/staff/cases/{reference}/conflict"
    assert samples.OFFICER.name in manager.get(path).text
    done = manager.post(path, {"person": samples.OFFICER.id, "reason": "They said so by phone."})
    assert done.headers["Location"] == f"/staff/cases/{reference}"
    again = manager.get(path)
    assert f'value="{samples.OFFICER.id}"' not in again.body
    raced = manager.post(path, {"person": samples.OFFICER.id, "reason": "Again."})
    assert raced.status == 422
    assert "kept out of this case already" in raced.text
