"""Holds on a case: placed by a manager with authority, reason and a day to look again, and released with a reason."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import holds, view
from ...domain.errors import Invalid, NotFound, Problem
from ..http import Request, see
from ..typed import HOW, day
from .beside import PLAIN, WHY, page
from .face import face

FOR_WHAT: dict[str, Any] = {
    **PLAIN,
    "name": "authority",
    "input": "radios",
    "label": "What is it for?",
    "items": [{"value": name, "text": words} for name, words in holds.AUTHORITIES.items()],
}
REVIEW: dict[str, Any] = {
    **PLAIN,
    "name": "review_on",
    "input": "text",
    "label": "On which day does somebody look whether it is still needed?",
    "hint": HOW,
}


@face.route("/staff/cases/{reference}/hold", "hold.place", ("GET", "POST"))
def place(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    title, fields = "Put the case on hold", [FOR_WHAT, REVIEW, WHY]
    help_ = (
        "Nothing of the case is deleted while a hold lasts, however long that is. The resident sees that it is kept."
    )
    if request.method != "POST":
        return page(request, found, "hold", title, help_, fields, ())
    review_on = day(request.form.get("review_on", ""))
    if review_on is None:
        return page(request, found, "hold", title, help_, fields, (Problem("/review_on", "format", HOW),))
    given = {name: request.form.get(name, "") for name in ("authority", "reason")}
    try:
        holds.place(services(), request.actor, found.case.reference, review_on=review_on, **given)
    except Invalid as error:
        return page(request, found, "hold", title, help_, fields, error.problems)
    return see(request, f"/staff/cases/{found.case.reference}")


@face.route("/staff/cases/{reference}/hold/{hold}", "hold.release", ("GET", "POST"))
def release(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    hold = next((one for one in found.case.holds if one.id == request.params["hold"]), None)
    if hold is None:
        raise NotFound("There is no such hold.")
    title = "End the hold"
    help_ = f"{hold.authority}: {hold.reason} The case then goes on its day, or today if that is past."
    path = f"hold/{hold.id}"
    if request.method != "POST":
        return page(request, found, path, title, help_, [WHY], ())
    try:
        reason = request.form.get("reason", "")
        holds.release(services(), request.actor, found.case.reference, hold.id, reason=reason)
    except Invalid as error:
        return page(request, found, path, title, help_, [WHY], error.problems)
    return see(request, f"/staff/cases/{found.case.reference}")
