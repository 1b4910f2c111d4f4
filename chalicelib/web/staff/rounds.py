"""The stages of a complaint: the person asks for the next one; somebody may decide although they took part before."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import again, desk, independence, view
from ...domain.errors import Invalid, NotFound, Problem, Stale
from ...domain.model import split_task_id
from ..http import Request, see
from ..typed import HOW, day, noon
from .beside import PLAIN, WHY, page
from .face import face

ASKED_ON: dict[str, Any] = {
    **PLAIN,
    "name": "asked_on",
    "input": "text",
    "label": "On which day did the person ask?",
    "hint": f"{HOW} The day it came to the council.",
}
CHANNEL: dict[str, Any] = {**PLAIN, "name": "channel", "input": "radios", "label": "How did they ask?"}
SAID: dict[str, Any] = {**WHY, "label": "What did they say?", "hint": "They need not say why. It goes on the timeline."}


@face.route("/staff/cases/{reference}/again", "case.ask_again", ("GET", "POST"))
def ask(request: Request) -> Response:
    """Somebody here enters that the person asked for the next stage by phone, letter or visit."""
    found = view.case_file(services(), request.actor, request.params["reference"])
    if not again.may_enter(services(), request.actor, found.case):
        raise NotFound
    words = [{"value": name, "text": services().book.channels[name].capitalize()} for name in again.CHANNELS]
    title, fields = "The person asks for the next stage", [ASKED_ON, {**CHANNEL, "items": words}, SAID]
    help_ = "They need not give a reason. It is counted from the day they asked. Somebody else decides it."
    if request.method != "POST":
        return page(request, found, "again", title, help_, fields, ())
    on = day(request.form.get("asked_on", ""))
    if on is None:
        return page(request, found, "again", title, help_, fields, (Problem("/asked_on", "format", HOW),))
    given = {name: request.form.get(name, "") for name in ("channel", "reason")}
    try:
        again.enter(services(), request.actor, found.case.reference, asked_at=noon(on, services().clock.now()), **given)
    except Invalid as error:
        return page(request, found, "again", title, help_, fields, error.problems)
    except Stale as error:
        return page(request, found, "again", title, help_, fields, (Problem("/reason", error.code, error.message),))
    return see(request, f"/staff/cases/{found.case.reference}")


@face.route("/staff/tasks/{task_id}/independence", "independence.set_aside", ("GET", "POST"))
def set_aside(request: Request) -> Response:
    """A manager lets somebody decide although they took part before. Everybody who sees the case sees that, and why."""
    address = split_task_id(request.params["task_id"])
    if address is None:
        raise NotFound
    found = view.case_file(services(), request.actor, address[0])
    task = next((row for row in found.tasks if row.task_id == request.params["task_id"]), None)
    if task is None or not task.kept_from:
        raise NotFound
    kept = [person for person in desk.people(services(), "*") if person.id in task.kept_from]
    who = {
        **PLAIN,
        "name": "person",
        "input": "radios",
        "label": "Who may decide it?",
        "items": [{"value": person.id, "text": person.name} for person in kept if person.id != request.actor.id],
    }
    title, fields = "Let somebody decide who took part before", [who, WHY]
    help_ = f"{task.title}. Only when nobody else can. It is shown on the case, with your reason."
    path = f"/staff/tasks/{task.task_id}/independence"
    if request.method != "POST":
        return page(request, found, path, title, help_, fields, ())
    try:
        independence.set_aside(
            services(),
            request.actor,
            task.task_id,
            request.form.get("person", ""),
            reason=request.form.get("reason", ""),
        )
    except Invalid as error:
        return page(request, found, path, title, help_, fields, error.problems)
    except Stale as error:
        return page(request, found, path, title, help_, fields, (Problem("/reason", error.code, error.message),))
    return see(request, f"/staff/cases/{found.case.reference}")
