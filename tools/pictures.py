"""`make pictures`: takes the pictures of `docs/pictures/` from a running demonstration (`make demo`, another window).

Ten pages, five as residents see them on a small phone and five as staff see them: made by one command, so that what the
documents show is what the service does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from .local import ROOT, chromium, local_dir

FOLDER = ROOT / "docs" / "pictures"
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1280, "height": 900}


def main() -> int:
    file = local_dir() / "run.json"
    if not file.exists():
        print("Start a demonstration first, in another window: make demo", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    run = json.loads(file.read_text())
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, page in chain(_resident(browser, run), _staff(browser, run)):  # one at a time: a page goes on
            page.screenshot(path=str(FOLDER / f"{name}.png"))
            print(f"  docs/pictures/{name}.png")
        browser.close()
    return 0


def _resident(browser: Any, run: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A person who complains, and follows their case."""
    page = browser.new_context(viewport=PHONE).new_page()
    home = run["resident_url"]
    page.goto(home)
    yield "start", page
    page.goto(f"{home}rights")
    yield "rights", page
    page.goto(f"{home}complaint/start")
    page.fill("#name", "Jo Example")
    _send(page)
    yield "question", page
    made = _complaint(run)
    page.goto(f"{home}track")
    page.fill("#reference", made["reference"])
    page.fill("#access_code", made["access_code"])
    _send(page)
    yield "case-of-a-resident", page
    page.goto(f"{home}complaint/paper")
    yield "paper", page


def _staff(browser: Any, run: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A manager at their desk."""
    page = browser.new_context(viewport=DESK).new_page()
    desk = run["staff_url"]
    person = next(row for row in run["staff"] if row["roles"] == ["ig_manager"])
    page.goto(desk)
    page.fill("input[name=username]", person["username"])
    page.fill("input[name=password]", person["password"])
    page.click("[type=submit]")
    page.wait_for_url("**/staff")
    page.goto(f"{desk}?view=team")
    yield "desk", page
    page.click("table a.app-reference")
    yield "case", page
    page.goto(f"{desk}/overview")
    yield "how-much-waits", page
    page.goto(f"{desk}/figures/by?kind=rights_request&part=right&months=12")
    yield "figures", page
    page.goto(f"{desk}/disposal?days=3650")
    yield "what-goes-and-when", page


def _send(page: Any) -> None:
    with page.expect_navigation():
        page.locator("main button[type=submit]:not(.govuk-button--secondary)").first.click()


def _complaint(run: dict[str, Any]) -> dict[str, Any]:
    """A made-up complaint of now, with the code to follow it."""
    example = json.loads(Path(ROOT, "schemas", "submissions", "complaint.json").read_text())["examples"][0]
    body = json.dumps(example).encode()
    asked = Request(f"{run['api_url']}/v1/complaints", body, {"Content-Type": "application/json"})
    with urlopen(asked) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


if __name__ == "__main__":
    sys.exit(main())
