"""Files of a case from the form to their end: what is checked, who sees them, when they go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.scanner import ClamAv, SignatureOnly
from chalicelib.commands import documents, track, view
from chalicelib.domain.errors import CaseServiceError, Invalid, NotAllowed, NotFound, Stale, TooOften
from chalicelib.domain.model import Case, Document
from chalicelib.domain.ports import CLEAN, INFECTED, PENDING, Stored
from chalicelib.effects import documents as effects

from ..support import aws, samples
from ..support.uploads import EICAR, PDF, PNG, of_case, put, send
from ..support.world import World
from ..unit.test_scanner import clamd
from .test_kinds import begin, walk

BY_POST = {"contact_way": "post", "address": "7 Dunlin Row, Bolton"}


def asked(world: World) -> str:
    """A request that waits for proof of who the person is."""
    reference = begin(world, "rights_request")
    walk(world, reference, "ask_identity")
    return reference


def drafted(world: World, *bodies: bytes, **answers: Any) -> str:
    """A request whose answer waits to be approved, with these files in it."""
    reference = begin(world, "rights_request", **answers)
    walk(world, reference, "accept", "collected")
    for number, body in enumerate(bodies, 1):
        send(world, reference, f"Your records {number}", body, samples.OFFICER)
    world.settle()
    walk(world, reference, "answer_drafted")
    return reference


def released(world: World, *bodies: bytes) -> str:
    reference = drafted(world, *(bodies or (PDF,)))
    walk(world, reference, "approve")
    return reference


def document(world: World, reference: str, number: int = 1) -> Document:
    found = world.services.store.case_and_document(reference, number)[1]
    assert found is not None
    return found


def case(world: World, reference: str) -> Case:
    return world.file(reference).case


def types(world: World, reference: str) -> list[str]:
    return [event.type for event in world.file(reference).events]


class Fixed:
    """A scanner that says what a test wants, and how often it was asked."""

    def __init__(self, verdict: str) -> None:
        self.said, self.asked = verdict, 0

    def verdict(self, stored: Stored, body: bytes) -> str:
        self.asked += 1
        return self.said


def use_scanner(world: World, scanner: Any) -> None:
    object.__setattr__(world.services, "scanner", scanner)


# evidence


@pytest.mark.promise("feature:uploads-type-check-scan-limits", "feature:evidence-asked-for-judged-chased")
def test_evidence_comes_is_checked_is_seen_and_is_gone(world: World) -> None:
    reference = asked(world)
    number = send(world, reference, "passport.pdf")
    assert {key.partition("/")[0] for key in of_case(reference)} == {"quarantine"}
    assert document(world, reference, number).status == "arrived"
    world.settle()
    found = document(world, reference, number)
    assert (found.status, found.name, found.media_type) == ("clean", "passport.pdf", "application/pdf")
    assert {key.partition("/")[0] for key in of_case(reference)} == {"clean"}
    assert case(world, reference).needs_attention == "file_came"
    told = [mail.to for mail in world.mail.sent if mail.subject == f"A file came: {reference}"]
    assert len(told) == len(set(told)) > 0, "each officer hears of it, once"
    link = documents.open_for_staff(world.services, samples.OFFICER, reference, number)
    assert "attachment" in link
    assert case(world, reference).needs_attention == ""
    (opened,) = world.events(reference, "document_opened")
    assert opened.by_name == "Olive Officer"
    came = {"came_on": "2026-11-23", "seen": "A passport with the name and the photo."}
    world.decide(reference, "identity_shown", data=came)
    with pytest.raises(NotFound):
        documents.open_for_staff(world.services, samples.OFFICER, reference, number)
    world.settle()
    assert of_case(reference) == set(), "at once, and every version"
    assert (document(world, reference, number).status, document(world, reference, number).name) == ("deleted", "")
    assert "documents_deleted" in types(world, reference)
    shown = view.case_file(world.services, samples.OFFICER, reference)
    seen = [answer for entry in shown.timeline for _, answer in entry.detail]
    assert "A passport with the name and the photo." in seen, "kept as words, with who and when"
    assert "passport.pdf" not in str(world.items())


@pytest.mark.parametrize(("ask", "outcome"), [("ask_identity", "withdrawn"), ("ask_authority", "authority_shown")])
def test_other_decisions_on_proof_delete_it_too(world: World, ask: str, outcome: str) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, ask)
    send(world, reference)
    world.settle()
    walk(world, reference, outcome)
    assert of_case(reference) == set()


def test_asking_again_keeps_what_came(world: World) -> None:
    reference = asked(world)
    send(world, reference)
    world.settle()
    walk(world, reference, "ask_again")
    assert document(world, reference).status == "clean"


def test_closing_deletes_evidence_that_no_decision_deleted(world: World) -> None:
    reference = begin(world, "rights_request")
    walk(world, reference, "accept", "ask_question")
    send(world, reference)
    world.settle()
    walk(world, reference, "answered", "collected", "answer_drafted")
    assert of_case(reference)
    walk(world, reference, "approve")
    assert case(world, reference).status == "closed"
    assert of_case(reference) == set()
    assert len({item.get("expires_at") for item in world.items() if item["pk"] == f"CASE#{reference}"}) == 1


def test_a_decision_while_a_file_is_checked_wins(world: World) -> None:
    reference = asked(world)
    use_scanner(world, Fixed(PENDING))
    send(world, reference)
    world.settle()
    use_scanner(world, Fixed(CLEAN))
    world.decide(reference, "identity_shown")
    effects.check(world.services, reference, 1)
    world.settle()
    assert of_case(reference) == set()
    assert document(world, reference).status == "deleted"


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("eicar.txt", EICAR, "infected"),
        ("empty.pdf", b"", "empty"),
        ("holiday.exe", PDF, "misnamed"),
        ("program.pdf", b"MZ\x90\0", "wrong_type"),
        ("half.png", PNG[:20], "unreadable"),
    ],
)
def test_a_bad_file_is_deleted_and_the_person_reads_why(world: World, name: str, body: bytes, why: str) -> None:
    reference = asked(world)
    send(world, reference, name, body)
    world.settle()
    assert (document(world, reference).status, document(world, reference).why) == ("refused", why)
    assert of_case(reference) == set()
    (sent,) = track.status(world.services, reference).sent_files
    assert sent.why == world.services.book.documents["refusals"][why]
    assert any(sent.why in entry.text for entry in track.status(world.services, reference).timeline)
    with pytest.raises(NotFound):
        documents.open_for_staff(world.services, samples.OFFICER, reference, 1)
    assert world.outbox() == []
    told = world.mail.sent[-1]
    assert told.subject.startswith("We could not take your file")
    assert name not in told.text
    assert documents.begin(world.services, reference) == 2, "they can send another"


def test_a_file_of_100_mb_is_refused_without_being_read(world: World) -> None:
    reference = asked(world)
    number = documents.begin(world.services, reference)
    form = documents.upload(world.services, reference, number, "evidence", "https://x.example/sent").form
    assert form is not None
    put(form, "film.pdf", b"%PDF-" + bytes(100_000_000))
    documents.arrived(world.services, reference, number)

    def never(*_: Any) -> bytes:
        raise AssertionError("it was read")

    world.services.documents.read = never  # type: ignore[method-assign]
    use_scanner(world, Fixed(CLEAN))
    world.settle()
    assert document(world, reference).why == "too_large"
    assert of_case(reference) == set()


def test_who_says_it_was_sent_and_sent_nothing_reads_so(world: World) -> None:
    reference = asked(world)
    number = documents.begin(world.services, reference)
    documents.arrived(world.services, reference, number)
    world.settle()
    assert document(world, reference, number).why == "missing"


def test_an_upload_that_never_finishes_is_forgotten(world: World) -> None:
    reference = asked(world)
    number = documents.begin(world.services, reference)
    assert documents.begin(world.services, reference) == number, "the same one, as long as it waits"
    world.clock.move(hours=24)
    assert world.services.store.case_and_document(reference, number)[1] is None
    assert documents.begin(world.services, reference) == number + 1
    with pytest.raises(NotFound):
        documents.upload(world.services, reference, number, "evidence", "")


def test_files_are_taken_only_where_we_ask(world: World) -> None:
    reference = begin(world, "rights_request")
    with pytest.raises(Stale):
        documents.begin(world.services, reference)
    assert not track.status(world.services, reference).may_send


def test_there_is_a_most_number_of_files(world: World) -> None:
    reference = asked(world)
    for _ in range(world.services.book.documents["most_files"]["evidence"]):
        number = documents.begin(world.services, reference)
        documents.arrived(world.services, reference, number)
        world.settle()
    with pytest.raises(TooOften):
        documents.begin(world.services, reference)


# fail closed


@pytest.mark.promise("feature:uploads-type-check-scan-limits")
def test_without_a_result_nobody_can_open_it_and_a_person_hears_of_it(world: World) -> None:
    reference = asked(world)
    use_scanner(world, Fixed(PENDING))
    send(world, reference)
    world.settle()
    assert document(world, reference).status == "arrived"
    with pytest.raises(NotFound):
        documents.open_for_staff(world.services, samples.OFFICER, reference, 1)
    world.heal()
    assert "document_late" not in types(world, reference)
    world.clock.move(minutes=30)
    for _ in range(3):
        world.heal()
    assert types(world, reference).count("document_late") == 1
    assert case(world, reference).needs_attention == "file_unchecked"
    assert {key.partition("/")[0] for key in of_case(reference)} == {"quarantine"}
    world.clock.move(hours=24)
    world.heal()
    assert document(world, reference).why == "unchecked"
    assert of_case(reference) == set()
    assert world.outbox() == []


def test_a_late_result_still_counts(world: World) -> None:
    reference = asked(world)
    use_scanner(world, Fixed(PENDING))
    send(world, reference)
    world.settle()
    use_scanner(world, Fixed(CLEAN))
    world.heal()
    assert document(world, reference).status == "clean"
    assert world.outbox() == []


def test_a_real_clamd_protocol_decides(world: World) -> None:
    """Down, then there: the file waits, and then its content counts."""
    reference = asked(world)
    with clamd() as server:
        port = server.port
    use_scanner(world, ClamAv("127.0.0.1", port, 1))
    first = send(world, reference, "eicar.txt", EICAR)
    world.settle()
    assert document(world, reference, first).status == "arrived"
    with clamd() as server:
        use_scanner(world, ClamAv("127.0.0.1", server.port, 1))
        world.heal()
        assert document(world, reference, first).why == "infected"
        second = send(world, reference, "letter.pdf", PDF)
        world.settle()
        assert document(world, reference, second).status == "clean"
        assert server.streams == [EICAR, PDF]


def test_the_bell_of_the_scanner_and_of_the_bucket(world: World) -> None:
    """The browser died before it came back: the bucket says that the object is there. Then GuardDuty has a result."""
    reference = asked(world)
    number = documents.begin(world.services, reference)
    form = documents.upload(world.services, reference, number, "evidence", "https://x.example/").form
    assert form is not None
    put(form, "letter.pdf", PDF)
    scanner = Fixed(PENDING)
    use_scanner(world, scanner)
    came = {"detail-type": "Object Created", "detail": {"object": {"key": form.fields["key"]}}}
    assert world.functions["on_scan"](came, None) == {"outcome": "waiting"}
    scanner.said = INFECTED
    result = {"detail": {"s3ObjectDetails": {"objectKey": form.fields["key"]}}}
    assert world.functions["on_scan"](result, None) == {"outcome": "checked"}
    assert document(world, reference).why == "infected"
    assert world.functions["on_scan"](result, None)["outcome"] in ("checked", "deleted")
    world.settle()
    assert types(world, reference).count("document_refused") == 1


def test_a_form_that_is_used_again_brings_nothing_new(world: World) -> None:
    """The same link twice: the second object is nobody's, whatever it is, and the first stays as it was checked."""
    reference = asked(world)
    number = documents.begin(world.services, reference)
    form = documents.upload(world.services, reference, number, "evidence", "https://x.example/").form
    assert form is not None
    put(form, "letter.pdf", PDF)
    documents.arrived(world.services, reference, number)
    world.settle()
    put(form, "other.txt", EICAR)
    event = {"detail": {"object": {"key": form.fields["key"]}}}
    world.functions["on_scan"](event, None)
    assert {key.partition("/")[0] for key in of_case(reference)} == {"clean"}
    kept = aws.bucket().get_object(Bucket=aws.BUCKET, Key="clean/" + document(world, reference).key)["Body"].read()
    assert kept == PDF


