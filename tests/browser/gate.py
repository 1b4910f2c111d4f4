"""The gate that every page passes: axe, width, one heading, console, other hosts, valid HTML. It can fail."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VALIDATE = ROOT / "node_modules" / ".bin" / "html-validate"
VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
# Of whom the pages of the tests are: their names and addresses.
PERSONAL = re.compile(r"Jo Example|Sky Example|@example\.|01204 [0-9]|Quillfeather", re.I)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What axe cannot decide by itself and a person has looked at.
REVIEWED = {"color-contrast"}
RULES = {
    "extends": ["html-validate:standard"],
    "rules": {
        # The page template's own inline line has a hash in the policy of the page; it is the only one.
        "require-sri": "off",
        "no-inline-style": "error",
        "no-trailing-whitespace": "off",
        "attribute-boolean-style": "off",
        "void-style": "off",
        "doctype-style": "off",
        "long-title": "off",
    },
}


@dataclass
class Gate:
    """Looks at pages as they are shown, and keeps their source for the validator."""

    folder: Path
    complaints: list[str] = field(default_factory=list)
    pages: int = 0
    error: str = "Error:"
    mirrors: dict[Any, Any] = field(default_factory=dict)

    def mirror(self, page: Any, beside: Any) -> None:
        """axe is a script: a page that runs none is shown again, without its own script, in a page beside it."""
        self.mirrors[page] = beside

    def watch(self, page: Any) -> None:
        """Hear what the browser says of a page: errors of the console, requests to another host."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        host = re.compile(r"^https?://([^/]+)")

        def asked(request: Any) -> None:
            found = host.match(request.url)
            if found and "localhost" not in found.group(1) and not found.group(1).startswith("127.0.0.1:"):
                self.complaints.append(f"a request to {found.group(1)}")

        page.on("request", asked)

    def _console(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def check(self, page: Any, what: str) -> None:
        """All of the gate for the page as it is now. Raises AssertionError with everything that is wrong."""
        page.wait_for_load_state("load")
        found = [*self.complaints, *self._axe(self._with_script(page)), *self._shape(page)]
        self.complaints.clear()
        self.pages += 1
        name = re.sub(r"[^a-z0-9]+", "-", what.lower())
        (self.folder / f"{self.pages:03d}-{name}.html").write_text(page.content(), encoding="utf-8")
        assert not found, f"{what}: {found}"

    def _with_script(self, page: Any) -> Any:
        beside = self.mirrors.get(page)
        if beside is None:
            return page
        html = re.sub(r"<script.*?</script>", "", page.content(), flags=re.S)
        beside.unroute_all()
        beside.route(page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        beside.goto(page.url)
        return beside

    def _axe(self, page: Any) -> list[str]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        options = json.dumps({"runOnly": {"type": "tag", "values": TAGS}})
        found = page.evaluate(f"axe.run(document, {options})")
        wrong = [f"axe {row['id']}: {row['nodes'][0]['html'][:120]}" for row in found["violations"]]
        unsure = [f"axe is unsure of {row['id']}" for row in found["incomplete"] if row["id"] not in REVIEWED]
        return wrong + unsure

    def _shape(self, page: Any) -> list[str]:
        found = []
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            found.append(f"{over} pixels too wide")
        if page.locator("h1").count() != 1:
            found.append("not one h1")
        if page.locator(".govuk-error-summary").count() and not page.title().startswith(f"{self.error} "):
            found.append("an error, and the title does not say so")
        if page.locator(".govuk-error-summary").count() and page not in self.mirrors and not self._focused(page):
            found.append("an error, and the focus is not on it")
        if PERSONAL.search(unquote(page.title() + page.url)):
            found.append("a person in the title or the address")
        return found

    def _focused(self, page: Any) -> bool:
        return bool(page.evaluate("document.activeElement.classList.contains('govuk-error-summary')"))

    def validate(self) -> None:
        """Every page that was kept, by two HTML validators: 0 errors. They see different faults: one knows the content
        model of HTML better, the other what people who use a reader stumble over."""
        pages = sorted(str(page) for page in self.folder.glob("*.html"))
        if not pages:
            return
        (self.folder / ".htmlvalidate.json").write_text(json.dumps(RULES))
        done = subprocess.run(
            [str(VALIDATE), "--formatter", "text", "--ext", "html", "."],
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[:4000] + done.stderr[:2000]
        found = subprocess.run(
            ["java", "-Xmx256m", "-jar", str(VNU), "--errors-only", *pages], capture_output=True, text=True
        )
        assert found.returncode == 0, found.stderr[:4000]
