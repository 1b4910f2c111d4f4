"""The desk: what waits for this person, earliest legal date first; and finding a case by its reference."""

from __future__ import annotations

from urllib.parse import quote

from chalice.app import Response

from ...bootstrap import services
from ...commands import desk as commands
from ...domain.reference import parse
from ..http import Request, see
from ..render import html
from .face import face


@face.route("/staff", "desk.view")
def desk(request: Request) -> Response:
    typed = request.query.get("reference", "").strip()[:60]
    found = parse(typed, services().book.prefix) if typed else None
    if found:
        return see(request, f"/staff/cases/{found}")
    page = commands.desk(services(), request.actor, cursor=request.query.get("cursor", ""))
    message = "Check the reference. It looks like FF-7K4-M2P-9XW." if typed else ""
    return html(
        request,
        "staff/desk.html",
        status=422 if message else 200,
        title="Your desk",
        page=page,
        typed=typed,
        message=message,
        errors=[{"text": message, "href": "#reference"}] if message else (),
        warnings=commands.warnings(services(), request.actor),
        following=request.url(f"/staff?cursor={quote(page.cursor)}") if page.cursor else "",
    )