def test_what_was_scanned_is_what_is_kept(world: World) -> None:
    """Another version comes between the scan and the copy."""
    reference = asked(world)
    number = documents.begin(world.services, reference)
    form = documents.upload(world.services, reference, number, "evidence", "https://x.example/").form
    assert form is not None
    put(form, "letter.pdf", PDF)

    class Swap(SignatureOnly):
        def verdict(self, stored: Stored, body: bytes) -> str:
            put(form, "letter.pdf", EICAR)
            return super().verdict(stored, body)

    use_scanner(world, Swap())
    documents.arrived(world.services, reference, number)
    world.settle()
    kept = aws.bucket().get_object(Bucket=aws.BUCKET, Key="clean/" + document(world, reference).key)["Body"].read()
    assert kept == PDF


@pytest.mark.parametrize("key", ["quarantine/x", "clean/FF-222-222-222.1.x", "quarantine/FF-222-222-222.1.x", ""])
def test_an_object_that_is_nobodys_is_let_alone_or_deleted(world: World, key: str) -> None:
    asked(world)
    answer = world.functions["on_scan"]({"detail": {"object": {"key": key}}}, None)
    assert answer["outcome"] in ("ignored", "deleted")


def test_a_crash_anywhere_in_the_check_is_made_good(world: World) -> None:
    from ..support.moment import Moment

    reference = asked(world)
    aws.bucket()
    world.watch()
    send(world, reference)
    moment = Moment(world)
    objects = {}
    for key in of_case(reference):
        objects[key] = aws.bucket().get_object(Bucket=aws.BUCKET, Key=key)
    body, meta = PDF, {key: row["Metadata"] for key, row in objects.items()}
    for kill in range(1, 10):
        moment.restore()
        for key in of_case(reference):
            world.services.documents.forget(key.partition("/")[2])
        for key, claimed in meta.items():
            aws.bucket().put_object(Bucket=aws.BUCKET, Key=key, Body=body, Metadata=claimed)
        with world.calls.killed_after(kill):
            world.stream.pump()
        world.heal()
        assert document(world, reference).status == "clean", f"killed after call {kill}"
        assert types(world, reference).count("document_clean") == 1
        assert {key.partition("/")[0] for key in of_case(reference)} == {"clean"}
        assert world.outbox() == []


