"""Views of the desk, who has what, many at once, and how much waits."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from chalicelib.commands import assign, desk, feeds, link
from chalicelib.domain.desk import VIEWS
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, Stale
from chalicelib.domain.model import Actor

from ..support import samples
from ..support.site import Site
from ..support.world import World
from .test_api import described, token_of


def cases(world: World, count: int) -> list[str]:
    found = [
        world.submit({**samples.ANSWERS, "email": f"a{n}@example.org"}, key=f"key-{n}").reference for n in range(count)
    ]
    world.settle()
    return found


def references(world: World, actor: Actor, view: str, kind: str = "") -> list[str]:
    return [row.reference for row in desk.view(world.services, actor, view, kind).rows]


def test_a_task_is_taken_handed_back_and_given(site: Site) -> None:
    world = site.world
    (reference,) = cases(world, 1)
    task = f"{reference}.1"
    officer, other = site.signed_in(samples.OFFICER), site.signed_in(samples.OFFICER_TWO)
    assert references(world, samples.OFFICER, "anybody") == [reference]
    officer.get(f"/staff/cases/{reference}")
    assert officer.post(f"/staff/tasks/{task}/take", {}).status == 303
    assert references(world, samples.OFFICER, "mine") == [reference]
    assert references(world, samples.OFFICER_TWO, "anybody") == []
    assert references(world, samples.OFFICER_TWO, "team") == [reference]
    other.get(f"/staff/cases/{reference}")
    assert other.post(f"/staff/tasks/{task}/take", {}).status == 403
    page = officer.get(f"/staff/cases/{reference}")
    assert "You have it." in page.text
    assert "&lt;" not in page.body, "markup that is shown as text"
    back = f"/staff/tasks/{task}/hand-back"
    officer.get(back)
    assert officer.post(back, {"reason": ""}).status == 422
    assert officer.post(back, {"reason": "I am away."}).status == 303
    assert references(world, samples.OFFICER_TWO, "anybody") == [reference]
    manager = site.signed_in(samples.MANAGER)
    give = f"/staff/tasks/{task}/give"
    manager.get(give)
    assert manager.post(give, {"person": "nobody.here", "reason": "x"}).status == 422
    assert manager.post(give, {"person": samples.SERVICE.id, "reason": "x"}).status == 422, "not of this role"
    assert manager.post(give, {"person": samples.OFFICER_TWO.id, "reason": "You know the family."}).status == 303
    assert f"{samples.OFFICER_TWO.name} has it." in manager.get(f"/staff/cases/{reference}").text
    world.settle()
    assert references(world, samples.OFFICER_TWO, "mine") == [reference]
    (mail,) = [sent for sent in world.mail.sent if "A task is on your desk" in sent.subject]
    assert mail.to == samples.OFFICER_TWO.email
    seen = manager.get(f"/staff/cases/{reference}").text
    assert "gave a task to" in seen
    assert "handed a task back" in seen
    assert site.signed_in(samples.OFFICER).get(give).status == 403
    world.decide(reference, "accept", samples.OFFICER_TWO)
    with pytest.raises(Stale):
        assign.give(world.services, samples.MANAGER, task, samples.OFFICER.id, reason="Too late.")


def test_who_took_part_is_not_given_what_somebody_else_must_do(site: Site) -> None:
    world = site.world
    reference = world.go(samples.STRAIGHT[:2])
    task = world.open_task(reference)
    took = next(one for one in samples.STAFF if one.id in task.not_by)
    with pytest.raises(NotAllowed):
        assign.give(world.services, samples.MANAGER, task.id, took.id, reason="No.")


def test_the_workflow_goes_on_with_a_task_that_was_given(world: World) -> None:
    (reference,) = cases(world, 1)
    assign.take(world.services, samples.OFFICER, f"{reference}.1")
    world.settle()
    world.decide(reference, "accept", samples.OFFICER)
    world.settle()
    assert world.open_task(reference).task == "complaint.investigate"


def test_views_show_what_they_say(site: Site) -> None:
    world = site.world
    first, second = cases(world, 2)
    world.clock.move(days=30)
    feedback = world.submit(
        {"about": "compliment", "what_happened": "Good.", "answer_wanted": "no"}, key="f", kind="feedback"
    ).reference
    world.settle()
    assert set(references(world, samples.OFFICER, "late")) == {first, second}
    assert references(world, samples.OFFICER, "team", "feedback") == [feedback]
    world.go(samples.STRAIGHT[:2], first)
    assert references(world, samples.MANAGER, "approval") == [first]
    browser = site.signed_in(samples.MANAGER)
    for name, words in VIEWS.items():
        assert words in browser.get(f"/staff?view={name}").text
    assert browser.get("/staff?view=nonsense&kind=nonsense").status == 200
    rows = list(csv.DictReader(io.StringIO(browser.get("/staff?view=late&format=csv").body)))
    assert {row["reference"] for row in rows} >= {second}
    assert samples.ANSWERS["name"] not in json_of(rows)
    with pytest.raises(Invalid):
        desk.view(world.services, samples.MANAGER, "x", "")


def json_of(rows: list[dict[str, str]]) -> str:
    return "\n".join(",".join(row.values()) for row in rows)


def test_a_narrow_case_is_in_no_view_of_who_may_not_open_it(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    data = world.services.schemas.document("links/safeguarding_referral")["examples"][0]
    worry = link.open_from(
        world.services, samples.OFFICER, reference, "safeguarding_referral", reason="A worry.", data=data
    )
    world.settle()
    assert worry in references(world, samples.OFFICER, "team")
    assert worry in references(world, samples.MANAGER, "team")
    assert not world.services.book.access.may_see(samples.OFFICER_TWO, world.file(worry).case) or (
        worry in references(world, samples.OFFICER_TWO, "team")
    )


@pytest.mark.promise(
    "feature:queues-next-case-bulk-allocation-priority", "fault:message-counts-ids-submitted-not-done-loop-stops"
)
def test_many_are_given_at_once_after_a_page_that_says_so(site: Site) -> None:
    world = site.world
    some = cases(world, 3)
    world.decide(some[2], "accept")
    world.settle()
    manager = site.signed_in(samples.MANAGER)
    manager.get("/staff?view=team")
    ticked = {f"task.{one}.1": "yes" for one in some}
    asked = manager.post("/staff/bulk", {**ticked, "act": "give"})
    assert asked.status == 200
    assert all(one in asked.text for one in some)
    assert references(world, samples.OFFICER, "mine") == [], "nothing happens before it is confirmed"
    missing = {**ticked, "act": "give", "confirmed": "yes", "person": samples.OFFICER.id, "reason": ""}
    done = manager.post("/staff/bulk", missing)
    assert done.text.count("Not done: Write why.") == 3
    manager.get("/staff?view=team")
    done = manager.post("/staff/bulk", {**missing, "reason": "Leave."})
    assert done.text.count("Not done: This is done already.") == 1
    assert sorted(references(world, samples.OFFICER, "mine")) == sorted(some[:2])
    manager.get("/staff")
    assert manager.post("/staff/bulk", {"act": "give"}).status == 422
    manager.get("/staff")
    chased = manager.post("/staff/bulk", {**ticked, "act": "chase", "confirmed": "yes"})
    assert chased.text.count("Not done") == 1, "one is decided"
    again = manager.post("/staff/bulk", {**ticked, "act": "chase", "confirmed": "yes"})
    assert again.text.count("Not done") == 3, "once a day"
    officer = site.signed_in(samples.OFFICER)
    officer.get("/staff")
    assert officer.post("/staff/bulk", {**ticked, "act": "give"}).status == 403


def test_the_next_task_and_how_much_waits(site: Site) -> None:
    world = site.world
    browser = site.signed_in(samples.OFFICER)
    assert browser.get("/staff/next").headers["Location"].endswith("/staff")
    (reference,) = cases(world, 1)
    assert browser.get("/staff/next").headers["Location"].endswith(f"/staff/tasks/{reference}.1")
    assign.take(world.services, samples.OFFICER, f"{reference}.1")
    page = browser.get("/staff/overview").text
    assert samples.OFFICER.name in page
    assert [
        load.tasks for load in desk.workload(world.services, samples.MANAGER) if load.name == samples.OFFICER.name
    ] == [1]
    assert sum(count for _, count in desk.forecast(world.services, samples.OFFICER)) == 1
    assert site.signed_in(samples.SERVICE).get("/staff/overview").status == 403


@pytest.mark.parametrize("actor", [samples.OFFICER, samples.MANAGER, samples.SERVICE], ids=lambda actor: actor.id)
def test_each_view_of_the_desk_costs_three_calls(world: World, actor: Actor) -> None:
    """Two of a manager's roles, whoever has the tasks, and what was counted: and one more call for the session."""
    cases(world, 5)
    world.heal()
    world.watch()
    for name in VIEWS:
        with world.calls.counted() as made:
            page = desk.view(world.services, actor, name, "")
        assert len(made) <= 3, (name, made)
        assert set(page.counts) == set(VIEWS)


