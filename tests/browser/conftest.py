"""Chromium on the running stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..support.stack import Stack
from .gate import Gate

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
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """Every page that a test looked at goes through the HTML validators when it ends."""
    found = Gate(tmp_path)
    yield found
    found.validate()


@pytest.fixture
def open_page(chromium: Any, gate: Gate, stack: Stack) -> Iterator[Callable[..., Any]]:
    """A page of a new person's browser: `open_page(width, script)`."""
    contexts = []

    def make(width: int = 1280, script: bool = True) -> Any:
        size = {"width": width, "height": 900}
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
