"""The staff pages: signing in, the desk, the case, deciding, and who may not."""

from __future__ import annotations

import html
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain.model import Actor

from ..support import samples
from ..support.site import Browser, Page, Site
from .walks import complaint

FORM = {
    "procedure": "corporate",
    "why_procedure": "It is about early help.",
    "assign_to": "any",
    "points": "One point",
    "reason": "It is about the service.",
}


def task_of(site: Site, reference: str) -> str:
    return site.world.open_task(reference).id


def accept(site: Site, actor: Actor, task: str, **changes: str) -> Page:
    browser = site.signed_in(actor)
    browser.get(f"/staff/tasks/{task}?outcome=accept")
    return decide(browser, task, {**FORM, **changes})


def decide(browser: Browser, task: str, form: Mapping[str, str]) -> Page:
    """Send a decision that moves the clock: it is shown first, and made by the second button."""
    seen = browser.post(f"/staff/tasks/{task}", form)
    if seen.status != 200:
        return seen
    assert "Nothing has happened yet." in seen.text
    return browser.post(f"/staff/tasks/{task}", {})


@pytest.mark.promise("feature:staff-single-sign-on")
def test_signing_in_goes_through_the_pool_with_pkce_and_back(site: Site) -> None:
    browser = site.browser()
    away = browser.get("/staff")
    assert away.status == 303
    away = browser.get(away.headers["Location"])
    assert away.headers["Location"].startswith("https://pool.example.org/")
    state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
    nonce = site.world.identity.challenges[-1][2]
    site.world.identity.codes["code-1"] = {
        "cognito:username": "olive.officer",
        "cognito:groups": ["ig_officer"],
        "name": "Olive Officer",
        "nonce": nonce,
    }
    stranger = site.browser()
    assert stranger.get(f"/staff/signed-in?state={state}&code=code-1").status == 401, "another browser's state"
    back = browser.get(f"/staff/signed-in?state={state}&code=code-1")
    assert back.status == 303
    assert "Your desk" in browser.get("/staff").title
    assert browser.get(f"/staff/signed-in?state={state}&code=code-1").status == 401, "a state works once"
    browser.get("/staff")
    assert browser.post("/staff/sign-out", {}).status == 303
    assert browser.get("/staff").status == 303


def test_a_session_ends_when_it_was_not_used(site: Site) -> None:
    browser = site.signed_in(samples.OFFICER)
    site.world.clock.move(minutes=29)
    assert browser.get("/staff").status == 200
    site.world.clock.move(minutes=29)
    assert browser.get("/staff").status == 200
    site.world.clock.move(minutes=31)
    assert browser.get("/staff").status == 303


@pytest.mark.promise("feature:triage-type-validity-route-priority", "notice:human")
def test_officers_and_managers_take_a_complaint_from_desk_to_close(site: Site) -> None:
    reference, _ = complaint(site)
    officer = site.signed_in(samples.OFFICER)
    desk = officer.get("/staff")
    assert reference in desk.text
    assert "7 days left" in desk.text.lower()
    case = officer.get(f"/staff/cases/{reference}")
    assert "Zebrafinch" in case.text
    assert "Nightjar" in case.text, "what we must not do when we contact them"
    task = task_of(site, reference)
    officer.get(f"/staff/tasks/{task}?outcome=accept")
    done = officer.follow(decide(officer, task, {**FORM, "assign_to": samples.SERVICE.id}))
    assert done.path.startswith(f"/staff/cases/{reference}")
    site.world.settle()
    service = site.signed_in(samples.SERVICE)
    assert reference in service.get("/staff").text
    assert reference not in site.signed_in(samples.SERVICE_TWO).get("/staff").text
    task = task_of(site, reference)
    service.get(f"/staff/tasks/{task}?outcome=answer_drafted")
    draft = {
        "findings.0.point": "One point",
        "findings.0.finding": "upheld",
        "findings.0.why": "The worker was ill.",
        "answer": "We are sorry.",
        "reason": "The visits were missed.",
    }
    assert service.post(f"/staff/tasks/{task}", draft).status == 303
    site.world.settle()
    manager = site.signed_in(samples.MANAGER)
    task = task_of(site, reference)
    assert "We are sorry." in manager.get(f"/staff/tasks/{task}?outcome=approve").text, "the answer beside the form"
    assert manager.post(f"/staff/tasks/{task}", {"all_points_answered": "true", "reason": "It is right."}).status == 303
    site.world.settle()
    case = manager.get(f"/staff/cases/{reference}")
    assert "The case was closed" in case.text
    assert "Tuesday 23 November 2032" in case.text
    for name in ("Olive Officer", "Sana Service", "Mona Manager"):
        assert name in case.text, "the timeline says who did what"


