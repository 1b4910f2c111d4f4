"""Coming back to what was begun, forms on paper, and changing how one is reached, in a real browser."""

from __future__ import annotations

import re

import pytest

from chalicelib.web.resident.journeys import NAMES

from ..deployed.test_complaints import complain
from ..support.stack import Stack
from .gate import Gate
from .test_journeys import SCRIPT, Open, send, track

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]


@SCRIPT
def test_begun_on_one_device_and_gone_on_with_on_another(
    stack: Stack, open_page: Open, gate: Gate, script: bool
) -> None:
    first, second = open_page(script), open_page(script)
    home = stack.run["resident_url"]
    first.goto(f"{home}complaint/start")
    first.fill("#name", "Jo Example")
    with first.expect_navigation():
        first.click("button:has-text('Save and come back later')")
    gate.check(first, "come back later")
    code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", first.inner_text("main"))[0]
    first.fill("#email", "jo")
    with first.expect_navigation():
        first.click("button:has-text('Send me a link')")
    gate.check(first, "a link by mail, with an error")
    first.fill("#email", "jo.example@example.com")
    with first.expect_navigation():
        first.click("button:has-text('Send me a link')")
    gate.check(first, "a link by mail")
    second.goto(f"{home}resume")
    gate.check(second, "go on with what you began")
    second.fill("#code", "AAAA-BBBB-CCCC")
    send(second)
    gate.check(second, "go on with what you began, with an error")
    second.fill("#code", code.lower())
    send(second)
    assert "/complaint/" in second.url
    gate.check(second, "the page where it was left")


@SCRIPT
def test_paper_and_another_way_to_be_reached(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    page = open_page(script)
    for name in NAMES:
        page.goto(f"{stack.run['resident_url']}{name}/paper")
        gate.check(page, f"{name} on paper")
    made = complain(stack)
    track(page, stack, made["reference"], made["access_code"])
    gate.check(page, "a case with its dates")
    page.click("a:has-text('Change how we reach you')")
    gate.check(page, "change how we reach you")
    page.check("input[name='contact_way'][value='phone']")
    send(page)
    gate.check(page, "change how we reach you, with errors")
    page.fill("#phone", "01204 555 555")
    send(page)
    gate.check(page, "a case after the change")
    assert page.locator("text=We have changed how we reach you").count()
