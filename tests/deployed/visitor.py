"""A browser as plain as can be: it keeps cookies, fills in forms and follows links, all on 127.0.0.1.

Names under `localhost` are found by browsers and not by every C library, so it connects to the address itself and says
the name in the `Host` header. It sends `Secure` cookies over http, as browsers do to localhost.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Page:
    """One answer; `url` is where it came from, after all redirects; names of headers in small letters."""

    url: str
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def fields(self) -> dict[str, str]:
        """Names and values of the hidden fields of its forms."""
        reader = _Fields()
        reader.feed(self.text)
        return reader.found

    def find(self, pattern: str) -> str:
        found = re.search(pattern, self.text)
        assert found, f"{self.url} ({self.status}) has no {pattern}"
        return found[0]


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.found[given["name"] or ""] = given.get("value") or ""


class Visitor:
    """One visit. Addresses may be relative to `home`."""

    def __init__(self, home: str) -> None:
        self.home = home
        self._jars: dict[str, dict[str, str]] = {}

    def get(self, address: str = "") -> Page:
        return self._follow("GET", urljoin(self.home, address), "")

    def post(self, address: str, fields: Mapping[str, str]) -> Page:
        return self._follow("POST", urljoin(self.home, address), urlencode(fields))

    def ask(self, method: str, address: str, body: str = "", **headers: str) -> Page:
        """One request, no redirect followed."""
        url = urljoin(self.home, address)
        parts = urlsplit(url)
        jar = self._jars.setdefault(parts.netloc, {})
        cookies = "; ".join(f"{name}={value}" for name, value in jar.items())
        sent = {"Host": parts.netloc, "Accept": "text/html", **({"Cookie": cookies} if cookies else {}), **headers}
        if body:
            sent.setdefault("Content-Type", FORM)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            connection.request(method, target, body.encode() or None, sent)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                for morsel in SimpleCookie(line).values():
                    if morsel.value:
                        jar[morsel.key] = morsel.value
                    else:
                        jar.pop(morsel.key, None)
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Page(url, answer.status, headers, answer.read().decode())
        finally:
            connection.close()

    def _follow(self, method: str, url: str, body: str) -> Page:
        page = self.ask(method, url, body)
        for _ in range(10):
            if page.status not in (301, 302, 303, 307, 308):
                return page
            page = self.ask("GET", urljoin(page.url, page.headers["location"]))
        raise AssertionError(f"{url} redirects in a circle")


def complain(visitor: Visitor, answers: Mapping[str, str]) -> Page:
    """Go through the questions of a complaint as a resident does, and send it; returns the page with the reference."""
    page = visitor.get("complaint/start")
    for _ in range(20):
        assert page.status == 200, page.url
        page = visitor.post(page.url, {**answers, **page.fields})
        if page.url.endswith("/sent"):
            return page
    raise AssertionError(f"the journey does not end: {page.url}")


def sign_in(visitor: Visitor, username: str, password: str) -> Page:
    """Go to the staff pages and sign in on the hosted page; returns the page one ends on."""
    page = visitor.get("staff")
    fields = {**page.fields, "username": username, "password": password}
    return visitor.post(urljoin(page.url, "/login"), fields)
