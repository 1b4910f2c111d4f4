"""Signing in through the user pool's own pages, and out."""

from __future__ import annotations

from chalice.app import Response

from ...bootstrap import services
from ...commands import sessions
from ...domain.errors import NotSignedIn
from ..http import STAFF, Request, see
from ..render import html
from .face import face

STATE = "__Host-sign-in"


@face.route("/staff/sign-in", "staff.sign_in")
def sign_in(request: Request) -> Response:
    begun = sessions.begin_sign_in(services(), request.query.get("return_to", "/staff"))
    request.new_cookies[STATE] = begun.state_cookie
    return Response("", status_code=303, headers={"Location": begun.url, "Content-Type": "text/html"})


@face.route("/staff/signed-in", "staff.sign_in")
def signed_in(request: Request) -> Response:
    """The pool sends the browser back with a code; the state must be this browser's own."""
    if "error" in request.query or "code" not in request.query:
        raise NotSignedIn("That sign-in did not work. Sign in again.")
    state, code = request.query.get("state", ""), request.query["code"]
    token, path = sessions.finish_sign_in(services(), state, code, request.cookies.get(STATE, ""))
    request.new_cookies[STAFF] = token
    request.new_cookies[STATE] = ""
    return see(request, path)


@face.route("/staff/sign-out", "staff.sign_out", ("POST",))
def sign_out(request: Request) -> Response:
    sessions.end(services(), request.session_token)
    request.new_cookies[STAFF] = ""
    return see(request, "/staff/signed-out")


@face.route("/staff/signed-out", "staff.sign_in")
def signed_out(request: Request) -> Response:
    return html(request, "staff/signed_out.html", title="You are signed out", typed=())
