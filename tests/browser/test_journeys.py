"""Residents and staff in a real browser, with and without JavaScript: each step in the gate, which looks at it narrow
and wide."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..support.stack import Stack
from ..support.world import BOOK, SCHEMAS
from .gate import Gate, validate

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]

Open = Callable[..., Any]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
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


def confirm(page: Any, gate: Gate, what: str) -> None:
    """A decision that moves the clock: the form leads to what would happen, and that to the case."""
    send(page)
    page.wait_for_selector("text=Nothing has happened yet.")
    gate.check(page, f"{what}: what would happen")
    send(page)


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
@SCRIPT
def test_a_resident_complains_and_follows_the_case(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    page = open_page(script)
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


@SCRIPT
@pytest.mark.parametrize("name", ["request", "data-complaint", "feedback"])
def test_every_journey_is_open_to_everybody(stack: Stack, open_page: Open, gate: Gate, name: str, script: bool) -> None:
    journey = BOOK.journey(name)
    answers = SCHEMAS.document(BOOK.kind(journey["kind"])["submission"])["examples"][0]
    page = open_page(script)
    page.goto(f"{stack.run['resident_url']}{name}/start")
    while not page.url.endswith("/check"):
        asked = page.url
        gate.check(page, asked.rpartition("/")[2])
        send(page)
        if page.title().startswith("Error: "):
            gate.check(page, f"{asked.rpartition('/')[2]} with an error")
        else:
            page.goto(asked)
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
        officer = open_page(script)
        sign_in(officer, stack, "ig_officer")
        open_task(officer, stack, reference, "Read the request")
        gate.check(officer, "a request on the desk")
        officer.click("a:has-text('Decide')")
        officer.check("input[value=ask_identity]")
        send(officer)
        gate.check(officer, "asking for proof")


@SCRIPT
def test_staff_take_a_complaint_to_its_close(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    reference, code = complain(open_page(), stack, None)
    officer = open_page(script)
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
    confirm(officer, gate, "triage")
    service = open_page(script)
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
    manager = open_page(script)
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
    resident = open_page(script)
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


STOPS = """() => {
  const shown = (one) => one.checkVisibility() && !one.closest('details:not([open]) > :not(summary)');
  window.every = [...document.querySelectorAll('*')];
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((one) => shown(one) && !one.disabled && one.type !== 'radio' && one.tabIndex >= 0)
    .map((one) => window.every.indexOf(one));
}"""


def stops(page: Any) -> tuple[list[int], list[int]]:
    """Where the Tab key stops, from the top of the page until it leaves it; and where it must: places in the page."""
    wanted = page.evaluate(STOPS)
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    found: list[int] = []
    for _ in range(len(wanted) + 40):
        page.keyboard.press("Tab")
        place = page.evaluate("window.every.indexOf(document.activeElement)")
        if place == page.evaluate("window.every.indexOf(document.body)") or place in found:
            break
        found.append(place)
    return found, wanted


def test_the_keyboard_goes_through_each_page_in_its_order(stack: Stack, open_page: Open, gate: Gate) -> None:
    """From top to bottom, past nothing that can be used, and out at the end: for residents and for staff."""
    page, officer = open_page(), open_page()
    reference, code = complain(page, stack, None)
    home, desk = stack.run["resident_url"], stack.run["staff_url"]
    sign_in(officer, stack, "ig_manager")
    open_task(officer, stack, reference, "Read the complaint")
    track(page, stack, reference, code)
    resident_pages = ("track/case", "track/case/details", "", "complaint/start", "rights")
    for who, address in (
        *((page, home + path) for path in resident_pages),
        *((officer, desk + path) for path in ("", f"/cases/{reference}", "/search", "/overview", "/figures/by")),
        (officer, f"{desk}/tasks/{reference}.1?outcome=accept"),
    ):
        who.goto(address)
        found, wanted = stops(who)
        assert found == sorted(found), f"{address}: out of order"
        assert set(wanted) <= set(found), f"{address}: out of reach"


def test_the_gate_can_fail(stack: Stack, open_page: Open, gate: Gate, tmp_path: Path) -> None:
    """A planted fault of each kind is found; without this the gate might be open."""
    gate.folder = tmp_path  # what is planted is for no validator but ours below
    page = open_page()
    planted = {
        "document.querySelector('label').remove()": "label",
        "document.documentElement.removeAttribute('lang')": "html-has-lang",
        "document.querySelector('h1').style.color = '#ccc'": "color-contrast",
        "document.querySelector('main p').style.backgroundImage = 'linear-gradient(red, blue)'": "axe is unsure of",
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<h1>two</h1>')": "not one h1",
        "document.querySelector('h1').style.width = '900px'": "too wide",
        "document.title = 'Jo Example - track'": "a person in the title",
        "document.querySelector('h1').textContent += '<span>x</span>'": "markup that is read as text",
        "document.querySelector('.app-footer a').tabIndex = 5": "out of order",
        "document.querySelector('main button').tabIndex = -1": "out of reach",
        "document.querySelector('.govuk-skip-link').remove()": "the first stop is not the skip link",
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<p>Notwithstanding the aforementioned "
        "considerations, your representations necessitate further deliberation concerning proportionality.</p>'"
        ".repeat(9))": "reading grade",
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
    (tmp_path / "planted").mkdir()
    bad = tmp_path / "planted" / "bad.html"
    for fault in ('<p id="x"></p><p id="x"></p>', '<a href="/track/my case">Track</a>'):
        bad.write_text(f'<!DOCTYPE html><html lang="en"><head><title>A</title></head><body>{fault}</body></html>')
        with pytest.raises(AssertionError):
            validate(bad.parent)
