"""Files on the pages: plain forms that go to the bucket, and what each bad file or bad moment says."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.commands.track import issue_pass

from ..support import samples, uploads
from ..support.site import Browser, Page, Site
from ..support.uploads import EICAR, PDF, form_of, put
from .test_api import described, token_of
from .test_words import check


def tracked(site: Site, receipt: object) -> Browser:
    """A browser with the page of the case open."""
    browser = site.browser()
    browser.get("/track")
    typed = {"reference": receipt.reference, "access_code": receipt.access_code}  # type: ignore[attr-defined]
    assert browser.follow(browser.post("/track", typed)).path == "/track/case"
    return browser


def asked(site: Site) -> tuple[str, Browser]:
    """A request that waits for proof, and the person's browser."""
    world = site.world
    receipt = world.submit(uploads.request(world), kind="rights_request")
    world.settle()
    world.decide(receipt.reference, "ask_identity")
    world.settle()
    return receipt.reference, tracked(site, receipt)


def answered(site: Site, *, approve: bool = True) -> tuple[str, Browser]:
    """A request with one file in its answer."""
    world = site.world
    receipt = world.submit(uploads.request(world), kind="rights_request")
    world.settle()
    for outcome in ("accept", "collected"):
        world.decide(receipt.reference, outcome)
        world.settle()
    uploads.send(world, receipt.reference, "Your records.pdf", PDF, samples.OFFICER)
    world.settle()
    world.decide(receipt.reference, "answer_drafted")
    world.settle()
    if approve:
        world.decide(receipt.reference, "approve")
        world.settle()
    return receipt.reference, tracked(site, receipt)


def begin(browser: Browser) -> Page:
    browser.get("/track/case")
    return browser.follow(browser.post("/track/case/upload", {}))


def send(site: Site, browser: Browser, name: str, body: bytes) -> Page:
    """Choose a file, send it to the bucket, come back, and look when the check is done."""
    back = put(form_of(begin(browser)), name, body)
    page = browser.follow(browser.get(back.removeprefix("https://cases.example.org") + "?bucket=x&key=y&etag=z"))
    assert "We are checking it" in page.text
    site.world.settle()
    return browser.get(page.path)


def test_a_person_sends_proof_without_javascript(site: Site) -> None:
    reference, browser = asked(site)
    page = begin(browser)
    assert re.fullmatch(r"/track/case/upload/\d+", page.path)
    assert "up to 20 MB" in page.text
    form = form_of(page)
    origin = "://".join(urlsplit(form.url)[:2])
    assert f"form-action 'self' {origin};" in page.headers["Content-Security-Policy"]
    assert re.search(r'type="file"[^>]*accept="\.pdf,', page.body)
    assert set(form.fields) & {"_token"} == set(), "a field that is not in the policy would be refused"
    assert page.body.index('type="file"') > page.body.index("success_action_redirect"), "the file is the last field"
    assert form.fields["key"].startswith(f"quarantine/{reference}.1.")
    page = send(site, browser, "passport.pdf", PDF)
    assert "passport.pdf: Checked, and ready" in page.text
    case = browser.get("/track/case")
    assert "passport.pdf" in case.text
    assert "We checked file 1. We have it." in case.text
    for one in (page, case, begin(browser)):
        check(one.body, one.path)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("eicar.txt", EICAR, "something harmful"),
        ("empty.pdf", b"", "There is nothing in this file"),
        ("photo.pdf", uploads.JPEG, "does not fit what is in it"),
        ("half.pdf", PDF[:20], "We cannot read this file"),
        ("game.exe", b"MZ\x90\0", "We cannot take this kind of file"),
        ("locked.pdf", PDF.replace(b"<<>>", b"<</Encrypt 1 0 R>>"), "has a password"),
        ("film.pdf", b"%PDF-" + bytes(20_000_001), "too big"),
    ],
)
def test_a_file_that_we_cannot_take_says_why_and_what_to_do(site: Site, name: str, body: bytes, words: str) -> None:
    _, browser = asked(site)
    page = send(site, browser, name, body)
    assert words in page.text
    assert "Send a file again" in page.text
    assert words in browser.get("/track/case").text
    check(page.body, name)


def test_an_upload_that_was_not_finished_can_be_tried_again_on_its_page(site: Site) -> None:
    _, browser = asked(site)
    page = begin(browser)
    again = browser.get(page.path)
    assert form_of(again).url
    assert "come back to this page" in again.text
    site.world.clock.move(hours=25)
    late = browser.get(page.path)
    assert late.status in (200, 404)
    assert late.path == page.path


