"""Conflicts of interest: somebody says that they should have no part in a case, and a manager ends that."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import conflicts, desk, view
from ...domain.errors import Invalid, NotFound, Problem, Stale
from ..http import Request, see
from .beside import PLAIN, WHY, page
from .face import face

WHO: dict[str, Any] = {**PLAIN, "name": "person", "input": "select", "label": "Who?"}
MINE = "I should have no part in this case"
HELP = (
    "You do not see the case any more. What you have of it goes back to everybody in the role. A manager is told, and "
    "only a manager can end it. Say what the conflict is, and no more than that."
)


@face.route("/staff/cases/{reference}/conflict", "conflict.declare", ("GET", "POST"))
def declare(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    others = services().book.access.may(request.actor.roles, "conflict.manage")
    staff = [one for one in desk.people(services(), "*") if one.id not in found.case.kept_out] if others else []
    me = {"value": request.actor.id, "text": "Me"}
    items = [me, *({"value": one.id, "text": one.name} for one in staff if one.id != request.actor.id)]
    fields = [{**WHO, "items": items}, WHY] if others else [WHY]
    title = "Somebody should have no part in this case" if others else MINE
    if request.method != "POST":
        return page(request, found, "conflict", title, HELP, fields, ())
    person, reason = request.form.get("person", "") if others else "", request.form.get("reason", "")
    try:
        conflicts.declare(services(), request.actor, found.case.reference, person=person, reason=reason)
    except Invalid as error:
        return page(request, found, "conflict", title, HELP, fields, error.problems)
    except Stale as error:
        problem = Problem("/reason", error.code, error.message)
        return page(request, found, "conflict", title, HELP, fields, (problem,))
    mine = person in ("", request.actor.id)
    return see(request, "/staff" if mine else f"/staff/cases/{found.case.reference}")


@face.route("/staff/cases/{reference}/conflict/{person}", "conflict.manage", ("GET", "POST"))
def end(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    person = request.params["person"]
    if person not in found.case.conflicts:
        raise NotFound
    title = "They may have part in this case again"
    name = found.case.conflicts[person]
    help_ = f"{name} sees the case again, and may be given its tasks. What they decided before still counts."
    if request.method != "POST":
        return page(request, found, f"conflict/{person}", title, help_, [WHY], ())
    try:
        reason = request.form.get("reason", "")
        conflicts.end(services(), request.actor, found.case.reference, person, reason=reason)
    except Invalid as error:
        return page(request, found, f"conflict/{person}", title, help_, [WHY], error.problems)
    return see(request, f"/staff/cases/{found.case.reference}")
