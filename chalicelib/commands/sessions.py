"""Staff sign-in by authorization code with PKCE, sessions on the server, and bearer tokens of the API.

How long a session lives unused, and at all, is policy (`session_idle` and `session` in `policy/retention.json`). The
browser holds a random id; the table holds its hash only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ..domain import retention
from ..domain.errors import NotSignedIn
from ..domain.model import Actor, StaffSession
from ..domain.ports import Services

TOUCH = timedelta(minutes=5)


@dataclass(frozen=True)
class SignInStart:
    """Where to send the browser, and the value of the cookie that binds the sign-in to it."""

    url: str
    state_cookie: str


def begin_sign_in(services: Services, return_to: str) -> SignInStart:
    """Begin a sign-in that leads back to `return_to`, a path of our own staff pages (anything else is the desk)."""
    state, verifier, nonce = services.ids.token(), services.ids.token(), services.ids.token()
    end = retention.short_end(services.book.retention, "sign_in", services.clock.now())
    assert end.at is not None
    values = {"verifier": verifier, "nonce": nonce, "return_to": _own_path(return_to)}
    services.store.save_sign_in(state, values, end.at)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return SignInStart(services.identity.authorize_url(state, challenge, nonce), state)


def finish_sign_in(services: Services, state: str, code: str, state_cookie: str) -> tuple[str, str]:
    """The session token and the path to go on to. Raises NotSignedIn for a state that is not this browser's, is used
    already or too old, for a code that the pool refuses, or for a person without a role here."""
    if not state or not hmac.compare_digest(state.encode(), state_cookie.encode()):
        raise NotSignedIn("That sign-in began in another window. Sign in again.")
    values = services.store.take_sign_in(state)
    if values is None:
        raise NotSignedIn("That sign-in took too long. Sign in again.")
    claims = services.identity.exchange(code, values["verifier"])
    if claims.get("nonce") != values["nonce"]:
        raise NotSignedIn("That sign-in did not work. Sign in again.")
    actor = _actor(services, claims)
    token, now = services.ids.token(), services.clock.now()
    session = StaffSession(actor=actor, csrf_key=_csrf_key(services, token), started_at=now, seen_at=now)
    services.store.save_session(token, session, _end(services, session))
    return token, values["return_to"]


def load(services: Services, token: str) -> StaffSession | None:
    """The session under this token, if it is alive; using it keeps it alive (one write in five minutes at most)."""
    if not token:
        return None
    session = services.store.session(token)
    now = services.clock.now()
    if session is None or now >= _end(services, session):
        return None
    if now - session.seen_at >= TOUCH:
        session = replace(session, seen_at=now)
        services.store.save_session(token, session, _end(services, session))
    return session


def _end(services: Services, session: StaffSession) -> datetime:
    """When the session ends: unused for too long, or simply too old (UTC)."""
    policy = services.book.retention
    ends = (
        retention.short_end(policy, "session_idle", session.seen_at).at,
        retention.short_end(policy, "session", session.started_at).at,
    )
    return min(end for end in ends if end is not None)


def end(services: Services, token: str) -> None:
    services.store.end_session(token)


def actor_from_bearer(services: Services, token: str) -> Actor:
    """Who sends this bearer token of the user pool; raises NotSignedIn."""
    return _actor(services, services.identity.verify(token))


def _actor(services: Services, claims: Mapping[str, Any]) -> Actor:
    """The person behind checked claims: an ID or access token carries the groups, an access token no name."""
    username = str(claims.get("cognito:username") or claims.get("username") or "")
    groups = claims.get("cognito:groups") or []
    roles = frozenset(groups if isinstance(groups, list) else str(groups).split(","))
    if not username or not services.book.access.held(roles):
        raise NotSignedIn("You have no role in this service. Ask your manager for one.")
    name = str(claims.get("name") or username)
    return Actor(id=username, name=name, email=str(claims.get("email") or ""), roles=roles)


def _csrf_key(services: Services, token: str) -> bytes:
    return hmac.digest(services.keys.key("csrf"), token.encode(), "sha256")


def _own_path(path: str) -> str:
    """Only a path of the staff pages is a place to come back to: an open redirect would help a phisher."""
    own = path == "/staff" or path.startswith("/staff/")
    return path if own and "\\" not in path and "//" not in path and path.isprintable() else "/staff"