# the answer


def test_the_files_of_an_answer_are_released_got_and_end(world: World) -> None:
    reference = released(world, PDF, PNG)
    status = track.status(world.services, reference)
    assert [row.name for row in status.files] == ["Your records 1.pdf", "Your records 2.png"]
    assert documents.download(world.services, reference, 2)
    assert documents.download(world.services, reference, 2), "twice is allowed, and both are noted"
    assert types(world, reference).count("document_downloaded") == 2
    texts = [entry.text for entry in track.status(world.services, reference).timeline]
    assert "You got file 2." in texts
    assert any("until Monday 21 December 2026" in text for text in texts)
    until = case(world, reference).released_until
    assert until is not None
    world.clock.set(until - timedelta(seconds=1))
    assert documents.download(world.services, reference, 1)
    world.clock.set(until)
    with pytest.raises(Stale):
        documents.download(world.services, reference, 1)
    after = track.status(world.services, reference)
    assert after.files == ()
    assert after.files_over
    assert after.timeline[0].text == track.FILES_OVER
    assert after.timeline[0].at == until


def test_a_file_is_not_got_without_end(world: World) -> None:
    """Each time is an event of the case, and a case must stay small enough to be read at once."""
    reference = released(world)
    for _ in range(world.services.book.documents["most_downloads"]):
        documents.download(world.services, reference, 1)
    with pytest.raises(Stale):
        documents.download(world.services, reference, 1)


