"""A request for a copy in a real browser: proof, services, item by item, files; and what goes beside it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from ..deployed.test_rights import EXAMPLE, ask
from ..support.stack import Stack
from ..support.uploads import EICAR, PDF
from .gate import Gate
from .test_journeys import SCRIPT, Open, confirm, open_task, send, sign_in, track

pytestmark = [pytest.mark.browser, pytest.mark.deployed, pytest.mark.xdist_group("stack")]


def choose(page: Any, outcome: str) -> None:
    """From the case to the form of one outcome."""
    page.click("a:has-text('Decide')")
    page.check(f"input[value={outcome}]")
    send(page)


def decide(page: Any, gate: Gate, outcome: str, **fields: str) -> None:
    choose(page, outcome)
    for name, value in {**fields, "reason": "Checked."}.items():
        page.fill(f"[id='{name}']", value)
    if page.locator("text=This moves the clock.").count():
        confirm(page, gate, outcome)
    else:
        send(page)


def until(page: Any, words: str) -> None:
    for _ in range(60):
        if page.locator(f"text={words}").count():
            return
        time.sleep(0.3)
        page.reload()
    raise AssertionError(f"the page does not come to say: {words}")


def send_file(page: Any, folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.write_bytes(content)
    page.set_input_files("input[type=file]", str(path))
    with page.expect_navigation():
        page.click("main form[enctype] button")


@pytest.mark.promise("feature:uploads-type-check-scan-limits", "feature:secure-download-of-the-response")
@SCRIPT
def test_a_copy_from_the_question_to_the_files(
    stack: Stack, open_page: Open, gate: Gate, tmp_path: Path, script: bool
) -> None:
    made = ask(stack)
    reference = made["reference"]
    officer, resident = open_page(script), open_page(script)
    sign_in(officer, stack, "ig_officer")
    open_task(officer, stack, reference, "Read the request")
    officer.click("a:has-text('Decide')")
    gate.check(officer, "what to think of")
    officer.go_back()
    decide(
        officer, gate, "ask_identity", doubt="The address is new to us.", question="Please show us a letter from us."
    )
    open_task(officer, stack, reference, "Wait for proof")

    track(resident, stack, reference, made["access_code"])
    gate.check(resident, "asked for proof")
    with resident.expect_navigation():
        resident.click("button:has-text('file')")
    gate.check(resident, "sending a file")
    send_file(resident, tmp_path, "letter.txt", EICAR)
    until(resident, "something harmful")
    gate.check(resident, "a file that is not taken")
    with resident.expect_navigation():
        resident.click("button:has-text('Send a file again')")
    send_file(resident, tmp_path, "letter.pdf", PDF)
    until(resident, "Checked, and ready")
    gate.check(resident, "a file that is taken")

    open_task(officer, stack, reference, "Wait for proof")
    until(officer, "letter.pdf")
    gate.check(officer, "the case with proof")
    decide(officer, gate, "identity_shown", came_on=time.strftime("%Y-%m-%d"), seen="Our letter of March.")
    open_task(officer, stack, reference, "Collect")
    choose(officer, "ask_services")
    gate.check(officer, "which services")
    send(officer)
    gate.check(officer, "which services, with an error")
    officer.check("input[name='ask.early_help']")
    officer.fill("#reason", "They work with the family.")
    send(officer)
    until(officer, "Asked of others")
    gate.check(officer, "asked of others")
    with officer.expect_navigation():
        officer.click("button:has-text('Send a reminder')")
    gate.check(officer, "a reminder is on its way")

    service = open_page(script)
    sign_in(service, stack, "service_manager")
    gate.check(service, "the desk of a service")
    service.goto(f"{stack.run['staff_url']}/cases/{reference}")
    service.click("h2:has-text('Look for the information') ~ .app-actions a:has-text('Decide')")
    service.check("input[value=found]")
    send(service)
    gate.check(service, "the answer of a service")
    for name in ("what", "how_searched", "handed_over", "reason"):
        service.fill(f"#{name}", "12 notes, by name, in the folder.")
    send(service)

    open_task(officer, stack, reference, "Collect")
    decide(officer, gate, "collected", searched="The Early Help team.")
    open_task(officer, stack, reference, "Decide, and write")
    with officer.expect_navigation():
        officer.click("button:has-text('Add a file')")
    gate.check(officer, "adding a file to the answer")
    send_file(officer, tmp_path, "notes.pdf", PDF)
    open_task(officer, stack, reference, "Decide, and write")
    until(officer, "notes.pdf")
    choose(officer, "answer_drafted")
    with officer.expect_navigation():
        officer.click("button:has-text('Add another item')")
    gate.check(officer, "two items")
    officer.fill("[id='items.0.what']", "12 notes of 2026")
    officer.check("input[name='items.0.decision'][value=disclose]")
    officer.fill("[id='items.1.what']", "A note of 3 March")
    officer.check("input[name='items.1.decision'][value=withhold]")
    officer.check("input[value=partly_granted]")
    officer.fill("#answer", "Here are the notes.")
    officer.fill("#reasons", "One note is about somebody else.")
    officer.fill("#reason", "Looked at each.")
    send(officer)
    assert "Choose the ground." in officer.inner_text(".govuk-error-summary")
    assert officer.input_value("[id='items.1.what']") == "A note of 3 March", "nothing is lost"
    gate.check(officer, "an item without a ground")
    officer.select_option("[id='items.1.exemption']", "third_party")
    officer.fill("[id='items.1.reason']", "It names who called.")
    officer.check("input[name='items.1.consent'][value=refused]")
    officer.fill("[id='items.1.fairness']", "They called in trust.")
    send(officer)

    manager = open_page(script)
    sign_in(manager, stack, "ig_manager")
    open_task(manager, stack, reference, "Check the answer")
    gate.check(manager, "the schedule for the second person")
    assert manager.locator("text=A note of 3 March: held back").count()
    choose(manager, "approve")
    gate.check(manager, "what goes out")
    for box in manager.locator("input[type=checkbox]").all():
        box.check()
    manager.check("input[value=online]")
    manager.fill("#reason", "It is right.")
    send(manager)
    until(manager, "The case was closed")

    track(resident, stack, reference, made["access_code"])
    gate.check(resident, "the answer with its files")
    assert resident.locator("text=We did not send: A note of 3 March.").count()
    with resident.expect_download() as got:
        resident.click("button:has-text('Get file')")
    assert Path(got.value.path()).read_bytes() == PDF
    track(resident, stack, reference, made["access_code"])
    assert resident.locator("text=You got file").count()
    gate.check(resident, "after the download")


def test_what_goes_beside_a_request(stack: Stack, open_page: Open, gate: Gate) -> None:
    made = ask(stack, also="both", also_words="Nobody called me back.")
    officer, resident = open_page(script=False), open_page(script=False)
    sign_in(officer, stack, "ig_officer")
    open_task(officer, stack, made["reference"], "Read the request")
    gate.check(officer, "a case with linked cases")
    case = officer.url
    officer.click("text=Refer a worry about a child or an adult")
    gate.check(officer, "refer a worry")
    send(officer)
    gate.check(officer, "refer a worry with errors")
    officer.fill("#worry", "The children are left alone at night.")
    officer.fill("#who", "The two children.")
    officer.fill("#reason", "The letter says so.")
    send(officer)
    gate.check(officer, "a worry is referred")
    officer.goto(case)
    track(resident, stack, made["reference"], made["access_code"])
    gate.check(resident, "other cases of yours")
    resident.click("text=Stop my request")
    gate.check(resident, "stop")
    send(resident)
    gate.check(resident, "stopped")
    officer.reload()
    gate.check(officer, "the resident wants to stop")
    decide(officer, gate, "withdrawn", how="On the page of the case.")
    until(officer, "The case was closed")
    officer.click("text=Open the case again")
    gate.check(officer, "open again")


def test_every_page_for_somebody_who_died(stack: Stack, open_page: Open, gate: Gate) -> None:
    """The branch that explains, and boxes to tick."""
    page = open_page(script=False)
    page.goto(f"{stack.run['resident_url']}request/start")
    answers = {**EXAMPLE, "on_behalf_of": "someone_who_died"}
    seen = []
    while not page.url.endswith("/check"):
        step = page.url.rpartition("/")[2]
        seen.append(step)
        gate.check(page, step)
        for name, value in answers.items():
            if page.locator(f"input[type=radio][name={name}]").count():
                page.check(f"input[name={name}][value={value}]")
            elif page.locator(f"input[name={name}], textarea[name={name}]").count():
                page.fill(f"#{name}", str(value))
        if step == "kinds":
            page.check("input[name='categories.health']")
        send(page)
    assert {"died", "kinds", "never", "also"} <= set(seen)
    gate.check(page, "check your answers")
    assert page.locator("text=The health of your body and mind.").count()
