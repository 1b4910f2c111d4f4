"""Deciding a task: first which outcome, then the form that the outcome's schema asks for, with the case beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import decide as commands
from ...commands import desk, view
from ...domain.errors import AlreadyDecided, Invalid, NotAllowed, NotFound, Problem, Stale
from ...domain.model import split_task_id
from ..http import Request, see
from ..render import html
from .face import face
from .schema_forms import changed, data_of, fields_of, form_of, messages_of, names_of

REASON = {
    "name": "reason",
    "input": "textarea",
    "label": "Why do you decide this?",
    "hint": "It goes on the timeline of the case. The resident does not see it.",
    "limit": commands.MAX_REASON,
    "rows": 3,
    "autocomplete": "",
}


@face.route("/staff/tasks/{task_id}", "task.decide", ("GET", "POST"))
def task(request: Request) -> Response:
    address = split_task_id(request.params["task_id"])
    if address is None:
        raise NotFound
    found = view.case_file(services(), request.actor, address[0])
    waiting = next((row for row in found.tasks if row.task_id == request.params["task_id"]), None)
    if waiting is None:
        return _decided_already(request, found, address[1])
    if not waiting.yours:
        raise NotAllowed(waiting.why_not)
    wanted = request.form.get("outcome") if request.method == "POST" else request.query.get("outcome")
    outcome = next((row for row in waiting.outcomes if row.outcome == wanted), None)
    if outcome is None:
        return _choose(request, found, waiting, asked=wanted is not None)
    if request.method != "POST":
        return _form(request, found, waiting, outcome, form_of(outcome.schema, _defaults(found, outcome)))
    again = changed(outcome.schema, request.form)
    if again is not None:
        return _form(request, found, waiting, outcome, again)
    return _decide(request, found, waiting, outcome)


def _decide(request: Request, found: view.CaseView, waiting: view.TaskView, outcome: view.OutcomeView) -> Response:
    version = request.form.get("version", "")
    given: dict[str, Any] = {
        "reason": request.form.get("reason", "").strip(),
        "data": data_of(outcome.schema, request.form),
        "version": int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
    }
    if request.form.get("_edit"):
        return _form(request, found, waiting, outcome, dict(request.form))
    asked = (services(), request.actor, waiting.task_id, outcome.outcome)
    unseen = not request.form.get("_seen") and commands.moves_the_clock(services(), waiting.task, outcome.outcome)
    try:
        if unseen or request.form.get("_look"):
            return _look(request, found, waiting, outcome, commands.preview(*asked, **given))
        done = commands.decide(*asked, **given)
    except Invalid as error:
        return _form(request, found, waiting, outcome, dict(request.form), error.problems)
    except (AlreadyDecided, Stale) as error:
        return _kept(request, found, error.message)
    return see(request, f"/staff/cases/{done.reference}?decided=yes")


def _look(
    request: Request,
    found: view.CaseView,
    waiting: view.TaskView,
    outcome: view.OutcomeView,
    shown: commands.Preview,
) -> Response:
    """What the decision would do, before it is made: the dates that move, and each letter as the person gets it."""
    typed = {name: value for name, value in request.form.items() if name not in ("_token", "_look", "_edit", "_seen")}
    return html(
        request,
        "staff/look.html",
        title="What happens when you decide this",
        view=found,
        task=waiting,
        outcome=outcome,
        shown=shown,
        typed=typed,
        back=request.url(f"/staff/cases/{found.case.reference}"),
    )


def _decided_already(request: Request, found: view.CaseView, number: int) -> Response:
    """Somebody was faster, or this is an old page: say who, and show again what was typed."""
    file = view.load(services(), request.actor, found.case.reference)
    decided = next((row for row in file.tasks if row.number == number), None)
    if decided is None:
        raise NotFound
    if decided.status != "decided":
        return _kept(request, found, "The case was closed before. Nobody is asked for this any more.")
    error = AlreadyDecided(decided.decided_by_name or decided.decided_by, decided.outcome, decided.decided_at)
    return _kept(request, found, error.message)


def _kept(request: Request, found: view.CaseView, message: str) -> Response:
    form = request.form if request.method == "POST" else {}
    hidden = ("outcome", "version")
    typed = [(name, value) for name, value in form.items() if value and name not in hidden and name[0] != "_"]
    title = "Somebody was there before you"
    return html(request, "staff/conflict.html", status=409, title=title, message=message, typed=typed, view=found)


def _choose(request: Request, found: view.CaseView, waiting: view.TaskView, *, asked: bool) -> Response:
    message = "Choose what you decide." if asked or request.method == "POST" else ""
    choices = [{"value": row.outcome, "text": row.title} for row in waiting.outcomes]
    field = {"name": "outcome", "input": "radios", "label": "What do you decide?", "hint": "", "items": choices}
    return html(
        request,
        "staff/choose.html",
        status=422 if message else 200,
        title=waiting.title,
        view=found,
        task=waiting,
        field=field,
        message=message,
        errors=[{"text": message, "href": "#outcome"}] if message else (),
        back=request.url(f"/staff/cases/{found.case.reference}"),
    )


def _form(
    request: Request,
    found: view.CaseView,
    waiting: view.TaskView,
    outcome: view.OutcomeView,
    values: dict[str, str],
    problems: Sequence[Problem] = (),
) -> Response:
    fields = [*fields_of(outcome.schema, lambda role: desk.people(services(), role), values), REASON]
    names = names_of(fields)
    messages = messages_of(problems, names)
    return html(
        request,
        "staff/decide.html",
        status=422 if problems else 200,
        title=outcome.title,
        view=found,
        task=waiting,
        outcome=outcome,
        moves=commands.moves_the_clock(services(), waiting.task, outcome.outcome),
        fields=fields,
        values={name: values.get(name, "") for name in names},
        messages={name: messages.get(name, "") for name in names},
        errors=[{"text": text, "href": f"#{name or 'reason'}"} for name, text in messages.items()],
        back=request.url(f"/staff/tasks/{waiting.task_id}"),
    )


def _defaults(found: view.CaseView, outcome: view.OutcomeView) -> dict[str, Any]:
    """What the form shows at first: what the case knows of the same name, as an answer that came back to be changed."""
    known = {**found.case.context, **found.case.facts}
    return {
        name: known.get(name) or _begun(field, known) or field.get("default")
        for name, field in outcome.schema["properties"].items()
        if isinstance(known.get(name, ""), (str, list))
    }


def _begun(field: Mapping[str, Any], known: Mapping[str, Any]) -> list[Any]:
    """A row for each thing that the case lists, to be filled in: the points of a complaint."""
    return view.each_of(field, known, ()) if "x-each" in field else []