def test_the_mail_says_only_that_the_answer_is_there(world: World) -> None:
    reference = released(world)
    assert not any("records" in mail.text or "documents/" in mail.text for mail in world.mail.sent)
    assert not any("amazonaws" in mail.text for mail in world.mail.sent)
    assert any(reference in mail.subject for mail in world.mail.sent)


def test_nothing_goes_out_that_was_not_approved(world: World) -> None:
    reference = drafted(world, PDF)
    assert track.status(world.services, reference).files == ()
    with pytest.raises(NotFound):
        documents.download(world.services, reference, 1)
    walk(world, reference, "return")
    with pytest.raises(NotFound):
        documents.download(world.services, reference, 1)


def test_evidence_can_never_be_got_as_an_answer(world: World) -> None:
    reference = asked(world)
    send(world, reference)
    world.settle()
    with pytest.raises(NotFound):
        documents.download(world.services, reference, 1)


def test_an_answer_waits_until_each_file_is_checked(world: World) -> None:
    reference = drafted(world, PDF)
    use_scanner(world, Fixed(PENDING))
    send(world, reference, "late.pdf", PDF, samples.OFFICER)
    world.settle()
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "approve")
    assert "still being checked" in refused.value.problems[0].message
    use_scanner(world, Fixed(CLEAN))
    world.heal()
    walk(world, reference, "approve")
    assert len(track.status(world.services, reference).files) == 2