def test_a_page_of_an_upload_that_is_over(site: Site) -> None:
    _, browser = asked(site)
    for path in ("77", "77/sent", "x", "1e9", "0"):
        page = browser.get(f"/track/case/upload/{path}")
        assert page.status == 404
        assert "x-amz" not in page.body


def test_coming_back_twice_or_without_a_file(site: Site) -> None:
    _, browser = asked(site)
    page = begin(browser)
    for _ in range(2):
        assert browser.get(f"{page.path}/sent").status == 303
    site.world.settle()
    assert "No file came" in browser.get(page.path).text
    assert browser.get(f"{page.path}/sent").status == 303


@pytest.mark.parametrize("path", ["/track/case/upload/1", "/track/case/upload/1/sent"])
def test_without_a_pass_there_is_no_form(site: Site, path: str) -> None:
    asked(site)
    page = site.browser().get(path)
    assert "access code" in page.text.lower()
    assert "x-amz" not in page.body


def test_only_the_form_of_our_own_page_begins_an_upload(site: Site) -> None:
    reference, browser = asked(site)
    browser.get("/track/case")
    assert browser.post("/track/case/upload", {}, token="wrong").status == 403
    assert browser.post("/track/case/documents/1", {}, token="wrong").status == 403
    assert site.world.file(reference).documents == ()


def test_where_we_ask_for_nothing_no_file_is_taken(site: Site) -> None:
    receipt = site.world.submit(uploads.request(site.world), kind="rights_request")
    site.world.settle()
    browser = tracked(site, receipt)
    page = browser.get("/track/case")
    assert "Send us a file" not in page.text
    page = browser.post("/track/case/upload", {})
    assert page.status == 422
    assert "We do not need a file" in page.text


def test_a_person_gets_the_files_of_the_answer_for_four_weeks(site: Site) -> None:
    reference, browser = answered(site)
    page = browser.get("/track/case")
    assert "Your records.pdf" in page.text
    assert "until Monday 21 December 2026" in page.text
    assert "form-action 'self' https://" in page.headers["Content-Security-Policy"]
    check(page.body, "files to get")
    answer = browser.post("/track/case/documents/1", {})
    assert answer.status == 303
    link = urlsplit(answer.headers["Location"])
    query = parse_qs(link.query)
    assert query["X-Amz-Expires"] == ["60"]
    assert query["response-content-disposition"][0].startswith('attachment; filename="Your records.pdf"')
    assert "/clean/" in link.path
    assert "quarantine" not in link.path
    site.world.clock.move(days=28)
    page = browser.get("/track/case")
    assert page.status == 200, "half an hour is over too"
    found = site.world.file(reference).case
    assert found.released_until is not None


def test_a_link_used_late_says_it_kindly(site: Site) -> None:
    """The page was open when the time came to its end."""
    reference, _ = answered(site)
    site.world.clock.move(days=27, hours=23, minutes=59)
    browser = site.browser()
    browser.cookies["__Host-case"] = issue_pass(site.world.services, reference).token
    assert "Your records.pdf" in browser.get("/track/case").text
    site.world.clock.move(minutes=1)
    page = browser.post("/track/case/documents/1", {})
    assert page.status == 422
    assert "we make it ready again" in page.text
    page = browser.get("/track/case")
    assert "The time to get your files here is over" in page.text
    assert "came to its end" in page.text
    check(page.body, "over")
    assert not site.world.events(reference, "document_downloaded")


def test_a_draft_cannot_be_got(site: Site) -> None:
    _, browser = answered(site, approve=False)
    for number in ("1", "2", "x", "99999"):
        browser.get("/track/case")
        assert browser.post(f"/track/case/documents/{number}", {}).status == 404


def test_staff_see_open_and_add_files(site: Site) -> None:
    reference, browser = asked(site)
    send(site, browser, "passport.pdf", PDF)
    officer = site.signed_in(samples.OFFICER)
    page = officer.get(f"/staff/cases/{reference}")
    assert "The resident has sent a file" in page.text
    assert "passport.pdf" in page.text
    answer = officer.post(f"/staff/cases/{reference}/documents/1", {})
    assert answer.status == 303
    assert "X-Amz-Signature" in answer.headers["Location"]
    page = officer.get(f"/staff/cases/{reference}")
    assert "Olive Officer opened file 1." in page.text
    page = officer.follow(officer.post(f"/staff/cases/{reference}/upload", {}))
    back = put(form_of(page), "answer.pdf", PDF)
    officer.follow(officer.get(back.removeprefix("https://cases.example.org")))
    site.world.settle()
    page = officer.get(f"/staff/cases/{reference}")
    assert "answer.pdf" in page.text
    assert "Part of our answer" in page.text
    officer.follow(officer.post(f"/staff/cases/{reference}/documents/2/remove", {}))
    site.world.settle()
    page = officer.get(f"/staff/cases/{reference}")
    assert "answer.pdf" not in page.text
    assert "Olive Officer removed file 2." in page.text


