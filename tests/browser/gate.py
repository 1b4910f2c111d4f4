"""The gate that every page passes, narrow and wide: axe, width, one heading, focus, plain words, console, other hosts,
valid HTML. It can fail."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ..support.reading import HIGHEST, grade

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VALIDATE = ROOT / "node_modules" / ".bin" / "html-validate"
VNU = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
# Of whom the pages of the tests are: their names and addresses.
PERSONAL = re.compile(r"Jo Example|Sky Example|@example\.|01204 [0-9]|Quillfeather", re.I)
MARKUP = re.compile(r"</?(span|p|a|div|strong|br|li)\b[^>]*>|&(lt|gt|amp|quot|#3[49]);|\{\{|%\(\w+\)s")
WIDTHS = (320, 1280)
HEIGHT = 900
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What axe cannot decide by itself and a person has looked at, by rule, as the elements that it may be unsure of:
# numbers in front of a bar, and what stands outside of the part of a wide table that a small screen shows.
REVIEWED = {"color-contrast": ".app-bar, .app-scroll *"}
# What passed is not told, and of the rest only what is said here: to bring all of it over takes longer than to look.
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations", "incomplete"],
    "selectors": False,
    "elementRef": True,
}
RUN_AXE = f"""async () => {{
  const options = {json.dumps(OPTIONS)};
  const found = await axe.run(document, options);
  const reviewed = {json.dumps(REVIEWED)};
  const known = (row, node) => row.id in reviewed && node.element.matches(reviewed[row.id]);
  const brief = (rows) => rows.flatMap((row) => row.nodes.map((node) => `${{row.id}}: ${{node.html.slice(0, 120)}}`));
  for (const row of found.incomplete) row.nodes = row.nodes.filter((node) => !known(row, node));
  return {{violations: brief(found.violations), incomplete: brief(found.incomplete)}};
}}"""
# What people hear first, in the order of the page, and nothing that a keyboard cannot reach.
ORDER = """() => {
  const shown = (one) => one.checkVisibility() && !one.closest('details:not([open]) > :not(summary)');
  const reached = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const all = [...document.querySelectorAll(reached)].filter((one) => shown(one) && !one.disabled);
  const found = all.filter((one) => one.tabIndex > 0).map((one) => `out of order: ${one.outerHTML.slice(0, 80)}`);
  const acts = 'a[href], button, input, select, textarea, summary';
  for (const one of all.filter((one) => one.tabIndex < 0 && one.matches(acts)))
    found.push(`out of reach: ${one.outerHTML.slice(0, 80)}`);
  for (const one of document.querySelectorAll('[onclick], [role=button]:not(a):not(button)'))
    if (one.tabIndex < 0) found.push(`out of reach: ${one.outerHTML.slice(0, 80)}`);
  const first = all.find((one) => one.tabIndex >= 0);
  if (!first || !first.matches('.govuk-skip-link')) found.push('the first stop is not the skip link');
  return found;
}"""
# The words of the main part as residents read them: a line for each block, without what they typed themselves.
WORDS = """() => {
  const copy = document.querySelector('main').cloneNode(true);
  copy.querySelectorAll('[dir=auto], textarea, .app-typed, .govuk-summary-list__value, .app-reference, script')
    .forEach((one) => one.remove());
  copy.querySelectorAll('p, h1, h2, h3, li, dt, dd, label, legend, strong, div, summary, button, a')
    .forEach((one) => one.append('\\n'));
  return copy.textContent;
}"""
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


# The paths of all pages that went through the gate in this run.
SEEN: set[str] = set()


@dataclass
class Gate:
    """Looks at pages as they are shown, and keeps their source for the validator."""

    folder: Path
    test: str = ""
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
        """All of the gate for the page as it is now, at each width. Raises AssertionError with all that is wrong."""
        page.wait_for_load_state("load")
        found = [*self.complaints, *self._shape(page)]
        self.complaints.clear()
        drawn, before = self._with_script(page), page.viewport_size
        drawn.evaluate(AXE.read_text(encoding="utf-8"))
        for width in WIDTHS:
            drawn.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"at {width}: {fault}" for fault in (*self._axe(drawn), *self._drawn(drawn))]
        if drawn is page and before:
            page.set_viewport_size(before)
        found += self.complaints
        self.complaints.clear()
        SEEN.add(urlsplit(page.url).path.removeprefix("/api"))
        self.pages += 1
        name = re.sub(r"[^a-z0-9]+", "-", f"{self.test} {self.pages:03d} {what}".lower())
        (self.folder / f"{name}.html").write_text(page.content(), encoding="utf-8")
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
        found = page.evaluate(RUN_AXE)
        return [f"axe {one}" for one in found["violations"]] + [
            f"axe is unsure of {one}" for one in found["incomplete"]
        ]

    def _drawn(self, page: Any) -> list[str]:
        """What depends on the width."""
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return [*([f"{over} pixels too wide"] if over > 0 else []), *page.evaluate(ORDER)]

    def _shape(self, page: Any) -> list[str]:
        found = []
        shown = MARKUP.search(page.inner_text("body"))
        if shown:
            found.append(f"markup that is read as text: {shown.group(0)}")
        if page.locator("h1").count() != 1:
            found.append("not one h1")
        if page.locator(".govuk-error-summary").count() and not page.title().startswith(f"{self.error} "):
            found.append("an error, and the title does not say so")
        if page.locator(".govuk-error-summary").count() and page not in self.mirrors and not self._focused(page):
            found.append("an error, and the focus is not on it")
        if PERSONAL.search(unquote(page.title() + page.url)):
            found.append("a person in the title or the address")
        if "/staff" not in page.url and self.error == "Error:":
            hard = grade(page.evaluate(WORDS))
            found += [f"reading grade {hard:.1f}"] if hard > HIGHEST else []
        return found

    def _focused(self, page: Any) -> bool:
        return bool(page.evaluate("document.activeElement.classList.contains('govuk-error-summary')"))


def validate(folder: Path) -> None:
    """Every page of a folder, by two HTML validators: 0 errors. They see different faults: one knows the content model
    of HTML better, the other what people who use a reader stumble over."""
    pages = sorted(str(page) for page in folder.glob("*.html"))
    if not pages:
        return
    (folder / ".htmlvalidate.json").write_text(json.dumps(RULES))
    done = subprocess.run(
        [str(VALIDATE), "--formatter", "text", "--ext", "html", "."],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[:4000] + done.stderr[:2000]
    found = subprocess.run(
        ["java", "-Xmx512m", "-jar", str(VNU), "--errors-only", *pages], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr[:4000]
