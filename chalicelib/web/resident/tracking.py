"""Following a case: reference and access code, then half an hour of looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import again as commands
from ...commands import contact, track
from ...domain import journeys as domain
from ...domain.errors import CaseServiceError, Invalid, NotFound, NotSignedIn, Problem, Stale, TooOften
from ...domain.language import say
from ...domain.model import Case
from ..calendars import Entry, calendar
from ..http import Request, allow_forms_to, see
from ..render import html, today
from . import journeys
from .face import face

PASS = "__Host-case"  # noqa: S105  (a cookie's name)


@face.route("/track", "case.track", ("GET", "POST"))
def sign_in(request: Request) -> Response:
    if request.method != "POST":
        return _form(request)
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("reference", "access_code")}
    try:
        found = track.sign_in(services(), typed["reference"], typed["access_code"], request.caller)
    except (Invalid, NotFound, TooOften) as error:
        return _form(request, typed["reference"], error)
    request.new_cookies[PASS] = found.token
    return see(request, "/track/case")


@face.route("/track/link/{address}/{key}", "case.track", ("GET", "POST"))
def link(request: Request) -> Response:
    """The link of a mail. To load it does nothing, for programs load links too: the button opens the case, once."""
    if request.method != "POST":
        back = request.url("/track")
        return html(
            request,
            "resident/link.html",
            title="Open your case",
            action=request.url(request.path),
            button="Open my case",
            back=back,
        )
    try:
        found = track.by_link(services(), request.params["address"], request.params["key"])
    except NotFound as error:
        return _form(request, "", error)
    request.new_cookies[PASS] = found.token
    return see(request, "/track/case")


@face.route("/track/case", "case.track")
def case(request: Request) -> Response:
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return _form(request, "", error)
    return _case(request, reference)


@face.route("/track/case/close", "case.track", ("POST",))
def close(request: Request) -> Response:
    """This browser shows the case no more, until somebody gives reference and code again."""
    request.new_cookies[PASS] = ""
    return see(request, "/track?closed=yes")


@face.route("/track/case/messages", "case.track", ("POST",))
def write(request: Request) -> Response:
    """A message of the resident to whoever has the case."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return _form(request, "", error)
    text = request.form.get("text", "")
    try:
        track.write(services(), reference, text)
    except Invalid as error:
        return _case(request, reference, text, error.problems[0].message)
    except Stale as error:
        return _case(request, reference, text, error.message)
    return see(request, "/track/case?sent=yes")


@face.route("/track/case/withdraw", "case.track", ("GET", "POST"))
def withdraw(request: Request) -> Response:
    """Taking it back: first what that means, then the act; and going on after all."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return _form(request, "", error)
    if request.method == "POST":
        try:
            track.withdraw(services(), reference, go_on=request.form.get("go_on") == "yes")
        except Stale as error:
            return _case(request, reference, "", error.message)
        return see(request, "/track/case/withdraw")
    found = track.status(services(), reference)
    if not found.may_withdraw:
        return see(request, "/track/case")
    title = say("Stop your {noun}", noun=found.noun)
    back = request.url("/track/case")
    return html(request, "resident/withdraw.html", title=title, tracked=found, back=back)


@face.route("/track/case/again", "case.track", ("POST",))
def again(request: Request) -> Response:
    """One button, and no need to say why: the next stage of the complaint begins."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return _form(request, "", error)
    try:
        commands.ask(services(), reference)
    except Stale as error:
        return _case(request, reference, "", error.message)
    return see(request, "/track/case?again=yes")


@face.route("/track/case/calendar", "case.track")
def dates(request: Request) -> Response:
    """The dates of the case for the person's own calendar."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""))
    except NotSignedIn as error:
        return _form(request, "", error)
    found = track.status(services(), reference)
    short = services().book.council["short_service"]
    entries = [
        Entry(f"{reference}-{legal.name}@{_host()}", legal.date, f"{short}: {legal.label}, {reference}")
        for legal in found.dates
        if legal.date is not None
    ]
    return calendar("case", entries, services().clock.now())


def _host() -> str:
    return str(services().book.council["website"]).partition("//")[2]


@face.route("/track/case/answers", "case.track")
def answers(request: Request) -> Response:
    """What the person sent, in the words of the form. It needs the access code, as all does that was not in a mail."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""), with_code=True)
    except NotSignedIn as error:
        return _form(request, "", error)
    found, sent = track.what_was_sent(services(), reference)
    schema = services().schemas.document(services().book.kind(found.submitted_as or found.kind)["submission"])
    rows = [row for row in domain.rows(_journey(found), schema, domain.answers_of(sent)) if row.answer]
    return html(
        request,
        "resident/answers.html",
        title="What you sent",
        found=found,
        rows=rows,
        back=request.url("/track/case"),
    )


