"""The pages that a manager works with, in a real browser: the desk in its views, who has what, finding a person, what
goes and what is kept."""

from __future__ import annotations

import pytest

from ..deployed.test_complaints import complain, first_stage
from ..deployed.test_rights import DESKS
from ..support.stack import Stack
from .gate import Gate
from .test_journeys import SCRIPT, Open, send, sign_in, track
from .test_rights import until

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]


@SCRIPT
def test_the_desk_in_its_views_and_who_has_what(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    made = complain(stack)
    page = open_page(script)
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


@SCRIPT
def test_what_goes_and_what_is_kept(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    held = {role: stack.token(username) for role, username in DESKS.items()}
    made = complain(stack)
    first_stage(stack, held, made["reference"], "corporate")
    page = open_page(script)
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
    stack.function("Dispose")
    page.goto(f"{desk}/disposal/certificates")
    gate.check(page, "certificates of disposal")


@SCRIPT
def test_writing_to_the_person_and_who_has_no_part(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    made = complain(stack)
    writer, second = open_page(script), open_page(script)
    sign_in(writer, stack, "ig_officer")
    sign_in(second, stack, "ig_manager")
    desk = stack.run["staff_url"]
    case = f"{desk}/cases/{made['reference']}"
    writer.goto(case)
    until(writer, "Read the complaint and decide who looks into it")
    writer.click("a:has-text('Write to the person')")
    gate.check(writer, "choose a letter")
    writer.click("a:has-text('Say sorry for a mistake of ours')")
    gate.check(writer, "write a letter")
    send(writer)
    gate.check(writer, "write a letter, with errors")
    writer.fill("#what_went_wrong", "We lost the second page.\n\nThat should not happen.")
    writer.fill("#what_we_do", "We asked for it again.")
    writer.check("input[name='way'][value='email']")
    send(writer)
    writer.wait_for_selector("text=Nothing has gone yet.")
    gate.check(writer, "a letter as it would go")
    writer.click("button:has-text('Change it')")
    assert "second page" in writer.input_value("#what_went_wrong")
    send(writer)
    writer.click("button:has-text('Give it to somebody to read')")
    writer.wait_for_selector("text=A letter waits")
    gate.check(writer, "a case with a letter that waits")
    second.goto(case)
    second.click("main a:has-text('We made a mistake')")
    gate.check(second, "a letter that waits")
    second.click("a:has-text('Give it back')")
    gate.check(second, "give a letter back")
    second.go_back()
    second.click("button:has-text('I have read it: send it')")
    second.wait_for_selector("h2:has-text('Messages')")
    gate.check(second, "a case with a letter that went")
    second.goto(f"{case}?show=messages&print=yes")
    gate.check(second, "a case to print, messages only")
    resident = open_page(script)
    track(resident, stack, made["reference"], made["access_code"])
    resident.wait_for_selector("text=What we wrote to you")
    gate.check(resident, "a case with a letter, as the resident sees it")
    second.goto(f"{case}/conflict")
    gate.check(second, "somebody should have no part")
    send(second)
    gate.check(second, "somebody should have no part, with errors")
    other = second.locator("#person option").nth(1).get_attribute("value")
    second.select_option("#person", other)
    second.fill("#reason", "They are related.")
    send(second)
    gate.check(second, "a case with a conflict of interest")
    second.click("a:has-text('End it')")
    gate.check(second, "end a conflict of interest")
    for part in ("month", "service", "late_cause"):
        second.goto(f"{desk}/figures/by?kind=complaint&part={part}")
        gate.check(second, f"how we do by {part}")