@pytest.mark.parametrize("who", [samples.AUDITOR, samples.SERVICE])
def test_others_of_the_staff_do_not_open_proof(site: Site, who: object) -> None:
    reference, browser = asked(site)
    send(site, browser, "passport.pdf", PDF)
    other = site.signed_in(who)  # type: ignore[arg-type]
    other.get("/staff")
    for path in ("documents/1", "documents/1/remove", "upload", "release"):
        page = other.post(f"/staff/cases/{reference}/{path}", {})
        assert page.status in (403, 404), path
        assert "X-Amz" not in page.body
    assert not site.world.events(reference, "document_opened")


def test_staff_see_the_files_as_the_person_does_and_cannot_press(site: Site) -> None:
    reference, _ = answered(site)
    page = site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}/resident-view")
    assert page.status == 200
    assert "Your records.pdf" in page.text
    for button in re.findall(r"<button[^>]*>\s*Get file", page.body):
        assert "disabled" in button


def test_a_manager_makes_the_files_ready_again_and_an_old_page_does_not(site: Site) -> None:
    reference, _ = answered(site)
    manager = site.signed_in(samples.MANAGER)
    manager.get(f"/staff/cases/{reference}")
    hidden = re.findall(r'name="version" value="(\d+)"', manager.last.body)  # type: ignore[union-attr]
    assert manager.post(f"/staff/cases/{reference}/release", {"version": hidden[0]}).status == 303
    manager.get("/staff")
    again = manager.post(f"/staff/cases/{reference}/release", {"version": hidden[0]})
    assert again.status == 409
    manager.get("/staff")
    assert manager.post(f"/staff/cases/{reference}/release", {"version": "x"}).status == 409
    officer = site.signed_in(samples.OFFICER)
    officer.get(f"/staff/cases/{reference}")
    assert officer.post(f"/staff/cases/{reference}/release", {"version": hidden[0]}).status == 403


def test_the_approver_sees_what_goes_and_why_it_cannot(site: Site) -> None:
    reference, _ = answered(site, approve=False)
    task = site.world.open_task(reference)
    manager = site.signed_in(samples.MANAGER)
    page = manager.get(f"/staff/tasks/{task.id}?outcome=approve")
    assert "1: Your records.pdf, checked, and ready" in page.text
    typed = {"release": "post", "right_person": "true", "nothing_of_others": "true", "reason": "Checked."}
    page = manager.post(f"/staff/tasks/{task.id}", {**typed, "outcome": "approve"})
    assert page.status == 422
    assert "There is no address to post it to." in page.text
    manager.get(f"/staff/tasks/{task.id}?outcome=approve")
    page = manager.post(f"/staff/tasks/{task.id}", {**typed, "outcome": "approve", "release": ""})
    assert page.status == 422
    assert site.world.file(reference).case.released == ()


def test_no_address_log_or_title_holds_the_name_of_a_file(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    _, browser = asked(site)
    page = send(site, browser, "Zebrafinch passport.pdf", PDF)
    assert "Zebrafinch" in page.text
    assert "Zebrafinch" not in page.title + page.path
    assert "Zebrafinch" not in capsys.readouterr().out


def test_the_api_shows_files_and_keeps_its_word(site: Site) -> None:
    reference, _ = answered(site)
    token = token_of(site, samples.OFFICER)
    browser = site.browser()
    found = described(site, browser.api("GET", f"/v1/cases/{reference}", token=token), "/v1/cases/{reference}", "get")
    (row,) = found["documents"]
    assert (row["name"], row["status"], row["purpose"]) == ("Your records.pdf", "clean", "answer")
    pass_ = issue_pass(site.world.services, reference).token
    found = described(site, browser.api("GET", f"/v1/track/{reference}", token=pass_), "/v1/track/{reference}", "get")
    assert [row["name"] for row in found["files"]] == ["Your records.pdf"]
    assert found["files_until"] == "2026-12-21"
