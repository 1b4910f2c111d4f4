"""Save and return, paper, calendars, and another way to be reached."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.commands import drafts, feeds, track
from chalicelib.domain.errors import NotFound, TooOften
from chalicelib.web import calendars
from chalicelib.web.resident.journeys import NAMES

from ..support import samples
from ..support.reading import grade
from ..support.site import Browser, Site
from .walks import complaint

CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}")


def begun(site: Site) -> Browser:
    """Somebody who has answered two pages of a complaint."""
    browser = site.browser()
    page = browser.follow(browser.get("/complaint/start"))
    for answers in ({"name": "Jo Example"}, {"on_behalf_of": "myself"}):
        names = re.findall(r'name="(\w+)"', page.body)
        given_now = {name: value for name, value in answers.items() if name in names} or {names[-1]: "x"}
        page = browser.follow(browser.post(page.path, given_now))
    return browser


@pytest.mark.promise("feature:save-and-return")
def test_answers_are_kept_with_a_code_and_gone_on_with_on_another_device(site: Site) -> None:
    browser = begun(site)
    assert browser.last is not None
    step = browser.last.path
    saved = browser.post("/complaint/save", {"_step": step.rpartition("/")[2]})
    assert saved.status == 200
    (code,) = CODE.findall(saved.text)[:1]
    assert "Monday 30 November 2026" in saved.text
    other = site.browser()
    other.get("/resume")
    wrong = other.post("/resume", {"code": "AAAA-BBBB-CCCC"})
    assert wrong.status == 422
    assert "We cannot find answers" in wrong.text
    there = other.post("/resume", {"code": code.lower().replace("-", " ")})
    assert there.status == 303
    assert there.headers["Location"].endswith(step)
    assert other.follow(there).status == 200
    stored = repr([item for item in site.world.items() if item["type"] == "kept"])
    assert code not in stored, "the table never holds the code itself"
    site.world.clock.move(days=7)
    late = site.browser()
    late.get("/resume")
    assert late.post("/resume", {"code": code}).status == 422


def saved(site: Site) -> tuple[Browser, str]:
    """A browser on the page that shows the code, and the code."""
    browser = begun(site)
    assert browser.last is not None
    page = browser.post("/complaint/save", {"_step": browser.last.path.rpartition("/")[2]})
    return browser, CODE.findall(page.text)[0]


def link_in(site: Site) -> str:
    found = re.search(r"https://cases\.example\.org(/resume/link/\S+)", site.world.mail.sent[-1].text)
    assert found is not None
    return found.group(1)


def test_a_link_by_mail_opens_the_answers_once_and_without_the_code(site: Site) -> None:
    browser, code = saved(site)
    wrong = browser.post("/resume/mail", {"code": code, "email": "jo at example"})
    assert wrong.status == 422
    assert "Write the e-mail address whole" in wrong.text
    assert code in wrong.text, "the code is not lost"
    done = browser.post("/resume/mail", {"code": code, "email": " Jo.Link@example.com "})
    assert done.status == 200
    assert "on its way" in done.text
    assert not site.world.mail.sent, "nobody waits for the mail"
    site.world.settle()
    (mail,) = site.world.mail.sent
    assert mail.to == "Jo.Link@example.com"
    assert code not in mail.text
    assert "Jo Example" not in mail.text
    assert "Monday 30 November 2026" in mail.text
    path = link_in(site)
    other = site.browser()
    assert "The button works once." in other.get(path).text
    assert other.get(path).status == 200, "programs that load links use nothing up"
    there = other.post(path, {})
    assert there.status == 303
    assert other.follow(there).status == 200
    third = site.browser()
    third.get(path)
    late = third.post(path, {})
    assert late.status == 422
    assert "This link works once" in late.text
    third.get(path)
    assert third.post(path[:-3] + "000", {}).status == 422


def test_nobody_is_sent_mail_after_mail(site: Site) -> None:
    browser, code = saved(site)
    page = browser.last
    for _ in range(3):
        browser.last = page
        browser.post("/resume/mail", {"code": code, "email": "jo@example.com"})
    site.world.settle()
    assert len(site.world.mail.sent) == 1, "one for each code"
    browser.last = page
    assert browser.post("/resume/mail", {"code": "AAAA-BBBB-CCCC", "email": "jo@example.com"}).status == 422
    browser.last = page
    browser.post("/resume/mail", {"code": code, "email": "jo@example.com"})
    browser.last = page
    assert browser.post("/resume/mail", {"code": code, "email": "jo@example.com"}).status == 429
    site.world.mail.refusals = 9
    _other, second = saved(site)
    drafts.ask_link(site.world.services, second, "x@example.com", "192.0.2.77")
    site.world.settle()
    assert len(site.world.mail.sent) == 1, "what is refused stops nothing else"


def test_the_link_and_the_address_go_with_the_answers(site: Site) -> None:
    _browser, code = saved(site)
    drafts.ask_link(site.world.services, code, "jo@example.com", "192.0.2.1")
    site.world.settle()
    path = link_in(site)
    site.world.clock.move(days=7)
    assert site.world.services.store.link_asked(path.split("/")[3]) is None
    late = site.browser()
    late.get(path)
    assert late.post(path, {}).status == 422
    with pytest.raises(NotFound):
        drafts.ask_link(site.world.services, code, "jo@example.com", "192.0.2.2")


def test_what_is_typed_when_it_is_saved_is_not_lost(site: Site) -> None:
    browser = site.browser()
    page = browser.follow(browser.get("/complaint/start"))
    step = page.path.rpartition("/")[2]
    assert browser.post("/complaint/save", {"_step": step}).status == 303, "nothing was typed: nothing to keep"
    browser.follow(browser.get("/complaint/start"))
    steps = site.world.services.book.journey("complaint")["steps"]
    first = next(row for row in steps if row["fields"])
    (field,) = first["fields"][:1]
    good = samples.ANSWERS[field["name"]]
    for row in steps[: steps.index(first)]:
        browser.post(f"/complaint/{row['id']}", {})
    wrong = browser.post("/complaint/save", {"_step": first["id"], field["name"]: "x" * 5000})
    assert wrong.status == 422
    assert "x" * 5000 in wrong.body or field["input"] == "radios", "what was typed is shown again"
    assert browser.post("/complaint/save", {"_step": first["id"], field["name"]: good}).status == 200


def test_a_code_is_not_guessed(site: Site) -> None:
    for _ in range(drafts.MOST_TRIES):
        with pytest.raises(NotFound):
            drafts.come_back(site.world.services, "AAAA-BBBB-CCCC", "192.0.2.7")
    with pytest.raises(TooOften):
        drafts.come_back(site.world.services, "AAAA-BBBB-CCCC", "192.0.2.7")
    with pytest.raises(NotFound):
        drafts.come_back(site.world.services, "AAAA-BBBB-CCCC", "192.0.2.8")


@pytest.mark.parametrize("name", NAMES)
def test_each_journey_is_a_form_on_paper_with_every_question(site: Site, name: str) -> None:
    page = site.browser().get(f"/{name}/paper")
    assert page.status == 200
    for step in site.world.services.book.journey(name)["steps"]:
        for field in step["fields"]:
            assert field["label"] in page.text
    assert "Only if you chose" in page.text
    assert grade(page.text) <= 6


def tracked(site: Site, **answers: str) -> tuple[Browser, str]:
    receipt = site.world.submit({**samples.ANSWERS, **answers})
    site.world.settle()
    browser = site.browser()
    browser.get("/track")
    browser.post("/track", {"reference": receipt.reference, "access_code": receipt.access_code})
    return browser, receipt.reference


def test_the_dates_go_into_a_calendar_without_names(site: Site) -> None:
    browser, reference = tracked(site)
    assert "14 days left" in browser.get("/track/case").text or "days left" in browser.get("/track/case").text
    file = browser.get("/track/case/calendar")
    assert file.headers["Content-Type"].startswith("text/calendar")
    found = icalendar.Calendar.from_ical(file.body)
    days = {event["DTSTART"].dt for event in found.walk("VEVENT")}
    assert days == {legal.date for legal in track.status(site.world.services, reference).dates}
    assert all(reference in event["UID"] for event in found.walk("VEVENT"))
    assert samples.ANSWERS["name"] not in file.body
    assert all(len(line.encode()) <= 75 for line in file.body.split("\r\n"))
    assert site.browser().get("/track/case/calendar").status == 200, "without a pass: the form for it"


def test_a_person_changes_how_we_reach_them_and_the_old_address_hears_of_it(site: Site) -> None:
    browser, reference = tracked(site)
    page = browser.get("/track/case/details")
    assert samples.ANSWERS["email"] in page.body
    wrong = browser.post("/track/case/details", {"contact_way": "phone", "phone": ""})
    assert wrong.status == 422
    browser.get("/track/case/details")
    done = browser.post(
        "/track/case/details", {"contact_way": "phone", "phone": "01204 555 555", "email": "x@y.example"}
    )
    assert done.status == 303
    site.world.settle()
    assert "We have changed how we reach you" in browser.get(done.headers["Location"]).text
    party = next(one for one in site.world.file(reference).parties if one.role == "requester")
    assert party.details["phone"] == "01204 555 555"
    assert "email" not in party.details, "what is not the way any more is not kept"
    (mail,) = [one for one in site.world.mail.sent if "A change to your case" in one.subject]
    assert mail.to == samples.ANSWERS["email"]
    browser.get("/track/case/details")
    again = browser.post("/track/case/details", {"contact_way": "phone", "phone": "01204 555 555"})
    assert again.status == 303
    assert len(site.world.events(reference, "contact_changed")) == 1, "the same again is no change"


def test_a_closed_case_is_not_changed(site: Site) -> None:
    browser, reference = tracked(site)
    site.world.go(samples.STRAIGHT, reference)
    assert "Change how we reach you" not in browser.get("/track/case").text
    assert browser.get("/track/case/details").status == 303


def test_a_feed_needs_its_key_and_ends_with_the_account(site: Site) -> None:
    world = site.world
    reference = world.submit().reference
    world.settle()
    officer = site.signed_in(samples.OFFICER)
    shown = officer.get("/staff/calendar").text
    key = feeds.address(world.services, samples.OFFICER.id)
    assert key in shown
    path = f"/calendar/{samples.OFFICER.id}/{key}"
    found = icalendar.Calendar.from_ical(site.browser().get(path).body)
    assert [reference in str(event["SUMMARY"]) for event in found.walk("VEVENT")] == [True]
    assert samples.ANSWERS["name"] not in site.browser().get(path).body
    assert site.browser().get(f"/calendar/{samples.OFFICER_TWO.id}/{key}").status == 404
    assert site.browser().get(f"/calendar/{samples.OFFICER.id}/{'0' * 32}").status == 404
    world.dismiss(samples.OFFICER)
    assert site.browser().get(path).status == 404


@given(st.text(max_size=300))
def test_any_words_make_a_calendar_that_can_be_read(words: str) -> None:
    entry = calendars.Entry("a@b", date(2027, 1, 2), words)
    body = calendars.calendar("x", [entry], datetime(2026, 11, 23, tzinfo=UTC)).body
    assert all(len(line.encode("utf-8", "surrogatepass")) <= 75 for line in str(body).split("\r\n"))


@pytest.mark.promise("ours-alone:tracking-by-one-time-link")
def test_the_link_of_a_mail_opens_the_case_once(site: Site) -> None:
    reference = site.world.submit(samples.ANSWERS).reference
    site.world.settle()
    (mail,) = [one for one in site.world.mail.sent if one.to == samples.ANSWERS["email"]]
    found = re.search(r"https://cases.example.org(/track/link/\S+)", mail.text)
    assert found is not None
    browser = site.browser()
    for _ in range(2):
        assert "Open my case" in browser.get(found[1]).text, "to load it uses nothing up"
    page = browser.follow(browser.post(found[1], {}))
    assert reference in page.text
    assert samples.ANSWERS["what_happened"] not in page.text
    asked = browser.get("/track/case/details")
    assert "we need your access code too" in asked.text, "what matters more needs the code"
    other = site.browser()
    other.get(found[1])
    again = other.post(found[1], {})
    assert again.status == 422
    assert "This link works once" in again.text
    for wrong in (found[1][:-1] + "0", f"/track/link/{reference}.999/{'0' * 40}", f"/track/link/{reference}.x/abc"):
        other.get(wrong)
        assert other.post(wrong, {}).status == 422


def test_the_link_of_a_mail_is_late_after_two_weeks(site: Site) -> None:
    site.world.submit(samples.ANSWERS)
    site.world.settle()
    found = re.search(r"https://cases.example.org(/track/link/\S+)", site.world.mail.sent[0].text)
    assert found is not None
    site.world.clock.move(days=14)
    browser = site.browser()
    browser.get(found[1])
    assert browser.post(found[1], {}).status == 422


def followed(site: Site) -> tuple[Browser, str]:
    """Somebody who complained, and follows it with reference and code; the reference."""
    reference, code = complaint(site)
    browser = site.browser()
    browser.get("/track")
    browser.post("/track", {"reference": reference, "access_code": code})
    return browser, reference


def test_a_person_reads_what_they_sent_and_what_they_wrote_since(site: Site) -> None:
    browser, reference = followed(site)
    page = browser.get("/track/case")
    assert "What you wrote to us" not in page.text
    browser.post("/track/case/messages", {"text": "One thing more.\n\nAnd another."})
    page = browser.get("/track/case")
    assert page.text.count("One thing more.") == 1
    assert page.text.index("What you wrote to us") < page.text.index("And another.")
    sent = browser.get("/track/case/answers")
    assert sent.status == 200
    for value in ("name", "what_happened", "email", "subject_name", "safe_contact"):
        assert samples.ANSWERS[value].split("\n")[0] in sent.text, value
    assert reference in sent.text
    assert samples.ANSWERS["name"] not in sent.title
    assert site.browser().get("/track/case/answers").status == 200, "and asks for reference and code"
    assert samples.ANSWERS["name"] not in site.browser().get("/track/case/answers").text
    seen = site.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}/resident-view")
    assert "One thing more." in seen.text


def test_what_was_sent_needs_the_code_as_all_that_was_in_no_mail(site: Site) -> None:
    _, reference = followed(site)
    (path,) = {
        found.group(1)
        for mail in site.world.mail.sent
        if (found := re.search(r"https://cases\.example\.org(/track/link/\S+)", mail.text))
    }
    browser = site.browser()
    browser.get(path)
    assert browser.post(path, {}).status == 303
    assert browser.get("/track/case").status == 200
    page = browser.get("/track/case/answers")
    assert "we need your access code too" in page.text
    assert samples.ANSWERS["what_happened"].split("\n")[0] not in page.text


@pytest.mark.parametrize("kind", ["complaint", "feedback", "rights_request", "data_protection_complaint"])
def test_what_was_sent_is_put_together_again_as_it_was(site: Site, kind: str) -> None:
    sent = site.world.services.schemas.document(f"submissions/{kind}")["examples"][0]
    reference = site.world.submit(sent, key="sent", kind=kind).reference
    assert track.what_was_sent(site.world.services, reference)[1] == sent