def test_each_view_says_how_many_it_holds(site: Site) -> None:
    world = site.world
    first, second, third = cases(world, 3)
    assign.take(world.services, samples.OFFICER, f"{first}.1")
    world.go(samples.STRAIGHT[:2], second)
    browser = site.signed_in(samples.MANAGER)
    assert "(" not in browser.get("/staff?view=team&kind=feedback").text.partition("Only one kind")[0], (
        "not counted yet"
    )
    world.heal()
    page = browser.get("/staff?view=late&kind=feedback")
    for words in ("Yours and your role's (1)", "Yours (0)", "Nobody has it yet (2)", "All of the team (3)"):
        assert words in page.text, words
    assert "Waits for a second person (1)" in page.text
    assert "Counted" in page.text
    assert "Yours (1)" in site.signed_in(samples.OFFICER).get("/staff?view=team").text
    assign.take(world.services, samples.OFFICER_TWO, f"{third}.1")
    seen = site.signed_in(samples.OFFICER_TWO).get("/staff?view=mine")
    assert "Yours (1)" in seen.text, "what is on the page is counted at once"
    assert "Nobody has it yet (1)" in seen.text, "the others a minute later"
    world.clock.move(minutes=11)
    tabs = browser.get("/staff?view=late&kind=feedback").text.partition("Only one kind")[0]
    assert "(" not in tabs, "too old"