def test_what_a_decision_does_is_seen_first_and_nothing_is_stored(site: Site) -> None:
    reference, _ = complaint(site)
    world = site.world
    service = samples.SERVICE.id
    officer = site.signed_in(samples.OFFICER)
    task = task_of(site, reference)
    path = f"/staff/tasks/{task}"
    officer.get(f"{path}?outcome=accept")
    before = world.file(reference)
    typed = {**FORM, "assign_to": service, "points": "First point\nSecond point"}
    seen = officer.post(path, {**typed, "_look": "yes"})
    assert seen.status == 200
    assert "Nothing has happened yet." in seen.text
    assert "We have your complaint" in seen.text or "complaint" in seen.text.lower()
    assert "by e-mail" in seen.text
    assert world.file(reference).case == before.case
    assert world.file(reference).events == before.events
    again = officer.post(path, {**typed, "_edit": "yes"})
    assert again.status == 200
    assert "Second point" in again.body
    wrong = officer.post(path, {**typed, "reason": "", "_look": "yes"})
    assert wrong.status == 422
    officer.post(path, {**typed, "_look": "yes"})
    assert officer.post(path, typed).status == 303
    world.settle()
    sent = [one for one in world.file(reference).messages if one.to.startswith("party:")]
    for paragraph in sent[-1].paragraphs:
        assert paragraph in seen.text or paragraph in html.unescape(seen.body), "what was shown is what was sent"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"procedure": ""}, "procedure"),
        ({"procedure": "made up"}, "procedure"),
        ({"points": ""}, "points"),
        ({"points": "x" * 1001}, "points"),
        ({"points": "nul \x00"}, "points"),
        ({"reason": "  "}, "reason"),
        ({"reason": "r" * 4001}, "reason"),
        ({"assign_to": "<script>"}, "assign_to"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(
    site: Site, changes: dict[str, str], field: str
) -> None:
    reference, _ = complaint(site)
    page = accept(site, samples.OFFICER, task_of(site, reference), **changes)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert f'href="#{field}"' in page.body
    kept = {
        name: value for name, value in FORM.items() if name not in changes and name not in ("procedure", "assign_to")
    }
    for value in kept.values():
        assert value in page.body


def test_someone_who_is_no_service_manager_cannot_be_chosen(site: Site) -> None:
    reference, _ = complaint(site)
    page = accept(site, samples.OFFICER, task_of(site, reference), assign_to="nobody.known")
    assert page.status == 422
    assert 'href="#assign_to"' in page.body


@pytest.mark.parametrize(
    ("path", "outcome", "moves"),
    [
        ([], "ask_identity", True),
        ([("rights_request.triage", "ask_identity")], "identity_shown", True),
        ([("rights_request.triage", "accept")], "ask_question", True),
        ([("rights_request.triage", "accept")], "extend", True),
        ([("rights_request.triage", "accept"), ("rights_request.collect", "ask_question")], "answered", True),
        ([("rights_request.triage", "accept")], "collected", False),
        ([], "withdrawn", False),
    ],
)
def test_what_moves_the_clock_is_seen_before_it_is_confirmed(
    site: Site, path: list[tuple[str, str]], outcome: str, moves: bool
) -> None:
    """Pause, resume and extend: the old date, the new date and what the person gets (UK GDPR Art 12(3), Art 12A)."""
    world = site.world
    answers = world.services.schemas.document("submissions/rights_request")["examples"][0]
    reference = world.submit({**answers, "right": "access"}, key="r", kind="rights_request").reference
    reference = world.go(path, reference)
    task, before = world.open_task(reference), world.file(reference)
    example = world.example(task.task, outcome, before.case.context)
    typed = {name: str(value) for name, value in example.items() if isinstance(value, str)} | {"reason": "Because."}
    browser = site.signed_in(samples.OFFICER)
    form = browser.get(f"/staff/tasks/{task.id}?outcome={outcome}")
    assert ("This moves the clock." in form.text) is moves
    done = browser.post(f"/staff/tasks/{task.id}", typed)
    assert done.status == (200 if moves else 303), done.text
    if not moves:
        return
    assert world.file(reference).events == before.events, "nothing is stored"
    assert "Dates that move" in done.text
    assert "None." not in done.text.partition("What the person gets")[0], "a date moves"
    changed = browser.post(f"/staff/tasks/{task.id}", {"reason": "Better.", "_edit": "yes"})
    assert "Better." in changed.body
    again = browser.post(f"/staff/tasks/{task.id}", {**typed, "reason": "Better."})
    assert again.status == 200, "what was changed is shown again"
    assert browser.post(f"/staff/tasks/{task.id}", {}).status == 303
    (moved,) = [event for event in world.events(reference, "task_decided") if event.data["outcome"] == outcome][-1:]
    assert moved.reason == "Better."
    for date in moved.data["moved"]:
        assert date["to"] in again.text


@pytest.mark.promise(
    "feature:exactly-one-decision-under-races", "fault:approve-and-deny-both-answer-succeeded-last-writ"
)
def test_the_slower_of_two_officers_is_told_by_whom_and_keeps_what_was_typed(site: Site) -> None:
    reference, _ = complaint(site)
    task = task_of(site, reference)
    slow = site.signed_in(samples.OFFICER_TWO)
    slow.get(f"/staff/tasks/{task}?outcome=accept")
    assert accept(site, samples.OFFICER, task).status == 303
    page = slow.post(f"/staff/tasks/{task}", {**FORM, "points": "My own careful points"})
    assert page.status == 409
    assert "Olive Officer" in page.text
    assert "My own careful points" in page.text


@pytest.mark.parametrize("version", ["7", "0", "-1", "one", "", "1e3", "9" * 30, "¹"])
def test_a_stale_page_decides_nothing(site: Site, version: str) -> None:
    reference, _ = complaint(site)
    task = task_of(site, reference)
    browser = site.signed_in(samples.OFFICER)
    browser.get(f"/staff/tasks/{task}?outcome=accept")
    page = browser.post(f"/staff/tasks/{task}", {**FORM, "version": version})
    assert page.status == 409
    assert "One point" in page.text, "what was typed is not lost"
    assert site.world.open_task(reference).status == "open"


def test_an_expired_session_decides_nothing_and_shows_what_was_typed(site: Site) -> None:
    reference, _ = complaint(site)
    browser = site.signed_in(samples.OFFICER)
    task = task_of(site, reference)
    browser.get(f"/staff/tasks/{task}?outcome=accept")
    site.world.clock.move(minutes=31)
    page = browser.post(f"/staff/tasks/{task}", {**FORM, "points": "Typed for half an hour"})
    assert page.status == 401
    assert "Typed for half an hour" in page.text


@pytest.mark.promise("feature:clearance-quality-check-drafter-is-not-approver")
def test_nobody_approves_their_own_answer(site: Site) -> None:
    reference, _ = complaint(site)
    site.world.go([("complaint.triage", "accept")], reference)
    site.world.decide(reference, "answer_drafted", samples.BOTH)
    site.world.settle()
    browser = site.signed_in(samples.BOTH)
    page = browser.get(f"/staff/tasks/{task_of(site, reference)}?outcome=approve")
    assert page.status == 403
    assert "took part" in page.text


@pytest.mark.parametrize("actor", samples.STAFF, ids=lambda actor: actor.id)
def test_who_may_open_and_decide_what(site: Site, actor: Actor) -> None:
    reference, _ = complaint(site)
    task = task_of(site, reference)
    browser = site.signed_in(actor)
    sees_all = actor.roles & {"ig_officer", "ig_manager", "auditor", "dpo"}
    assert browser.get(f"/staff/cases/{reference}").status == (200 if sees_all else 404)
    may_triage = actor.roles & {"ig_officer", "ig_manager"}
    expected = 200 if may_triage else 403 if sees_all else 404
    assert browser.get(f"/staff/tasks/{task}").status == expected


@pytest.mark.parametrize(
    "path",
    [
        "/staff/cases/FF-AAA-AAA-AAA",
        "/staff/cases/nothing",
        "/staff/tasks/FF-AAA-AAA-AAA.1",
        "/staff/tasks/none",
        "/staff/tasks/FF-AAA-AAA-AAA.99999999999999999999",
    ],
)
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.signed_in(samples.OFFICER).get(path).status == 404


@pytest.mark.promise("feature:letters")
def test_a_person_without_mail_gets_a_letter_that_staff_print_and_post(site: Site) -> None:
    world = site.world
    reference = world.submit(samples.BY_POST, key="post").reference
    world.settle()
    assert not world.mail.sent
    browser = site.signed_in(samples.OFFICER)
    case = browser.get(f"/staff/cases/{reference}")
    assert "letter to print" in case.text
    letter = browser.get(f"/staff/cases/{reference}/letters/1")
    assert "7 Dunlin Row" in letter.text
    browser.get(f"/staff/cases/{reference}")
    assert browser.post(f"/staff/cases/{reference}/letters/1/posted", {}).status == 303
    assert "Olive Officer posted" in browser.get(f"/staff/cases/{reference}").text
    assert browser.post(f"/staff/cases/{reference}/letters/1/posted", {}).status == 409
    assert browser.get(f"/staff/cases/{reference}/letters/99").status == 404


def test_staff_see_exactly_what_the_resident_sees(site: Site) -> None:
    reference, code = complaint(site)
    resident = site.browser()
    resident.get("/track")
    theirs = resident.follow(resident.post("/track", {"reference": reference, "access_code": code}))
    ours = site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}/resident-view")
    assert theirs.text in ours.text.replace("Important This is exactly what the resident sees. ", "") or (
        theirs.text.split("Reference")[1] in ours.text
    )


def test_how_to_reach_somebody_is_in_words(site: Site) -> None:
    reference = site.world.submit().reference
    page = site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}")
    assert "How to reach them By email" in page.text
