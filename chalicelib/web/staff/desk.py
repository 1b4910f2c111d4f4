"""The desk: what waits for this person or the team, earliest legal date first; who has what; and finding a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from chalice.app import Response

from ...bootstrap import services
from ...commands import assign, feeds, view
from ...commands import desk as commands
from ...domain.desk import VIEWS
from ...domain.errors import Invalid, NotFound, Problem
from ...domain.model import split_task_id
from ...domain.reference import parse
from ..calendars import Entry, calendar
from ..counted import bar
from ..http import Request, see
from ..render import html
from ..sheets import sheet
from .beside import PLAIN, WHY
from .beside import page as form_page
from .face import face

TICKED = "task."
WHO: dict[str, Any] = {**PLAIN, "name": "person", "input": "select", "label": "Who should have it?"}


@face.route("/staff", "desk.view")
def desk(request: Request) -> Response:
    typed = request.query.get("reference", "").strip()[:60]
    found = parse(typed, services().book.prefix) if typed else None
    if found:
        return see(request, f"/staff/cases/{found}")
    name, kind = request.query.get("view", ""), request.query.get("kind", "")
    kind = kind if kind in services().book.kinds else ""
    name = name if name in VIEWS else ""
    who = request.query.get("who", "")[:128] if name not in ("", "mine", "anybody") else ""
    asked = {"view": name, "kind": kind, "who": who}
    if request.query.get("format") == "csv":
        return _sheet(request, asked)
    latest = request.query.get("sort") == "latest"
    cursor = request.query.get("cursor", "")
    page = commands.view(services(), request.actor, name, kind, person=who, cursor=cursor, latest_first=latest)
    message = "Check the reference. It looks like FF-7K4-M2P-9XW." if typed else ""
    kinds = {one: row["title"] for one, row in services().book.kinds.items()}
    sort = "latest" if latest else ""
    return html(
        request,
        "staff/desk.html",
        status=422 if message else 200,
        title="Your desk",
        page=page,
        views=VIEWS,
        asked=asked,
        latest=latest,
        address=lambda **changes: _address(request, {**asked, "sort": sort, **changes}),
        chips=_chips(asked, kinds, page),
        kind_items=[{"value": "", "text": "Every kind"}, *({"value": one, "text": kinds[one]} for one in kinds)],
        typed=typed,
        message=message,
        errors=[{"text": message, "href": "#reference"}] if message else (),
        warnings=commands.warnings(services(), request.actor),
        may_give=services().book.access.may(request.actor.roles, "task.give"),
    )


def _address(request: Request, asked: Mapping[str, str]) -> str:
    """The desk as it is asked for: what is not asked for does not stand in the address."""
    given = {name: value for name, value in asked.items() if value}
    return request.url(f"/staff?{urlencode(given)}" if given else "/staff")


def _chips(asked: Mapping[str, str], kinds: Mapping[str, str], page: commands.DeskPage) -> list[tuple[str, str]]:
    """What narrows the view: its name in the address, and what it lets through, in words."""
    who = next((row.person_name for row in page.rows if row.person == asked["who"]), asked["who"])
    chips = [("kind", kinds.get(asked["kind"], "")), ("who", f"What {who} has" if who else "")]
    return [(name, words) for name, words in chips if words]


def _sheet(request: Request, asked: Mapping[str, str]) -> Response:
    """The view as a table for a spreadsheet: references and no names of residents. At most a hundred rows."""
    page = commands.view(services(), request.actor, asked["view"], asked["kind"], person=asked["who"], limit=100)
    rows: list[Sequence[object]] = [("reference", "due", "days left", "task", "kind", "stage", "role", "person")]
    for row in page.rows:
        due = row.due.isoformat() if row.due else ""
        kept = (row.reference, due, row.days_left, row.title, row.kind_title, row.stage, row.role, row.person_name)
        rows.append(kept)
    return sheet("desk", rows)


@face.route("/staff/next", "desk.view")
def following(request: Request) -> Response:
    """On to the task that comes first; to the desk when nothing waits."""
    row = commands.following(services(), request.actor)
    return see(request, f"/staff/tasks/{row.task_id}" if row else "/staff")


@face.route("/staff/calendar", "desk.view")
def feed_address(request: Request) -> Response:
    """The address of this person's own feed, to be given to a calendar program and to nobody."""
    who = request.actor.id
    start = f"{services().settings.site_url}/calendar/{who}"
    return html(
        request,
        "staff/calendar.html",
        title="Your calendar",
        address=f"{start}/{feeds.address(services(), who)}",
        of_team=f"{start}/{feeds.address(services(), who, team=True)}",
        back=request.url("/staff"),
    )


@face.route("/calendar/{person}/{key}", "calendar.read")
def feed(request: Request) -> Response:
    """The open tasks of a member of staff as a calendar: references and tasks, no names."""
    found = feeds.tasks(services(), request.params["person"], request.params["key"])
    entries = [
        Entry(f"{task.id}@case-service", task.due, f"{task.reference}: {services().book.task(task.task)['title']}")
        for task in found
        if task.due is not None
    ]
    return calendar("desk", entries, services().clock.now())


