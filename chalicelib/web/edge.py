"""Unknown addresses, wrong methods and wrong content types: a page for people, problem details for programs.

Chalice answers some of these before any route of ours is asked. Its answers are JSON; the middleware puts ours in their
place, with the same headers as everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice.app import Response

from ..domain.errors import CaseServiceError, NotFound
from ..domain.language import mark
from .api.face import refuse as problem
from .http import Request, finish, read
from .render import refusal
from .resident.face import face

EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")
CATCH_ALL = "/{proxy+}"
MESSAGES = {
    404: mark("Check the address, or go to the start."),
    415: mark("Send this with the form on our page."),
}


@face.route(CATCH_ALL, "page.read", EVERY_METHOD, form_token=False)
def unknown(request: Request) -> Response:
    """Any address that nothing else answers."""
    error = NotFound(MESSAGES[404])
    return problem(request, error) if request.is_api else refusal(request, error)


def cover(app: Any) -> None:
    """Put ours in the place of Chalice's own answers."""

    @app.middleware("http")
    def ours(event: Any, get_response: Callable[[Any], Any]) -> Any:
        response = get_response(event)
        if "Content-Security-Policy" in response.headers:
            return response
        request = read(event, {})
        nowhere = response.status_code in (403, 405) or request.pattern == CATCH_ALL
        status = 404 if nowhere else response.status_code
        error = CaseServiceError(MESSAGES.get(status, "Something went wrong on our side. Try again soon."))
        error.status = status
        error.code = "not_found" if error.status == 404 else "refused"
        no = problem if request.is_api else refusal
        return finish(request, no(request, error), "page.read")
