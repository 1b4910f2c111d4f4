"""Limited use (UK GDPR Art 18): asking whether it is in force for a person, and ending it after they were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from chalice.app import Response

from ...bootstrap import services
from ...commands import lift as commands
from ...commands import restrictions, view
from ...domain.errors import Invalid, NotFound, Problem, Stale
from ..http import Request, see
from ..render import html
from .beside import page as form_page
from .face import face
from .schema_forms import data_of, fields_of, messages_of, names_of

QUERY = "api/restriction_query"


@face.route("/staff/restrictions", "restriction.query", ("GET", "POST"))
def ask(request: Request) -> Response:
    """A question and its answer on one page. The answer comes with the POST and not after a redirect: what was typed is
    somebody's name, and may stand neither in an address nor in the table."""
    if request.method != "POST":
        return _asked(request, None)
    asked = data_of(services().schemas.document(QUERY), request.form)
    problems = services().schemas.errors(QUERY, asked) if asked else ()
    if problems:
        return _asked(request, None, problems)
    try:
        return _asked(request, restrictions.query(services(), request.actor, asked))
    except Invalid as error:
        return _asked(request, None, error.problems)


def _asked(request: Request, found: restrictions.Answer | None, problems: Sequence[Problem] = ()) -> Response:
    fields = fields_of(services().schemas.document(QUERY), lambda role: ())
    names = names_of(fields)
    messages = messages_of(problems, names)
    return html(
        request,
        "staff/restrictions.html",
        status=422 if problems else 200,
        title="Is the use of somebody's information limited?",
        found=found,
        limits=found,
        fields=fields,
        values={name: request.form.get(name, "") for name in names},
        messages={name: messages.get(name, "") for name in names},
        errors=[{"text": text, "href": f"#{name or names[0]}"} for name, text in messages.items()],
        back=request.url("/staff"),
    )


@face.route("/staff/cases/{reference}/lifting", "restriction.lift", ("GET", "POST"))
def lift(request: Request) -> Response:
    """The limit ends: when and how the person was told, and why."""
    found = view.case_file(services(), request.actor, request.params["reference"])
    if found.case.restricted_since is None and request.method != "POST":
        raise NotFound("The use of this person's information is not limited by this case.")
    if request.method != "POST":
        return _form(request, found, ())
    schema = services().schemas.document(commands.SCHEMA)
    data = data_of(schema, request.form)
    problems = services().schemas.errors(commands.SCHEMA, data)
    if problems:
        return _form(request, found, problems)
    told_on = date.fromisoformat(data["told_on"])
    try:
        reference = found.case.reference
        commands.lift(services(), request.actor, reference, reason=data["reason"], told_on=told_on, how=data["how"])
    except Invalid as error:
        return _form(request, found, error.problems)
    except Stale as error:
        return _form(request, found, (Problem("/reason", error.code, error.message),))
    return see(request, f"/staff/cases/{found.case.reference}")


def _form(request: Request, found: view.CaseView, problems: Sequence[Problem]) -> Response:
    fields = fields_of(services().schemas.document(commands.SCHEMA), lambda role: ())
    title = "End the limit on the use of the information"
    help_ = "From then on it may be used again. Tell the person first: the law wants it (UK GDPR Art 18(3))."
    return form_page(request, found, "lifting", title, help_, fields, problems)
