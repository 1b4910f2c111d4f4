"""The staff pages' way in: a session on the server, or the way to the pool's sign-in."""

from __future__ import annotations

from urllib.parse import quote

from chalice.app import Response

from ...bootstrap import services
from ...commands import sessions
from ...domain.errors import CaseServiceError, NotSignedIn
from ..http import FORM, STAFF, Face, Request, see
from ..render import html, refusal


def _signed_in(request: Request, action: str) -> None:
    """Sets the session of a signed-in member of staff who has the action. Public actions need none."""
    access = services().book.access
    token = request.cookies.get(STAFF, "")
    request.session = sessions.load(services(), token)
    if request.session is not None:
        request.session_token = token
    if access.is_public(action):
        return
    if request.session is None:
        raise NotSignedIn
    access.require(request.session.actor, action)


def _refuse(request: Request, error: CaseServiceError) -> Response:
    """Who is not signed in goes to sign in and comes back; what was typed is shown again, so that it is not lost."""
    if isinstance(error, NotSignedIn) and request.path != "/staff/signed-in":
        if request.method != "POST":
            return see(request, f"/staff/sign-in?return_to={quote(request.path)}")
        typed = [(name, value) for name, value in request.form.items() if not name.startswith("_") and value]
        return html(request, "staff/signed_out.html", status=401, title="Sign in again", typed=typed)
    return refusal(request, error)


face = Face("staff", _signed_in, _refuse, FORM)
