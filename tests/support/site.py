"""The web in this process: Chalice's own gateway over the core on moto, and a browser that keeps cookies and forms."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from chalicelib.bootstrap import install
from chalicelib.domain.model import Actor, StaffSession

from .world import World

HOST = "cases.example.org"


@dataclass
class Page:
    status: int
    headers: Mapping[str, Any]
    body: str
    path: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def title(self) -> str:
        found = re.search(r"<title[^>]*>(.*?)</title>", self.body, re.S)
        return html.unescape(found.group(1)).strip() if found else ""

    @property
    def text(self) -> str:
        """The words of the main part, as a person reads them."""
        reader = _Words()
        reader.feed(self.body)
        return " ".join(reader.words)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside, self._skipped = False, 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._inside = self._inside or tag == "main"
        self._skipped += tag in ("script", "style", "textarea")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._inside = False
        self._skipped -= tag in ("script", "style", "textarea")

    def handle_data(self, data: str) -> None:
        if self._inside and not self._skipped and data.strip():
            self.words.append(" ".join(data.split()))


@dataclass
class Browser:
    """One person's browser: cookies, and nothing else, between requests."""

    client: Any
    cookies: dict[str, str] = field(default_factory=dict)
    last: Page | None = None

    def send(self, method: str, path: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Page:
        sent = {"Host": HOST, "Accept": "text/html", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        raw = body.encode() if isinstance(body, str) else body
        response = self.client.http.request(method, path, headers=sent, body=raw)
        for name, value in response.headers.items():
            if name.lower() == "set-cookie":
                for one in value if isinstance(value, list) else [value]:
                    key, _, rest = one.partition("=")
                    content = rest.partition(";")[0]
                    if content:
                        self.cookies[key] = content
                    else:
                        self.cookies.pop(key, None)
        text = response.body.decode("utf-8") if isinstance(response.body, bytes) else str(response.body)
        self.last = Page(response.status_code, response.headers, text, path)
        return self.last

    def get(self, path: str, **headers: str) -> Page:
        return self.send("GET", path, headers=headers)

    def follow(self, page: Page) -> Page:
        """Go where a 303 leads, as often as it does."""
        for _ in range(5):
            if page.status != 303:
                return page
            page = self.get(page.headers["Location"])
        raise AssertionError("this leads in circles")

    def post(self, path: str, form: Mapping[str, str], *, token: str | None = None, **headers: str) -> Page:
        """Send a form of the page that was loaded last: its hidden fields and what is typed."""
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.last.body if self.last else "")
        hidden = {name: html.unescape(value) for name, value in found}
        if token is not None:
            hidden["_token"] = token
        body = urlencode({**hidden, **form}, encoding="utf-8", errors="surrogatepass")
        kinds = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", **headers}
        return self.send("POST", path, body, kinds)

    def api(self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str) -> Page:
        sent = {"Accept": "application/json", **headers}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        if token:
            sent["Authorization"] = f"Bearer {token}"
        raw = body if isinstance(body, (bytes, str)) else b"" if body is None else json.dumps(body)
        return self.send(method, path, raw, sent)


class Site:
    """The app over a world."""

    def __init__(self, world: World) -> None:
        from chalice.test import Client

        install(world.services)
        import app

        self.world, self.app = world, app.app
        self._client = Client(app.app)

    def browser(self) -> Browser:
        return Browser(self._client)

    def signed_in(self, actor: Actor) -> Browser:
        """A browser with the session that signing in makes."""
        found = self.browser()
        now = self.world.clock.now()
        token = f"session-of-{actor.id}"
        session = StaffSession(actor=actor, csrf_key=b"", started_at=now, seen_at=now)
        end = now.replace(year=now.year + 1)
        self.world.services.store.save_session(token, session, end)
        found.cookies["__Host-staff"] = token
        return found