@face.route("/track/case/details", "case.track", ("GET", "POST"))
def details(request: Request) -> Response:
    """How the person wants to be reached from now on."""
    try:
        reference = track.open_pass(services(), request.cookies.get(PASS, ""), with_code=True)
    except NotSignedIn as error:
        return _form(request, "", error)
    try:
        found, party = contact.now(services(), reference)
        if not found.is_open:
            return see(request, "/track/case")
        if request.method != "POST":
            return _details(request, found, dict(party.details), ())
        names = contact.fields(services(), found)
        typed = {name: request.form.get(name, "") for name in names}
        try:
            contact.change(services(), reference, typed)
        except Invalid as error:
            return _details(request, found, typed, error.problems)
    except Stale as error:
        return _case(request, reference, "", error.message)
    return see(request, "/track/case?changed=yes")


def _details(request: Request, found: Case, values: Mapping[str, str], problems: Sequence[Problem]) -> Response:
    """The questions of the form that the person sent, as many as are about reaching them."""
    kind = services().book.kind(found.submitted_as or found.kind)
    schema, own = services().schemas.document(kind["submission"]), _asked(found)
    fields = [journeys.field_of(own[name], schema["properties"][name]) for name in contact.fields(services(), found)]
    messages = {problem.pointer[1:].partition("/")[0]: problem.message for problem in problems}
    return html(
        request,
        "resident/details.html",
        status=422 if problems else 200,
        title="Change how we reach you",
        fields=fields,
        values={name: values.get(name, "") for name in own},
        messages={name: messages.get(name, "") for name in own},
        errors=[{"text": text, "href": f"#{name}"} for name, text in messages.items()],
        back=request.url("/track/case"),
    )


def _asked(found: Case) -> dict[str, Mapping[str, Any]]:
    """The fields of the journey of this kind by name; what it does not ask is asked in the words of the schema."""
    asked = {field["name"]: field for step in _journey(found)["steps"] for field in step["fields"]}
    return {name: asked[name] for name in contact.FIELDS if name in asked}


def _journey(found: Case) -> Mapping[str, Any]:
    """The journey on which a case of this kind is sent."""
    sent = found.submitted_as or found.kind
    return next(one for name in journeys.NAMES if (one := services().book.journey(name))["kind"] == sent)


def case_page(request: Request, reference: str, message: str = "") -> Response:
    """The page of the case with what could not be done, for the forms that stand on it."""
    return _case(request, reference, "", message)


def ask_again(request: Request, error: CaseServiceError) -> Response:
    """The form for reference and access code, when the pass is over."""
    return _form(request, "", error)


def _case(request: Request, reference: str, text: str = "", message: str = "") -> Response:
    found = track.status(services(), reference)
    page = html(
        request,
        "resident/case.html",
        status=422 if message else 200,
        title=found.title,
        tracked=found,
        staff_view=False,
        text=text,
        message=message,
        errors=[{"text": message, "href": "#text"}] if message else (),
        was_sent=request.query.get("sent") == "yes",
        was_changed=request.query.get("changed") == "yes",
        may_change=contact.may(services(), found),
        today=today(),
        was_asked_again=request.query.get("again") == "yes",
    )
    return allow_forms_to(page, services().documents.origin()) if found.files else page


def _form(request: Request, reference: str = "", error: CaseServiceError | None = None) -> Response:
    """The form again, with the reference kept and the code not: the same words for wrong and unknown."""
    messages = {"reference": "", "access_code": ""}
    errors = []
    if isinstance(error, Invalid):
        messages["reference"] = error.problems[0].message
        errors = [{"text": messages["reference"], "href": "#reference"}]
    elif error is not None:
        errors = [{"text": error.message, "href": "#reference"}]
    status = {Invalid: 422, NotFound: 422, TooOften: 429}.get(type(error), 200) if error else 200
    response = html(
        request,
        "resident/track.html",
        status=status,
        title="Follow your case",
        values={"reference": reference},
        messages=messages,
        errors=errors,
        was_closed=request.query.get("closed") == "yes" and error is None,
        back=request.url("/"),
    )
    if isinstance(error, TooOften):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
