"""What a resident can do on the pages, and what bad input and bad days do to it."""

from __future__ import annotations

import threading

import pytest

from ..support import samples
from ..support.site import Site
from .walks import PAGES, answer_all, codes, complain, complaint

HOSTILE = {
    "script": "<script>alert(1)</script>\"'&",
    "emoji": "👩‍👧 help 😀",
    "right to left": "مرحبا ‮reversed",
    "several lines": "one\r\ntwo\rthree\n\nfour",
    "ten thousand": "x" * 10_000,
}


@pytest.mark.promise(
    "feature:public-form-one-question-a-page-check-answers",
    "feature:acknowledgement-with-a-reference",
    "notice:purpose-complaints",
    "fault:no-reference-on-the-done-page-warns-that-chasing",
    "fault:public-form-is-not-a-case-staff-re-key-it",
)
def test_a_resident_complains_on_one_question_pages_and_follows_the_case(site: Site) -> None:
    browser = site.browser()
    check = answer_all(browser)
    assert "Monday 30 November 2026" in check.text
    assert "Zebrafinch" in check.text
    sent = browser.follow(browser.post("/complaint/check", {}))
    reference, code = codes(sent)
    assert sent.path == "/complaint/sent"
    assert "Monday 14 December 2026" in sent.text
    assert browser.get("/complaint/sent").text == sent.text, "loading it again shows the same"
    site.world.settle()
    browser.get("/track")
    case = browser.follow(
        browser.post("/track", {"reference": reference.lower().replace("-", " "), "access_code": code})
    )
    assert case.path == "/track/case"
    assert "A person is reading it" in case.text


def test_a_reference_is_mailed_and_nothing_of_the_case(site: Site) -> None:
    reference, _ = complaint(site)
    (mail,) = site.world.mail.sent
    assert reference in mail.subject
    assert not any(word in mail.subject + mail.text for word in samples.PRIVATE_WORDS)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_is_taken_as_text_and_shown_as_text(site: Site, text: str) -> None:
    import html

    browser = site.browser()
    page = answer_all(browser, {**samples.ANSWERS, "what_happened": text})
    shown = text.strip().replace("\r\n", "\n").replace("\r", "\n")
    assert html.escape(shown, quote=False) in page.body.replace("&#34;", '"').replace("&#39;", "'")
    assert "<script>alert" not in page.body
    reference, _ = codes(browser.follow(browser.post("/complaint/check", {})))
    assert site.world.file(reference).answers["what_happened"] == shown


@pytest.mark.promise("fault:2-mb-fields-accepted-rate-limit-off-by-default")
@pytest.mark.parametrize(
    ("field", "text", "status"),
    [
        ("what_happened", "", 422),
        ("what_happened", "x" * 130_001, 422),
        ("what_happened", "nul \x00 here", 422),
        ("what_happened", "bell \x07", 422),
        ("what_happened", "\N{SNOWMAN}" * 111_000, 422),
        ("what_happened", "y" * 1_100_000, 413),
        ("email", "not an address", 422),
        ("email", "a@b.example\r\nBcc: all@example.org", 422),
        ("on_behalf_of", "the neighbours", 422),
        ("name", "two\nlines", 422),
    ],
)
def test_what_does_not_fit_is_said_kindly_and_never_lost(site: Site, field: str, text: str, status: int) -> None:
    browser = site.browser()
    page = browser.follow(browser.get("/complaint/start"))
    for step, names in PAGES:
        if field in names:
            break
        page = browser.follow(browser.post(page.path, {name: samples.ANSWERS.get(name, "") for name in names}))
    answer = browser.post(f"/complaint/{step}", {field: text})
    assert answer.status == status
    if status == 422:
        assert answer.title.startswith("Error: ")
        assert f'href="#{field}"' in answer.body
    assert browser.follow(browser.get(f"/complaint/{step}")).path == f"/complaint/{step}", "earlier answers are kept"


