"""The pages that a manager works with, in a real browser: the desk in its views, who has what, finding a person, what
goes and what is kept."""

from __future__ import annotations

import pytest

from ..deployed.test_complaints import complain, first_stage
from ..deployed.test_disposal import dispose
from ..deployed.test_rights import DESKS
from ..support.stack import Stack
from .gate import Gate
from .test_journeys import Open, send, sign_in
from .test_rights import until

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]


@pytest.mark.parametrize(("width", "script"), [(320, True), (1280, False)], ids=["320", "1280 without JavaScript"])
def test_the_desk_in_its_views_and_who_has_what(
    stack: Stack, open_page: Open, gate: Gate, width: int, script: bool
) -> None:
    made = complain(stack)
    page = open_page(width, script)
    sign_in(page, stack, "ig_manager")
    desk = stack.run["staff_url"]
    case = f"{desk}/cases/{made['reference']}"
    page.goto(case)
    until(page, "Read the complaint and decide who looks into it")
    gate.check(page, "a case that nobody has")
    for view in ("", "mine", "team", "late", "disposal"):
        page.goto(f"{desk}?view={view}")
        gate.check(page, f"the desk, view {view or 'of all'}")
    page.goto(f"{desk}?view=team&kind=complaint")
    page.check(f"input[name='task.{made['reference']}.1']")
    page.click("button:has-text('Give the chosen to somebody')")
    gate.check(page, "give many to somebody")
    send(page)
    gate.check(page, "what became of each")
    page.goto(case)
    page.click("button:has-text('I do it')")
    page.wait_for_selector("text=You have it.")
    gate.check(page, "a case that is mine")
    page.click("a:has-text('Hand it back')")
    gate.check(page, "hand a task back")
    page.goto(case)
    page.click("a:has-text('Give it to somebody')")
    gate.check(page, "give a task to somebody")
    send(page)
    gate.check(page, "give a task to somebody, with errors")
    page.goto(case)
    page.fill("#note", "The mother called again.")
    page.click("button:has-text('Keep the note')")
    page.wait_for_selector("text=The mother called again.")
    page.click("a:has-text('Who has looked at this case')")
    gate.check(page, "who has looked")
    page.goto(f"{desk}/tasks/{made['reference']}.1?outcome=wrong_organisation")
    for field in page.locator("main textarea:visible, main input[type=text]:visible").all():
        field.fill("The school deals with this.")
    page.click("button:has-text('See first what happens')")
    page.wait_for_selector("text=Nothing has happened yet.")
    gate.check(page, "what happens when it is decided")
    page.click("button:has-text('Change it')")
    gate.check(page, "a decision that is changed")
    page.goto(f"{desk}/overview")
    gate.check(page, "how much waits")
    page.goto(f"{desk}/search")
    gate.check(page, "find a person")
    page.fill("#name", "Example")
    send(page)
    gate.check(page, "what was found")
    page.fill("#phone", "12")
    send(page)
    gate.check(page, "find a person, with errors")
    page.goto(f"{desk}/lookups")
    gate.check(page, "who asked about people")


@pytest.mark.parametrize(("width", "script"), [(320, False), (1280, True)], ids=["320 without JavaScript", "1280"])
def test_what_goes_and_what_is_kept(stack: Stack, open_page: Open, gate: Gate, width: int, script: bool) -> None:
    held = {role: stack.token(username) for role, username in DESKS.items()}
    made = complain(stack)
    first_stage(stack, held, made["reference"], "corporate")
    page = open_page(width, script)
    sign_in(page, stack, "ig_manager")
    desk = stack.run["staff_url"]
    page.goto(f"{desk}/disposal?days=365")
    gate.check(page, "what goes and when")
    page.click("a:has-text('Keep a whole class')")
    gate.check(page, "keep a whole class")
    send(page)
    gate.check(page, "keep a whole class, with errors")
    page.check("input[name='class'][value='feedback']")
    page.check("input[name='authority'][value='inquiry']")
    page.fill("#review_on", "1 6 2030")
    page.fill("#reason", "An inquiry asks.")
    send(page)
    gate.check(page, "what goes and when, with a hold")
    page.click("a:has-text('End the hold')")
    gate.check(page, "end the hold of a class")
    page.fill("#reason", "The inquiry has ended.")
    send(page)
    page.goto(f"{desk}/cases/{made['reference']}/keeping")
    gate.check(page, "another rule of keeping")
    send(page)
    gate.check(page, "another rule of keeping, with errors")
    dispose(stack)
    page.goto(f"{desk}/disposal/certificates")
    gate.check(page, "certificates of disposal")
