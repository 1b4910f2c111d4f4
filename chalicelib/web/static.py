"""Built files under an address that changes with their content, so that a browser may keep them for ever."""

from __future__ import annotations

from chalice.app import Response

from ..domain.errors import NotFound
from .http import Request
from .render import BUILT, manifest
from .resident.face import face

FOREVER = "public, max-age=31536000, immutable"


@face.route("/static/{hash}/{name}", "static.read")
def file(request: Request) -> Response:
    """One built file. The hash is not compared: an old page may still ask for its files."""
    name = request.params["name"]
    kind = manifest()["files"].get(name)
    if kind is None:
        raise NotFound
    body = (BUILT / "static" / name).read_text(encoding="utf-8")
    return Response(body, headers={"Content-Type": kind, "Cache-Control": FOREVER})
