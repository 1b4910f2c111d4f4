"""Chromium on the running stack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tools import local

from ..support.stack import Stack
from .gate import HEIGHT, SEEN, WIDTHS, Gate, validate

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=local.chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


# Addresses that are no page: files, feeds, and those that only lead on.
NO_PAGE = re.compile(
    r"/static/|/v1/|/healthz$|/calendar/|/track/case/calendar$|/csv$|/staff/next$|/staff/sign-in$|/staff/signed-in$"
    r"|/documents/\{number\}$|/sent$|/leave$|/\{proxy\+\}$|/start$"
)


def missed(seen: set[str]) -> list[str]:
    """The pages of the service that the gate has not looked at."""
    from app import app

    wanted = [path for path, methods in app.routes.items() if "GET" in methods and not NO_PAGE.search(path)]
    pattern = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "/?$") for path in wanted}
    return sorted(path for path in wanted if not any(pattern[path].match(one) for one in seen))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Every page that any test looked at goes through the HTML validators at the end, all at once: to start them for
    each test would take most of its time. The names of the files say test and page. When all tests of this folder ran,
    every page of the service must have been among those of the worker that has the stack."""
    folder = tmp_path_factory.mktemp("pages")
    yield folder
    validate(folder)
    here = {item.path.name for item in request.session.items if item.get_closest_marker("browser")}
    if (
        "/staff" in SEEN
        and here == {path.name for path in Path(__file__).parent.glob("test_*.py")}
        and not request.config.option.keyword
    ):
        assert not missed(SEEN), "pages that the gate has not looked at"


@pytest.fixture
def gate(pages: Path, request: pytest.FixtureRequest) -> Gate:
    return Gate(pages, request.node.name)


@pytest.fixture
def open_page(chromium: Any, gate: Gate, stack: Stack) -> Iterator[Callable[..., Any]]:
    """A page of a new person's browser, `open_page(script)`: a wide one, or a phone that runs no script. The gate looks
    at each page at both widths."""
    contexts = []

    def make(script: bool = True) -> Any:
        size = {"width": WIDTHS[script], "height": HEIGHT}
        context = chromium.new_context(viewport=size, java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        gate.watch(page)
        if not script:
            beside = chromium.new_context(viewport=size)
            contexts.append(beside)
            gate.mirror(page, beside.new_page())
        return page

    yield make
    for context in contexts:
        context.close()
