"""The JSON API under `/v1`: submissions and tracking for residents, desk, cases and decisions for staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from chalice.app import Response

from ...bootstrap import services
from ...commands import (
    again,
    assign,
    dates,
    decide,
    desk,
    holds,
    independence,
    lateness,
    lift,
    link,
    restrictions,
    submit,
    track,
    view,
)
from ...domain.entry import Entered
from ...domain.errors import CaseServiceError, Invalid, NotFound, Problem
from ..http import Request
from ..typed import noon
from . import shapes
from .face import answer, body_of, face, track_pass
from .openapi import document

EVERY_OTHER = ("GET", "PUT", "PATCH", "DELETE")
MAX_KEY = 200


@face.route("/v1/openapi.json", "api.describe")
def describe(request: Request) -> Response:
    return answer(document(request.base))


@face.route("/v1/track", "case.track", ("POST",), form_token=False)
def sign_in(request: Request) -> Response:
    sent = body_of(request, "api/track")
    found = track.sign_in(services(), sent["reference"], sent["access_code"], request.caller)
    return answer({"token": found.token, "token_type": "Bearer", "expires_at": shapes.instant(found.expires_at)})


@face.route("/v1/track/{reference}", "case.track")
def tracked(request: Request) -> Response:
    """The status of the case that the token opens; another case's reference is as unknown as none."""
    reference = track_pass(request)
    if request.params["reference"] != reference:
        raise NotFound
    return answer(shapes.status(track.status(services(), reference)))


@face.route("/v1/desk", "desk.view")
def my_desk(request: Request) -> Response:
    limit = request.query.get("limit", "50")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:5]) <= 100):
        raise Invalid((Problem("/limit", "maximum", "Give a whole number from 1 to 100."),))
    page = desk.desk(services(), request.actor, limit=int(limit), cursor=request.query.get("cursor", ""))
    return answer({"tasks": [shapes.desk_row(row) for row in page.rows], "cursor": page.cursor or None})


@face.route("/v1/cases", "case.enter", ("POST",), form_token=False)
def enter(request: Request) -> Response:
    sent = body_of(request, "api/case")
    try:
        found = submit.enter_case(
            services(),
            request.actor,
            sent["kind"],
            sent["answers"],
            channel=sent["channel"],
            received_at=_received(sent["received_at"]),
            idempotency_key=_key(request) or services().ids.token(),
            entered=_entered(sent),
        )
    except Invalid as error:
        raise _below(error, "/answers") from None
    location = f"{request.base}/v1/cases/{found.reference}"
    return answer(shapes.receipt(found), 201, Location=location)


@face.route("/v1/cases/{reference}", "case.view")
def case(request: Request) -> Response:
    return _case(request, request.params["reference"])


def _case(request: Request, reference: str) -> Response:
    """The case in full, with hints at other cases of the same person."""
    found = view.case_file(services(), request.actor, reference)
    return answer(shapes.case(found))


@face.route("/v1/cases/{reference}/receipt", "case.correct_receipt", ("POST",), form_token=False)
def receipt(request: Request) -> Response:
    """The true receipt of an open case: every date is counted again."""
    sent = body_of(request, "api/correction")
    reference = request.params["reference"]
    at = _received(sent["received_at"])
    dates.correct_receipt(services(), request.actor, reference, at, reason=sent["reason"], version=sent["version"])
    return _case(request, reference)


@face.route("/v1/cases/{reference}/linked", "case.view", ("POST",), form_token=False)
def open_linked(request: Request) -> Response:
    """A case of another kind that a person opens from this one: a worry, a loss of information, a second look."""
    sent = body_of(request, "api/linking")
    found = link.open_from(
        services(),
        request.actor,
        request.params["reference"],
        sent["kind"],
        reason=sent["reason"],
        data=sent["data"],
        received_at=_received(sent["received_at"]) if "received_at" in sent else None,
    )
    location = f"{request.base}/v1/cases/{found}"
    return answer({"reference": found, "case": location}, 201, Location=location)


@face.route("/v1/cases/{reference}/reopening", "case.reopen", ("POST",), form_token=False)
def reopen(request: Request) -> Response:
    reference = request.params["reference"]
    link.reopen(services(), request.actor, reference, reason=body_of(request, "api/reopening")["reason"])
    return _case(request, reference)


@face.route("/v1/cases/{reference}/next-stage", "case.ask_again", ("POST",), form_token=False)
def next_stage(request: Request) -> Response:
    """The person asked for the next stage of their complaint."""
    sent, reference = body_of(request, "api/next_stage"), request.params["reference"]
    asked_at = _received(sent["asked_at"], "/asked_at")
    again.enter(services(), request.actor, reference, asked_at=asked_at, channel=sent["channel"], reason=sent["reason"])
    return _case(request, reference)


@face.route("/v1/cases/{reference}/holds", "hold.place", ("POST",), form_token=False)
def hold(request: Request) -> Response:
    """Put a case on hold."""
    sent, reference = body_of(request, "api/hold"), request.params["reference"]
    review_on = date.fromisoformat(sent["review_on"])
    holds.place(
        services(), request.actor, reference, authority=sent["authority"], reason=sent["reason"], review_on=review_on
    )
    return _case(request, reference)


@face.route("/v1/cases/{reference}/holds/{hold}/release", "hold.release", ("POST",), form_token=False)
def release_hold(request: Request) -> Response:
    """End a hold."""
    reason, reference = body_of(request, "api/reopening")["reason"], request.params["reference"]
    holds.release(services(), request.actor, reference, request.params["hold"], reason=reason)
    return _case(request, reference)


