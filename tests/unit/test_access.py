"""Who may do what: role × action, and whose case and task it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.access import Access
from chalicelib.domain.errors import NotAllowed
from chalicelib.domain.model import Actor, Case, Task

from ..support.world import BOOK

ACCESS = BOOK.access
ROLES = ("ig_officer", "ig_manager", "service_manager", "auditor", "dpo")
WORKERS = {"ig_officer", "ig_manager", "service_manager", "dpo"}
MATRIX: dict[str, set[str]] = {
    "desk.view": set(ROLES),
    "case.view": set(ROLES),
    "staff.sign_out": set(ROLES),
    "case.view_all": {"ig_officer", "ig_manager", "auditor", "dpo"},
    "case.view_narrow": {"ig_manager", "dpo"},
    "case.shut": {"ig_officer", "ig_manager", "dpo"},
    "case.open_up": {"ig_manager", "dpo"},
    "case.reopen": {"ig_officer", "ig_manager"},
    "case.ask_again": {"ig_officer", "ig_manager"},
    "independence.set_aside": {"ig_manager"},
    "hold.place": {"ig_manager", "dpo"},
    "hold.release": {"ig_manager", "dpo"},
    "hold.place_class": {"ig_manager", "dpo"},
    "hold.release_class": {"ig_manager", "dpo"},
    "case.reclassify": {"ig_manager", "dpo"},
    "disposal.view": {"ig_officer", "ig_manager", "dpo", "auditor"},
    "task.take": WORKERS,
    "task.give": {"ig_manager"},
    "overview.view": {"ig_officer", "ig_manager", "dpo", "auditor"},
    "search.use": {"ig_officer", "ig_manager", "dpo"},
    "lookups.view": {"ig_manager", "dpo", "auditor"},
    "case.note": WORKERS,
    "lateness.say": {"ig_officer", "ig_manager", "service_manager"},
    "letter.write": {"ig_officer", "ig_manager"},
    "letter.check": {"ig_officer", "ig_manager"},
    "conflict.declare": WORKERS,
    "conflict.manage": {"ig_manager"},
    "figures.view": {"ig_officer", "ig_manager", "dpo", "auditor"},
    "case.refer": WORKERS,
    "case.open_from": {"ig_officer", "ig_manager", "dpo"},
    "task.chase": {"ig_officer", "ig_manager"},
    "case.enter": {"ig_officer", "ig_manager"},
    "message.mark_posted": {"ig_officer", "ig_manager"},
    "case.correct_receipt": {"ig_officer", "ig_manager"},
    "document.open": {"ig_officer", "ig_manager"},
    "document.add": {"ig_officer", "ig_manager"},
    "document.release": {"ig_manager"},
    "clock.try": set(ROLES),
    "task.decide": WORKERS,
    "restriction.query": set(ROLES),
    "restriction.lift": {"ig_manager"},
    "task.decide_for_others": {"ig_manager"},
}
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def actor(*roles: str, who: str = "a") -> Actor:
    return Actor(who, who, roles=frozenset(roles))


def case(**more: Any) -> Case:
    return Case(
        reference="FF-AAA-AAA-AAA",
        kind="complaint",
        stage="triage",
        received_at=NOW,
        received_on=NOW.date(),
        channel="web",
        regime="lgsco-stage1",
        access_digest="",
        changed_at=NOW,
        **more,
    )


def task(role: str, **more: Any) -> Task:
    return Task(
        reference="FF-AAA-AAA-AAA", number=1, kind="complaint", task="complaint.x", role=role, opened_at=NOW, **more
    )


@pytest.mark.parametrize("action", sorted(ACCESS.actions))
@pytest.mark.parametrize("role", [*ROLES, "stranger", "public"])
def test_the_whole_matrix(role: str, action: str) -> None:
    """Written out here a second time: a change of policy is a change of this table too."""
    if ACCESS.is_public(action):
        assert ACCESS.may([role], action)
        assert ACCESS.may([], action)
        assert action not in MATRIX
        return
    expected = role in MATRIX[action]
    assert ACCESS.may([role], action) == expected
    if expected:
        ACCESS.require(actor(role), action)
    else:
        with pytest.raises(NotAllowed):
            ACCESS.require(actor(role), action)


def test_nothing_that_changes_or_shows_a_case_is_public_but_what_residents_do() -> None:
    public = {action for action in ACCESS.actions if ACCESS.is_public(action)}
    assert public == set(ACCESS.actions) - set(MATRIX)
    assert not {name.partition(".")[0] for name in public} & {"desk", "task", "message"}


def test_an_action_that_the_table_lacks_is_an_error() -> None:
    with pytest.raises(KeyError):
        ACCESS.may(["ig_manager"], "case.shred")


def test_a_manager_may_do_what_an_officer_may() -> None:
    for action in MATRIX:
        assert not ACCESS.may(["ig_officer"], action) or ACCESS.may(["ig_manager"], action)
    assert ACCESS.held(["ig_manager"]) == {"ig_manager", "ig_officer"}


@given(st.sets(st.sampled_from((*ROLES, "stranger"))), st.sampled_from(sorted(ACCESS.actions)))
def test_more_roles_never_take_anything_away(roles: set[str], action: str) -> None:
    assert not any(ACCESS.may([role], action) for role in roles) or ACCESS.may(roles, action)
    assert ACCESS.may(roles, action) == any(ACCESS.may([role], action) for role in (*roles, "stranger"))


def test_roles_that_include_each_other_end() -> None:
    table = {"roles": {"a": {"includes": ["b"]}, "b": {"includes": ["a"]}}, "actions": {"x.y": ["b"]}}
    assert Access(table).held(["a"]) == {"a", "b"}
    assert Access(table).may(["a"], "x.y")


def test_information_governance_and_audit_see_every_case() -> None:
    for role in ("ig_officer", "ig_manager", "auditor"):
        assert ACCESS.may_see(actor(role), case())
    assert not ACCESS.may_see(actor("service_manager"), case())
    assert not ACCESS.may_see(actor(), case(roles=frozenset({"service_manager"})))


def test_a_service_manager_sees_what_was_given_to_them_or_their_role() -> None:
    manager = actor("service_manager")
    assert ACCESS.may_see(manager, case(people=frozenset({"a"})))
    assert not ACCESS.may_see(manager, case(people=frozenset({"b"})))
    assert ACCESS.may_see(manager, case(roles=frozenset({"service_manager"})))


def test_whose_task_it_is() -> None:
    assert ACCESS.may_do(actor("ig_officer"), task("ig_officer"))
    assert ACCESS.may_do(actor("ig_manager"), task("ig_officer"))
    assert not ACCESS.may_do(actor("ig_officer"), task("ig_manager"))
    assert not ACCESS.may_do(actor("auditor"), task("ig_officer"))
    assert ACCESS.may_do(actor("service_manager"), task("service_manager", person="a"))
    assert not ACCESS.may_do(actor("service_manager"), task("service_manager", person="b"))
    assert ACCESS.may_do(actor("ig_manager"), task("ig_officer", person="b"))
    for roles in (("ig_officer",), ("ig_manager",), ROLES):
        assert not ACCESS.may_do(actor(*roles), task("ig_officer", not_by=frozenset({"a"})))
