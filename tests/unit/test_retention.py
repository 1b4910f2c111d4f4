"""Every item knows its end, and nothing past its end is ever read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chalicelib
from chalicelib.adapters import items
from chalicelib.adapters.items import from_document, secret_key
from chalicelib.commands import desk, documents, drafts, restrictions, sessions, track, view
from chalicelib.commands.people import hash_of
from chalicelib.domain import people, retention
from chalicelib.domain.errors import NotFound
from chalicelib.domain.model import Document, End, Flag, Kept, LinkAsked, StaffSession, Voice
from chalicelib.domain.ports import Page, Store
from chalicelib.domain.reference import check_symbol

from ..support import aws, samples, uploads
from ..support.moment import Moment
from ..support.world import World

LONDON = ZoneInfo("Europe/London")


def case_items(world: World, reference: str) -> list[dict[str, Any]]:
    return [item for item in world.items() if item["pk"] == f"CASE#{reference}"]


def test_closing_gives_every_item_of_the_case_the_same_end(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    case = world.file(reference).case
    assert case.end.at is not None
    assert case.end.at.astimezone(LONDON) == datetime(2032, 11, 23, tzinfo=LONDON)
    assert {item["sk"].partition("#")[0] for item in case_items(world, reference)} == {
        "CASE", "PARTY", "ANSWERS", "EVENT", "TASK", "MESSAGE", "SEARCH",
    }  # fmt: skip
    assert {item["expires_at"] for item in case_items(world, reference)} == {int(case.end.at.timestamp())}
    assert not [item for item in case_items(world, reference) if "kept_because" in item]


def test_an_open_case_has_a_reason_instead(world: World) -> None:
    reference = world.go(samples.STRAIGHT[:2])
    assert {item["kept_because"] for item in case_items(world, reference)} == {"its case is open"}
    assert not [item for item in case_items(world, reference) if "expires_at" in item]
    sentence = track.status(world.services, reference).deleted_because
    assert "open" in sentence


def test_a_resident_reads_when_and_why_it_goes(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    status = track.status(world.services, reference)
    assert status.deleted_on is not None
    assert status.deleted_on.isoformat() == "2032-11-23"
    assert "Tuesday 23 November 2032" in status.deleted_because
    assert "6 years" in status.deleted_because


def test_a_crash_while_the_ends_are_set_is_made_good(world: World) -> None:
    reference = world.go(samples.STRAIGHT[:2])
    world.watch()
    world.decide(reference, "approve")
    world.stream.pump()
    world.machines.run()
    moment = Moment(world)
    unfinished = 0
    for kill in range(1, 25):
        moment.restore()
        with world.calls.killed_after(kill):
            world.stream.pump()
        ends = {item.get("expires_at") for item in case_items(world, reference)}
        unfinished += len(ends) > 1
        world.heal()
        ends = {item.get("expires_at") for item in case_items(world, reference)}
        assert len(ends) == 1, f"killed after call {kill}"
        assert None not in ends
    assert unfinished > 3


@pytest.mark.promise("notice:retention", "fault:no-retention-at-all-or-case-and-identities-kept")
def test_every_item_has_an_end_or_a_reason(world: World) -> None:
    """A walk over the whole table after people did all that they can do."""
    world.go(samples.LOOPS)
    world.submit(samples.BY_POST, key="key-2")
    request = world.go([], world.submit(uploads.request(world), key="key-3", kind="rights_request").reference)
    world.decide(request, "ask_identity")
    world.settle()
    documents.begin(world.services, request)
    limited(world)
    drafts.save(world.services, "draft-2", "complaint", samples.ANSWERS)
    sessions.begin_sign_in(world.services, "/staff")
    signed_in(world)
    unknown = f"FF-222-222-22{check_symbol('22222222')}"
    with pytest.raises(NotFound):
        track.sign_in(world.services, unknown, "AAAA-BBBB-CCCC", "192.0.2.1")
    for _ in range(4):
        world.clock.move(days=4)
        world.heal()
    stored = world.items()
    assert {item["type"] for item in stored} == {
        "case", "alike", "party", "answers", "event", "task", "message", "document", "used", "draft", "session",
        "sign_in", "tries", "staff", "note", "search", "flag", "lookup", "figure", "desk_counts",
    }  # fmt: skip
    for item in stored:
        assert bool(item.get("expires_at")) != bool(item.get("kept_because")), item["sk"]


def limited(world: World) -> str:
    """A case that limits the use of somebody's information, about whom somebody asked; its reference."""
    kind = "rights_request"
    answers = {**world.services.schemas.document(f"submissions/{kind}")["examples"][0], "right": "restriction"}
    reference = world.submit(answers, key="key-9", kind=kind).reference
    world.settle()
    accept = {"right": "restriction", "where_to_look": "The team"}
    for outcome, data in (
        ("accept", {"data": accept}),
        ("collected", {}),
        ("answer_drafted", {"data": samples.answered("restriction", "granted")}),
        ("approve", {}),
    ):
        world.decide(reference, outcome, **data)
        world.settle()
    restrictions.query(world.services, samples.OFFICER, {"email": answers["email"]})
    return reference