def test_bytes_that_are_no_text_are_refused(site: Site) -> None:
    browser = site.browser()
    browser.follow(browser.get("/complaint/start"))
    answer = browser.send(
        "POST", "/complaint/name", b"name=%ff%fe", {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status in (403, 422)


def test_nobody_gets_beyond_the_first_unanswered_page(site: Site) -> None:
    browser = site.browser()
    browser.follow(browser.get("/complaint/start"))
    for path in ("/complaint/email", "/complaint/check"):
        assert browser.follow(browser.get(path)).path in ("/complaint/name", "/complaint/check")
    assert browser.get("/complaint/nothing").status == 404
    fresh = site.browser()
    assert fresh.follow(fresh.get("/complaint/what-happened")).path == "/complaint/name"


def test_an_answer_can_be_changed_from_the_check_page(site: Site) -> None:
    browser = site.browser()
    answer_all(browser)
    browser.get("/complaint/name?change=yes")
    page = browser.follow(browser.post("/complaint/name", {"name": "Wren Other"}))
    assert page.path == "/complaint/check"
    assert "Wren Other" in page.text
    browser.get("/complaint/contact?change=yes")
    page = browser.follow(browser.post("/complaint/contact", {"contact_way": "post"}))
    assert page.path == "/complaint/address", "a change that opens a question asks it"


@pytest.mark.promise("feature:retried-submit-makes-one-case", "fault:retry-makes-a-second-case")
def test_a_form_sent_twice_makes_one_case(site: Site) -> None:
    browser = site.browser()
    answer_all(browser)
    check = browser.last
    first = browser.follow(browser.post("/complaint/check", {}))
    browser.last = check
    again = browser.follow(browser.post("/complaint/check", {}))
    assert codes(first) == codes(again)
    assert len([item for item in site.world.items() if item["sk"] == "CASE"]) == 1


def test_a_form_sent_twice_at_once_makes_one_case(site: Site) -> None:
    browser = site.browser()
    answer_all(browser)
    pages = []
    twins = [site.browser() for _ in range(4)]
    for twin in twins:
        twin.cookies, twin.last = dict(browser.cookies), browser.last
    threads = [
        threading.Thread(target=lambda twin=twin: pages.append(twin.post("/complaint/check", {}))) for twin in twins
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {page.status for page in pages} == {303}
    assert len([item for item in site.world.items() if item["sk"] == "CASE"]) == 1


def test_a_second_complaint_from_the_same_browser_is_a_second_case(site: Site) -> None:
    browser = site.browser()
    assert codes(complain(browser)) != codes(complain(browser))


def test_answers_past_their_end_are_gone_and_the_page_says_so(site: Site) -> None:
    browser = site.browser()
    answer_all(browser)
    site.world.clock.move(days=7, seconds=1)
    page = browser.post("/complaint/check", {})
    assert page.status == 404
    assert "no longer here" in page.text


def test_a_page_of_somebody_else_sends_nothing(site: Site) -> None:
    browser = site.browser()
    answer_all(browser)
    assert browser.post("/complaint/check", {}, token="0" * 64).status == 403
    assert browser.post("/complaint/check", {}, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    foreign = {"Sec-Fetch-Site": "", "Origin": "https://evil.example"}
    assert browser.post("/complaint/check", {}, **foreign).status == 403
    assert not [item for item in site.world.items() if item["sk"] == "CASE"]


def test_wrong_and_unknown_are_told_in_the_same_words_and_ten_tries_are_enough(site: Site) -> None:
    reference, code = complaint(site)
    browser = site.browser()
    browser.get("/track")
    wrong = browser.post("/track", {"reference": reference, "access_code": "WRNG-WRNG-WRNG"})
    unknown = browser.post("/track", {"reference": "FF-AAA-AAA-AAA", "access_code": code})
    assert wrong.status == unknown.status == 422
    assert wrong.text.replace(reference, "") == unknown.text.replace("FF-AAA-AAA-AAA", "")
    for _ in range(10):
        answer = browser.post("/track", {"reference": reference, "access_code": "WRNG-WRNG-WRNG"})
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert browser.post("/track", {"reference": reference, "access_code": code}).status == 429
    site.world.clock.move(minutes=31)
    assert browser.post("/track", {"reference": reference, "access_code": code}).status == 303


@pytest.mark.promise("feature:status-page-without-an-account")
def test_a_pass_opens_one_case_for_half_an_hour(site: Site) -> None:
    reference, code = complaint(site)
    browser = site.browser()
    browser.get("/track")
    browser.post("/track", {"reference": reference, "access_code": code})
    assert browser.get("/track/case").status == 200
    site.world.clock.move(minutes=31)
    page = browser.get("/track/case")
    assert "half an hour" in page.text
    for forged in ("", "x", "x.y", "=.=", "é.é"):
        browser.cookies["__Host-case"] = forged
        assert "Follow your case" in browser.get("/track/case").text


def test_the_answer_is_on_the_page_after_it_was_sent_and_not_before(site: Site) -> None:
    reference, code = complaint(site)
    browser = site.browser()
    for task, outcome in samples.STRAIGHT:
        browser.get("/track")
        page = browser.follow(browser.post("/track", {"reference": reference, "access_code": code}))
        assert "Bitternfinding" not in page.text
        site.world.go([(task, outcome)], reference)
    page = browser.get("/track/case")
    assert "Bitternfinding" in page.text
    assert "We agree with your complaint" in page.text
    assert "Tuesday 23 November 2032" in page.text, "the day on which it goes"