@face.route("/staff/overview", "overview.view")
def overview(request: Request) -> Response:
    """How much waits in each view, what falls due in the next weeks, and how much each person has; each as CSV too."""
    if request.query.get("format") == "csv":
        return _overview_sheet(request)
    loads, weeks = commands.workload(services(), request.actor), commands.forecast(services(), request.actor)
    return html(
        request,
        "staff/overview.html",
        title="How much waits",
        counts=commands.counts(services(), request.actor),
        views=VIEWS,
        workload=[(load, bar(load.tasks, max(one.tasks for one in loads))) for load in loads],
        weeks=[(monday, count, bar(count, max(number for _, number in weeks))) for monday, count in weeks],
        back=request.url("/staff"),
    )


def _overview_sheet(request: Request) -> Response:
    """One of the tables. No resident is in any of them."""
    rows: list[Sequence[object]]
    if request.query.get("table") == "weeks":
        weeks = commands.forecast(services(), request.actor)
        rows = [("week of", "tasks"), *((monday.isoformat(), count) for monday, count in weeks)]
        return sheet("weeks", rows)
    if request.query.get("table") == "people":
        rows = [("who", "tasks", "late", "first date")]
        for load in commands.workload(services(), request.actor):
            rows.append((load.name, load.tasks, load.late, load.first.isoformat() if load.first else ""))
        return sheet("people", rows)
    counts = commands.counts(services(), request.actor)
    return sheet("views", [("view", "tasks"), *((words, counts[name]) for name, words in VIEWS.items())])


@face.route("/staff/tasks/{task_id}/take", "task.take", ("POST",))
def take(request: Request) -> Response:
    reference = assign.take(services(), request.actor, request.params["task_id"])
    return see(request, f"/staff/cases/{reference}")


@face.route("/staff/tasks/{task_id}/hand-back", "task.take", ("GET", "POST"))
def hand_back(request: Request) -> Response:
    found, _task = _waiting(request)
    title, path = "Hand the task back", f"/staff/tasks/{request.params['task_id']}/hand-back"
    help_ = "Everybody in the role sees it on the desk again."
    if request.method != "POST":
        return form_page(request, found, path, title, help_, [WHY], ())
    try:
        task_id, reason = request.params["task_id"], request.form.get("reason", "")
        assign.hand_back(services(), request.actor, task_id, reason=reason)
    except Invalid as error:
        return form_page(request, found, path, title, help_, [WHY], error.problems)
    return see(request, f"/staff/cases/{found.case.reference}")


@face.route("/staff/tasks/{task_id}/give", "task.give", ("GET", "POST"))
def give(request: Request) -> Response:
    """Give a task to somebody of its role, or to everybody again."""
    found, task = _waiting(request)
    title, path = "Give the task to somebody", f"/staff/tasks/{request.params['task_id']}/give"
    fields = [{**WHO, "items": _people(task.role)}, WHY]
    help_ = "They get a mail. Who took part in the case before cannot have a task that somebody else must do."
    if request.method != "POST":
        return form_page(request, found, path, title, help_, fields, ())
    try:
        reason, person = request.form.get("reason", ""), request.form.get("person", "")
        assign.give(services(), request.actor, request.params["task_id"], person, reason=reason)
    except Invalid as error:
        return form_page(request, found, path, title, help_, fields, error.problems)
    return see(request, f"/staff/cases/{found.case.reference}")


@face.route("/staff/bulk", "task.give", ("POST",))
def bulk(request: Request) -> Response:
    """Many at once: first a page that says what will happen, then the act, then what became of each."""
    chosen = [name.removeprefix(TICKED) for name, value in request.form.items() if name.startswith(TICKED) and value]
    wanted = request.form.get("act", "")
    person, reason = request.form.get("person", ""), request.form.get("reason", "")
    problems: tuple[Problem, ...] = ()
    if not chosen:
        problems = (Problem("/act", "minItems", "Tick one task or more on your desk first."),)
    elif request.form.get("confirmed"):
        try:
            if wanted == "chase":
                done = assign.chase_many(services(), request.actor, chosen)
            else:
                done = assign.give_many(services(), request.actor, chosen, person, reason=reason)
            return html(
                request, "staff/bulk_done.html", title="What became of each", done=done, back=request.url("/staff")
            )
        except Invalid as error:
            problems = error.problems
    roles = sorted(services().book.file("roles")["roles"])
    return html(
        request,
        "staff/bulk.html",
        status=422 if problems else 200,
        title="Remind whoever has them" if wanted == "chase" else "Give them to somebody",
        chosen=chosen,
        act="chase" if wanted == "chase" else "give",
        fields=[] if wanted == "chase" else [{**WHO, "items": _people(*roles)}, WHY],
        values={"person": person, "reason": reason},
        messages={problem.pointer.lstrip("/"): problem.message for problem in problems} | {"act": ""},
        errors=[{"text": one.message, "href": f"#{one.pointer.lstrip('/') or 'person'}"} for one in problems],
        back=request.url("/staff"),
    )


def _waiting(request: Request) -> tuple[view.CaseView, view.TaskView]:
    """The case and its open task of this address, if this person may see them. Raises NotFound."""
    address = split_task_id(request.params["task_id"])
    if address is None:
        raise NotFound
    found = view.case_file(services(), request.actor, address[0])
    task = next((row for row in found.tasks if row.task_id == request.params["task_id"]), None)
    if task is None:
        raise NotFound("This task is done already, or there is none.")
    return found, task


def _people(*roles: str) -> list[dict[str, str]]:
    named = {one.id: one.name for role in roles for one in commands.people(services(), role)}
    return [{"value": "", "text": "Anybody in the role"}, *({"value": one, "text": who} for one, who in named.items())]
