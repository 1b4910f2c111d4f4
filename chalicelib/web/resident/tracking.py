"""Following a case: reference and access code, then half an hour of looking."""

from __future__ import annotations

from chalice.app import Response

from ...bootstrap import services
from ...commands import track
from ...domain.errors import CaseServiceError, Invalid, NotFound, NotSignedIn, TooOften
from ..http import Request, see
from ..render import html
from .face import face

PASS = "__Host-case"  # noqa: S105  (a cookie's name)


@face.route("/track", "case.track", ("GET", "POST"))
def sign_in(request: Request) -> Response:
    if request.method != "POST":
        return _form(request)
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("reference", "access_code")}
    try:
        found = track.sign_in(services(), typed["reference"], typed["access_code"], request.caller)
    except (Invalid, NotFound, TooOften) as error:
        return _form(request, typed["reference"], error)
    request.new_cookies[PASS] = found.token
    return see(request, "/track/case")


@face.route("/track/case", "case.track")
def case(request: Request) -> Response:
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return _form(request, "", error)
    found = track.status(services(), reference)
    return html(request, "resident/case.html", title=found.title, tracked=found, staff_view=False)


def _form(request: Request, reference: str = "", error: CaseServiceError | None = None) -> Response:
    """The form again, with the reference kept and the code not: the same words for wrong and unknown."""
    messages = {"reference": "", "access_code": ""}
    errors = []
    if isinstance(error, Invalid):
        messages["reference"] = error.problems[0].message
        errors = [{"text": messages["reference"], "href": "#reference"}]
    elif error is not None:
        errors = [{"text": error.message, "href": "#reference"}]
    status = {Invalid: 422, NotFound: 422, TooOften: 429}.get(type(error), 200) if error else 200
    response = html(
        request,
        "resident/track.html",
        status=status,
        title="Follow your case",
        values={"reference": reference},
        messages=messages,
        errors=errors,
        back=request.url("/"),
    )
    if isinstance(error, TooOften):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
