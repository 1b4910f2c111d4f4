"""Beside the workflow: a reminder to whoever was asked, a case opened from another, a closed case opened again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import desk, link, view
from ...domain.errors import Invalid, NotFound, Problem, Stale
from ..http import Request, see
from ..render import html
from ..typed import HOW_MOMENT, moment
from .face import face
from .schema_forms import data_of, fields_of, messages_of, names_of

Json = dict[str, Any]
PLAIN: Json = {"hint": "", "rows": 0, "limit": 0, "autocomplete": "off", "items": []}
WHY: Json = {
    **PLAIN,
    "name": "reason",
    "input": "textarea",
    "label": "Why?",
    "hint": "It goes on the timeline of the case. The resident does not see it.",
    "rows": 3,
    "limit": link.MAX_REASON,
}
KNOWN: Json = {
    **PLAIN,
    "name": "received_at",
    "input": "text",
    "label": "When did somebody in the council first know? (optional)",
    "hint": f"{HOW_MOMENT} Leave it empty for now.",
}


@face.route("/staff/tasks/{task_id}/reminder", "task.chase", ("POST",))
def remind(request: Request) -> Response:
    """One press: whoever was asked is reminded. A second press on the same day says so, and sends nothing."""
    reference = link.chase(services(), request.actor, request.params["task_id"])
    return see(request, f"/staff/cases/{reference}?reminded=yes")


@face.route("/staff/cases/{reference}/open/{kind}", "case.view", ("GET", "POST"))
def open_from(request: Request) -> Response:
    """A case of another kind, opened from this one: a worry, a loss of information, a second look, a regulator."""
    found = view.case_file(services(), request.actor, request.params["reference"])
    kind = request.params["kind"]
    if kind not in link.openable(services(), request.actor, is_open=found.case.is_open):
        raise NotFound
    row = services().book.kind(kind)["opened_from_case"]
    schema = services().schemas.document(row["schema"])
    if request.method != "POST":
        return _page(request, found, kind, ())
    typed = request.form.get("received_at", "").strip()
    known_at = moment(typed) if typed else None
    if typed and known_at is None:
        return _page(request, found, kind, (Problem("/received_at", "format", HOW_MOMENT),))
    try:
        link.open_from(
            services(),
            request.actor,
            found.case.reference,
            kind,
            reason=request.form.get("reason", ""),
            data=data_of(schema, request.form),
            received_at=known_at,
        )
    except Invalid as error:
        return _page(request, found, kind, error.problems)
    return see(request, f"/staff/cases/{found.case.reference}?opened=yes")


def _page(request: Request, found: view.CaseView, kind: str, problems: Sequence[Problem]) -> Response:
    row = services().book.kind(kind)["opened_from_case"]
    schema = services().schemas.document(row["schema"])
    fields = [*fields_of(schema, lambda role: desk.people(services(), role), request.form), KNOWN, WHY]
    return page(request, found, f"open/{kind}", row["title"], row["help"], fields, problems)


@face.route("/staff/cases/{reference}/reopen", "case.reopen", ("GET", "POST"))
def reopen(request: Request) -> Response:
    found = view.case_file(services(), request.actor, request.params["reference"])
    title = "Open the case again"
    help_ = "A late reply, a mistake, or a second look that found something. The person can follow it again."
    if request.method != "POST":
        return page(request, found, "reopen", title, help_, [WHY], ())
    try:
        link.reopen(services(), request.actor, found.case.reference, reason=request.form.get("reason", ""))
    except Invalid as error:
        return page(request, found, "reopen", title, help_, [WHY], error.problems)
    except Stale as error:
        return page(request, found, "reopen", title, help_, [WHY], (Problem("/reason", error.code, error.message),))
    return see(request, f"/staff/cases/{found.case.reference}")


def page(
    request: Request,
    found: view.CaseView | None,
    path: str,
    title: str,
    help_: str,
    fields: list[Json],
    problems: Sequence[Problem],
    back: str = "",
    button: str = "",
) -> Response:
    """One form about a case, under the case's own address, or at `path` when that begins with a slash. A form that is
    about no case says with `back` where it came from."""
    names = names_of(fields)
    messages = messages_of(problems, names)
    back = f"/staff/cases/{found.case.reference}" if found else back
    return html(
        request,
        "staff/beside.html",
        status=422 if problems else 200,
        title=title,
        button=button or title,
        help=help_,
        view=found,
        fields=fields,
        action=request.url(path if path[0] == "/" else f"{back}/{path}"),
        values={name: request.form.get(name, "") for name in names},
        messages={name: messages.get(name, "") for name in names},
        errors=[{"text": text, "href": f"#{name or names[0]}"} for name, text in messages.items()],
        back=request.url(back),
    )
