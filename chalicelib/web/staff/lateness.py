"""Why a case was late: said by a cause that can be counted."""

from __future__ import annotations

from chalice.app import Response

from ...bootstrap import services
from ...commands import lateness, view
from ...domain.errors import Invalid, Problem, Stale
from ..http import Request, see
from .beside import PLAIN, WHY, page
from .face import face


@face.route("/staff/cases/{reference}/late", "lateness.say", ("GET", "POST"))
def say(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    causes = services().book.file("figures")["late_causes"]
    items = [{"value": row["id"], "text": row["title"]} for row in causes]
    fields = [{**PLAIN, "name": "cause", "input": "radios", "label": "What was the cause?", "items": items}, WHY]
    title = "Say why it is late"
    help_ = "The cause is counted. It moves no date, and it does not tell the person: that is decided with the task."
    if request.method != "POST":
        return page(request, found, "late", title, help_, fields, ())
    cause, reason = request.form.get("cause", ""), request.form.get("reason", "")
    try:
        lateness.say(services(), request.actor, found.case.reference, cause, reason=reason)
    except Invalid as error:
        return page(request, found, "late", title, help_, fields, error.problems)
    except Stale as error:
        return page(request, found, "late", title, help_, fields, (Problem("/reason", error.code, error.message),))
    return see(request, f"/staff/cases/{found.case.reference}")