def signed_in(world: World) -> str:
    """A session of an officer; its token."""
    start = sessions.begin_sign_in(world.services, "/staff")
    state, _, nonce = world.identity.challenges[-1]
    world.identity.codes["code"] = {
        "cognito:username": samples.OFFICER.id,
        "cognito:groups": ["ig_officer"],
        "nonce": nonce,
    }
    token, _ = sessions.finish_sign_in(world.services, state, "code", start.state_cookie)
    return token


READS: dict[str, Callable[[World, str], Any]] = {
    "case": lambda world, ref: world.services.store.case(ref),
    "case_and_task": lambda world, ref: world.services.store.case_and_task(ref, 1),
    "case_for_decision": lambda world, ref: world.services.store.case_for_decision(ref, 1),
    "case_and_tries": lambda world, ref: world.services.store.case_and_tries(ref, ["tries-1"]),
    "case_and_document": lambda world, ref: world.services.store.case_and_document(ref, 1),
    "case_file": lambda world, ref: world.services.store.case_file(ref),
    "event": lambda world, ref: world.services.store.event(ref, 1),
    "events_to_do": lambda world, ref: world.services.store.events_to_do(datetime(2100, 1, 1, tzinfo=UTC), 50).rows,
    "message": lambda world, ref: world.services.store.message(ref, 1),
    "requester": lambda world, ref: world.services.store.requester(ref),
    "parties": lambda world, ref: world.services.store.parties(ref),
    "cases": lambda world, ref: world.services.store.cases([ref]),
    "for_desk": lambda world, ref: world.services.store.for_desk([ref], [samples.OFFICER.id], samples.OFFICER.id),
    "desk_counts": lambda world, ref: world.services.store.desk_counts(),
    "cases_by": lambda world, ref: world.services.store.cases_by(hashes(world)),
    "cases_and_parties": lambda world, ref: world.services.store.cases_and_parties([ref]),
    "flagged": lambda world, ref: world.services.store.flagged(["hash-1"]),
    "desk": lambda world, ref: world.services.store.desk(["ROLE#ig_officer", "ROLE#service_manager"], 50, ""),
    "desk_until": lambda world, ref: world.services.store.desk_until(
        ["ROLE#ig_officer", "ROLE#service_manager"], date(2100, 1, 1)
    ),
    "open_cases": lambda world, ref: world.services.store.open_cases(50, ""),
    "alerts_due": lambda world, ref: world.services.store.alerts_due(datetime(2100, 1, 1, tzinfo=UTC), 50).rows,
    "used": lambda world, ref: world.services.store.used("key-1"),
    "kept_and_tries": lambda world, ref: world.services.store.kept_and_tries("code-1", "tries-1"),
    "draft": lambda world, ref: world.services.store.draft("draft-1"),
    "kept_by_id": lambda world, ref: world.services.store.kept_by_id(secret_key("KEPT", "code-1")[5:]),
    "link_asked": lambda world, ref: world.services.store.link_asked(secret_key("KEPT", "code-1")[5:]),
    "session": lambda world, ref: world.services.store.session("session-1"),
    "take_sign_in": lambda world, ref: world.services.store.take_sign_in("state-1"),
    "people": lambda world, ref: world.services.store.people(),
    "note": lambda world, ref: world.services.store.note("note-1"),
    "figures": lambda world, ref: world.services.store.figures("complaint", ["2026-11"]),
    "published": lambda world, ref: world.services.store.published("table-1", ["2026-Q3"]),
    "lookups": lambda world, ref: world.services.store.lookups(world.clock.now().date()),
    "voices": lambda world, ref: world.services.store.voices(["staff"], 5),
}
WRITES = {
    "commit", "count_try", "event_done", "task_signalled", "claim_message", "settle_message", "set_ends", "save_draft",
    "discard_draft", "save_session", "end_session", "save_sign_in", "save_note",
    "keep", "ask_link", "claim", "release", "index", "save_look", "save_alikes", "log_lookup", "save_figure", "publish",
    "begin_disposal", "remove_items", "finish_disposal", "record_removed", "put_certificate", "save_class_holds",
    "save_desk_counts",
}  # fmt: skip


