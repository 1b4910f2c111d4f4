"""Residents and staff in a real browser: 320 and 1280 pixels, with and without JavaScript, each step in the gate."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from ..support.stack import Stack
from ..support.world import BOOK, SCHEMAS
from .gate import Gate

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]

Open = Callable[..., Any]
WAYS = [(320, True), (1280, True), (320, False), (1280, False)]
IDS = ["320", "1280", "320 without JavaScript", "1280 without JavaScript"]
STEPS: list[tuple[str, dict[str, str]]] = [
    ("name", {"#name": "Jo Example"}),
    ("who", {"radio": "my_child"}),
    ("person", {"#subject_name": "Sky Example", "#relationship": "I am their mum"}),
    ("everybody-safe", {"radio": "no"}),
    ("what-happened", {"#what_happened": "Two visits were missed.\nNobody called."}),
    ("when", {"#when_happened": "October"}),
    ("put-right", {"#outcome_wanted": "Somebody who comes."}),
    ("contact", {"radio": "email"}),
    ("email", {"#email": "jo.example@example.com"}),
    ("safe", {"#safe_contact": "Do not phone in the evening."}),
    ("help", {"#adjustments": "Short sentences."}),
]
REQUIRED = {"name", "who", "person", "what-happened", "contact", "email"}


def send(page: Any) -> None:
    with page.expect_navigation():
        page.locator("main button[type=submit]:not(.govuk-button--secondary):visible").first.click()


def complain(page: Any, stack: Stack, gate: Gate | None) -> tuple[str, str]:
    """The whole journey; with a gate, every page and every error page through it. Reference and access code."""

    def look(what: str) -> None:
        if gate is not None:
            gate.check(page, what)

    page.goto(stack.run["resident_url"])
    look("start")
    page.click("text=Complain about the service")
    for step, fields in STEPS:
        assert page.url.endswith(f"/complaint/{step}")
        look(step)
        if gate is not None and step in REQUIRED:
            send(page)
            assert page.title().startswith("Error: ")
            look(f"{step} with an error")
        for name, value in fields.items():
            if name == "radio":
                page.check(f"input[value={value}]")
            else:
                page.fill(name, value)
        send(page)
    assert page.url.endswith("/complaint/check")
    look("check your answers")
    send(page)
    assert page.url.endswith("/complaint/sent")
    look("sent")
    reference, code = page.locator(".app-panel .app-reference").all_inner_texts()
    return reference, code


def track(page: Any, stack: Stack, reference: str, code: str) -> None:
    stack.forget_tries()
    page.goto(stack.run["resident_url"] + "track")
    page.fill("#reference", reference.lower())
    page.fill("#access_code", code)
    send(page)


def sign_in(page: Any, stack: Stack, role: str) -> None:
    person = next(row for row in stack.run["staff"] if row["roles"] == [role])
    page.goto(stack.run["staff_url"])
    page.fill("input[name=username]", person["username"])
    page.fill("input[name=password]", person["password"])
    page.click("[type=submit]")
    page.wait_for_url("**/staff")


def open_task(page: Any, stack: Stack, reference: str, title: str) -> None:
    """The case page, once the workflow has come to this task."""
    for _ in range(60):
        page.goto(f"{stack.run['staff_url']}/cases/{reference}")
        if page.locator(f"h2:has-text('Now: {title}')").count():
            return
        time.sleep(0.3)
    raise AssertionError(f"the workflow does not come to: {title}")


@pytest.mark.promise("feature:accessibility-test-on-every-build")
@pytest.mark.parametrize(("width", "script"), WAYS, ids=IDS)
def test_a_resident_complains_and_follows_the_case(
    stack: Stack, open_page: Open, gate: Gate, width: int, script: bool
) -> None:
    page = open_page(width, script)
    reference, code = complain(page, stack, gate)
    for path in (
        "track",
        "rights",
        "help",
        "privacy",
        "privacy/young-people",
        "cookies",
        "accessibility",
        "no/such/page",
    ):
        page.goto(stack.run["resident_url"] + path)
        gate.check(page, path)
    track(page, stack, reference, "WRNG-WRNG-WRNG")
    gate.check(page, "wrong code")
    track(page, stack, reference, code)
    assert page.url.endswith("/track/case"), page.inner_text("main")
    page.locator("summary").first.click()
    gate.check(page, "the case")


@pytest.mark.parametrize(
    ("name", "width", "script"),
    [("request", 320, True), ("data-complaint", 1280, False), ("feedback", 320, False)],
)
def test_every_journey_is_open_to_everybody(
    stack: Stack, open_page: Open, gate: Gate, name: str, width: int, script: bool
) -> None:
    journey = BOOK.journey(name)
    answers = SCHEMAS.document(BOOK.kind(journey["kind"])["submission"])["examples"][0]
    page = open_page(width, script)
    page.goto(f"{stack.run['resident_url']}{name}/start")
    while not page.url.endswith("/check"):
        gate.check(page, page.url.rpartition("/")[2])
        step = next(row for row in journey["steps"] if page.url.endswith(f"/{name}/{row['id']}"))
        for field in step["fields"]:
            value = answers.get(field["name"])
            if value and field["input"] == "radios":
                page.check(f"input[value={value}]")
            elif value:
                page.fill(f"#{field['name']}", value)
        send(page)
    gate.check(page, "check your answers")
    send(page)
    gate.check(page, "sent")
    reference, code = page.locator(".app-panel .app-reference").all_inner_texts()
    track(page, stack, reference, code)
    send(page)
    gate.check(page, "an empty message")
    page.fill("#text", "Here is something more.")
    send(page)
    gate.check(page, "the case with a message")
    if name == "request":
        officer = open_page(width, script)
        sign_in(officer, stack, "ig_officer")
        open_task(officer, stack, reference, "Read the request")
        gate.check(officer, "a request on the desk")
        officer.click("a:has-text('Decide')")
        officer.check("input[value=ask_identity]")
        send(officer)
        gate.check(officer, "asking for proof")


@pytest.mark.parametrize(("width", "script"), [(1280, True), (320, False)], ids=["1280", "320 without JavaScript"])
def test_staff_take_a_complaint_to_its_close(
    stack: Stack, open_page: Open, gate: Gate, width: int, script: bool
) -> None:
    reference, code = complain(open_page(), stack, None)
    officer = open_page(width, script)
    sign_in(officer, stack, "ig_officer")
    open_task(officer, stack, reference, "Read the complaint")
    gate.check(officer, "case when new")
    officer.goto(stack.run["staff_url"])
    gate.check(officer, "desk")
    officer.goto(f"{stack.run['staff_url']}?reference=nonsense")
    gate.check(officer, "desk with an error")
    asked = "regime=ukgdpr-rights&right=access&received=1/6/2027&clarification_requested=8/6/2027"
    officer.goto(f"{stack.run['staff_url']}/what-if?{asked}")
    officer.locator("summary").first.click()
    gate.check(officer, "what if")
    officer.goto(f"{stack.run['staff_url']}/what-if?{asked}&id_requested=never")
    gate.check(officer, "what if with an error")
    officer.goto(f"{stack.run['staff_url']}/enter/complaint")
    send(officer)
    gate.check(officer, "enter a case, how it came, with errors")
    officer.check("input[value=phone]")
    officer.check("input[value=early_help]")
    for name in ("received_on", "recognised_on"):
        officer.fill(f"[id='how.{name}']", "23/11/2026")
    send(officer)
    gate.check(officer, "enter a case, what they said")
    send(officer)
    gate.check(officer, "enter a case, what they said, with errors")
    officer.fill("#name", "Jo Example")
    officer.check("input[value=myself]")
    officer.fill("#what_happened", "Nobody came.")
    officer.check("input[name=contact_way][value=phone]")
    officer.fill("#phone", "01204 000 000")
    send(officer)
    gate.check(officer, "enter a case, read back")
    officer.check("input[value=agreed]")
    send(officer)
    gate.check(officer, "an acknowledgement to print")
    officer.goto(f"{stack.run['staff_url']}/cases/{reference}/receipt")
    send(officer)
    gate.check(officer, "correct the receipt with errors")
    officer.fill("#received_on", "1/10/2026")
    officer.fill("#reason", "The stamp on the letter.")
    send(officer)
    gate.check(officer, "what a correction would move")
    open_task(officer, stack, reference, "Read the complaint")
    officer.click("a:has-text('Decide')")
    gate.check(officer, "choose an outcome")
    send(officer)
    gate.check(officer, "choose an outcome with an error")
    officer.check("input[value=accept]")
    send(officer)
    gate.check(officer, "triage form")
    send(officer)
    gate.check(officer, "triage form with errors")
    officer.check("input[value=corporate]")
    officer.fill("#why_procedure", "It is about early help.")
    officer.fill("#points", "Two visits were missed.")
    officer.fill("#reason", "It is about how we treated the family.")
    send(officer)
    service = open_page(width, script)
    sign_in(service, stack, "service_manager")
    open_task(service, stack, reference, "Find out")
    service.click("a:has-text('Decide')")
    service.check("input[value=answer_drafted]")
    send(service)
    gate.check(service, "answer form")
    assert service.input_value("[name='findings.0.point']") == "Two visits were missed.", "a row for each point"
    service.check("input[name='findings.0.finding'][value=upheld]")
    service.fill("[name='findings.0.why']", "The worker was ill.")
    service.fill("#answer", "We are sorry.\n\nIt was our mistake.")
    service.fill("#reason", "The diary shows it.")
    send(service)
    manager = open_page(width, script)
    sign_in(manager, stack, "ig_manager")
    open_task(manager, stack, reference, "Check the answer")
    manager.click("a:has-text('Decide')")
    manager.check("input[value=approve]")
    send(manager)
    gate.check(manager, "approval form")
    manager.check("input[name=all_points_answered]")
    manager.fill("#reason", "It answers the point.")
    send(manager)
    for _ in range(60):
        manager.reload()
        if manager.locator("text=The case was closed").count():
            break
        time.sleep(0.3)
    gate.check(manager, "case when closed")
    manager.click("text=See what the resident sees")
    gate.check(manager, "as the resident sees it")
    manager.goto(f"{stack.run['staff_url']}/cases/{reference}/letters/3")
    gate.check(manager, "letter")
    resident = open_page(width, script)
    track(resident, stack, reference, code)
    assert resident.locator("text=It was our mistake.").count() == 1
    gate.check(resident, "the answer")


def test_the_keyboard_is_enough(stack: Stack, open_page: Open) -> None:
    page = open_page()
    page.goto(stack.run["resident_url"] + "complaint/start")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("govuk-skip-link")
    page.focus("main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#name"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "name"
    page.keyboard.type("Jo Example")
    page.keyboard.press("Enter")
    page.wait_for_url("**/complaint/who")


def test_the_gate_can_fail(stack: Stack, open_page: Open, gate: Gate) -> None:
    """A planted fault of each kind is found; without this the gate might be open."""
    page = open_page(320)
    planted = {
        "document.querySelector('label').remove()": "label",
        "document.documentElement.removeAttribute('lang')": "html-has-lang",
        "document.querySelector('h1').style.color = '#ccc'": "color-contrast",
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<h1>two</h1>')": "not one h1",
        "document.querySelector('h1').style.width = '900px'": "too wide",
        "document.title = 'Jo Example - track'": "a person in the title",
        "history.replaceState({}, '', '?email=jo%40example.com')": "a person in the title or the address",
    }
    for fault, complaint in planted.items():
        page.goto(stack.run["resident_url"] + "track")
        page.evaluate(fault)
        with pytest.raises(AssertionError, match=complaint):
            gate.check(page, "planted")
    page.goto(stack.run["resident_url"] + "track")
    page.evaluate("fetch('https://example.org/').catch(() => 0)")
    page.wait_for_timeout(200)
    with pytest.raises(AssertionError, match="a request to example.org|console"):
        gate.check(page, "planted")
    page.goto(stack.run["resident_url"] + "track")
    send(page)
    page.evaluate("document.activeElement.blur()")
    with pytest.raises(AssertionError, match="the focus is not on it"):
        gate.check(page, "planted")
    page.goto(stack.run["resident_url"] + "track")
    page.evaluate("document.querySelector('main').setAttribute('style', 'color: #000')")
    with pytest.raises(AssertionError, match="console: .*Content Security Policy"):
        gate.check(page, "planted")
    for kept in gate.folder.glob("*.html"):
        kept.unlink()
    bad = gate.folder / "bad.html"
    for fault in ('<p id="x"></p><p id="x"></p>', '<a href="/track/my case">Track</a>'):
        bad.write_text(f'<!DOCTYPE html><html lang="en"><head><title>A</title></head><body>{fault}</body></html>')
        with pytest.raises(AssertionError):
            gate.validate()
    bad.unlink()
