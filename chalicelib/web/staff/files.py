"""The files of a case on the staff side: open one, add one to the answer, take it out, release the answer again."""

from __future__ import annotations

from chalice.app import Response

from ...bootstrap import services
from ...commands import alike, documents, view
from ...domain.documents import ANSWER
from ...domain.errors import NotFound
from ..http import Request, allow_forms_to, away, see
from ..render import html
from .face import face


def _number(request: Request) -> int:
    number = request.params["number"]
    if not number.isascii() or not number.isdigit() or len(number) > 4:
        raise NotFound
    return int(number)


@face.route("/staff/cases/{reference}/documents/{number}", "document.open", ("POST",))
def opened(request: Request) -> Response:
    """Open a clean file: the timeline says who, then a link that works for a minute."""
    return away(documents.open_for_staff(services(), request.actor, request.params["reference"], _number(request)))


@face.route("/staff/cases/{reference}/documents/{number}/remove", "document.add", ("POST",))
def removed(request: Request) -> Response:
    documents.remove(services(), request.actor, request.params["reference"], _number(request))
    return _case(request)


@face.route("/staff/cases/{reference}/upload", "document.add", ("POST",))
def begin(request: Request) -> Response:
    """A file is about to be added to the answer."""
    number = documents.begin_answer(services(), request.actor, request.params["reference"])
    return see(request, f"/staff/cases/{_reference(request)}/upload/{number}")


@face.route("/staff/cases/{reference}/upload/{number}", "document.add")
def upload(request: Request) -> Response:
    file = view.load(services(), request.actor, request.params["reference"])
    reference, number = file.case.reference, _number(request)
    back = f"{services().settings.site_url}/staff/cases/{reference}/upload/{number}/sent"
    found = documents.upload(services(), reference, number, ANSWER, back)
    page = html(
        request,
        "staff/upload.html",
        title="Add a file to the answer",
        upload=found,
        limits=alike.around(services(), request.actor, file).limits,
        reference=reference,
        back=request.url(f"/staff/cases/{reference}"),
    )
    return allow_forms_to(page, services().documents.origin())


@face.route("/staff/cases/{reference}/upload/{number}/sent", "document.add")
def sent(request: Request) -> Response:
    """The bucket sends the browser here once it has the file. To come twice changes nothing."""
    reference, number = (
        view.load(services(), request.actor, request.params["reference"]).case.reference,
        _number(request),
    )
    documents.upload(services(), reference, number, ANSWER, "")
    documents.arrived(services(), reference, number)
    return see(request, f"/staff/cases/{reference}/upload/{number}")


@face.route("/staff/cases/{reference}/release", "document.release", ("POST",))
def release(request: Request) -> Response:
    """Open the files of an answer to the person once more."""
    version = request.form.get("version", "")
    documents.release_again(
        services(),
        request.actor,
        request.params["reference"],
        int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
    )
    return _case(request)


def _reference(request: Request) -> str:
    return view.load(services(), request.actor, request.params["reference"]).case.reference


def _case(request: Request) -> Response:
    return see(request, f"/staff/cases/{_reference(request)}")
