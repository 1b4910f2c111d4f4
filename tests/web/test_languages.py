"""A second language, written from right to left: each page, error, date and letter for residents is in the
catalogues."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters import languages
from chalicelib.commands import documents, track
from chalicelib.domain import language
from chalicelib.domain.errors import PolicyFault
from chalicelib.domain.language import Language, Places, say, say_count, speaking
from chalicelib.web.http import LANGUAGE

from ..support import pseudo, samples
from ..support.site import Browser, Page, Site
from ..support.world import BOOK
from .walks import PAGES, codes

ROOT = Path(__file__).resolve().parent.parent.parent
WROTE = " ".join([*samples.ANSWERS.values(), *map(str, samples.DECISIONS.values())])


def _names() -> frozenset[str]:
    """Words that are the same in every language: names, addresses, codes, what people wrote, file types."""
    council = json.dumps(BOOK.file("council")) + json.dumps(BOOK.file("notice")["holders"])
    return frozenset(
        re.findall(r"[A-Za-z]{2,}", council + WROTE + " FF Childline MB KB PDF JPEG PNG HEIC Word ABCD EFGH JKLM")
    )


NAMES = _names()


@pytest.fixture
def spoken(site: Site) -> Site:
    pseudo.heard.clear()
    return pseudo.speak(site)


def browser_of(site: Site) -> Browser:
    found = site.browser()
    found.cookies[LANGUAGE] = "ur"
    return found


def check(page: Page, *also: str) -> Page:
    """The page is in the language, says so, and holds no English besides names and what people wrote."""
    if page.status == 303:
        return page
    shown = re.sub(r'class="app-reference">[^<]*<', "><", page.body)
    left = pseudo.english_in(shown, NAMES | frozenset(re.findall(r"[A-Za-z]{2,}", " ".join(also))))
    assert not left, (page.path, left)
    assert '<html lang="ur"' in page.body
    assert 'dir="rtl"' in page.body
    return page


def test_pages_that_everybody_reads(spoken: Site) -> None:
    browser = browser_of(spoken)
    for path in (
        "/",
        "/rights",
        "/help",
        "/privacy",
        "/privacy/young-people",
        "/cookies",
        "/accessibility",
        "/performance",
        "/track",
        "/resume",
    ):
        check(browser.get(path))
    check(browser.post("/complaint/check", {"_token": "old"}))
    for journey in ("complaint", "request", "data-complaint", "feedback"):
        check(browser.get(f"/{journey}/paper"))


def test_a_journey_its_errors_and_what_follows(spoken: Site) -> None:
    world = spoken.world
    browser = browser_of(spoken)
    page = check(browser.follow(browser.get("/complaint/start")))
    for step, names in PAGES:
        assert page.path == f"/complaint/{step}"
        empty = browser.post(page.path, {})
        if empty.status == 422:
            check(empty)
            browser.get(page.path)
        long = browser.post(page.path, {names[0]: "x" * 90_000})
        if long.status == 422:
            check(long, "x" * 90_000)
        page = browser.get(page.path)
        page = check(browser.follow(browser.post(page.path, {name: samples.ANSWERS.get(name, "") for name in names})))
    check(page)
    check(browser.post("/complaint/save", {}))
    code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", browser.last.text if browser.last else "")[0]
    check(browser.post("/resume/mail", {"code": code, "email": "nobody"}), "nobody")
    check(browser.post("/resume/mail", {"code": code, "email": "jo@example.com"}))
    world.settle()
    assert not re.search(r"\b(the|you|your|link)\b", world.mail.sent[-1].text.partition("https:")[0])
    browser.get("/complaint/check")
    sent = check(browser.follow(browser.post("/complaint/check", {})))
    reference, code = codes(sent)
    world.settle()
    assert world.file(reference).case.language == "ur"
    follow(spoken, browser, reference, code)
    check(browser.post("/track/case/messages", {"text": ""}))
    for step_of in samples.STRAIGHT:
        world.go((step_of,), reference)
        check(browser.get("/track/case"), "Bitternfinding", "Siskinremedy", letter(spoken, reference))


def letter(site: Site, reference: str) -> str:
    """What staff wrote in the answer stays as they wrote it."""
    return " ".join(str(value) for value in site.world.file(reference).case.facts.values())


def follow(site: Site, browser: Browser, reference: str, code: str) -> None:
    check(browser.get("/track"))
    check(browser.post("/track", {"reference": "nonsense", "access_code": "x"}), "nonsense")
    check(browser.post("/track", {"reference": reference, "access_code": "AAAA-BBBB-CCCC"}), reference)
    browser.post("/track", {"reference": reference, "access_code": code})
    check(browser.get("/track/case"))
    check(browser.get("/track/case/details"))
    check(browser.post("/track/case/details", {"contact_way": "email", "email": "nobody"}), "nobody")
    check(browser.get("/track/case/withdraw"))
    browser.post("/track/case/withdraw", {})
    check(browser.get("/track/case"))
    check(browser.get("/track/case/withdraw"))
    browser.post("/track/case/withdraw", {"go_on": "yes"})


def test_a_request_with_a_question_a_file_and_a_pause(spoken: Site) -> None:
    world = spoken.world
    browser = browser_of(spoken)
    example = world.services.schemas.document("submissions/rights_request")["examples"][0]
    with speaking(pseudo.PSEUDO):
        receipt = world.submit(example, kind="rights_request", key="r")
    world.settle()
    browser.get("/track")
    browser.post("/track", {"reference": receipt.reference, "access_code": receipt.access_code})
    wrote = " ".join(str(value) for value in example.values())
    world.decide(receipt.reference, "ask_identity")
    world.settle()
    check(browser.get("/track/case"), wrote, letter(spoken, receipt.reference))
    number = documents.begin(world.services, receipt.reference)
    check(browser.get(f"/track/case/upload/{number}"))
    mail = world.mail.sent[0]
    assert not re.search(r"\b(the|you|your|reference)\b", mail.text.partition("Bolton Council")[0]), mail.text
    assert '<html lang="ur" dir="rtl">' in mail.html
    assert receipt.reference in mail.subject


def test_what_is_stored_is_english_and_staff_read_english(spoken: Site) -> None:
    world = spoken.world
    with speaking(pseudo.PSEUDO):
        reference = world.submit(samples.ANSWERS, key="r").reference
        track.withdraw(world.services, reference)
        track.write(world.services, reference, "Hello")
    world.settle()
    events = json.dumps([item["body"] for item in world.items() if item["type"] in ("event", "case")], default=str)
    assert not re.search("[\u0600-\u06ff]", events)
    page = spoken.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}")
    assert '<html lang="en"' in page.body
    assert "The resident wants to take it back." in page.text
    resident_view = spoken.signed_in(samples.OFFICER).get(f"/staff/cases/{reference}/resident-view")
    assert "You asked us to stop" in resident_view.text


def test_the_language_is_chosen_with_a_link_and_kept(spoken: Site) -> None:
    browser = spoken.browser()
    page = browser.get("/")
    assert 'hreflang="ur"' in page.body
    assert '<html lang="en"' in page.body
    assert '<html lang="ur"' in browser.send("GET", "/?lang=ur").body
    assert '<html lang="ur"' in browser.get("/help").body
    assert '<html lang="ur"' in browser.get("/help?lang=xx").body
    assert '<html lang="en"' in browser.get("/?lang=en").body
    assert '<html lang="en"' in browser.get("/help").body


def test_a_language_that_is_not_offered_is_not_there(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/?lang=ur")
    assert '<html lang="en"' in page.body
    assert "hreflang" not in page.body


def test_every_text_that_was_asked_for_is_in_the_catalogues(spoken: Site) -> None:
    """The walks above ask for texts; here one more of each kind, against the catalogue of the texts."""
    from babel.messages.pofile import read_po

    browser = browser_of(spoken)
    for path in ("/", "/rights", "/help", "/track", "/complaint/paper", "/performance"):
        browser.get(path)
    test_a_journey_its_errors_and_what_follows(spoken)
    with (ROOT / "languages" / "messages.pot").open("rb") as file:
        known = {one for row in read_po(file) for one in (row.id if isinstance(row.id, tuple) else (row.id,))}
    asked = {one for one in pseudo.heard - known if re.search("[A-Za-z]{2}", one)}
    missing = {one for one in asked if not re.search("[\u0600-\u06ff]", one) and one not in WROTE}
    assert not missing


# the machinery


def test_a_translation_that_nobody_reviewed_is_never_shown(tmp_path: Path) -> None:
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo

    catalogue = Catalog(locale="ur", fuzzy=False)
    catalogue.add("Help", "مدد")
    catalogue.add("Back", "واپس", flags=["fuzzy"])
    catalogue.add(("{count} day", "{count} days"), ("{count} دن", "{count} دنوں"))
    with (tmp_path / "ur.mo").open("wb") as file:
        write_mo(file, catalogue, use_fuzzy=False)
    row = {"code": "ur", "name": "اردو", "direction": "rtl", "offered": True}
    found = languages.offered(lambda name: {"languages": [row]}, tmp_path)["ur"]
    with speaking(found):
        assert say("Help") == "مدد"
        assert say("Back") == "Back"
        assert say_count("{count} day", "{count} days", 1) == "1 دن"
        assert say_count("{count} day", "{count} days", 3) == "3 دنوں"
    assert say("Help") == "Help"
    with pytest.raises(PolicyFault):
        languages.offered(lambda name: {"languages": [row]}, tmp_path / "nowhere")
    assert languages.offered(lambda name: {"languages": [{**row, "offered": False}]}, tmp_path) == {}


def test_an_offered_language_must_be_whole_and_reviewed(tmp_path: Path) -> None:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    from tools import languages as tool

    fresh = tool.catalogue()
    whole = Catalog(locale="ur", fuzzy=False)
    for row in fresh:
        if row.id:
            whole.add(row.id, ("x", "x") if isinstance(row.id, tuple) else "x", locations=row.locations)
    assert tool.unready(whole) == 0
    first = next(row for row in whole if row.id)
    first.flags.add("fuzzy")
    assert tool.unready(whole) == 1
    next(row for row in whole if row.id and row is not first).string = ""
    assert tool.unready(whole) == 2
    out = io.BytesIO()
    write_po(out, whole)
    assert b"fuzzy" in out.getvalue()


def test_the_catalogues_are_up_to_date() -> None:
    from tools import languages as tool

    assert tool.faults() == []


@pytest.mark.parametrize(
    ("pointers", "document", "changed"),
    [
        (("title",), {"title": "a", "other": "a"}, {"title": "A", "other": "a"}),
        (("rows/*/text",), {"rows": [{"text": "a", "id": "a"}]}, {"rows": [{"text": "A", "id": "a"}]}),
        (
            ("**/words",),
            {"a": {"b": {"words": "x", "id": "x"}}, "words": "y"},
            {"a": {"b": {"words": "X", "id": "x"}}, "words": "Y"},
        ),
        (("a/**",), {"a": {"b": ["x", {"c": "y"}]}, "b": "z"}, {"a": {"b": ["X", {"c": "Y"}]}, "b": "z"}),
        (("a/*",), {"a": ["x", {"c": "y"}]}, {"a": ["X", {"c": "y"}]}),
        ((), {"a": "x"}, {"a": "x"}),
    ],
)
def test_texts_are_found_by_their_places(pointers: tuple[str, ...], document: Any, changed: Any) -> None:
    assert Places(pointers).changed(document, str.upper) == changed


def test_english_is_spoken_when_nobody_says_otherwise() -> None:
    assert language.current().is_english
    with speaking(Language("ur", "اردو", "rtl", str.upper)):
        assert say("a {b}".upper(), B="c") == "A c"
        with speaking(None):
            assert say("a") == "a"
    assert replace(Language(), text=str.upper) == Language(), "what it says is no part of what it is"
