"""Sending us a file, and getting the files of our answer. The browser talks to the bucket itself, with a plain form.

What the bucket puts into the address on the way back is not read: our own record says which file it is.
"""

from __future__ import annotations

from chalice.app import Response

from ...bootstrap import services
from ...commands import documents, track
from ...domain.documents import EVIDENCE
from ...domain.errors import NotFound, NotSignedIn, Stale, TooOften
from ..http import Request, allow_forms_to, away, see
from ..render import html
from .face import face
from .tracking import PASS, ask_again, case_page

TOO_MANY = "You have sent us as many files as we can take here. Call us to send more."


def number_of(request: Request) -> int:
    """The file's number from the address. Raises NotFound."""
    number = request.params["number"]
    if not number.isascii() or not number.isdigit() or len(number) > 4:
        raise NotFound
    return int(number)


@face.route("/track/case/upload", "case.track", ("POST",))
def begin(request: Request) -> Response:
    """The person is about to send a file: it gets its record before it comes."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return ask_again(request, error)
    try:
        number = documents.begin(services(), reference)
    except Stale as error:
        return case_page(request, reference, error.message)
    except TooOften:
        return case_page(request, reference, TOO_MANY)
    return see(request, f"/track/case/upload/{number}")


@face.route("/track/case/upload/{number}", "case.track")
def upload(request: Request) -> Response:
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return ask_again(request, error)
    number = number_of(request)
    back = f"{services().settings.site_url}/track/case/upload/{number}/sent"
    found = documents.upload(services(), reference, number, EVIDENCE, back)
    page = html(request, "resident/upload.html", title="Send us a file", upload=found, back=request.url("/track/case"))
    return allow_forms_to(page, services().documents.origin())


@face.route("/track/case/upload/{number}/sent", "case.track")
def sent(request: Request) -> Response:
    """The bucket sends the browser here once it has the file. To come twice changes nothing."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return ask_again(request, error)
    number = number_of(request)
    documents.upload(services(), reference, number, EVIDENCE, "")
    documents.arrived(services(), reference, number)
    return see(request, f"/track/case/upload/{number}")


@face.route("/track/case/documents/{number}", "case.track", ("POST",))
def download(request: Request) -> Response:
    """A file of our answer: noted on the timeline, then a link that works for a minute."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""), with_code=True)
    except NotSignedIn as error:
        return ask_again(request, error)
    try:
        return away(documents.download(services(), reference, number_of(request)))
    except Stale as error:
        return case_page(request, reference, error.message)
