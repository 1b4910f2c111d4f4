"""Walking the resident journey and the staff pages, one page after another."""

from __future__ import annotations

from collections.abc import Mapping

from ..support import samples
from ..support.site import Browser, Page, Site

PAGES = (
    ("name", ("name", "under_18")),
    ("who", ("on_behalf_of",)),
    ("person", ("subject_name", "relationship", "agreed")),
    ("everybody-safe", ("worried",)),
    ("what-happened", ("what_happened",)),
    ("when", ("when_happened", "service")),
    ("put-right", ("outcome_wanted",)),
    ("contact", ("contact_way",)),
    ("email", ("email",)),
    ("safe", ("safe_contact",)),
    ("help", ("adjustments",)),
)


def answer_all(browser: Browser, answers: Mapping[str, str] = samples.ANSWERS) -> Page:
    """Answer every page; returns the page that checks the answers."""
    page = browser.follow(browser.get("/complaint/start"))
    for step, names in PAGES:
        assert page.path == f"/complaint/{step}", page.path
        page = browser.follow(browser.post(page.path, {name: answers.get(name, "") for name in names}))
        assert page.status == 200, page.text
    assert page.path == "/complaint/check"
    return page


def complain(browser: Browser, answers: Mapping[str, str] = samples.ANSWERS) -> Page:
    """Answer every page and send; returns the page with reference and access code."""
    answer_all(browser, answers)
    return browser.follow(browser.post("/complaint/check", {}))


def codes(page: Page) -> tuple[str, str]:
    """Reference and access code, as shown on the last page."""
    import re

    found = re.findall(r'class="app-reference">([^<]+)<', page.body)
    return found[0], found[1]


def complaint(site: Site) -> tuple[str, str]:
    """A complaint sent on the pages, with its first task on the desk."""
    found = codes(complain(site.browser()))
    site.world.settle()
    return found
