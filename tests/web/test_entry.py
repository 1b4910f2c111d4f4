"""Staff enter what came by phone, letter or visit, on three pages: how it came, what was said, read back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import entry
from chalicelib.domain.model import Case

from ..support import samples
from ..support.site import Browser, Page, Site
from ..support.world import BOOK, SCHEMAS
from .test_api import token_of

HOW = {
    "how.channel": "phone",
    "how.came_to": "early_help",
    "how.taken_by": "Front desk",
    "how.received_on": "18/11/2026",
    "how.recognised_on": "20/11/2026",
}
LONG = " ".join(["words"] * 20_000)


def example(kind: str) -> dict[str, str]:
    found: dict[str, str] = SCHEMAS.document(BOOK.kind(kind)["submission"])["examples"][0]
    return found


def pages(browser: Browser, kind: str, how: dict[str, str] = HOW, said: dict[str, str] | None = None) -> Page:
    """The page that comes after what they said, or the one on which something is wrong."""
    assert browser.get(f"/staff/enter/{kind}").status == 200
    page = browser.post(f"/staff/enter/{kind}", how)
    if page.status != 303:
        return page
    browser.follow(page)
    page = browser.post(f"/staff/enter/{kind}/said", example(kind) if said is None else said)
    return browser.follow(page) if page.status == 303 else page


def cases(site: Site) -> list[str]:
    return [item["pk"] for item in site.world.items() if item["sk"] == "CASE"]


@pytest.mark.promise("feature:access-request", "ours-alone:receipt-versus-recognition")
@pytest.mark.parametrize("kind", BOOK.sent)
def test_a_case_is_entered_with_its_true_receipt(site: Site, kind: str) -> None:
    browser = site.signed_in(samples.OFFICER)
    read = pages(browser, kind)
    assert "The Early Help team" in read.text
    assert "Read it back" in read.title
    page = browser.post(f"/staff/enter/{kind}/check", {"read_back": "agreed"})
    assert page.status == 200, page.text
    reference = page.body.partition('<span class="app-reference">')[2].partition("<")[0]
    assert "We got it on Wednesday 18 November 2026" in page.text, "an acknowledgement to print"
    case = site.world.file(reference).case
    assert (case.kind, case.channel, case.received_on) == (kind, "phone", date(2026, 11, 18))
    assert (case.came_to, case.recognised_on) == ("early_help", date(2026, 11, 20))
    event = site.world.file(reference).events[0]
    assert (event.type, event.by) == ("case_entered", samples.OFFICER.id)
    seen = browser.get(f"/staff/cases/{reference}").text
    assert "First got by: The Early Help team. Taken by: Front desk. Seen by us on Friday 20 November 2026." in seen
    assert "Read back, and they agreed." in seen
    assert not [item for item in site.world.items() if item["type"] == "draft"], "nothing is left behind"


def test_what_came_today_came_by_now(site: Site) -> None:
    browser = site.signed_in(samples.OFFICER)
    today = {**HOW, "how.received_on": "23/11/2026", "how.recognised_on": "23/11/2026"}
    pages(browser, "complaint", today)
    page = browser.post("/staff/enter/complaint/check", {"read_back": "agreed"})
    assert "Access code" in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"how.received_on": ""},
        {"how.received_on": "24/11/2026"},
        {"how.recognised_on": "17/11/2026"},
        {"how.recognised_on": "24/11/2026"},
        {"how.recognised_on": "soon"},
        {"how.channel": ""},
        {"how.channel": "pigeon"},
        {"how.came_to": "somebody"},
        {"how.taken_by": "x" * 201},
    ],
)
def test_how_it_came_is_checked_and_what_was_typed_is_kept(site: Site, changes: dict[str, str]) -> None:
    page = pages(site.signed_in(samples.OFFICER), "complaint", {**HOW, "how.taken_by": "Lapwing", **changes})
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "Lapwing" in page.body or "how.taken_by" in changes
    assert not cases(site)


@pytest.mark.parametrize("changes", [{"what_happened": ""}, {"name": "x" * 201}, {"email": "nowhere"}])
def test_what_they_said_is_checked_and_kept(site: Site, changes: dict[str, str]) -> None:
    browser = site.signed_in(samples.OFFICER)
    page = pages(browser, "complaint", said={**example("complaint"), **changes})
    assert page.status == 422
    assert "Please use short sentences." in page.body
    assert not cases(site)
    assert browser.get("/staff/enter/complaint/check").status == 303, "not before it is right"


def test_reading_back_is_answered(site: Site) -> None:
    browser = site.signed_in(samples.OFFICER)
    pages(browser, "complaint")
    for wrong in ({}, {"read_back": "maybe"}, {"read_back": "not_possible"}):
        assert browser.post("/staff/enter/complaint/check", wrong).status == 422, wrong
    given_ = {"read_back": "not_possible", "why_not": "It is a letter."}
    assert browser.post("/staff/enter/complaint/check", given_).status == 200
    assert len(cases(site)) == 1


def test_sent_twice_it_is_one_case_with_the_same_code(site: Site) -> None:
    browser = site.signed_in(samples.OFFICER)
    pages(browser, "complaint")
    first, second = (browser.post("/staff/enter/complaint/check", {"read_back": "agreed"}) for _ in range(2))
    codes = [page.body.split('<span class="app-reference">')[2].partition("<")[0] for page in (first, second)]
    assert codes[0] == codes[1]
    assert len(cases(site)) == 1


def test_a_day_long_ago_is_asked_about_and_not_refused(site: Site) -> None:
    browser = site.signed_in(samples.OFFICER)
    page = pages(browser, "complaint", {**HOW, "how.received_on": "1/9/2025"})
    assert "more than a year ago" in page.text
    assert browser.post("/staff/enter/complaint/check", {"read_back": "agreed"}).status == 200


def test_a_letter_of_20000_words_in_another_alphabet(site: Site) -> None:
    browser = site.signed_in(samples.OFFICER)
    urdu = " ".join(["شکایت"] * 20_000)
    page = pages(browser, "complaint", said={**example("complaint"), "what_happened": urdu})
    assert page.status == 200
    page = browser.post("/staff/enter/complaint/check", {"read_back": "agreed"})
    reference = page.body.partition('<span class="app-reference">')[2].partition("<")[0]
    assert site.world.file(reference).answers["what_happened"] == urdu
    shown = browser.get(f"/staff/cases/{reference}")
    assert urdu[:60] in shown.body
    assert 'dir="auto"' in shown.body


def test_a_resident_may_write_as_much_and_hears_kindly_of_more(site: Site) -> None:
    caller = site.browser()
    body = {**example("complaint"), "what_happened": LONG}
    assert caller.api("POST", "/v1/complaints", body).status == 201
    for much in ("x" * 130_001, "\N{SNOWMAN}" * 120_000):
        page = caller.api("POST", "/v1/complaints", {**body, "what_happened": much})
        assert page.status == 422
        assert page.json["errors"][0]["pointer"] == "/what_happened"
    assert "Send the first part now" in page.json["errors"][0]["message"]


def test_only_information_governance_enters_cases(site: Site) -> None:
    assert site.signed_in(samples.SERVICE).get("/staff/enter/complaint").status == 403
    assert "Enter a case" not in site.signed_in(samples.SERVICE).get("/staff").body
    assert "Enter a case" in site.signed_in(samples.OFFICER).get("/staff").body
    assert site.signed_in(samples.OFFICER).get("/staff/enter/nonsense").status == 404
    assert site.signed_in(samples.OFFICER).get("/staff/enter").status == 200
    assert site.signed_in(samples.OFFICER).get("/staff/enter/complaint/said").status == 303
    assert site.signed_in(samples.OFFICER).get("/staff/enter/complaint/check").status == 303


def test_days_lost_are_counted_by_who_first_got_it(site: Site) -> None:
    for number, seen in enumerate(("20/11/2026", "23/11/2026")):
        browser = site.signed_in(samples.OFFICER)
        pages(browser, "complaint", {**HOW, "how.recognised_on": seen, "how.taken_by": str(number)})
        browser.post("/staff/enter/complaint/check", {"read_back": "agreed"})
    site.world.settle()
    page = site.signed_in(samples.MANAGER).get("/staff/figures")
    assert "The Early Help team 2 7" in page.text


@given(st.dates(date(2026, 1, 1), date(2027, 6, 30)), st.integers(0, 400))
def test_days_lost_are_never_fewer_than_the_working_days_among_them(received: date, days: int) -> None:
    seen = date.fromordinal(received.toordinal() + days)
    case = Case.__new__(Case)
    object.__setattr__(case, "received_on", received)
    object.__setattr__(case, "recognised_on", seen)
    calendar = BOOK.rules.calendars["england-and-wales"]
    working = entry.working_days_lost(case, calendar)
    assert entry.days_lost(case) == days
    listed = [date.fromordinal(received.toordinal() + step) for step in range(1, days + 1)]
    assert working == sum(calendar.working(day) for day in listed)


def test_what_came_today_may_be_entered_before_noon(site: Site) -> None:
    """A date without a time is the noon of its day, and never one that has not come yet."""
    world = site.world
    world.clock.set(world.clock.now().replace(hour=1))
    today = world.clock.now().date().isoformat()
    body = {"kind": "complaint", "channel": "phone", "received_at": today, "answers": samples.ANSWERS}
    made = site.browser().api("POST", "/v1/cases", body, token=token_of(site, samples.OFFICER))
    assert made.status == 201, made.body
    assert made.json["received_at"] == f"{today}T01:00:00Z"