# Disposal must see what is past its end; what has no end, for nobody is in it, cannot be past one.
SEES_ALL = {"disposals", "leaving"}
WITHOUT_END = {"certificate_of", "last_certificate", "certificates", "class_holds"}


def test_each_method_of_the_store_is_known_to_these_tests() -> None:
    """A new way to read the table must be added above, or this fails."""
    methods = {name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_")}
    assert methods == set(READS) | WRITES | SEES_ALL | WITHOUT_END


@pytest.mark.parametrize("path", sorted(Path(chalicelib.__file__).parent.rglob("*.py")), ids=lambda path: path.name)
def test_only_the_round_of_disposal_sees_what_is_past_its_end(path: Path) -> None:
    if path.name in ("disposal.py", "disposals.py", "ports.py"):
        return
    assert not re.search(r"store\.(leaving|disposals)\(", path.read_text(encoding="utf-8"))


def furnished(world: World) -> str:
    """A table in which every read finds something."""
    store, now = world.services.store, world.clock.now()
    reference = world.submit().reference
    world.settle()
    end = datetime(2099, 1, 1, tzinfo=UTC)
    drafts.save(world.services, "draft-1", "complaint", samples.ANSWERS)
    session = StaffSession(actor=samples.OFFICER, csrf_key=b"k", started_at=now, seen_at=now)
    store.save_session("session-1", session, end)
    store.save_sign_in("state-1", {"verifier": "v"}, end)
    store.count_try("tries-1", end)
    store.save_note("note-1", "value")
    store.keep("code-1", Kept(journey="complaint", token="draft-1", end=End(at=end)))
    store.ask_link("code-1", LinkAsked(id="", to="a@example.org", end=End(at=end)))
    case = world.file(reference).case
    items.from_flag(replace(case, restricted_since=now.date()), Flag("hash-1", "email", True)).save()
    world.submit(key="key-2")
    restrictions.query(world.services, samples.OFFICER, {"email": samples.ANSWERS["email"]})
    store.publish("table-1", "2026-Q3", {"rows": []})
    items.from_voice(Voice(theme="staff", month="2026-11", text="They listened.", id="v")).save()
    file = Document(reference=reference, number=1, purpose="evidence", key="k", added_at=now, added_by="resident")
    from_document(file).save()
    desk.count(world.services)
    return reference


def hashes(world: World) -> list[str]:
    """By what the requester of the samples is found."""
    return [hash_of(world.services, term) for term in people.terms(samples.ANSWERS["name"], samples.ANSWERS)]


def is_empty(found: Any) -> bool:
    if isinstance(found, Page):
        return found.rows == ()
    if isinstance(found, tuple):
        return all(is_empty(part) for part in found)
    return not found


def set_end(world: World, item: dict[str, Any], epoch: int) -> None:
    world.dynamodb.update_item(
        TableName=aws.TABLE,
        Key={"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}},
        UpdateExpression="SET expires_at = :end",
        ExpressionAttributeValues={":end": {"N": str(epoch)}},
    )


@pytest.mark.promise("fault:expired-items-still-readable-until-ttl-removes-t")
@pytest.mark.parametrize("name", sorted(READS))
def test_no_read_returns_what_is_past_its_end(world: World, name: str) -> None:
    """To the second: alive until its end, gone from it on, although the table still has it."""
    reference = furnished(world)
    now = int(world.clock.now().timestamp())
    stored = world.items()
    for item in stored:
        set_end(world, item, now + 1)
    moment = Moment(world)
    assert not is_empty(READS[name](world, reference))
    moment.restore()
    world.clock.move(seconds=1)
    assert is_empty(READS[name](world, reference))
    assert len(world.items()) == len(stored)


def test_whatever_mix_of_items_is_past_its_end(world: World) -> None:
    """Any items of the table may be past their end: no read returns any of them, and the others are all there."""
    reference = furnished(world)
    moment, now = Moment(world), int(world.clock.now().timestamp())
    keys = sorted((item["pk"], item["sk"]) for item in world.items())

    @settings(max_examples=25, deadline=None)
    @given(dead=st.dictionaries(st.sampled_from(keys), st.integers(1, now)))
    def none_is_read(dead: dict[tuple[str, str], int]) -> None:
        moment.restore()
        for (pk, sk), end in dead.items():
            set_end(world, {"pk": pk, "sk": sk}, end)
        alive = {sk for pk, sk in keys if pk == f"CASE#{reference}" and (pk, sk) not in dead}
        file = world.services.store.case_file(reference)
        assert (file is None) == ("CASE" not in alive)
        assert (world.services.store.case(reference) is None) == ("CASE" not in alive)
        if file is not None:
            found = {"CASE"} | ({"ANSWERS"} if file.answers else set())
            found |= {f"EVENT#{event.number:06d}" for event in file.events}
            found |= {f"TASK#{task.number:04d}" for task in file.tasks}
            found |= {f"PARTY#{party.role}" for party in file.parties}
            found |= {f"MESSAGE#{message.number:04d}" for message in file.messages}
            found |= {f"DOCUMENT#{document.number:04d}" for document in file.documents}
            assert found == {key for key in alive if not key.startswith("SEARCH#")}
        assert (world.services.store.case_and_document(reference, 1)[1] is None) == ("DOCUMENT#0001" not in alive)
        assert (world.services.store.requester(reference) is None) == ("PARTY#requester" not in alive)
        gone = (secret_key("DRAFT", "draft-1"), "DRAFT") in dead
        assert (world.services.store.draft("draft-1") is None) == gone

    none_is_read()


def test_the_end_is_the_start_of_the_day_in_london(world: World) -> None:
    """Closed half an hour after midnight in summer, which is still the day before in UTC."""
    closed = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    disposal = retention.of_case(world.services.book.rules, world.services.book.retention, "complaint", closed)
    assert disposal.on.isoformat() == "2032-07-01"
    assert disposal.end.at == datetime(2032, 6, 30, 23, 0, tzinfo=UTC)
    assert disposal.rule == f"complaint@{world.services.book.retention['version']}"


def test_an_item_needs_an_end_or_a_reason() -> None:
    with pytest.raises(ValueError):
        End()


def test_a_case_closed_on_a_leap_day_goes_on_a_day_that_exists(world: World) -> None:
    closed = datetime(2028, 2, 29, 12, tzinfo=UTC)
    disposal = retention.of_case(world.services.book.rules, world.services.book.retention, "complaint", closed)
    assert disposal.on.isoformat() == "2034-02-28"


def test_what_is_past_its_end_cannot_be_acted_on(world: World) -> None:
    reference = world.go(samples.STRAIGHT)
    end = world.file(reference).case.end.at
    assert end is not None
    world.clock.set(end)
    with pytest.raises(NotFound):
        track.status(world.services, reference)
    with pytest.raises(NotFound):
        view.case_file(world.services, samples.OFFICER, reference)