def test_what_somebody_may_not_open_is_in_none_of_their_counts(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    data = world.services.schemas.document("links/safeguarding_referral")["examples"][0]
    link.open_from(world.services, samples.OFFICER, reference, "safeguarding_referral", reason="A worry.", data=data)
    world.settle()
    world.heal()
    for actor in samples.STAFF:
        shown = {name: len(references(world, actor, name)) for name in VIEWS}
        counts = desk.view(world.services, actor, "team", "feedback").counts
        assert {name: int(words) for name, words in counts.items()} == shown, actor.id
        assert dict(desk.counts(world.services, actor)) == counts


def test_what_is_counted_is_written_when_it_changes_and_before_its_end(world: World) -> None:
    cases(world, 1)
    everybody = len(world.services.store.people())
    assert desk.count(world.services) == everybody
    assert desk.count(world.services) == 0
    world.clock.move(minutes=5)
    assert desk.count(world.services) == everybody
    cases_before = world.submit(key="more").reference
    world.settle()
    assert 0 < desk.count(world.services) < everybody, f"{cases_before} concerns some of them"


def test_what_one_person_has_stands_in_the_address(site: Site) -> None:
    world = site.world
    first, second = cases(world, 2)
    assign.take(world.services, samples.OFFICER, f"{first}.1")
    browser = site.signed_in(samples.MANAGER)
    overview = browser.get("/staff/overview")
    address = f"/staff?view=team&amp;who={samples.OFFICER.id}"
    assert address in overview.body
    page = browser.get(f"/staff?view=team&who={samples.OFFICER.id}")
    assert first in page.text
    assert second not in page.text
    assert f"What {samples.OFFICER.name} has only" in page.text
    rows = list(csv.DictReader(io.StringIO(browser.get(f"/staff?view=team&who={samples.OFFICER.id}&format=csv").body)))
    assert [row["reference"] for row in rows] == [first]
    assert "<b>" not in browser.get("/staff?view=team&who=%3Cb%3E").body


def test_a_program_gives_and_takes(site: Site) -> None:
    (reference,) = cases(site.world, 1)
    path, template = f"/v1/tasks/{reference}.1/assignment", "/v1/tasks/{task_id}/assignment"
    caller, manager = site.browser(), token_of(site, samples.MANAGER)
    body = {"person": samples.OFFICER.id, "reason": "You know the family."}
    shown = described(site, caller.api("POST", path, body, token=manager), template, "post")
    assert shown["tasks"][0]["person"] == samples.OFFICER.id
    for wrong in ({"person": "x"}, {"reason": ""}, {"more": 1}):
        assert caller.api("POST", path, {**body, **wrong}, token=manager).status == 422, wrong
    assert caller.api("POST", path, body, token=token_of(site, samples.OFFICER)).status == 403
    back = {"person": None, "reason": "It was a mistake."}
    assert (
        described(site, caller.api("POST", path, back, token=manager), template, "post")["tasks"][0]["person"] is None
    )


def test_the_desk_turns_round_and_its_tables_are_files(site: Site) -> None:
    world = site.world
    first = cases(world, 1)[0]
    world.clock.move(days=3)
    second = world.submit({**samples.ANSWERS, "adjustments": "Large print."}, key="later").reference
    world.settle()
    browser = site.signed_in(samples.OFFICER)
    page = browser.get("/staff?view=team")
    assert page.body.index(f"/staff/cases/{first}") < page.body.index(f"/staff/cases/{second}")
    assert 'aria-sort="ascending"' in page.body
    assert "sort=latest" in page.body
    turned = browser.get("/staff?view=team&sort=latest")
    assert turned.body.index(f"/staff/cases/{second}") < turned.body.index(f"/staff/cases/{first}")
    assert "latest date first" in turned.text
    assert "Adjustments" in turned.text
    one = [view.rows[0].reference for view in paged(world, latest_first=True)]
    assert one == [second, first]
    for table, head in (("views", "view,tasks"), ("weeks", "week of,tasks"), ("people", "who,tasks,late,first date")):
        file = browser.get(f"/staff/overview?format=csv&table={table}")
        assert file.body.splitlines()[0] == head


def paged(world: Any, **more: Any) -> list[Any]:
    """A view of the team, one row a page."""
    pages, cursor = [], ""
    while True:
        page = desk.view(world.services, samples.OFFICER, "team", "", limit=1, cursor=cursor, **more)
        if page.rows:
            pages.append(page)
        cursor = page.cursor
        if not cursor:
            return pages


def test_a_feed_of_the_team_has_a_key_of_its_own(site: Site) -> None:
    world = site.world
    (reference,) = cases(world, 1)
    assign.take(world.services, samples.OFFICER, f"{reference}.1")
    who = samples.OFFICER_TWO.id
    mine, of_team = feeds.address(world.services, who), feeds.address(world.services, who, team=True)
    assert mine != of_team
    assert feeds.tasks(world.services, who, mine) == ()
    assert [task.reference for task in feeds.tasks(world.services, who, of_team)] == [reference]
    page = site.signed_in(samples.OFFICER_TWO).get("/staff/calendar")
    assert f"/calendar/{who}/{of_team}" in page.text
    with pytest.raises(NotFound):
        feeds.tasks(world.services, samples.OFFICER.id, of_team)
