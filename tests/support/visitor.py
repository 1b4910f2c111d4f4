"""A person's browser for the deployed stack without a browser: cookies, forms, and the bucket's own form."""

from __future__ import annotations

import html
import re
from http.client import HTTPMessage
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Visitor:
    """Keeps cookies (the engine is http, and a library would not send `Secure` ones) and the last page's fields."""

    def __init__(self, site: str) -> None:
        parts = urlsplit(site)
        self.site, self._host = site.rstrip("/"), f"{parts.scheme}://{parts.netloc}"
        self._cookies: dict[str, str] = {}
        self._open = build_opener(_Stay).open
        self.status, self.body, self.address = 0, "", ""

    def get(self, address: str) -> str:
        return self._send(address)

    def post(self, path: str, form: dict[str, str]) -> str:
        """A form of the last page with its hidden fields; goes where it leads."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.body))
        data = urlencode({**hidden, **form}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        return self._send(path, data, headers)

    def send_file(self, name: str, content: bytes) -> str:
        """The bucket's form on the last page with a file, as a browser sends it; comes back to our page."""
        (found,) = re.findall(
            r'<form method="post" action="([^"]+)" enctype="multipart/form-data">(.*?)</form>', self.body, re.S
        )
        fields = [
            (key, html.unescape(value))
            for key, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[1])
        ]
        edge = "----edge-of-a-file"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
        data = b"".join(parts) + f"--{edge}--\r\n".encode()
        return self._send(html.unescape(found[0]), data, {"Content-Type": f"multipart/form-data; boundary={edge}"})

    def _send(self, address: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> str:
        where = address if address.startswith("http") else self.site + address
        for _ in range(6):
            parts = urlsplit(where)  # names below localhost are for browsers: a library cannot look them up
            sent = {"Accept": "text/html", "Host": parts.netloc, **(headers or {})}
            reached = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()
            if where.startswith(self._host):
                sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            try:
                answer = self._open(Request(reached, data, sent), timeout=30)
            except HTTPError as error:
                answer = error
            self.status, raw = answer.status, answer.read()
            self._keep(answer.headers)
            self.address = where
            if self.status not in (302, 303):
                self.body = raw.decode("utf-8", "replace")
                return self.body
            target = answer.headers["Location"]
            where = target if target.startswith("http") else self._host + target
            data, headers = None, None
        raise AssertionError("this leads in circles")

    def _keep(self, headers: HTTPMessage) -> None:
        for one in headers.get_all("Set-Cookie") or ():
            name, _, rest = one.partition("=")
            self._cookies[name] = rest.partition(";")[0]
