"""A server that speaks the API of GOV.UK Notify, as its documentation has it: checks the token, the template and what
is filled in, and keeps what was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"made_up-{SERVICE}-{SECRET}"
TEMPLATES = {
    "email": ("9d751e0e-f929-4891-82a1-a3e1c3c18ee3", {"subject", "body"}),
    "sms": ("9d751e0e-f929-4891-82a1-a3e1c3c18ee4", {"body"}),
    "letter": ("9d751e0e-f929-4891-82a1-a3e1c3c18ee5", {"subject", "body", "address_line_1"}),
}


class Server:
    def __init__(self, url: str) -> None:
        self.url = url
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.fail: list[tuple[int, str]] = []

    def answer(self, path: str, authorization: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.fail:
            status, name = self.fail.pop(0)
            return status, _errors(status, name)
        try:
            claims = jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return 403, _errors(403, "AuthError")
        kind = path.rpartition("/")[2]
        if claims["iss"] != SERVICE or path != f"/v2/notifications/{kind}" or kind not in TEMPLATES:
            return 403, _errors(403, "AuthError")
        template, wanted = TEMPLATES[kind]
        if body.get("template_id") != template or not wanted <= set(body.get("personalisation", {})):
            return 400, _errors(400, "BadRequestError")
        self.sent.append((kind, body))
        return 201, {"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": None, "content": {}, "template": {}}


def _errors(status: int, name: str) -> dict[str, Any]:
    return {"status_code": status, "errors": [{"error": name, "message": "jo.example@example.com is not right"}]}


@contextmanager
def running() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802  (the library's name)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, found = server.answer(self.path, self.headers.get("Authorization", ""), body)
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = Server(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