def test_an_infected_answer_stays_here(world: World) -> None:
    reference = drafted(world, PDF)
    send(world, reference, "bad.txt", EICAR, samples.OFFICER)
    world.settle()
    walk(world, reference, "approve")
    assert [row.number for row in track.status(world.services, reference).files] == [1]
    with pytest.raises(NotFound):
        documents.download(world.services, reference, 2)


def test_a_file_that_comes_while_the_approver_reads_makes_them_look_again(world: World) -> None:
    reference = drafted(world, PDF)
    seen = world.open_task(reference).version
    send(world, reference, "more.pdf", PDF, samples.OFFICER)
    world.settle()
    with pytest.raises(Stale):
        world.decide(reference, "approve", version=seen)
    seen = world.open_task(reference).version
    documents.remove(world.services, samples.OFFICER, reference, 2)
    world.settle()
    with pytest.raises(Stale):
        world.decide(reference, "approve", version=seen)
    walk(world, reference, "approve")
    assert [row.number for row in track.status(world.services, reference).files] == [1]
    assert len(of_case(reference)) == 1, "what was taken out is deleted"


@pytest.mark.promise("feature:clearance-quality-check-drafter-is-not-approver")
def test_whoever_added_a_file_does_not_release_it(world: World) -> None:
    reference = drafted(world)
    send(world, reference, "mine.pdf", PDF, samples.MANAGER)
    world.settle()
    with pytest.raises(NotAllowed):
        world.decide(reference, "approve", actor=samples.MANAGER)
    world.decide(reference, "approve", actor=samples.BOTH)


def test_a_file_that_went_out_cannot_be_taken_back(world: World) -> None:
    reference = released(world)
    with pytest.raises(Stale):
        documents.remove(world.services, samples.OFFICER, reference, 1)
    assert documents.open_for_staff(world.services, samples.OFFICER, reference, 1), "what was sent can be looked at"


@pytest.mark.parametrize(("how", "way"), [("post", "address"), ("read_out", "phone")])
def test_a_recipient_without_a_way_to_them(world: World, how: str, way: str) -> None:
    reference = drafted(world, PDF)
    data = {"release": how, "right_person": True, "nothing_of_others": True}
    if way in world.file(reference).parties[0].details:
        pytest.skip("the example has one")
    with pytest.raises(Invalid) as refused:
        world.decide(reference, "approve", data=data)
    assert refused.value.problems[0].message.startswith("There is no")
    assert world.open_task(reference).task == "rights_request.approve"
    assert case(world, reference).released == ()


