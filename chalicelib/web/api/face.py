"""The API's ways in: none for submissions, a track pass for residents, the user pool's bearer token for staff.

Errors are problem details (RFC 9457) with a pointer, a rule and plain words for each fault, and never the value sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import sessions, track
from ...domain.errors import CaseServiceError, Invalid, NotSignedIn, Problem, TooLarge
from ...domain.model import StaffSession
from ..http import MAX_BODY, Face, Request

JSON = "application/json"
PROBLEM = "application/problem+json"
PASS_ACTIONS = frozenset({"case.track"})
MAX_DEPTH = 40


def _sign_in(request: Request, action: str) -> None:
    access = services().book.access
    if access.is_public(action):
        return
    now = services().clock.now()
    actor = sessions.actor_from_bearer(services(), bearer(request))
    request.session = StaffSession(actor=actor, csrf_key=b"", started_at=now, seen_at=now)
    access.require(actor, action)


def bearer(request: Request) -> str:
    """The bearer token of the Authorization header; raises NotSignedIn without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("Send a bearer token in the Authorization header.")
    return token.strip()


def track_pass(request: Request) -> str:
    """The reference that the caller's track pass opens; raises NotSignedIn."""
    try:
        return track.open_pass(services(), bearer(request))
    except ValueError:
        raise NotSignedIn("This token is not whole. Ask for a new one.") from None


def refuse(request: Request, error: CaseServiceError) -> Response:
    """Problem details of an error."""
    problems = [
        {"pointer": problem.pointer, "rule": problem.rule, "message": problem.message}
        for problem in getattr(error, "problems", ())
    ]
    headers = {"Content-Type": PROBLEM}
    if hasattr(error, "retry_after"):
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {
        "type": f"urn:case-service:problem:{error.code.replace('_', '-')}",
        "title": error.message,
        "status": error.status,
        "errors": problems,
    }
    return Response(json.dumps(body), status_code=error.status, headers=headers)


face = Face("api", _sign_in, refuse, JSON)


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """A JSON answer."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status_code=status, headers={"Content-Type": JSON, **headers})


def body_of(request: Request, schema: str = "") -> Mapping[str, Any]:
    """The JSON object that was sent, checked against `schemas/<schema>.json`. Raises TooLarge or Invalid."""
    if len(request.body) > MAX_BODY:
        raise TooLarge
    try:
        found = json.loads(request.body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_twins)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Invalid((Problem("", "json", "Send one JSON object in UTF-8, each name once."),)) from None
    if not isinstance(found, dict) or _depth(found) > MAX_DEPTH:
        raise Invalid((Problem("", "type", "Send one JSON object."),))
    if schema:
        problems = services().schemas.errors(schema, found)
        if problems:
            raise Invalid(problems)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _depth(value: Any) -> int:
    """How deep a value is nested, counted without recursion."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        waiting.extend((item, level + 1) for item in inner)
    return deepest
