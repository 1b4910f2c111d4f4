"""The pages of every journey in `policy/journeys/`: one question a page, check, sent. A new journey needs no Python.

Answers are kept on the server under a random id that the browser holds; the id is also the idempotency key, so that a
form sent twice, or twice at once, makes one case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Response

from ...adapters.schemas import ROOT
from ...bootstrap import services
from ...commands import drafts, submit
from ...domain import journeys as domain
from ...domain.errors import Invalid, KeyReused, NotFound, Problem, TooOften
from ...domain.language import say
from ...domain.model import Draft, Kept
from ..http import Request, see
from ..render import html
from .face import face

COOKIE = "__Host-draft-"
NAMES = tuple(sorted(path.stem for path in (ROOT / "policy" / "journeys").glob("*.json")))


def _routes(name: str) -> None:
    """The routes of one journey: the path is the name of its file."""

    def bound(view: Callable[[Request, Mapping[str, Any]], Response]) -> Callable[[Request], Response]:
        def enter(request: Request) -> Response:
            return view(request, services().book.journey(name))

        enter.__name__ = f"{name.replace('-', '_')}_{view.__name__}"
        enter.__module__ = __name__
        return enter

    face.route(f"/{name}/start", "submission.make")(bound(start))
    face.route(f"/{name}/check", "submission.make", ("GET", "POST"))(bound(check))
    face.route(f"/{name}/sent", "submission.make")(bound(sent))
    face.route(f"/{name}/save", "submission.make", ("POST",))(bound(save))
    face.route(f"/{name}/paper", "submission.make")(bound(paper))
    face.route(f"/{name}/{{step}}", "submission.make", ("GET", "POST"))(bound(step))


def start(request: Request, journey: Mapping[str, Any]) -> Response:
    """A new journey, with a new id: what was begun before under another id is left to its short end."""
    request.new_cookies[_cookie(journey)] = services().ids.token()
    return see(request, f"/{journey['path']}/{journey['steps'][0]['id']}")


def step(request: Request, journey: Mapping[str, Any]) -> Response:
    token = request.cookies.get(_cookie(journey), "")
    if not token:
        return see(request, f"/{journey['path']}/start")
    draft = drafts.open_draft(services(), token, journey["kind"])
    answers = dict(draft.answers) if draft else {}
    step_id = request.params["step"]
    if step_id not in {row["id"] for row in journey["steps"]}:
        raise NotFound
    if request.method == "POST" and draft is None and step_id != journey["steps"][0]["id"]:
        return _gone(request, journey)
    found = domain.step_of(journey, answers, step_id)
    if found is None:
        return see(request, f"/{journey['path']}/{domain.first_unanswered(journey, answers)}")
    if request.method != "POST":
        return _page(request, journey, found, answers, ())
    typed = domain.read(found, request.form)
    problems = domain.problems_of(found, _problems(journey, {**answers, **typed}))
    if problems:
        return _page(request, journey, found, {**answers, **typed}, problems)
    if draft is None and submit.receipt_for(services(), token) is not None:
        token = request.new_cookies[_cookie(journey)] = services().ids.token()
    answers |= typed
    drafts.save(services(), token, journey["kind"], answers)
    return see(request, f"/{journey['path']}/{_following(request, journey, answers, step_id)}")


def _following(request: Request, journey: Mapping[str, Any], answers: Mapping[str, str], step_id: str) -> str:
    """Where to go from an answered page: on to the next one, or, after a change, to what the change left open."""
    if request.form.get("_change"):
        return domain.first_unanswered(journey, answers)
    ids = [*(str(row["id"]) for row in domain.steps(journey, answers)), "check"]
    return ids[ids.index(step_id) + 1]


def save(request: Request, journey: Mapping[str, Any]) -> Response:
    """A code to come back with, on any device. What was typed on the page that is left is kept when it can be."""
    token = request.cookies.get(_cookie(journey), "")
    draft = drafts.open_draft(services(), token, journey["kind"]) if token else None
    answers = dict(draft.answers) if draft else {}
    row = domain.step_of(journey, answers, request.form.get("_step", ""))
    if token and row is not None:
        typed = domain.read(row, request.form)
        if any(typed.values()):
            problems = domain.problems_of(row, _problems(journey, {**answers, **typed}))
            if problems:
                return _page(request, journey, row, {**answers, **typed}, problems)
            drafts.save(services(), token, journey["kind"], {**answers, **typed})
    try:
        found = drafts.keep_for_later(services(), token, journey)
    except NotFound:
        return see(request, f"/{journey['path']}/start")
    return html(request, "resident/saved.html", title="Come back later", journey=journey, found=found)


def paper(request: Request, journey: Mapping[str, Any]) -> Response:
    """The journey as a form to print and fill in by hand, from the same data."""
    schema = services().schemas.document(_submission(journey))
    rows = [
        {
            "title": row["title"],
            "text": row.get("text", ()),
            "only_if": _only_if(journey, schema, row),
            "fields": [field_of(field, schema["properties"][field["name"]]) for field in row["fields"]],
        }
        for row in journey["steps"]
    ]
    return html(
        request, "resident/paper.html", title=journey["title"], journey=journey, rows=rows, back=request.url("/")
    )


def _only_if(journey: Mapping[str, Any], schema: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """For which answers before a question is asked, in words; empty when it is always asked."""
    condition = row.get("applies")
    if not condition:
        return ""
    field = schema["properties"][condition["field"]]
    words = field.get("items", field).get("x-words", {})
    asked = next(one for step in journey["steps"] for one in step["fields"] if one["name"] == condition["field"])
    answers = say(" or ").join(f'"{words.get(value, value)}"' for value in condition["in"])
    return say('Only if you chose {answers} at "{question}".', answers=answers, question=asked["label"])


@face.route("/resume", "submission.make", ("GET", "POST"))
def resume(request: Request) -> Response:
    """Back to answers that somebody began, with the code that they wrote down."""
    if request.method != "POST":
        return _resume(request)
    try:
        kept = drafts.come_back(services(), request.form.get("code", "")[:60], request.caller)
    except (NotFound, TooOften) as error:
        return _resume(request, error)
    return _go_on(request, kept)


def _go_on(request: Request, kept: Kept) -> Response:
    """To the first page that is not answered yet, in this browser from now on."""
    journey = next(one for name in NAMES if (one := services().book.journey(name))["path"] == kept.journey)
    draft = drafts.open_draft(services(), kept.token, journey["kind"])
    request.new_cookies[_cookie(journey)] = kept.token
    return see(request, f"/{journey['path']}/{domain.first_unanswered(journey, draft.answers if draft else {})}")


@face.route("/resume/link/{id}/{key}", "submission.make", ("GET", "POST"))
def resume_by_link(request: Request) -> Response:
    """The link of a mail. To load it does nothing, for programs load links too: the button opens the answers, once."""
    if request.method != "POST":
        action = request.url(request.path)
        return html(request, "resident/link.html", title="Go on with what you began", action=action, button="Go on")
    try:
        return _go_on(request, drafts.by_link(services(), request.params["id"], request.params["key"]))
    except NotFound as error:
        return _resume(request, error)


@face.route("/resume/mail", "submission.make", ("POST",))
def mail(request: Request) -> Response:
    """A link by mail to what was saved, besides the code."""
    code, email = request.form.get("code", "")[:60], request.form.get("email", "")
    try:
        drafts.ask_link(services(), code, email, request.caller)
    except (NotFound, TooOften) as error:
        return _resume(request, error)
    except Invalid as error:
        return _mail(request, code, email, error.problems[0].message)
    return _mail(request, code)


def _mail(request: Request, code: str, email: str = "", message: str = "") -> Response:
    return html(
        request,
        "resident/mailed.html",
        status=422 if message else 200,
        title="A link by mail",
        code=code,
        email=email,
        message=message,
        errors=[{"text": message, "href": "#email"}] if message else (),
    )


def _resume(request: Request, error: NotFound | TooOften | None = None) -> Response:
    message = error.message if error else ""
    response = html(
        request,
        "resident/resume.html",
        status=error.status if isinstance(error, TooOften) else 422 if error else 200,
        title="Go on with what you began",
        message=message,
        errors=[{"text": message, "href": "#code"}] if message else (),
        back=request.url("/"),
    )
    if isinstance(error, TooOften):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def check(request: Request, journey: Mapping[str, Any]) -> Response:
    token = request.cookies.get(_cookie(journey), "")
    draft = drafts.open_draft(services(), token, journey["kind"]) if token else None
    if draft is None:
        if token and submit.receipt_for(services(), token) is not None:
            return see(request, f"/{journey['path']}/sent")
        return _gone(request, journey)
    waiting = domain.first_unanswered(journey, draft.answers)
    if waiting != "check":
        return see(request, f"/{journey['path']}/{waiting}")
    if request.method == "POST":
        return _send(request, journey, token, draft)
    schema = services().schemas.document(_submission(journey))
    return html(
        request,
        "resident/check.html",
        title="Check your answers",
        journey=journey,
        rows=domain.rows(journey, schema, draft.answers),
        dates=_shown(submit.preview_dates(services(), journey["kind"], domain.submission(journey, draft.answers))),
        back=request.url(f"/{journey['path']}/{domain.before(journey, draft.answers, 'check')}"),
    )


def _send(request: Request, journey: Mapping[str, Any], token: str, draft: Draft) -> Response:
    answers = domain.submission(journey, draft.answers)
    try:
        submit.submit(services(), journey["kind"], answers, idempotency_key=token, draft_token=token)
    except Invalid as error:
        for row in domain.steps(journey, draft.answers):
            problems = domain.problems_of(row, error.problems)
            if problems:
                return _page(request, journey, row, draft.answers, problems)
        raise
    except KeyReused:
        return see(request, f"/{journey['path']}/sent")
    return see(request, f"/{journey['path']}/sent")


def sent(request: Request, journey: Mapping[str, Any]) -> Response:
    """Reference and code; safe to load again for a day."""
    token = request.cookies.get(_cookie(journey), "")
    receipt = submit.receipt_for(services(), token) if token else None
    if receipt is None:
        return _gone(request, journey)
    return html(
        request,
        "resident/sent.html",
        title=journey["sent_title"],
        receipt=receipt,
    )


def _page(
    request: Request,
    journey: Mapping[str, Any],
    row: Mapping[str, Any],
    answers: Mapping[str, str],
    problems: tuple[Problem, ...],
) -> Response:
    schema = services().schemas.document(_submission(journey))
    messages = {problem.pointer[1:].partition("/")[0]: problem.message for problem in problems}
    change = bool(request.query.get("change") or (request.method == "POST" and request.form.get("_change")))
    previous = "check" if change else domain.before(journey, answers, row["id"])
    fields = [field_of(field, schema["properties"][field["name"]]) for field in row["fields"]]
    return html(
        request,
        "resident/step.html",
        status=422 if problems else 200,
        title=row["title"],
        step=row["id"],
        save=f"/{journey['path']}/save",
        action=f"/{journey['path']}/{row['id']}",
        change=change,
        danger=row.get("danger", False),
        fields=fields,
        text=row.get("text", ()),
        values={name: answers.get(name, "") for name in domain.names(row)} | _ticked(row, answers),
        messages={name: messages.get(name, "") for name in domain.names(row)},
        errors=[{"text": text, "href": f"#{name}"} for name, text in messages.items()],
        back=request.url(f"/{journey['path']}/{previous}" if previous else "/"),
        kept_days=_kept_days(),
    )


def _ticked(row: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, str]:
    """The boxes of a step that are ticked, by the names that they have on the page."""
    boxes = [field["name"] for field in row["fields"] if field["input"] == domain.BOXES]
    return {f"{name}.{choice}": "true" for name in boxes for choice in answers.get(name, "").split("\n") if choice}


def field_of(field: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A field as the template draws it: the journey's words and the schema's choices and length."""
    choices = [
        {"value": value, "text": row.get("x-words", {}).get(value, value)}
        for row in (schema.get("items", schema),)
        for value in row.get("enum", ())
    ]
    empty = {"hint": "", "rows": 0, "autocomplete": ""}
    return {**empty, **field, "items": choices, "limit": schema.get("maxLength", 0)}


def _problems(journey: Mapping[str, Any], answers: Mapping[str, str]) -> tuple[Problem, ...]:
    return submit.problems_in(services(), journey["kind"], domain.submission(journey, answers))


def _gone(request: Request, journey: Mapping[str, Any]) -> Response:
    title = "Your answers are no longer here"
    return html(request, "resident/gone.html", status=404, title=title, journey=journey, kept_days=_kept_days())


def _shown(dates: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(legal for legal in dates if not legal.limit)


def _kept_days() -> int:
    days: int = services().book.retention["classes"]["draft"]["period"]["days"]
    return days


def _submission(journey: Mapping[str, Any]) -> str:
    name: str = services().book.kind(journey["kind"])["submission"]
    return name


def _cookie(journey: Mapping[str, Any]) -> str:
    return f"{COOKIE}{journey['path']}"


for _name in NAMES:
    _routes(_name)
