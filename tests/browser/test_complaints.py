"""The next stage of a complaint in a real browser, and what is counted."""

from __future__ import annotations

import pytest

from ..deployed.test_complaints import complain, first_stage
from ..deployed.test_rights import DESKS
from ..support.stack import Stack
from .gate import Gate
from .test_journeys import SCRIPT, Open, confirm, send, sign_in, track
from .test_rights import choose, until

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]


@SCRIPT
def test_one_button_and_others_look_at_it_again(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    held = {role: stack.token(username) for role, username in DESKS.items()}
    made = complain(stack)
    reference = made["reference"]
    first_stage(stack, held, reference, "corporate")
    resident, officer, manager = (open_page(script) for _ in range(3))
    track(resident, stack, reference, made["access_code"])
    gate.check(resident, "an answer and what can be asked after it")
    with resident.expect_navigation():
        resident.click("button:has-text('Ask us to look again')")
    gate.check(resident, "asked to look again")
    assert resident.locator("text=You asked us to look again").count()

    sign_in(officer, stack, "ig_officer")
    case = f"{stack.run['staff_url']}/cases/{reference}"
    officer.goto(case)
    until(officer, "The person asks us to look again")
    gate.check(officer, "a case in its second stage")
    choose(officer, "accept")
    gate.check(officer, "who looks at it again")
    officer.fill("#reason", "They did not take part.")
    confirm(officer, gate, "looked at again")
    until(officer, "Look at the complaint again and write the answer")

    sign_in(manager, stack, "ig_manager")
    manager.goto(case)
    manager.click("a:has-text('Let somebody decide who took part before')")
    gate.check(manager, "independence set aside")
    send(manager)
    gate.check(manager, "independence set aside, with errors")
    manager.goto(f"{stack.run['staff_url']}/figures")
    gate.check(manager, "themes and trends")


def test_staff_enter_that_the_person_asked(stack: Stack, open_page: Open, gate: Gate) -> None:
    held = {role: stack.token(username) for role, username in DESKS.items()}
    made = complain(stack)
    first_stage(stack, held, made["reference"], "children_act")
    officer = open_page()
    sign_in(officer, stack, "ig_officer")
    officer.goto(f"{stack.run['staff_url']}/cases/{made['reference']}")
    officer.click("a:has-text('The person asks for the next stage')")
    gate.check(officer, "the person asks for the next stage")
    send(officer)
    gate.check(officer, "the person asks for the next stage, with errors")
