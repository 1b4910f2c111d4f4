"""Pages that are seldom seen, in a real browser: links of mails, what is limited or on hold, what went wrong."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.request import urlopen

import pytest

from ..deployed.test_complaints import complain
from ..deployed.test_rights import APPROVE, DESKS, answer_of, ask, closed, to_draft, walk
from ..deployed.test_stack import wait_for
from ..support.stack import Stack
from .gate import Gate
from .test_journeys import SCRIPT, Open, send, sign_in, track
from .test_rights import until

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]


def link_in_mail(stack: Stack, address: str, part: str) -> str:
    """The link to us in the newest mail to this address."""

    def newest() -> Any:
        with urlopen(f"{stack.run['endpoint_url']}/_ministack/ses/messages", timeout=30) as answer:
            mails = [mail for sent in json.load(answer)["messages"].values() for mail in sent]
        texts = [mail["BodyText"] for mail in mails if address in mail["To"]]
        found = [link for text in texts for link in re.findall(rf"{part}/\S+", text)]
        return found and found[-1]

    return str(wait_for(newest))


@SCRIPT
def test_what_residents_seldom_see(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    home, page = stack.run["resident_url"], open_page(script)
    address = f"seldom.{'with' if script else 'without'}@example.com"
    page.goto(f"{home}performance")
    gate.check(page, "how we do, for everybody")
    page.goto(f"{home}complaint/check")
    gate.check(page, "answers that are gone")
    page.goto(f"{home}complaint/start")
    page.fill("#name", "Jo Example")
    with page.expect_navigation():
        page.click("button:has-text('Save and come back later')")
    page.fill("#email", address)
    with page.expect_navigation():
        page.click("button:has-text('Send me a link')")
    page.goto(home + link_in_mail(stack, address, "resume/link"))
    gate.check(page, "the link of a mail to what was begun")
    send(page)
    assert "/complaint/" in page.url
    made = complain(stack, email=address)
    page.goto(home + link_in_mail(stack, address, "track/link"))
    gate.check(page, "the link of a mail to a case")
    send(page)
    gate.check(page, "a case by the link of a mail")
    page.click("a:has-text('See what you sent')")
    gate.check(page, "the access code is wanted")
    track(page, stack, made["reference"], made["access_code"])
    page.click("a:has-text('See what you sent')")
    gate.check(page, "what was sent")
    page.goto(f"{home}track/link/nothing.1/{'0' * 40}")
    send(page)
    gate.check(page, "a link that does not work")


@SCRIPT
def test_what_staff_seldom_see(stack: Stack, open_page: Open, gate: Gate, script: bool) -> None:
    held = {role: stack.token(username) for role, username in DESKS.items()}
    made, limited = complain(stack), ask(stack)["reference"]
    walk(stack, held, limited, *to_draft("restriction"), answer_of("restriction", "granted"), APPROVE)
    closed(stack, held, limited)
    page, desk = open_page(script), stack.run["staff_url"]
    sign_in(page, stack, "ig_manager")
    case = f"{desk}/cases/{made['reference']}"
    page.goto(case)
    until(page, "Read the complaint and decide who looks into it")
    for path, what in (
        ("/calendar", "the calendar"),
        ("/enter", "what came another way"),
        ("/figures", "themes and trends"),
        ("/figures/by", "how we do, all kinds"),
        ("/cases/FF-AAA-AAA-AAA", "a case that there is not"),
    ):
        page.goto(desk + path)
        gate.check(page, what)
    page.goto(f"{desk}/restrictions")
    gate.check(page, "is the use limited")
    send(page)
    gate.check(page, "is the use limited, with errors")
    page.fill("#name", "Jo Example")
    page.fill("#phone", "01204 555 555")
    send(page)
    gate.check(page, "is the use limited, answered")
    page.goto(f"{desk}/cases/{limited}/lifting")
    gate.check(page, "end a limit")
    send(page)
    gate.check(page, "end a limit, with errors")
    page.goto(f"{case}/late")
    gate.check(page, "why it is late")
    send(page)
    gate.check(page, "why it is late, with errors")
    for kind in ("safeguarding_referral", "breach", "regulator_enquiry"):
        page.goto(f"{case}/open/{kind}")
        gate.check(page, f"open: {kind}")
    page.goto(f"{case}/hold")
    gate.check(page, "put a case on hold")
    send(page)
    gate.check(page, "put a case on hold, with errors")
    page.locator("input[name=authority]").first.check()
    page.fill("#review_on", "1 6 2030")
    page.fill("#reason", "An inquiry asks.")
    send(page)
    gate.check(page, "a case on hold")
    page.click("main a:has-text('End the hold')")
    gate.check(page, "end a hold")
    send(page)
    gate.check(page, "end a hold, with errors")
    page.goto(f"{case}/named")
    gate.check(page, "who may open a case")
    send(page)
    gate.check(page, "who may open a case, with errors")
    page.check("input[name=why][value=staff]")
    page.check("input[name='people.olu.adeyemi']")
    page.fill("#reason", "It is about one of us.")
    send(page)
    gate.check(page, "a case that only named people open")
    page.click("a:has-text('Open the case to all whose work it is')")
    gate.check(page, "open a case to all")
    page.fill("#reason", "It was a mistake.")
    send(page)
    task = f"{desk}/tasks/{made['reference']}.1"
    slow = open_page(script)
    sign_in(slow, stack, "ig_officer")
    slow.goto(f"{task}?outcome=spam")
    walk(stack, held, made["reference"], ("complaint.triage", "wrong_organisation", {}))
    slow.fill("#reason", "It says nothing.")
    send(slow)
    gate.check(slow, "somebody was faster")
    slow.goto(f"{desk}/overview")
    gate.check(slow, "how much waits, for an officer")
    slow.click("button:has-text('Sign out')")
    slow.wait_for_url("**/signed-out")
    gate.check(slow, "signed out")
    service = open_page(script)
    sign_in(service, stack, "service_manager")
    service.goto(f"{desk}/overview")
    gate.check(service, "what is not for this role")