@face.route("/v1/cases/{reference}/lateness", "lateness.say", ("POST",), form_token=False)
def why_late(request: Request) -> Response:
    """Why a date of the case was missed, by a cause from the closed list."""
    sent, reference = body_of(request, "api/lateness"), request.params["reference"]
    return _case(request, lateness.say(services(), request.actor, reference, sent["cause"], reason=sent["reason"]))


@face.route("/v1/tasks/{task_id}/independence", "independence.set_aside", ("POST",), form_token=False)
def set_aside(request: Request) -> Response:
    """Somebody may decide a task although they took part before."""
    sent = body_of(request, "api/independence")
    task_id = request.params["task_id"]
    reference = independence.set_aside(services(), request.actor, task_id, sent["person"], reason=sent["reason"])
    return _case(request, reference)


@face.route("/v1/tasks/{task_id}/assignment", "task.give", ("POST",), form_token=False)
def assignment(request: Request) -> Response:
    """Give a task to somebody of its role, or to everybody again."""
    sent = body_of(request, "api/assignment")
    task_id, person = request.params["task_id"], sent["person"] or ""
    return _case(request, assign.give(services(), request.actor, task_id, person, reason=sent["reason"]))


@face.route("/v1/cases/{reference}/lifting", "restriction.lift", ("POST",), form_token=False)
def lifting(request: Request) -> Response:
    """The limit on the use of the person's information ends; they were told first."""
    sent, reference = body_of(request, lift.SCHEMA), request.params["reference"]
    told_on = date.fromisoformat(sent["told_on"])
    lift.lift(services(), request.actor, reference, reason=sent["reason"], told_on=told_on, how=sent["how"])
    return _case(request, reference)


@face.route("/v1/restrictions", "restriction.query", ("POST",), form_token=False)
def limited(request: Request) -> Response:
    """Whether the use of a person's information is limited now. The question is in the body: addresses are logged."""
    asked = body_of(request, "api/restriction_query")
    return answer(shapes.limits(restrictions.query(services(), request.actor, asked)))


@face.route("/v1/tasks/{task_id}/reminder", "task.chase", ("POST",), form_token=False)
def remind(request: Request) -> Response:
    """Remind whoever was asked beside the workflow, once a day."""
    reference = link.chase(services(), request.actor, request.params["task_id"])
    return _case(request, reference)


@face.route("/v1/tasks/{task_id}/decision", "task.decide", ("POST",), form_token=False)
def decision(request: Request) -> Response:
    sent = body_of(request, "api/decision")
    done = decide.decide(
        services(),
        request.actor,
        request.params["task_id"],
        sent["outcome"],
        reason=sent["reason"],
        data=sent["data"],
        version=sent["version"],
    )
    return answer(
        {
            "reference": done.reference,
            "task_id": done.task_id,
            "outcome": done.outcome,
            "version": done.version,
            "case": f"{request.base}/v1/cases/{done.reference}",
        }
    )


@face.route("/v1/{collection}", "submission.make", ("POST",), form_token=False)
def make(request: Request) -> Response:
    """A submission of any kind of `policy/kinds.json`, by the path that it names."""
    kinds = services().book.sent
    kind = next((name for name, row in kinds.items() if row["path"] == request.params["collection"]), None)
    if kind is None:
        raise NotFound
    key = _key(request) or services().ids.token()
    found = submit.submit(services(), kind, body_of(request), idempotency_key=key, channel="api")
    location = f"{request.base}/v1/track/{found.reference}"
    return answer(shapes.receipt(found), 201, Location=location)


class _WrongMethod(CaseServiceError):
    code = "method_not_allowed"
    status = 405
    message = "This address does not take that method."


@face.route("/v1/{collection}", "api.describe", EVERY_OTHER, form_token=False)
def wrong_method(request: Request) -> Response:
    if any(row["path"] == request.params["collection"] for row in services().book.sent.values()):
        raise _WrongMethod
    raise NotFound


def _key(request: Request) -> str:
    """The caller's idempotency key; empty when none was sent. Raises Invalid."""
    key = request.headers.get("idempotency-key", "")
    if len(key) > MAX_KEY or not key.isprintable():
        words = f"Send an Idempotency-Key of {MAX_KEY} printable characters or fewer."
        raise Invalid((Problem("", "idempotency-key", words),))
    return f"api:{key}" if key else ""


def _entered(sent: Mapping[str, Any]) -> Entered:
    """How it came, as far as the caller says."""
    seen = sent.get("recognised_on")
    return Entered(
        recognised_on=date.fromisoformat(seen) if seen else None,
        came_to=sent.get("came_to", ""),
        taken_by=sent.get("taken_by", ""),
        read_back=sent.get("read_back", ""),
    )


def _received(text: str, pointer: str = "/received_at") -> datetime:
    """The true receipt: an instant with its zone, or a London date, which stands for its noon, or for now
    before noon of today. Raises Invalid."""
    at = _moment(text)
    if at is None:
        raise Invalid((Problem(pointer, "format", "Give a date, or an instant with its time zone."),))
    return at


def _moment(text: str) -> datetime | None:
    try:
        if len(text) == 10:
            return noon(date.fromisoformat(text), services().clock.now())
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _below(error: Invalid, pointer: str) -> Invalid:
    """The same problems, with their pointers from the body's root."""
    moved = (
        problem
        if problem.pointer in ("/received_at", "/recognised_on", "/came_to")
        else Problem(pointer + problem.pointer, problem.rule, problem.message)
        for problem in error.problems
    )
    return Invalid(tuple(moved))
