"""The desk: open tasks of a person and their roles, earliest legal date first, page by page."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.commands import desk, submit, view
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound
from chalicelib.domain.model import Actor

from ..support import samples
from ..support.world import World


def entered(world: World, days_ago: int, key: str) -> str:
    receipt = submit.enter_case(
        world.services,
        samples.OFFICER,
        "complaint",
        samples.ANSWERS,
        channel="phone",
        received_at=world.clock.now() - timedelta(days=days_ago),
        idempotency_key=key,
    )
    return receipt.reference


def test_the_earliest_legal_date_comes_first(world: World) -> None:
    ages = (3, 12, 0, 7)
    references = {days: entered(world, days, f"key-{days}") for days in ages}
    world.settle()
    rows = desk.desk(world.services, samples.OFFICER).rows
    assert [row.reference for row in rows] == [references[days] for days in sorted(ages, reverse=True)]
    assert [row.late for row in rows] == [True, False, False, False]
    assert rows[0].days_left.endswith("late")
    assert rows[0].due_name == "ack_due"
    assert {row.stage for row in rows} == {"New"}


def test_decided_tasks_are_on_no_desk(world: World) -> None:
    world.go(samples.STRAIGHT)
    for actor in samples.STAFF:
        assert desk.desk(world.services, actor).rows == ()


def test_whoever_has_no_role_has_no_desk(world: World) -> None:
    with pytest.raises(NotAllowed):
        desk.desk(world.services, Actor("x", "X", roles=frozenset({"stranger"})))


def test_a_desk_costs_one_query_for_each_of_its_owners_roles(world: World) -> None:
    for number in range(12):
        world.submit(key=f"key-{number}")
    world.settle()
    world.watch()
    with world.calls.counted() as made:
        desk.desk(world.services, samples.OFFICER, limit=5)
    assert made == ["Query"] * 2 + ["BatchGetItem"], "and one read of all the cases"


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_paging_shows_each_task_once(world: World, limit: int) -> None:
    references = {world.submit(key=f"key-{number}").reference for number in range(7)}
    world.settle()
    found, cursor = [], ""
    for _ in range(10):
        page = desk.desk(world.services, samples.MANAGER, limit=limit, cursor=cursor)
        found += [row.reference for row in page.rows]
        cursor = page.cursor
        if not cursor:
            break
    assert not cursor
    assert sorted(found) == sorted(references)


@pytest.mark.parametrize("latest_first", [False, True], ids=["earliest first", "latest first"])
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_order_of_several_desks_holds_from_page_to_page(world: World, limit: int, latest_first: bool) -> None:
    """Of a manager's roles, of which each has a desk: what is due first is on the first page, whoever's it is."""
    ages = (9, 2, 14, 5, 0, 7)
    references = [entered(world, days, f"key-{days}") for days in ages]
    world.settle()
    for reference in references[::2]:
        world.go(samples.STRAIGHT[:2], reference)
    found: list[desk.DeskRow] = []
    cursor = ""
    while True:
        page = desk.view(
            world.services, samples.MANAGER, "team", "", limit=limit, cursor=cursor, latest_first=latest_first
        )
        found += page.rows
        cursor = page.cursor
        if not cursor:
            break
    assert len(found) == len(ages)
    assert {row.role for row in found} == {"ig_officer", "ig_manager"}
    dates = [row.due for row in found]
    assert dates == sorted(dates, reverse=latest_first)


def key_of(desk_name: str) -> dict[str, object]:
    return {desk_name: {"pk": {"S": "x"}}}


@pytest.mark.parametrize(
    "position",
    [
        [],
        7,
        "x",
        {},
        {"ROLE#ig_officer": 7},
        {"ROLE#ig_officer": []},
        key_of("ROLE#ig_officer"),
        {"PERSON#other": None},
    ],
    ids=str,
)
def test_a_cursor_that_is_not_ours_is_refused_or_passed_over(world: World, position: object) -> None:
    world.go([])
    cursor = base64.urlsafe_b64encode(json.dumps(position).encode()).decode()
    assert read(world, cursor) in (None, 0, 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(max_size=40))
def test_any_text_as_cursor_gives_a_page_or_a_refusal(world: World, cursor: str) -> None:
    assert read(world, cursor) in (None, 0)


def test_a_cursor_nested_too_deep_is_refused(world: World) -> None:
    assert read(world, base64.urlsafe_b64encode(b"[" * 100_000).decode()) is None


def read(world: World, cursor: str) -> int | None:
    """How many rows the page has; None when the cursor was refused, at its own place."""
    try:
        return len(desk.desk(world.services, samples.OFFICER, cursor=cursor).rows)
    except Invalid as refused:
        return None if [problem.pointer for problem in refused.problems] == ["/cursor"] else -1


def test_the_people_who_hold_a_role_by_name(world: World) -> None:
    found = desk.people(world.services, "service_manager")
    assert [person.name for person in found] == ["Bo Both", "Sana Service", "Seth Service"]
    officers = {person.id for person in desk.people(world.services, "ig_officer")}
    assert samples.MANAGER.id in officers


def test_a_case_in_full_for_staff(world: World) -> None:
    reference = world.go(samples.LOOPS)
    found = view.case_file(world.services, samples.AUDITOR, reference.lower())
    assert found.case.reference == reference
    assert {party.role for party in found.parties} == {"requester", "data_subject"}
    assert found.timeline[0].text == "The case was closed: We agree with your complaint."
    assert all(entry.text and "$" not in entry.text for entry in found.timeline)
    decided = [entry for entry in found.timeline if entry.type == "task_decided"]
    assert all(entry.reason == samples.REASON and entry.detail for entry in decided)
    assert found.tasks == ()
    assert found.deleted_on is not None


def test_every_outcome_offered_has_a_schema_and_an_example_that_is_valid(world: World) -> None:
    reference = world.go([])
    [task] = view.case_file(world.services, samples.OFFICER, reference).tasks
    assert task.yours
    for outcome in task.outcomes:
        name = world.services.book.task(task.task)["outcomes"][outcome.outcome]["schema"]
        assert world.services.schemas.errors(name, outcome.example) == ()
    [task] = view.case_file(world.services, samples.AUDITOR, reference).tasks
    assert not task.yours
    assert task.why_not


def test_a_case_that_is_not_theirs_is_as_unknown_as_none(world: World) -> None:
    reference = world.go([])
    words = []
    for wanted in (reference, "FF-AAA-AAA-AAA", "nonsense"):
        with pytest.raises(NotFound) as refused:
            view.case_file(world.services, samples.SERVICE, wanted)
        words.append(refused.value.message)
    assert len(set(words)) == 1
