"""The policy files fit their schemas, each other, the schemas and the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.policies import PolicyFiles
from chalicelib.domain import clock, points
from chalicelib.domain.policy import schemas_of

from ..support.aws import ROOT
from ..support.world import BOOK, SCHEMAS

FILES = PolicyFiles(SCHEMAS)
TASKS: Mapping[str, Any] = BOOK.file("tasks")["tasks"]
OUTCOMES = [(task, outcome) for task, row in TASKS.items() for outcome in row["outcomes"]]
DEADLINES = BOOK.file("deadlines")
SCHEMA_NAMES = sorted(
    str(path.relative_to(ROOT / "schemas").with_suffix("")) for path in (ROOT / "schemas").rglob("*.json")
)


def texts() -> set[str]:
    return {name.removeprefix("messages/") for name in FILES.names() if name.startswith("messages/")}


def date_names(regime: str) -> set[str]:
    return {row["name"] for row in DEADLINES["regimes"][regime]["dates"]}


@pytest.mark.parametrize("name", FILES.names())
def test_each_file_fits_its_schema(name: str) -> None:
    FILES.read(name)


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_each_schema_is_one(name: str) -> None:
    from jsonschema import Draft202012Validator

    document = SCHEMAS.document(name)
    Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"


# What a person tells us may be 20,000 words long.
STORIES = {(f"submissions/{name}", "what_happened") for name in ("complaint", "data_protection_complaint", "feedback")}


def filled_in() -> list[str]:
    """The schemas of what people send: submissions and outcomes."""
    return [name for name in SCHEMA_NAMES if name.startswith(("submissions/", "outcomes/"))]


@pytest.mark.parametrize("name", filled_in())
def test_each_form_has_a_complete_valid_example_and_no_open_end(name: str) -> None:
    document = SCHEMAS.document(name)
    example = document["examples"][0]
    assert SCHEMAS.errors(name, example) == ()
    assert set(document["required"]) <= set(example)
    assert document["additionalProperties"] is False
    for field, row in document["properties"].items():
        assert row.get("title"), field
        if row["type"] == "string" and not {"enum", "format"} & set(row):
            longest = 130_000 if (name, field) in STORIES else 10_000
            assert row["maxLength"] <= longest, field
            assert SCHEMAS.errors(name, {**example, field: "a\x00b"}), f"{field} takes a NUL"


def test_every_outcome_schema_belongs_to_an_outcome_and_back() -> None:
    used = {name for task, outcome in OUTCOMES for name in schemas_of(TASKS[task]["outcomes"][outcome])}
    assert used == {name for name in SCHEMA_NAMES if name.startswith("outcomes/")}
    for task, outcome in OUTCOMES:
        kind, _, short = task.partition(".")
        assert TASKS[task]["outcomes"][outcome]["schema"] == f"outcomes/{kind}/{short}.{outcome}"


@pytest.mark.parametrize("kind", BOOK.kinds)
def test_a_kind_names_only_what_exists(kind: str) -> None:
    row = BOOK.kind(kind)
    assert (ROOT / "state_machines" / f"{row['workflow']}.asl.json").exists()
    assert set(row["promised"]) <= {name for regime in regimes_of(kind) for name in date_names(regime)}
    assert row["retention"] in BOOK.retention["classes"]
    assert "years" in BOOK.retention["classes"][row["retention"]]["period"]
    assert row["first_stage"] in row["stages"]
    assert row.get("reopens_at", row["first_stage"]) in row["stages"]
    if "received_message" in row:
        assert row["received_message"] in texts()
        assert "acknowledge" not in str(BOOK.message(row["received_message"])).lower(), "it would start the time"
    if "acknowledging_message" in row:
        assert "acknowledgement" in BOOK.message(row["acknowledging_message"])["must_say"]
        assert "acknowledged" in DEADLINES["regimes"][row["regime"]]["happenings"]
    for word in (row["opened_from_case"]["relation"],) if "opened_from_case" in row else ():
        assert word in BOOK.file("kinds")["links"]
    if "opened_from_case" in row:
        assert row["opened_from_case"]["action"] in BOOK.access.actions
        opening = SCHEMAS.document(row["opened_from_case"]["schema"])
        assert set(opening["properties"]) <= set(row["facts"]) | {
            at[1:] for at in row["opened_from_case"].get("records", {}).values()
        }
        assert set(row["opened_from_case"].get("records", {})) <= set(DEADLINES["regimes"][row["regime"]]["happenings"])


@pytest.mark.parametrize("kind", BOOK.sent)
def test_a_kind_that_is_sent_says_who_is_who(kind: str) -> None:
    row = BOOK.kind(kind)
    submission = SCHEMAS.document(row["submission"])
    for party in row["parties"].values():
        assert {party["name"], *party["details"]} <= set(submission["properties"])
    fields = [field for party in row["parties"].values() for field in (party["name"], *party["details"])]
    assert len(fields) == len(set(fields)), "a field is about one person"
    journeys = [BOOK.file(name) for name in FILES.names() if name.startswith("journeys/")]
    assert [journey["kind"] for journey in journeys].count(kind) == 1
    for kinds in row.get("also", {"opens": {}})["opens"].values():
        assert set(kinds) <= set(BOOK.sent) - {kind}


@pytest.mark.parametrize("name", [name for name in FILES.names() if name.startswith("journeys/")])
def test_the_pages_of_a_journey_are_told_apart(name: str) -> None:
    """Two pages of one name would lead in a circle."""
    steps = [step["id"] for step in BOOK.file(name)["steps"]]
    fields = [field["name"] for step in BOOK.file(name)["steps"] for field in step["fields"]]
    assert len(steps) == len(set(steps))
    assert len(fields) == len(set(fields))


def test_paths_are_told_apart() -> None:
    paths = [row["path"] for row in BOOK.sent.values()]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("task", TASKS)
def test_a_task_names_only_what_exists(task: str) -> None:
    row = TASKS[task]
    kind = BOOK.kind(row["kind"])
    assert task.startswith(f"{row['kind']}.")
    assert row.get("stage", kind["first_stage"]) in kind["stages"]
    assert row["role"] in BOOK.file("roles")["roles"]
    assert BOOK.access.may([row["role"]], "task.decide")
    assert set(row.get("due", ())) <= {name for regime in regimes_of(row["kind"]) for name in date_names(regime)}
    if "list" in row.get("beside", {}):
        assert BOOK.file("notice")[row["beside"]["list"]]
    for earlier in set(row.get("not_by", ())) - {"before"}:
        assert TASKS[earlier]["kind"] == row["kind"]
        assert earlier != task


@pytest.mark.parametrize(("task", "outcome"), OUTCOMES)
def test_an_outcome_names_only_what_exists(task: str, outcome: str) -> None:
    row, kind = TASKS[task]["outcomes"][outcome], BOOK.kind(TASKS[task]["kind"])
    schema = SCHEMAS.document(row["schema"])
    known = {name for one in schemas_of(row) for name in SCHEMAS.document(one)["properties"]}
    for pointer in row["keeps"].values():
        assert pointer.removeprefix("/") in known, pointer
    if "message" in row:
        assert row["message"] in texts()
    for happening in (*([row["records"]] if "records" in row else ()), *row.get("also_records", ())):
        assert any(
            happening in DEADLINES["regimes"][regime]["happenings"] for regime in regimes_of(TASKS[task]["kind"])
        )
    for name in ("chooses", "counts_from", "keeps_out", "links"):
        assert name not in row or row[name][1:] in schema["properties"]
    for pointer in (*row.get("also_records", {}).values(), *row.get("independent", ())):
        assert pointer[1:] in schema["properties"]
    if "chooses" in row:
        assert schema["properties"][row["chooses"][1:]]["enum"] == list(kind["rounds"]["procedures"])
    if "points" in row:
        rows = schema["properties"][row["points"]["rows"][1:]]
        assert rows["x-each"] == row["points"]["fact"]
        assert set(rows["items"]["properties"]["finding"]["enum"]) == set(points.WORDS) <= set(kind["outcomes"])
    if "closes_as" in row:
        assert row["closes_as"] in kind["outcomes"]
    if "closes_as_fact" in row:
        assert words_of_fact(TASKS[task]["kind"], row["closes_as_fact"]) <= set(kind["outcomes"])
    for name in row.get("needs_done", ()):
        assert "beside" in TASKS[name]
    for opened in row.get("opens", ()):
        assert "beside" in TASKS[opened["task"]]
        assert TASKS[opened["task"]]["kind"] == TASKS[task]["kind"]
        pointer = opened.get("for_each", "$about")
        assert pointer == "$about" or schema["properties"][pointer[1:]]["type"] == "array"
    if "opens_case" in row:
        _opens_only_what_exists(row["opens_case"], schema)
    if row.get("releases"):
        assert "release" in schema["required"]
        assert set(schema["properties"]["release"]["enum"]) <= {"online", "post", "read_out"}
    for fact, values in row.get("restricts", {"facts": {}})["facts"].items():
        assert set(values) <= words_of_fact(TASKS[task]["kind"], fact)
    for name, values in row.get("restricts", {"context": {}})["context"].items():
        assert set(values) <= set(SCHEMAS.document(kind["submission"])["properties"][name]["enum"])
    for field in schema["properties"].values():
        source, _, role = field.get("x-choices", "").partition(":")
        assert not source or (source == "people" and role in ("*", *BOOK.file("roles")["roles"]))


def _opens_only_what_exists(opens: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    assert opens["relation"] in BOOK.file("kinds")["links"]
    kinds = [opens["kind"]]
    if opens["kind"].startswith("$each/"):
        each = schema["properties"][opens["for_each"][1:]]["items"]["properties"]
        kinds = each[opens["kind"].removeprefix("$each/")]["enum"]
    elif opens["kind"][0] == "/":
        kinds = schema["properties"][opens["kind"][1:]]["enum"]
    assert set(kinds) <= set(BOOK.kinds)
    assert set(opens.get("regimes", {}).values()) <= set(DEADLINES["regimes"])
    pointers = [opens.get("for_each", ""), opens.get("regime_from", "")]
    pointers += [*opens.get("context", {}).values(), *opens.get("facts", {}).values()]
    for pointer in pointers:
        assert not pointer.startswith("/") or pointer[1:] in schema["properties"]


def words_of_fact(kind: str, fact: str) -> set[str]:
    """Every word that this fact may hold: the choices of the fields that it is kept from."""
    found: set[str] = set()
    for task in TASKS.values():
        for row in task["outcomes"].values():
            if task["kind"] == kind and fact in row["keeps"]:
                field = SCHEMAS.document(row["schema"])["properties"][row["keeps"][fact].removeprefix("/")]
                found |= set(field["enum"])
            if task["kind"] == kind and fact == "finding" and "points" in row:
                found |= set(points.WORDS)
    assert found, f"no decision keeps {fact}"
    return found


@pytest.mark.parametrize("kind", BOOK.kinds)
def test_every_outcome_of_a_kind_can_be_reached(kind: str) -> None:
    reached: set[str] = set()
    for task in TASKS.values():
        for row in task["outcomes"].values():
            if task["kind"] == kind:
                reached |= {row["closes_as"]} if "closes_as" in row else set()
                reached |= words_of_fact(kind, row["closes_as_fact"]) if "closes_as_fact" in row else set()
    assert reached == set(BOOK.kind(kind)["outcomes"])


def test_a_fact_that_is_asked_for_is_one_that_a_decision_keeps() -> None:
    for name, task in TASKS.items():
        same_kind = [row for row in TASKS.values() if row["kind"] == task["kind"]]
        kept = {fact for row in same_kind for outcome in row["outcomes"].values() for fact in outcome["keeps"]}
        wanted = {task["person_from"]} if "person_from" in task else set()
        kept |= facts_from_elsewhere(task["kind"])
        wanted |= {row["claims"] for row in task["outcomes"].values() if "claims" in row}
        assert wanted <= kept, name


def facts_from_elsewhere(kind: str) -> set[str]:
    """What a case of this kind is given by the decision that opens it."""
    opening = (row["opens_case"] for task in TASKS.values() for row in task["outcomes"].values() if "opens_case" in row)
    return {fact for opens in opening if opens["kind"] == kind for fact in opens.get("facts", {})}


def regimes_of(kind: str) -> set[str]:
    """Every set of rules under which a case of this kind may count."""
    row = BOOK.kind(kind)
    chosen = row.get("rounds", {"procedures": {}})["procedures"].values()
    begun = (
        row["begins"]["regime"] for _, task in TASKS.items() for row in task["outcomes"].values() if "begins" in row
    )
    return {row["regime"], *(part["regime"] for one in chosen for part in one["rounds"]), *(begun if chosen else ())}


@pytest.mark.parametrize("kind", [kind for kind, row in BOOK.kinds.items() if "rounds" in row])
def test_the_rounds_of_a_kind_name_only_what_exists(kind: str) -> None:
    row = BOOK.kind(kind)
    assert set(row["rounds"]["after"]) <= set(row["outcomes"])
    assert regimes_of(kind) <= set(DEADLINES["regimes"])
    for chosen in row["rounds"]["procedures"].values():
        assert chosen["rounds"][0]["regime"]
        assert "ask" not in chosen["rounds"][0], "the first round is not asked for"
        for part in chosen["rounds"]:
            assert part["reopens_at"] in row["stages"]
        for part in chosen["rounds"][1:]:
            assert part["begins_at"] in row["stages"]
            assert part["within"]["calendar"] in BOOK.rules.calendars
    for outcome, name in row["retention_for"].items():
        assert outcome in row["outcomes"]
        assert name in BOOK.retention["classes"]


def test_roles_and_actions_name_each_other() -> None:
    roles = BOOK.file("roles")
    for row in roles["roles"].values():
        assert set(row.get("includes", ())) <= set(roles["roles"])
    for action, who in roles["actions"].items():
        assert set(who) <= set(roles["roles"]) | {"public"}, action


def test_messages_reach_somebody() -> None:
    for name in texts():
        kind, _, who = BOOK.message(name)["to"].partition(":")
        if kind == "role":
            assert who in BOOK.file("roles")["roles"], name
        if kind == "contact":
            assert who in BOOK.council["contacts"], name
        if kind == "party":
            assert who == "requester", name


def test_each_text_is_used_and_each_rung_has_its_text() -> None:
    used = {row["received_message"] for row in BOOK.kinds.values() if "received_message" in row}
    used |= {row["acknowledging_message"] for row in BOOK.kinds.values() if "acknowledging_message" in row}
    used |= {"task-opened", "task-owner", "task-manager"}
    for row in BOOK.kinds.values():
        for chosen in row.get("rounds", {"procedures": {}})["procedures"].values():
            used |= {part["received_message"] for part in chosen["rounds"][1:]}
    used |= {row["message"] for task in TASKS.values() for row in task["outcomes"].values() if "message" in row}
    for task in TASKS.values():
        for row in task["outcomes"].values():
            used |= {row["shows_to"]["message"]} if "shows_to" in row else set()
            used |= set(row.get("message_by", {}).get("texts", {}).values())
            for some in row.get("message_by", {}).get("texts_for", {"is": {}})["is"].values():
                used |= set(some.values())
    used |= {row["message"] for row in BOOK.letters.values()}
    for ladder in DEADLINES["ladders"].values():
        for rung in ladder:
            used |= {f"{'waiting' if rung['at'] == 'waiting' else 'reminder'}-{to}" for to in rung["to"]}
    assert (
        used
        | {
            "digest",
            "hold-review",
            "task-given",
            "draft-link",
            "letter-waits",
            "letter-given-back",
            "task-reminder",
            "conflict-declared",
            "contact-changed",
            "worry-raised",
            "resident-wrote",
            "resident-withdraws",
            "documents-ready",
            "file-came",
            "file-refused",
        }
        == texts()
    )


def test_the_services_of_the_form_are_those_of_the_notice() -> None:
    notice = BOOK.file("notice")
    field = SCHEMAS.document("submissions/complaint")["properties"]["service"]
    assert {row["id"]: row["title"] for row in notice["services"]} == field["x-words"]
    recipients = {row["id"] for row in notice["recipients"]} | {None}
    assert {row["recipient"] for row in notice["services"]} <= recipients


def test_the_notice_gives_each_thing_one_name() -> None:
    notice = BOOK.file("notice")
    for part in ("purposes", "categories", "lawful_bases", "laws", "recipients", "research_recipients", "rights"):
        names = [row["id"] for row in notice[part]]
        assert len(names) == len(set(names)), part


# what the code says and the files must know


def sources(folder: str = "chalicelib") -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "_built" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def emitted() -> set[str]:
    """The types of all events that the domain writes: the first argument of each `happened(…)`."""
    found: set[str] = set()
    for path, tree in sources("chalicelib/domain"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "happened":
                found |= _words(node.args[0], path)
    return found


def _words(node: ast.expr, path: Path) -> set[str]:
    match node:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.IfExp():
            return _words(node.body, path) | _words(node.orelse, path)
        case ast.JoinedStr(values=[ast.Constant(value="message_"), ast.FormattedValue()]):
            return {"message_failed", "message_posted"}
    raise AssertionError(f"{path}:{node.lineno}: this test cannot see which event this is")


def test_the_timeline_has_words_for_every_event_and_no_other() -> None:
    assert emitted() == set(BOOK.timeline)


def test_events_without_effects_are_events() -> None:
    from chalicelib.adapters.items import EFFECTLESS

    assert emitted() >= EFFECTLESS


def test_every_action_that_the_code_asks_for_is_in_the_table() -> None:
    wanted: set[str] = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("require", "may"):
                wanted |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    assert wanted
    assert wanted <= BOOK.access.actions


def test_every_short_end_that_the_code_asks_for_is_in_the_schedule() -> None:
    wanted: set[str] = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "short_end":
                wanted.add(node.args[1].value)  # type: ignore[attr-defined]
    assert wanted
    assert wanted <= set(BOOK.retention["classes"])
    for name in wanted:
        assert "years" not in BOOK.retention["classes"][name]["period"], name


def test_no_text_says_more_than_it_is_given() -> None:
    """Every text can be composed at every moment at which it is sent: see the paths in tests/workflow. Here: no `$`
    that stands for nothing."""
    for name in texts():
        text = BOOK.message(name)
        letter = [part["text"] if isinstance(part, dict) else part for part in text.get("letter", ())]
        for paragraph in (text["subject"], *text["paragraphs"], *letter):
            assert re.fullmatch(r"([^$]|\$[a-z_]+)*", paragraph), name


def test_the_rules_of_the_clock_load() -> None:
    assert isinstance(BOOK.rules, clock.Rules)


def taken_from_policy(part: Any) -> Iterator[Mapping[str, Any]]:
    """Every part of a schema that takes its choices from the policy."""
    if isinstance(part, Mapping):
        if "x-from" in part:
            yield part
        for inner in part.values():
            yield from taken_from_policy(inner)


@pytest.mark.parametrize("name", filled_in())
def test_choices_from_the_policy_are_there(name: str) -> None:
    for part in taken_from_policy(SCHEMAS.document(name)):
        file, _, key = part["x-from"].partition("/")
        assert part["enum"] == [row["id"] for row in BOOK.file(file)[key]]
        assert set(part["x-words"]) == set(part["enum"])
        assert all(part["x-words"].values())


def test_each_class_that_a_case_may_have_has_a_period_and_says_who_looks() -> None:
    classes = BOOK.retention["classes"]
    for kind, row in BOOK.kinds.items():
        for name in (row["retention"], *row.get("retention_for", {}).values(), *row.get("retention_choices", ())):
            assert set(classes[name]["period"]) <= {"years", "months", "days"}, f"{kind}: {name}"
            assert "$period" in classes[name]["words"], name
            if classes[name]["action"] == "review":
                assert "decides_disposal" in BOOK.kinds[classes[name]["review"]], name
    assert "months" in classes["released_files"]["period"]
