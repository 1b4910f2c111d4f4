"""Cases that only named people may open."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import desk, view
from ...commands import named as commands
from ...domain.errors import Invalid, Problem, Stale
from ..http import Request, see
from .beside import PLAIN, WHY, page
from .face import face

HELP = (
    "Nobody else sees it then: not on the desk, in no search, no count and no list. What others have of it goes back "
    "to their role. Whoever is given a task of it is named by that. Managers and the Data Protection Officer always "
    "may."
)


@face.route("/staff/cases/{reference}/named", "case.shut", ("GET", "POST"))
def shut(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    staff = [person for person in desk.people(services(), "*") if person.id != request.actor.id]
    reasons = [{"value": row["id"], "text": row["title"]} for row in services().book.file("roles")["only_named"]]
    items = [{"value": person.id, "text": person.name} for person in staff]
    fields: list[dict[str, Any]] = [
        {**PLAIN, "name": "why", "input": "radios", "label": "Why?", "items": reasons},
        {**PLAIN, "name": "people", "input": "checkboxes", "label": "Who may open it, besides you?", "items": items},
        {**WHY, "label": "What is it about?"},
    ]
    title = "Let only named people open this case"
    if request.method != "POST":
        return page(request, found, "named", title, HELP, fields, ())
    people = [person.id for person in staff if request.form.get(f"people.{person.id}") == "true"]
    why, reason = request.form.get("why", ""), request.form.get("reason", "")
    try:
        commands.shut(services(), request.actor, found.case.reference, why=why, people=people, reason=reason)
    except Invalid as error:
        return page(request, found, "named", title, HELP, fields, error.problems)
    return see(request, f"/staff/cases/{found.case.reference}")


@face.route("/staff/cases/{reference}/named/end", "case.open_up", ("GET", "POST"))
def open_up(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    title = "Open the case to all whose work it is"
    help_ = "Whoever may see other cases of this kind sees it again. Who has a conflict of interest still does not."
    if request.method != "POST":
        return page(request, found, "named/end", title, help_, [WHY], ())
    try:
        commands.open_up(services(), request.actor, found.case.reference, reason=request.form.get("reason", ""))
    except Invalid as error:
        return page(request, found, "named/end", title, help_, [WHY], error.problems)
    except Stale as error:
        problem = Problem("/reason", error.code, error.message)
        return page(request, found, "named/end", title, help_, [WHY], (problem,))
    return see(request, f"/staff/cases/{found.case.reference}")