def test_by_post_nothing_is_online(world: World) -> None:
    reference = drafted(world, PDF, **BY_POST)
    before = len(world.mail.sent)
    data = {"release": "post", "right_person": True, "nothing_of_others": True}
    walk(world, reference, "approve", approve=data)
    letter = world.file(reference).messages[-1]
    assert (letter.channel, letter.status) == ("print", "queued")
    assert len(world.mail.sent) == before
    with pytest.raises(NotFound):
        documents.download(world.services, reference, 1)


def test_released_again_by_somebody_else_only(world: World) -> None:
    reference = released(world)
    world.clock.move(days=28)
    version = case(world, reference).version
    with pytest.raises(NotAllowed):
        documents.release_again(world.services, samples.OFFICER, reference, version)
    documents.release_again(world.services, samples.MANAGER, reference, version)
    world.settle()
    assert len(track.status(world.services, reference).files) == 1
    assert world.mail.sent[-1].subject.startswith("Your files are ready")
    ends = {item.get("expires_at") for item in world.items() if item["pk"] == f"CASE#{reference}"}
    assert len(ends) == 1, "what is added to a closed case ends with it"


def test_there_is_nothing_to_release_again_before_there_was_something(world: World) -> None:
    reference = drafted(world, PDF)
    with pytest.raises(NotFound):
        documents.release_again(world.services, samples.BOTH, reference, case(world, reference).version)


def test_when_the_record_goes_the_file_goes(world: World) -> None:
    """Whatever removes the record: DynamoDB at its end, or a disposal."""
    reference = released(world)
    assert of_case(reference)
    world.dynamodb.delete_item(
        TableName=aws.TABLE, Key={"pk": {"S": f"CASE#{reference}"}, "sk": {"S": "DOCUMENT#0001"}}
    )
    world.stream.pump()
    assert of_case(reference) == set()
    assert world.stream.dead_letters == []


def test_a_bucket_that_does_not_answer_is_asked_again(world: World) -> None:
    reference = asked(world)
    number = send(world, reference)
    look, failures = world.services.documents.look, [TimeoutError(), TimeoutError()]

    def sometimes(key: str) -> Stored | None:
        if failures:
            raise failures.pop()
        return look(key)

    world.services.documents.look = sometimes  # type: ignore[method-assign]
    world.settle()
    assert document(world, reference, number).status == "clean"


# races


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment; what each gave or was refused with."""
    found: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            found[place] = act()
        except CaseServiceError as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_people_release_at_once(world: World) -> None:
    reference = released(world)
    world.clock.move(days=28)
    version = case(world, reference).version
    act = lambda who: lambda: documents.release_again(world.services, who, reference, version)  # noqa: E731
    found = at_once(act(samples.MANAGER), act(samples.BOTH))
    assert sorted(type(row).__name__ for row in found) == ["NoneType", "Stale"]
    assert types(world, reference).count("documents_released") == 2, "once with the answer, once again"


def test_two_downloads_at_once_are_both_noted(world: World) -> None:
    reference = released(world)
    found = at_once(*[lambda: documents.download(world.services, reference, 1)] * 2)
    assert all(isinstance(row, str) for row in found)
    assert types(world, reference).count("document_downloaded") == 2


def test_the_browser_and_the_bucket_say_it_at_once(world: World) -> None:
    reference = asked(world)
    number = documents.begin(world.services, reference)
    at_once(*[lambda: documents.arrived(world.services, reference, number)] * 3)
    assert types(world, reference).count("document_arrived") == 1


def test_a_stream_that_brings_everything_again_changes_nothing(world: World) -> None:
    reference = released(world)
    before = types(world, reference)
    world.stream.replay()
    world.settle()
    assert types(world, reference) == before
    assert len(of_case(reference)) == 1
