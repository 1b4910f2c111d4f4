"""The API's own description, OpenAPI 3.1, made from `schemas/` and the policy's kinds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...bootstrap import services

Json = dict[str, Any]
SHAPES = ("receipt", "pass", "status", "desk", "case_view", "decided", "linked", "restriction", "problem")
BODIES = (
    "track", "case", "correction", "decision", "linking", "reopening", "next_stage", "independence", "hold", "lifting",
    "restriction_query", "assignment", "lateness",
)  # fmt: skip
REFUSALS = {
    "401": "Not signed in",
    "403": "Not allowed",
    "404": "Not found",
    "405": "Wrong method",
    "409": "Already decided, changed since, or key used before",
    "413": "Too large",
    "415": "Not JSON",
    "422": "Something to mend",
    "429": "Too often",
}
OF_A_BODY = ("413", "415", "422")


@lru_cache(maxsize=4)
def document(base: str) -> Json:
    """The description for the address under `base`."""
    schemas = services().schemas
    kinds = services().book.sent
    components: Json = {name: _plain(schemas.document(f"api/{name}")) for name in SHAPES}
    components |= {name: _plain(schemas.document(f"api/{name}")) for name in BODIES}
    paths: Json = {}
    for kind, row in kinds.items():
        components[kind] = _plain(schemas.document(row["submission"]))
        paths[f"/v1/{row['path']}"] = {"post": _submission(kind, row["title"])}
    paths |= _tracking() | _staff()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Case service",
            "version": "1",
            "summary": "Complaints and requests to a council, from submission to close.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base or "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "staff": {"type": "http", "scheme": "bearer", "description": "A token of the staff user pool."},
                "track": {"type": "http", "scheme": "bearer", "description": "A token from POST /v1/track."},
            },
        },
    }


def _tracking() -> Json:
    return {
        "/v1/track": {
            "post": _operation(
                "signInToTrack",
                "Get a token for one case",
                "pass",
                body="track",
                refusals=("404", *OF_A_BODY, "429"),
            )
        },
        "/v1/track/{reference}": {
            "get": _operation(
                "track",
                "What a resident may see of a case",
                "status",
                parameters=[_path("reference")],
                security="track",
                refusals=("401", "404"),
            )
        },
    }


def _staff() -> Json:
    limit = _query("limit", {"type": "integer", "minimum": 1, "maximum": 100})
    cursor = _query("cursor", {"type": "string", "maxLength": 4000})
    return {
        "/v1/desk": {
            "get": _operation(
                "desk",
                "The caller's open tasks, earliest legal date first",
                "desk",
                parameters=[limit, cursor],
                security="staff",
                refusals=("401", "403", "422"),
            )
        },
        "/v1/cases/{reference}": {
            "get": _operation(
                "case",
                "A case in full, with its open tasks and what may be decided",
                "case_view",
                parameters=[_path("reference")],
                security="staff",
                refusals=("401", "403", "404"),
            )
        },
        **{path: {"post": operation} for path, operation in _acts_of_staff().items()},
    }


def _acts_of_staff() -> Json:
    return {
        "/v1/cases": _operation(
            "enterCase",
            "Enter what came by phone, letter or visit",
            "receipt",
            body="case",
            parameters=[_key()],
            security="staff",
            status="201",
            refusals=("401", "403", "404", "409", *OF_A_BODY),
        ),
        "/v1/restrictions": _operation(
            "restricted",
            "Whether the use of a person's information is limited now (UK GDPR Art 18)",
            "restriction",
            body="restriction_query",
            security="staff",
            refusals=("401", "403", *OF_A_BODY),
        ),
        "/v1/cases/{reference}/receipt": _act(
            "correctReceipt", "Put right the day a case came in; every date is counted again", "correction", "reference"
        ),
        "/v1/cases/{reference}/linked": _act(
            "openLinked",
            "Open a case of another kind from this one: a referral, a second look, a regulator's letter",
            "linking",
            "reference",
            shape="linked",
            status="201",
        ),
        "/v1/cases/{reference}/reopening": _act("reopen", "Open a closed case again", "reopening", "reference"),
        "/v1/cases/{reference}/next-stage": _act(
            "nextStage", "The person asked for the next stage of their complaint", "next_stage", "reference"
        ),
        "/v1/cases/{reference}/holds": _act(
            "placeHold", "Put a case on hold: nothing of it is deleted", "hold", "reference"
        ),
        "/v1/cases/{reference}/holds/{hold}/release": _act(
            "releaseHold", "End a hold", "reopening", "reference", "hold"
        ),
        "/v1/cases/{reference}/lifting": _act(
            "lift", "End the limit on the use of the person's information, after they were told", "lifting", "reference"
        ),
        "/v1/cases/{reference}/lateness": _act(
            "sayLateness", "Say why a case was late, by a cause that is counted", "lateness", "reference"
        ),
        "/v1/tasks/{task_id}/independence": _act(
            "setIndependenceAside",
            "Let somebody decide a task although they took part before, with a manager's reason",
            "independence",
            "task_id",
        ),
        "/v1/tasks/{task_id}/assignment": _act(
            "giveTask", "Give a task to somebody of its role, or to everybody again", "assignment", "task_id"
        ),
        "/v1/tasks/{task_id}/reminder": _act(
            "remind", "Remind whoever was asked beside the workflow, once a day", "", "task_id"
        ),
        "/v1/tasks/{task_id}/decision": _act("decide", "Decide a task", "decision", "task_id", shape="decided"),
    }


def _act(name: str, summary: str, body: str, *path: str, shape: str = "case_view", status: str = "200") -> Json:
    """What staff do to one case or task; the answer is the case as it is then, unless `shape` says otherwise."""
    refusals = ("401", "403", "404", "409", *(OF_A_BODY if body else ()))
    return _operation(
        name,
        summary,
        shape,
        body=body,
        parameters=[_path(one) for one in path],
        security="staff",
        status=status,
        refusals=refusals,
    )


def _submission(kind: str, title: str) -> Json:
    name = "make" + "".join(word.title() for word in kind.split("_"))
    refusals = ("409", *OF_A_BODY)
    return _operation(name, title, "receipt", body=kind, parameters=[_key()], status="201", refusals=refusals)


def _operation(
    name: str,
    summary: str,
    shape: str,
    *,
    body: str = "",
    parameters: list[Json] | None = None,
    security: str = "",
    status: str = "200",
    refusals: tuple[str, ...] = (),
) -> Json:
    answer: Json = {"description": "Done", "content": {"application/json": {"schema": _ref(shape)}}}
    if status == "201":
        answer["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    problem = {"application/problem+json": {"schema": _ref("problem")}}
    operation: Json = {
        "operationId": name,
        "summary": summary,
        "responses": {
            status: answer,
            **{code: {"description": REFUSALS[code], "content": problem} for code in refusals},
        },
    }
    if "429" in refusals:
        operation["responses"]["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    if security:
        operation["security"] = [{security: []}]
    return operation


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _key() -> Json:
    words = "A retry with the same key and body gives the same case."
    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
    return {"name": "Idempotency-Key", "in": "header", "required": False, "description": words, "schema": schema}


def _plain(schema: Any) -> Json:
    """A schema as a component: without the dialect's name, which the document gives once."""
    return {name: value for name, value in schema.items() if name != "$schema"}
