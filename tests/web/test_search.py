"""Finding a person, notes, and who has looked: on the pages of staff and of the resident."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commands import search, track
from chalicelib.domain.errors import Invalid, NotAllowed

from ..support import samples
from ..support.site import Site
from ..support.world import World
from ..workflow.test_disposal import to_its_end
from .test_desk import cases

NAME = "Zofia Ó Ceallaigh-Brandt"


def sent(world: World, key: str = "key-1", **more: str) -> str:
    reference = world.submit({**samples.ANSWERS, "name": NAME, **more}, key=key).reference
    world.settle()
    return reference


def references(world: World, **asked: Any) -> list[str]:
    return [row.reference for row in search.search(world.services, samples.OFFICER, asked)]


@pytest.mark.promise("feature:full-text-search-and-filters")
@pytest.mark.parametrize(
    "typed",
    ["zofia o ceallaigh brandt", "BRANDT, Zofia Ó Ceallaigh", "ceallaigh", "  zofia ", "O'Ceallaigh-Brandt Zofia"],
)
def test_a_name_is_found_however_it_is_written(world: World, typed: str) -> None:
    reference = sent(world)
    other = sent(world, "key-2", name="Ada Marsh", email="ada@example.org")
    found = references(world, name=typed)
    assert reference in found
    assert other not in found


def test_more_that_is_the_same_comes_first_and_says_why(world: World) -> None:
    weak = sent(world, "key-1", name="Zofia Other", email="z@example.org", phone="01204 000 001")
    strong = sent(world, "key-2")
    asked = {"name": NAME, "email": samples.ANSWERS["email"]}
    assert references(world, **asked) == [strong], "who has the name is not lost among those with a part of it"
    rows = search.search(world.services, samples.OFFICER, {**asked, "parts": True})
    assert [row.reference for row in rows] == [strong, weak]
    assert rows[0].reasons == ("same name", "same e-mail address")
    assert rows[1].reasons == ("same part of the name",)


def test_an_address_is_found_however_it_is_written_and_its_neighbours_after_it(world: World) -> None:
    home, next_door = (
        world.submit({**samples.BY_POST, "address": f"{number} High Street, Bolton BL1 1RU"}, key=number).reference
        for number in ("14", "16")
    )
    world.settle()
    (row,) = search.search(world.services, samples.OFFICER, {"address": "14, high st\nbl11ru"})
    assert (row.reference, row.reasons) == (home, ("same address",))
    loose = search.search(world.services, samples.OFFICER, {"address": "15 High Street BL1 1RU"})
    assert {row.reference for row in loose} == {home, next_door}
    assert {row.reasons for row in loose} == {("same postcode",)}
    with pytest.raises(Invalid) as refused:
        search.search(world.services, samples.OFFICER, {"address": "14 High Street"})
    assert [problem.pointer for problem in refused.value.problems] == ["/address"]
    world.watch()
    with world.calls.counted() as made:
        search.search(world.services, samples.OFFICER, {"address": "14 High Street BL1 1RU"})
    assert len(made) == 3, made


def test_a_reference_opens_its_case_from_the_same_page(site: Site) -> None:
    reference = sent(site.world)
    browser = site.signed_in(samples.OFFICER)
    browser.get("/staff/search")
    there = browser.post("/staff/search", {"reference": reference.lower().replace("-", " ")})
    assert there.headers["Location"].endswith(f"/staff/cases/{reference}")
    browser.get("/staff/search")
    wrong = browser.post("/staff/search", {"reference": "FF-AAA-AAA-AAB"})
    assert wrong.status == 422
    assert "Check the reference." in wrong.text


def test_what_cannot_be_read_is_said_and_finds_nothing(world: World) -> None:
    for wrong in ({}, {"name": "  "}, {"email": "nobody"}, {"phone": "12"}, {"postcode": "nowhere"}):
        with pytest.raises(Invalid):
            search.search(world.services, samples.OFFICER, wrong)
    with pytest.raises(NotAllowed):
        search.search(world.services, samples.SERVICE, {"name": NAME})


def test_nothing_past_its_end_is_found(world: World) -> None:
    reference = world.go([("complaint.triage", "wrong_organisation")], sent(world))
    assert references(world, name=NAME) == [reference]
    to_its_end(world, reference)
    assert references(world, name=NAME) == []


def test_a_search_is_on_record_without_what_was_typed(site: Site) -> None:
    world = site.world
    reference = sent(world)
    officer = site.signed_in(samples.OFFICER)
    officer.get("/staff/search")
    page = officer.post("/staff/search", {"name": NAME})
    assert reference in page.text
    assert "Same name" in page.text
    assert officer.post("/staff/search", {"email": "nobody"}).status == 422
    logged = json.dumps([item for item in world.items() if item["type"] == "lookup"], default=str)
    assert "Zofia" not in logged
    assert samples.OFFICER.id in logged
    assert officer.get("/staff/lookups").status == 403
    shown = site.signed_in(samples.MANAGER).get("/staff/lookups").text
    assert samples.OFFICER.name in shown
    assert reference in shown
    assert "Cases of a person" in shown
    world.clock.move(days=8)
    assert "Nobody did." in site.signed_in(samples.MANAGER).get("/staff/lookups").text


def test_a_note_is_for_staff_only(site: Site) -> None:
    world = site.world
    receipt = world.submit()
    world.settle()
    officer = site.signed_in(samples.OFFICER)
    path = f"/staff/cases/{receipt.reference}"
    officer.get(path)
    empty = officer.post(f"{path}/notes", {"note": "  "})
    assert empty.status == 422
    assert "Write the note" in empty.text
    assert officer.post(f"{path}/notes", {"note": "Zebra: call after six."}).status == 303
    world.settle()
    assert "Zebra: call after six." in officer.get(path).text
    status = track.status(world.services, receipt.reference)
    assert "Zebra" not in repr(status)
    assert "Zebra" not in officer.get(f"{path}/resident-view").text


@pytest.mark.promise("feature:who-looked-at-it")
def test_who_looked_is_noted_once_an_hour_and_the_resident_sees_how_often(site: Site) -> None:
    world = site.world
    (reference,) = cases(world, 1)
    assert track.status(world.services, reference).looked_at == 0
    officer, manager = site.signed_in(samples.OFFICER), site.signed_in(samples.MANAGER)
    for _ in range(3):
        officer.get(f"/staff/cases/{reference}")
    manager.get(f"/staff/cases/{reference}")
    assert track.status(world.services, reference).looked_at == 2
    world.clock.move(minutes=29)
    officer.get(f"/staff/cases/{reference}")
    assert track.status(world.services, reference).looked_at == 2
    world.clock.set(world.clock.now() + timedelta(minutes=40))
    site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}")
    assert track.status(world.services, reference).looked_at == 3
    shown = manager.get(f"/staff/cases/{reference}/looks")
    assert shown.status in (200, 303)
    page = site.signed_in(samples.MANAGER).get(f"/staff/cases/{reference}/looks").text
    assert page.count(samples.OFFICER.name) == 2
    assert samples.OFFICER.name not in repr(track.status(world.services, reference))


def test_who_may_not_see_a_case_leaves_no_look(site: Site) -> None:
    (reference,) = cases(site.world, 1)
    assert site.signed_in(samples.SERVICE).get(f"/staff/cases/{reference}").status == 404
    assert track.status(site.world.services, reference).looked_at == 0
