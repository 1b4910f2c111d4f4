"""Leaving at once: whoever comes into the room may be the one that a person writes about."""

from __future__ import annotations

from chalice.app import Response

from ...bootstrap import services
from ...domain.errors import NotFound
from ..http import VISIT, Request
from .face import face
from .journeys import COOKIE
from .tracking import PASS

BY_THE_PERSON = ("same-origin", "none")


@face.route("/leave", "page.read")
def leave(request: Request) -> Response:
    """On to a page about nothing (`quick_exit` in `policy/council.json`). This browser forgets the case and what was
    not sent, so that its Back button finds neither. A page of somebody else that leads here makes it forget nothing."""
    address = services().book.council.get("quick_exit")
    if not address:
        raise NotFound
    if request.headers.get("sec-fetch-site", "none") in BY_THE_PERSON:
        ours = [name for name in request.cookies if name in (VISIT, PASS) or name.startswith(COOKIE)]
        request.new_cookies.update(dict.fromkeys(ours, ""))
    return Response("", status_code=303, headers={"Location": address, "Content-Type": "text/html"})
