"""The edge: what a request is to us, how a route names its access, and what every answer carries.

`Face.route` is the one way to declare a route. It names the action (role × action in `policy/roles.json`), reads the
request, checks sign-in and form token, and turns every refusal into a page or problem details. Nothing that was sent
ever goes into a header, a log or an error.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice.app import Blueprint, Response

from ..bootstrap import services
from ..domain.errors import CaseServiceError, Invalid, NotAllowed, Problem, TooLarge
from ..domain.language import Language, speaking
from ..domain.model import Actor, StaffSession
from ..faults import code_of, place_of

log = logging.getLogger("cases")

MAX_BODY = 1024 * 1024
VISIT, STAFF, LANGUAGE = "__Host-visit", "__Host-staff", "__Host-language"
WITH_BODY = ("POST", "PUT", "PATCH")
FORM = "application/x-www-form-urlencoded"
# The one inline line of the page template: it says that JavaScript runs. A test computes the hash again.
INLINE_SCRIPT = "'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"script-src 'self' {INLINE_SCRIPT}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass
class Request:
    """One HTTP request, read once. `base` is what stands before our paths: the stage, or nothing."""

    method: str
    path: str
    base: str
    pattern: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    caller: str
    id: str
    session: StaffSession | None = None
    session_token: str = ""
    new_cookies: dict[str, str] = field(default_factory=dict)

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        try:
            jar = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The fields of a form post, the last of each name. Raises TooLarge or Invalid."""
        if len(self.body) > MAX_BODY:
            raise TooLarge
        try:
            fields = parse_qs(
                self.body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=200
            )
        except ValueError:
            raise Invalid((Problem("", "form", "Some signs could not be read. Type them again."),)) from None
        return {name: values[-1].replace("\r\n", "\n").replace("\r", "\n") for name, values in fields.items()}

    def url(self, path: str) -> str:
        """A link to one of our own paths, right under a stage and under a custom domain."""
        return self.base + path

    @property
    def is_api(self) -> bool:
        return self.path == "/v1" or self.path.startswith("/v1/")

    @property
    def actor(self) -> Actor:
        assert self.session is not None
        return self.session.actor

    def form_token(self) -> str:
        """The token of every form: bound to the signed-in session, or to a random visit cookie."""
        holder = self.session_token or self.visit()
        return hmac.digest(services().keys.key("form-token"), holder.encode(), "sha256").hex()

    def visit(self) -> str:
        """The random id of this browser's visit; set with the answer when there is none yet."""
        known = self.cookies.get(VISIT) or self.new_cookies.get(VISIT)
        if not known:
            known = services().ids.token()
            self.new_cookies[VISIT] = known
        return known


class Face:
    """A group of routes with one way of signing in and one way of saying no.

    `sign_in(request, action)` sets the session or raises; `refuse(request, error)` makes the answer;
    `language(request)` is the language that its pages are in.
    """

    def __init__(
        self,
        name: str,
        sign_in: Callable[[Request, str], None],
        refuse: Callable[[Request, CaseServiceError], Response],
        content_type: str,
        language: Callable[[Request], Language | None] = lambda request: None,
    ) -> None:
        self.blueprint = Blueprint(name)
        self.actions: dict[tuple[str, str], str] = {}
        self._sign_in, self._refuse, self._content_type = sign_in, refuse, content_type
        self._language = language

    def route(
        self, path: str, action: str, methods: tuple[str, ...] = ("GET",), *, form_token: bool = True
    ) -> Callable[[Callable[[Request], Response]], Callable[..., Response]]:
        """Declare a route. HEAD comes with GET. A POST of a form needs the form token unless told otherwise."""
        all_methods = (*methods, "HEAD") if "GET" in methods else methods
        for method in all_methods:
            self.actions[method, path] = action

        def declare(view: Callable[[Request], Response]) -> Callable[..., Response]:
            def enter(**params: str) -> Response:
                return self._answer(view, action, params, form_token)

            enter.__name__ = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
            for method in all_methods:
                # Chalice checks the content type of a GET too, and takes its absence for JSON.
                types = [self._content_type] if method in WITH_BODY else ["application/json", self._content_type]
                self.blueprint.route(path, methods=[method], content_types=types)(enter)
            return enter

        return declare

    def _answer(
        self, view: Callable[[Request], Response], action: str, params: Mapping[str, str], form_token: bool
    ) -> Response:
        request = read(self.blueprint.current_request, params)
        with speaking(self._language(request)):
            return finish(request, self._response(request, view, action, form_token), action)

    def _response(
        self, request: Request, view: Callable[[Request], Response], action: str, form_token: bool
    ) -> Response:
        try:
            self._sign_in(request, action)
            if request.method == "POST" and form_token:
                check_form_token(request)
            return view(request)
        except CaseServiceError as error:
            return self._refuse(request, error)
        except Exception as error:
            where = place_of(error)
            fields = {"route": request.pattern, "code": code_of(error), "at": where, "request": request.id}
            log.error("failed", extra={"fields": fields})
            broken = CaseServiceError("Something went wrong on our side. Nothing that we had is lost. Try again soon.")
            broken.status, broken.code = 500, "broken"
            return self._refuse(request, broken)


def read(raw: Any, params: Mapping[str, str]) -> Request:
    """Our request from Chalice's."""
    context = raw.context
    path = raw.path
    full = str(context.get("path") or path)
    event_path = str(raw.to_original_event().get("path") or full)
    base = full.removesuffix(event_path) if full.endswith(event_path) else ""
    query = {name: raw.query_params.getlist(name)[-1] for name in raw.query_params or ()}
    return Request(
        method=raw.method,
        path=event_path,
        base=base.rstrip("/"),
        pattern=str(context.get("resourcePath") or path),
        params=params,
        query=query,
        headers={name.lower(): value for name, value in (raw.headers or {}).items()},
        body=raw.raw_body or b"",
        caller=str((context.get("identity") or {}).get("sourceIp") or ""),
        id=str(context.get("requestId") or ""),
    )


def check_form_token(request: Request) -> None:
    """A form must come from our own page: browsers say where from, and the token says whose page it was."""
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    foreign = site in ("cross-site", "same-site") or (
        not site and origin not in ("", "null") and urlsplit(origin).netloc != request.headers.get("host", "")
    )
    given = request.form.get("_token", "")
    if foreign or not hmac.compare_digest(given.encode(), request.form_token().encode()):
        raise NotAllowed("This page was open too long, or came from somewhere else. Go back, load it again, and send.")


def finish(request: Request, response: Response, action: str) -> Response:
    """What every answer carries: security headers and cookies; and one log line of an allow-list."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.new_cookies:
        response.headers["Set-Cookie"] = [
            f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{'' if value else '; Max-Age=0'}"
            for name, value in request.new_cookies.items()
        ]
    if request.method == "HEAD":
        response.body = ""
    fields = {"route": request.pattern, "action": action, "status": response.status_code, "request": request.id}
    log.info("answered", extra={"fields": fields})
    return response


def allow_forms_to(response: Response, origin: str) -> Response:
    """The page's forms may also lead to `origin`: an upload goes there, and a download is a redirect to there."""
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action 'self' {origin}")
    response.headers["Content-Security-Policy"] = policy
    return response


def away(link: str) -> Response:
    """Go on to the bucket (303), with a link that works for seconds."""
    return Response("", status_code=303, headers={"Location": link, "Content-Type": "text/html"})


def see(request: Request, path: str) -> Response:
    """Go on to one of our own pages (303: with GET, so that loading again sends nothing twice)."""
    return Response("", status_code=303, headers={"Location": request.url(path), "Content-Type": "text/html"})
