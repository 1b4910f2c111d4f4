"""The resident's view: reference and access code, and nothing told without both."""

from __future__ import annotations

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.commands import track
from chalicelib.domain.errors import CaseServiceError, Invalid, NotFound, NotSignedIn, TooOften

from ..support import samples
from ..support.world import World


def test_reference_and_code_open_the_case_however_typed(world: World) -> None:
    receipt = world.submit()
    for reference, code in (
        (receipt.reference, receipt.access_code),
        (receipt.reference.lower().replace("-", " "), receipt.access_code.lower().replace("-", "")),
        (receipt.reference.removeprefix("FF-"), f" {receipt.access_code} "),
    ):
        found = track.sign_in(world.services, reference, code, "192.0.2.1")
        assert found.reference == receipt.reference
        assert track.open_pass(world.services, found.token) == receipt.reference


def test_a_reference_that_cannot_be_one_is_refused_without_a_read(world: World) -> None:
    world.watch()
    with world.calls.counted() as made, pytest.raises(Invalid):
        track.sign_in(world.services, "FF-AAA-AAA-AAB", "x", "192.0.2.1")
    assert made == []


def test_wrong_reference_and_wrong_code_get_the_same_words(world: World) -> None:
    receipt, other = world.submit(), world.submit(key="key-2")
    unknown = "FF-222-222-225"
    found = []
    for reference, code in ((receipt.reference, other.access_code), (_known_unknown(), receipt.access_code)):
        with pytest.raises(NotFound) as refused:
            track.sign_in(world.services, reference, code, "192.0.2.1")
        found.append(refused.value.message)
    assert found[0] == found[1]
    assert unknown not in found[0]


def _known_unknown() -> str:
    from chalicelib.domain.reference import check_symbol

    return f"FF-222-222-22{check_symbol('22222222')}"


def test_ten_wrong_codes_and_then_no_more_even_the_right_one(world: World) -> None:
    receipt = world.submit()
    for _ in range(10):
        with pytest.raises(NotFound):
            track.sign_in(world.services, receipt.reference, "AAAA-AAAA-AAAA", "192.0.2.1")
    for code, caller in (("AAAA-AAAA-AAAA", "192.0.2.1"), (receipt.access_code, "192.0.2.2")):
        with pytest.raises(TooOften) as refused:
            track.sign_in(world.services, receipt.reference, code, caller)
        assert 0 < refused.value.retry_after <= 901
    world.clock.move(seconds=refused.value.retry_after)
    track.sign_in(world.services, receipt.reference, receipt.access_code, "192.0.2.1")


def test_one_caller_cannot_try_many_references(world: World) -> None:
    *others, last = [world.submit(key=f"key-{n}") for n in range(11)]
    for receipt in others * 5:
        with pytest.raises(NotFound):
            track.sign_in(world.services, receipt.reference, "AAAA-AAAA-AAAA", "192.0.2.1")
    with pytest.raises(TooOften):
        track.sign_in(world.services, last.reference, last.access_code, "192.0.2.1")
    track.sign_in(world.services, last.reference, last.access_code, "192.0.2.2")


def test_one_persons_mistakes_do_not_shut_out_others_at_the_same_address(world: World) -> None:
    forgetful, other = world.submit(key="key-1"), world.submit(key="key-2")
    for _ in range(10):
        with pytest.raises(NotFound):
            track.sign_in(world.services, forgetful.reference, "AAAA-AAAA-AAAA", "192.0.2.1")
    assert track.sign_in(world.services, other.reference, other.access_code, "192.0.2.1").reference == other.reference


def test_right_codes_are_not_counted(world: World) -> None:
    receipt = world.submit()
    for _ in range(25):
        track.sign_in(world.services, receipt.reference, receipt.access_code, "192.0.2.1")


def test_neither_code_nor_caller_is_stored(world: World) -> None:
    receipt = world.submit()
    with pytest.raises(NotFound):
        track.sign_in(world.services, receipt.reference, "AAAA-AAAA-AAAA", "192.0.2.77")
    stored = str(world.items())
    assert receipt.access_code not in stored
    assert receipt.access_code.replace("-", "") not in stored
    assert "192.0.2.77" not in stored


def test_a_pass_lasts_half_an_hour(world: World) -> None:
    issued = track.issue_pass(world.services, "FF-AAA-AAA-AAA")
    world.clock.move(minutes=29, seconds=59)
    assert track.open_pass(world.services, issued.token) == "FF-AAA-AAA-AAA"
    world.clock.move(seconds=1)
    with pytest.raises(NotSignedIn):
        track.open_pass(world.services, issued.token)


def test_a_pass_cannot_be_made_longer_or_for_another_case(world: World) -> None:
    token = track.issue_pass(world.services, "FF-AAA-AAA-AAA").token
    payload, _, signature = token.partition(".")
    other = base64.urlsafe_b64encode(b"FF-BBB-BBB-BBB|99999999999").decode().rstrip("=")
    for wrong in (f"{other}.{signature}", payload, f"{payload}.", f"{payload}.{signature}x", signature, "", ".", "a.b"):
        with pytest.raises(NotSignedIn):
            track.open_pass(world.services, wrong)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reference=st.text(max_size=30), code=st.text(max_size=30))
def test_whatever_is_typed_the_answer_is_kind(world: World, reference: str, code: str) -> None:
    with pytest.raises(CaseServiceError):
        track.sign_in(world.services, reference, code, "192.0.2.1")
    with pytest.raises(CaseServiceError):
        track.open_pass(world.services, code)


def test_text_that_is_no_text_is_a_wrong_code(world: World) -> None:
    receipt = world.submit()
    with pytest.raises(NotFound):
        track.sign_in(world.services, receipt.reference, "\ud800", "192.0.2.1")
    with pytest.raises(NotSignedIn):
        track.open_pass(world.services, "\ud800.\ud800")


def test_what_a_resident_sees_on_the_way(world: World) -> None:
    reference = world.go([])
    status = track.status(world.services, reference)
    assert (status.status, status.answer, status.closed_at) == ("open", None, None)
    assert [entry.text for entry in status.timeline] == ["We got your complaint."]
    assert [legal.name for legal in status.dates] == ["ack_due", "due_cap_if_unacknowledged"]
    world.go(samples.STRAIGHT[:2], reference)
    assert track.status(world.services, reference).answer is None, "a draft is not an answer"
    world.decide(reference, "approve")
    answer = track.status(world.services, reference).answer
    assert answer is not None
    assert answer.outcome_words == "We agree with your complaint"
    assert answer.paragraphs[2] == "Bitternfinding: we are sorry. Two visits were missed."
    assert answer.paragraphs[3].splitlines() == [
        f"1. You said: {samples.POINT}",
        f"We agree with you. {samples.FINDING['why']}",
        f"What we will put right: {samples.FINDING['remedy']}",
    ]
    assert "ask us to look again" in answer.paragraphs[4], "the whole letter, with what the person can do next"
    assert "Please ask by" in answer.paragraphs[4]
    world.settle()
    status = track.status(world.services, reference)
    assert status.status == "closed"
    assert status.timeline[0].text == "Your complaint was closed."


def test_a_resident_reads_nothing_of_the_staff(world: World) -> None:
    """No name, no reason, no loop inside the house."""
    reference = world.go(samples.LOOPS)
    told = str(track.status(world.services, reference))
    for actor in samples.STAFF:
        assert actor.name not in told
        assert actor.id not in told
    for word in ("Pipitreason", "Twiteservice", "Ouzelchange"):
        assert word not in told


def test_a_case_that_is_gone_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        track.status(world.services, _known_unknown())
