"""Words that residents read: reading age 11 at most (Flesch-Kincaid grade 6), and no words of the trade."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ..support import samples
from ..support.reading import HIGHEST, grade
from ..support.site import Site
from .walks import answer_all, complain, complaint

ROOT = Path(__file__).resolve().parent.parent.parent
BANNED = re.compile(
    r"\b(data subject|controller|pursuant|erasure|rectification|hereby|thereof|utili[sz]e|invalid|aforementioned)\b",
    re.I,
)
PAGES = ("/", "/rights", "/help", "/privacy", "/privacy/young-people", "/cookies", "/accessibility", "/track")


def lines(html: str) -> str:
    """The words of the main part, one line for each block."""
    main = re.search(r"<main.*?</main>", html, re.S)
    assert main is not None
    text = re.sub(r"<(script|style|textarea).*?</\1>", "", main.group(0), flags=re.S)
    text = re.sub(r"</(p|h1|h2|h3|li|dt|dd|label|legend|strong|div|summary|button|a)>", "\n", text)
    return re.sub(r"[ \t]+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&#39;", "'")


def check(html: str, what: str) -> None:
    text = lines(html)
    assert grade(text) <= HIGHEST, f"{what}: grade {grade(text):.1f}"
    found = BANNED.search(text)
    assert found is None, f"{what}: {found}"


def test_the_measure_can_tell_plain_words_from_others() -> None:
    assert grade("We got your letter. We will write to you on Monday.") < 4
    assert grade("Notwithstanding the aforementioned considerations, representations necessitate deliberation.") > 15


@pytest.mark.parametrize("path", PAGES)
def test_pages_for_residents_are_plain(site: Site, path: str) -> None:
    check(site.browser().get(path).body, path)


def test_the_journey_is_plain(site: Site) -> None:
    browser = site.browser()
    page = browser.follow(browser.get("/complaint/start"))
    journey = json.loads((ROOT / "policy" / "journeys" / "complaint.json").read_text())
    answer_all(browser)
    for step in journey["steps"]:
        page = browser.get(f"/complaint/{step['id']}")
        if page.status == 200:
            check(page.body, step["id"])
    check(complain(site.browser(), {**samples.ANSWERS, "what_happened": "They did not come."}).body, "sent")


def test_tracking_is_plain_at_every_stage(site: Site) -> None:
    reference, code = complaint(site)
    browser = site.browser()
    for step in ((), *((pair,) for pair in samples.STRAIGHT)):
        site.world.go(step, reference)
        browser.get("/track")
        page = browser.follow(browser.post("/track", {"reference": reference, "access_code": code}))
        check(re.sub(r"Bitternfinding|Siskinremedy", "", page.body), f"after {step}")


@pytest.mark.parametrize("path", sorted((ROOT / "policy" / "messages").glob("*.json")), ids=lambda path: path.stem)
def test_messages_to_residents_are_plain(path: Path) -> None:
    message = json.loads(path.read_text(encoding="utf-8"))
    if message["to"] != "party:requester":
        return
    for whole in (message["paragraphs"], message.get("letter", [])):
        body = [part["text"] if isinstance(part, dict) else part for part in whole]
        text = "\n".join(re.sub(r"\$\w+", "Monday", paragraph) for paragraph in body)
        if text:
            assert grade(text) <= HIGHEST + 1, f"{path.stem}: grade {grade(text):.1f}"
            assert not BANNED.search(text)
