"""The round of disposal: what is due goes, all of it and once; what is kept stays; and a certificate proves it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.items import from_document, from_event
from chalicelib.commands import class_holds, disposal, holds, link
from chalicelib.domain import certificates
from chalicelib.domain import disposal as decisions
from chalicelib.domain.errors import Conflict, NotAllowed, NotFound
from chalicelib.domain.model import Document, Event
from chalicelib.domain.policy import Book

from ..support import aws, samples
from ..support.moment import Moment
from ..support.uploads import PDF
from ..support.world import BOOK, World
from .test_documents import released
from .test_feedback import NAMED as FEEDBACK

SECRETS = ("Amina", "amina@example.org", "CANARY")
REVIEW = date(2040, 6, 1)
FILES, EVENTS = 20, 60


def closed(world: World, key: str = "key-1", **changes: str) -> str:
    """A complaint that was answered and closed."""
    reference = world.submit({**samples.ANSWERS, **changes}, key=key).reference
    return world.go(samples.STRAIGHT, reference)


def taken_elsewhere(world: World, key: str = "key-1", **changes: str) -> str:
    """A complaint that was not for us: it is kept for half a year."""
    reference = world.submit({**samples.ANSWERS, **changes}, key=key).reference
    return world.go([("complaint.triage", "wrong_organisation")], reference)


def request_for(world: World, right: str) -> dict[str, Any]:
    return {**world.services.schemas.document("submissions/rights_request")["examples"][0], "right": right}


def to_its_end(world: World, reference: str, **more: float) -> None:
    end = world.file(reference).case.end.at
    assert end is not None
    world.clock.set(end + timedelta(**(more or {"hours": 1})))


def items_of(world: World, reference: str) -> list[str]:
    return sorted(item["sk"] for item in world.items() if item["pk"] == f"CASE#{reference}")


def reasons(world: World, reference: str) -> set[Any]:
    """Why the items of a case have no end; None for one that has."""
    return {item.get("kept_because") for item in world.items() if item["pk"] == f"CASE#{reference}"}


def chain(world: World) -> tuple[certificates.Certificate, ...]:
    return world.services.store.certificates(0, 100)


def objects() -> list[str]:
    """Every version of every object of a case in the bucket."""
    found = aws.bucket().list_object_versions(Bucket=aws.BUCKET)
    rows = [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]
    return [row["Key"] for row in rows if not row["Key"].startswith("certificates/")]


def filled(world: World, reference: str) -> None:
    """As many events and files as a long case has, with things in them that must not stay."""
    case = world.file(reference).case
    for number in range(case.events + 1, EVENTS + 1):
        event = Event(
            reference=reference, number=number, type="task_opened", at=world.clock.now(), by="x", reason="CANARY",
            end=case.end,
        )  # fmt: skip
        from_event(event).save()
    for number in range(1, FILES + 1):
        key = f"{reference}.{number}.random"
        for area in ("quarantine", "clean"):
            aws.bucket().put_object(Bucket=aws.BUCKET, Key=f"{area}/{key}", Body=b"CANARY")
        aws.bucket().put_object(Bucket=aws.BUCKET, Key=f"clean/{key}", Body=b"CANARY again")
        aws.bucket().delete_object(Bucket=aws.BUCKET, Key=f"quarantine/{key}")
        document = Document(
            reference=reference, number=number, purpose="answer", key=key, added_at=world.clock.now(), added_by="x",
            name="CANARY", status="clean", end=case.end,
        )  # fmt: skip
        from_document(document).save()
    world.stream.skip()


@pytest.mark.promise(
    "notice:retention",
    "feature:figures-unchanged-by-disposal",
    "fault:destroyed-case-keeps-attachments-pause-and-exten",
)
def test_a_case_that_is_due_goes_whole_and_leaves_a_certificate(world: World) -> None:
    reference = closed(world)
    filled(world, reference)
    case = world.file(reference).case
    figures = [item for item in world.items() if item["type"] == "figure"]
    to_its_end(world, reference)
    done = world.night()
    assert (done["disposed"], done["failed"]) == (1, 0)
    assert items_of(world, reference) == []
    assert objects() == []
    now = world.clock.now().timestamp()
    left = json.dumps([item for item in world.items() if item.get("expires_at", now + 1) > now], default=str)
    assert not [secret for secret in (*SECRETS, reference) if secret in left]
    (proof,) = chain(world)
    assert proof.remains.rule == case.retention_rule
    assert proof.remains.counts["events"] == case.events
    assert proof.remains.closed_on == date(2026, 11, 23)
    assert (proof.by, proof.number) == ("service", 1)
    assert certificates.faults([proof]) == []
    assert [item for item in world.items() if item["type"] == "figure"] == figures, "what is counted stays"
    found = disposal.certificate_of(world.services, samples.OFFICER, reference)
    assert found == proof
    with pytest.raises(NotFound):
        disposal.certificate_of(world.services, samples.OFFICER, "FF-222-222-22H")


def test_nothing_goes_before_its_day(world: World) -> None:
    reference = closed(world)
    to_its_end(world, reference, seconds=-1)
    world.night()
    before = world.items()
    done = world.night()
    assert done["disposed"] == 0
    assert world.items() == before
    world.clock.move(seconds=1)
    assert world.night()["disposed"] == 1


def test_the_round_may_come_twice(world: World) -> None:
    reference = closed(world)
    to_its_end(world, reference)
    world.night()
    before = world.items()
    assert world.night()["disposed"] == 0
    assert world.items() == before


def test_a_round_that_dies_after_any_call_is_finished_by_the_next(world: World) -> None:
    """60 events and 20 files of three versions: killed after each single call of AWS, the end is the same."""
    reference = closed(world)
    filled(world, reference)
    to_its_end(world, reference)
    world.services.store.save_note("retention_counted_with", BOOK.retention["version"])
    world.watch()
    world.calls.watch(aws.bucket())
    moment = Moment(world)
    with world.calls.counted() as made:
        world.night()
    wanted = world.items()
    half_done = 0
    for kill in range(1, len(made) + 1):
        moment.restore()
        with world.calls.killed_after(kill):
            world.night()
        gone, proofs = not items_of(world, reference) and not objects(), len(chain(world))
        half_done += bool(not gone and len(items_of(world, reference)) < len(moment_items(moment, reference)))
        assert proofs == int(gone), f"killed after call {kill}: a certificate says just what is so"
        world.night()
        assert world.items() == wanted, f"killed after call {kill}"
        assert objects() == []
    assert half_done >= 3


def moment_items(moment: Moment, reference: str) -> list[str]:
    return [sk for pk, sk in moment.where() if pk == f"CASE#{reference}"]


def test_who_read_the_case_before_it_went_is_too_late(world: World) -> None:
    """A command that was under way when the round began cannot put back a part of it."""
    reference = closed(world)
    case = world.file(reference).case
    to_its_end(world, reference)
    found = world.services.store.leaving(reference)
    assert found is not None
    assert world.services.store.begin_disposal(found, ("complaint", "all"))
    with pytest.raises(Conflict):
        world.services.store.commit(decisions.for_request(world.services.book, case, case, world.clock.now()))
    assert world.night()["disposed"] == 1


def test_two_rounds_at_once_make_one_certificate(world: World) -> None:
    references = [closed(world, f"key-{number}", email=f"a{number}@example.org") for number in range(4)]
    to_its_end(world, references[-1])
    rounds = [threading.Thread(target=disposal.run, args=(world.services,)) for _ in range(2)]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join()
    world.night()
    assert len(chain(world)) == len(references)
    assert certificates.faults(chain(world)) == []
    assert not [one for one in references if items_of(world, one)]


@pytest.mark.promise("fault:human-delete-and-ttl-delete-look-alike-in-the-st")
def test_what_dynamodb_removed_first_is_certified_too(world: World) -> None:
    """TTL is the backstop: its stream record leads to the same certificate."""
    reference = closed(world)
    filled(world, reference)
    to_its_end(world, reference)
    case = world.services.store.leaving(reference)
    assert case is not None
    assert case.case is not None
    expire(world, reference, ["CASE", "ANSWERS"])
    assert chain(world) == ()
    assert world.night()["disposed"] == 1
    (proof,) = chain(world)
    assert proof.by == "expiry"
    assert proof.remains == certificates.remains_of(BOOK, case.case)
    assert items_of(world, reference) == []
    assert objects() == []


def expire(world: World, reference: str, keys: list[str]) -> None:
    """Remove items as DynamoDB does at their end, with its name in the stream."""
    for sk in keys:
        world.dynamodb.delete_item(TableName=aws.TABLE, Key={"pk": {"S": f"CASE#{reference}"}, "sk": {"S": sk}})
        for record in world.stream.peek():
            record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
            world.functions["on_change"]({"Records": [record]}, None)
        world.stream.skip()
    world.settle()


# what keeps a case


@pytest.mark.promise("feature:review-and-legal-hold")
def test_a_hold_on_a_class_is_one_write_and_holds_at_once(world: World) -> None:
    references = [closed(world, f"key-{number}", email=f"a{number}@example.org") for number in range(3)]
    to_its_end(world, references[-1])
    world.watch()
    with world.calls.counted() as made:
        id_ = class_holds.place(
            world.services, samples.MANAGER, "complaint", authority="inquiry", reason="An inquiry.", review_on=REVIEW
        )
    assert [name for name in made if name != "Query"] == ["PutItem"]
    assert world.functions["dispose"]({}, None)["disposed"] == 0, "although the stream has not brought it yet"
    world.settle()
    for reference in references:
        case = world.file(reference).case
        assert [hold.id for hold in case.holds] == [f"class:{id_}"]
        assert {item.get("expires_at") for item in world.items() if item["pk"] == f"CASE#{reference}"} == {None}
    class_holds.release(world.services, samples.MANAGER, id_, reason="The inquiry has ended.")
    world.settle()
    assert {world.file(one).case.holds for one in references} == {()}
    assert world.night()["disposed"] == 0, "it goes on the day after the release, not before"
    world.clock.move(days=1)
    assert world.night()["disposed"] == 3


def test_a_class_hold_of_one_class_keeps_no_other(world: World) -> None:
    reference = closed(world)
    class_holds.place(
        world.services, samples.MANAGER, "feedback", authority="inquiry", reason="An inquiry.", review_on=REVIEW
    )
    to_its_end(world, reference)
    assert world.night()["disposed"] == 1


def test_a_hold_on_everything_keeps_everything(world: World) -> None:
    reference = closed(world)
    class_holds.place(
        world.services, samples.MANAGER, "all", authority="inquiry", reason="An inquiry.", review_on=REVIEW
    )
    to_its_end(world, reference)
    assert world.night()["disposed"] == 0
    assert world.file(reference).case.holds


def test_a_class_hold_that_ends_before_the_day_extends_nothing(world: World) -> None:
    reference = closed(world)
    end = world.file(reference).case.end
    id_ = class_holds.place(
        world.services, samples.MANAGER, "complaint", authority="inquiry", reason="An inquiry.", review_on=REVIEW
    )
    world.night()
    world.clock.move(days=30)
    class_holds.release(world.services, samples.MANAGER, id_, reason="It was a mistake.")
    world.settle()
    assert world.file(reference).case.end == end
    (_, some) = world.services.store.class_holds()["complaint"]
    assert some[0].ended_because == "It was a mistake.", "who ended it and why stays on record"


def test_an_open_access_request_keeps_what_it_covers(world: World) -> None:
    """DPA 2018 s.173. The request of the same person holds the case until it is closed, by itself."""
    reference = taken_elsewhere(world)
    other = taken_elsewhere(world, "key-2", name="Somebody Else", email="else@example.org", phone="01204 000 999")
    to_its_end(world, reference, days=-1)
    answers = {**request_for(world, "access"), "name": samples.ANSWERS["name"], "email": samples.ANSWERS["email"]}
    request = world.submit(answers, key="key-3", kind="rights_request").reference
    world.settle()
    world.night()
    (hold,) = world.file(reference).case.holds
    assert hold.id == request
    assert {item.get("expires_at") for item in world.items() if item["pk"] == f"CASE#{reference}"} == {None}
    world.clock.move(days=2)
    assert world.night()["disposed"] == 1, "only that of somebody else"
    assert items_of(world, other) == []
    world.decide(request, "spam")
    world.settle()
    assert world.file(request).case.status == "closed"
    world.night()
    assert world.file(reference).case.holds == ()
    world.clock.move(days=1)
    world.night()
    assert items_of(world, reference) == []


def test_a_request_of_another_kind_or_person_keeps_nothing(world: World) -> None:
    reference = taken_elsewhere(world)
    to_its_end(world, reference, hours=1)
    answers = {**request_for(world, "erasure"), "name": samples.ANSWERS["name"], "email": samples.ANSWERS["email"]}
    world.submit(answers, key="key-3", kind="rights_request")
    stranger = {
        **request_for(world, "access"),
        "name": "Amina Other",
        "email": "o@example.org",
        "phone": "01204 000 111",
    }
    world.submit(stranger, key="key-4", kind="rights_request")
    world.settle()
    assert world.night()["disposed"] == 1


def test_a_hold_that_is_to_be_looked_at_again_is_said_once(world: World) -> None:
    reference = closed(world)
    holds.place(
        world.services, samples.MANAGER, reference, authority="police", reason="An enquiry.",
        review_on=date(2026, 12, 24),
    )  # fmt: skip
    world.settle()
    world.clock.move(days=32)
    assert world.night()["to_review"] == 1
    assert world.night()["to_review"] == 0
    assert [mail for mail in world.mail.sent if "Is the hold still needed" in mail.subject]


def test_a_case_of_many_items_is_held_and_let_go_whole(world: World) -> None:
    """More items than one transaction of DynamoDB takes."""
    reference = closed(world)
    end = world.file(reference).case.end
    for number in range(1001, 1251):
        event = Event(reference=reference, number=number, type="task_opened", at=world.clock.now(), by="x", end=end)
        from_event(event).save()
    world.stream.skip()
    id_ = holds.place(
        world.services, samples.MANAGER, reference, authority="police", reason="An enquiry.", review_on=REVIEW
    )
    world.settle()
    assert {item.get("kept_because") for item in world.items() if item["pk"] == f"CASE#{reference}"} == {
        "it is on hold"
    }
    holds.release(world.services, samples.MANAGER, reference, id_, reason="They are done.")
    world.settle()
    assert reasons(world, reference) == {None}
    to_its_end(world, reference)
    assert world.night()["disposed"] == 1
    assert items_of(world, reference) == []


def test_what_we_released_goes_before_the_rest(world: World) -> None:
    reference = released(world, PDF)
    world.decide(reference, "all_told") if world.file(reference).open_task else None
    world.settle()
    case = world.file(reference).case
    assert case.parts_end is not None
    assert case.end.at is not None
    assert case.parts_end < case.end.at
    world.clock.set(case.parts_end - timedelta(seconds=1))
    assert "parts" not in world.night()
    assert objects()
    world.clock.move(seconds=2)
    assert world.night()["parts"] == 1
    assert objects() == []
    again = world.file(reference).case
    assert again.end == case.end
    assert set(again.documents.values()) <= {"answer.deleted", "evidence.deleted"}
    assert "parts" not in world.night()
    to_its_end(world, reference)
    assert world.night()["disposed"] == 1


# words that stay without the person


@pytest.mark.promise("fault:no-retention-at-all-or-case-and-identities-kept")
def test_nothing_that_stays_of_feedback_leads_back_to_anybody(world: World) -> None:
    """An attack with all that a thief of the table has, before and after: no value of what stays of one case is in what
    was of it, and what stays of two cases cannot be told apart by key, order or time."""
    told = [
        {
            **FEEDBACK,
            "name": f"Wren Quillfeather {number}",
            "email": f"wren{number}@example.org",
            "contact_way": "email",
        }
        for number in range(3)
    ]
    references = [world.submit(one, key=f"key-{n}", kind="feedback").reference for n, one in enumerate(told)]
    world.settle()
    for reference in references:
        data = {"theme": "waiting", "words_kept": "They listened.", "nobody_known": True}
        world.decide(reference, "noted", data=data)
        world.settle()
    before = [item for item in world.items() if item["pk"].startswith("CASE#")]
    to_its_end(world, references[-1])
    assert world.night()["disposed"] == len(references)
    now = world.clock.now().timestamp()
    stays = [
        item
        for item in world.items()
        if item["type"] not in ("staff", "note") and item.get("expires_at", now + 1) > now
    ]
    assert {item["type"] for item in stays} == {"voice", "figure", "certificate", "disposed"}
    assert chain(world)[0].remains.action == "anonymise"
    text = json.dumps(stays, default=str)
    names = {item["pk"][5:] for item in before} | {item["sk"].rpartition("#")[2] for item in before}
    persons = {part for one in told for part in (*one["name"].split(), one["email"])}
    moments = {item["agenda_sk"].partition("#")[0] for item in before if item.get("agenda_sk")}
    for value in (names | persons | moments) - {"requester", "CASE", "ANSWERS"}:
        if len(value) > 6:
            assert value not in text, value
    voices = [{**json.loads(item["body"])} for item in stays if item["type"] == "voice"]
    assert len({json.dumps(voice, sort_keys=True) for voice in voices}) == 1, "one is like the other"
    marks = [item["sk"] for item in stays if item["type"] in ("voice", "figure")]
    assert not [mark for mark in marks if mark in json.dumps([i for i in stays if i["sk"] != mark], default=str)]


# a review before


def referral(world: World) -> str:
    """A worry that was referred, followed and closed."""
    with_period(world, "safeguarding_referral", {"months": 6}, "2026-11-24")
    parent = closed(world, "key-of-a-worry")
    data = world.services.schemas.document("links/safeguarding_referral")["examples"][0]
    reference = link.open_from(
        world.services, samples.OFFICER, parent, "safeguarding_referral", reason="A worry.", data=data
    )
    world.settle()
    for outcome in ("referred", "noted"):
        world.decide(reference, outcome)
        world.settle()
    return reference


@pytest.mark.promise(
    "feature:two-person-destruction-certificate", "fault:one-person-marks-and-destroys-retain-needs-no-re"
)
def test_some_cases_go_only_when_two_people_have_looked(world: World) -> None:
    reference = referral(world)
    case = world.file(reference).case
    assert case.end.at is None
    assert case.review_at is not None
    world.clock.set(case.review_at + timedelta(hours=1))
    assert world.night()["to_review"] == 1
    (review,) = [other for other, what in world.file(reference).case.links.items() if what == "looks_at"]
    assert world.night()["to_review"] == 0, "it is asked once"
    world.decide(review, "may_go")
    world.settle()
    with pytest.raises(NotAllowed):
        world.decide(review, "agree", samples.OFFICER)
    world.decide(review, "agree")
    world.settle()
    case = world.file(reference).case
    assert set(case.cleared_by) == {samples.OFFICER.id, samples.MANAGER.id}
    assert world.night()["disposed"] == 0
    world.clock.move(days=1)
    world.night()
    assert items_of(world, reference) == []
    proof = disposal.certificate_of(world.services, samples.OFFICER, reference)
    assert set(proof.remains.approved_by) == {samples.OFFICER.id, samples.MANAGER.id}


def test_a_case_that_is_kept_longer_is_looked_at_again(world: World) -> None:
    reference = referral(world)
    review_at = world.file(reference).case.review_at
    assert review_at is not None
    world.clock.set(review_at + timedelta(hours=1))
    world.night()
    (review,) = [other for other, what in world.file(reference).case.links.items() if what == "looks_at"]
    until = (review_at + timedelta(days=400)).date()
    world.decide(review, "keep", data={"why": "It goes on.", "until": until.isoformat()})
    world.settle()
    again = world.file(reference).case.review_at
    assert again is not None
    assert again.date() in (until, until - timedelta(days=1)), "midnight in London"
    world.clock.set(again + timedelta(hours=1))
    assert world.night()["to_review"] == 1


# the schedule changes


def with_period(world: World, class_: str, period: dict[str, int], version: str) -> None:
    """The council changes its schedule."""
    policy = BOOK.retention
    row = {**policy["classes"][class_], "period": period}
    changed = {**policy, "version": version, "classes": {**policy["classes"], class_: row}}
    book = Book(lambda name: changed if name == "retention" else BOOK.file(name))
    world.services = replace(world.services, book=book)


@pytest.mark.promise("feature:schedule-by-record-class")
def test_a_new_schedule_moves_every_item_of_every_closed_case(world: World) -> None:
    references = [closed(world, f"key-{number}", email=f"a{number}@example.org") for number in range(3)]
    with_period(world, "complaint", {"years": 2}, "2027-01-01")
    assert world.night()["counted_again"] == 3
    for reference in references:
        case = world.file(reference).case
        assert case.end.at is not None
        assert case.end.at.date() == date(2028, 11, 23)
        stored = {item["expires_at"] for item in world.items() if item["pk"] == f"CASE#{reference}"}
        assert stored == {int(case.end.at.timestamp())}
    assert world.night()["counted_again"] == 0


def test_a_longer_schedule_saves_a_case_on_its_last_day(world: World) -> None:
    reference = closed(world)
    to_its_end(world, reference)
    with_period(world, "complaint", {"years": 10}, "2032-01-01")
    assert world.night()["disposed"] == 0
    assert world.file(reference).case.end.at == datetime(2036, 11, 23, tzinfo=UTC)


# after a restore


@pytest.mark.promise("feature:files-verified-gone-restore-proof", "fault:restore-brings-disposed-cases-back")
def test_after_a_restore_what_was_certified_goes_again(world: World) -> None:
    first, second = taken_elsewhere(world), referral(world)
    review_at = world.file(second).case.review_at
    assert review_at is not None
    world.clock.set(review_at + timedelta(hours=1))
    backup = Moment(world, bucket=False)
    world.night()
    (review,) = [other for other, what in world.file(second).case.links.items() if what == "looks_at"]
    for outcome in ("may_go", "agree"):
        world.decide(review, outcome)
        world.settle()
    world.clock.move(days=1)
    world.night()
    gone = chain(world)
    assert not items_of(world, first)
    assert not items_of(world, second)
    now = world.clock.now()
    backup.restore()
    world.clock.set(now)
    assert items_of(world, second), "the backup has it"
    done = disposal.replay(world.services)
    assert done["certificates"] == len(gone)
    assert not items_of(world, first)
    assert not items_of(world, second)
    assert chain(world) == gone, "and there is no certificate more"
    assert disposal.replay(world.services) == {"certificates": 0, "disposed": 0}


# the chain


@pytest.mark.promise("ours-alone:disposal-certificate-that-can-be-checked")
def test_a_chain_that_was_touched_is_found(world: World) -> None:
    references = [closed(world, f"key-{number}", email=f"a{number}@example.org") for number in range(4)]
    to_its_end(world, references[-1])
    world.night()
    whole = list(chain(world))
    assert certificates.faults(whole) == []
    altered = replace(whole[1], remains=replace(whole[1].remains, counts={"events": 1}))
    assert certificates.faults([whole[0], altered, *whole[2:]]) == ["Certificate 2 was altered."]
    sealed = replace(altered, seal=certificates.seal_of(altered))
    assert certificates.faults([whole[0], sealed, *whole[2:]]) == ["Certificate 3 does not follow the one before it."]
    assert "missing" in certificates.faults([*whole[:2], whole[3]])[0]
    copies = [certificates.read(body) for body in world.services.documents.certificates()]
    assert copies == whole
