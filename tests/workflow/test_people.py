"""Finding a person: hints at other cases of theirs, and the live flag of limited use, on the table and its stream."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import Any

import pytest

from chalicelib.commands import alike, disposal, people, restrictions, view
from chalicelib.commands import lift as lifting
from chalicelib.domain import cases
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, Stale
from chalicelib.domain.model import Actor

from ..support import aws, samples
from ..support.world import World

WREN = {"name": "Wren Quillfeather", "email": "wren.quillfeather@example.org", "contact_way": "email"}
TODAY = date(2026, 11, 23)


def sent(world: World, kind: str, key: str, **changes: Any) -> str:
    """A case of this kind by the example's people, with changes; None takes an answer away."""
    row = world.services.book.kind(kind)
    answers = {**world.services.schemas.document(row["submission"])["examples"][0], **changes}
    given = {name: value for name, value in answers.items() if value is not None}
    reference = world.submit(given, key=key, kind=kind).reference
    world.settle()
    return reference


def about_self(**more: Any) -> dict[str, Any]:
    return {**WREN, "on_behalf_of": "myself", "subject_name": None, "relationship": None, **more}


def complaint(world: World, key: str = "key-1", **changes: Any) -> str:
    return sent(world, "complaint", key, **about_self(**changes))


def limit(world: World, key: str = "limit", finding: str = "granted", outcome: str = "approve", **changes: Any) -> str:
    """A request to limit that was decided; its case is closed unless recipients are told."""
    reference = sent(world, "rights_request", key, right="restriction", **changes)
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("accept", {"data": {"right": "restriction", "where_to_look": "The team"}}),
        ("collected", {}),
        ("answer_drafted", {"data": samples.answered("restriction", finding)}),
        (outcome, {}),
    )
    for name, data in steps:
        world.decide(reference, name, **data)
        world.settle()
    return reference


def hints(world: World, reference: str, actor: Actor = samples.OFFICER) -> dict[str, tuple[str, ...]]:
    return {row.reference: row.reasons for row in around(world, reference, actor).hints}


def around(world: World, reference: str, actor: Actor = samples.OFFICER) -> alike.Around:
    return alike.around(world.services, actor, world.file(reference))


def limits(world: World, reference: str, actor: Actor = samples.OFFICER) -> restrictions.Answer:
    return view.case_file(world.services, actor, reference).limits


# hints


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, ("same e-mail address",)),
        ({"name": "QUILLFEATHER, Wren", "email": "WREN.quillfeather@Example.org"}, ("same e-mail address",)),
        ({"name": "Somebody Else"}, ("same e-mail address, another name or none: check who is asking",)),
        ({"email": "other@example.org"}, ("same name, another contact",)),
        ({"name": "Somebody Else", "email": "other@example.org"}, None),
        ({"name": "Wren Otherwise", "email": "other@example.org"}, None),
    ],
)
def test_another_case_is_named_with_the_reason(
    world: World, changes: dict[str, Any], reasons: tuple[str, ...] | None
) -> None:
    first = complaint(world)
    second = complaint(world, "key-2", **changes)
    assert hints(world, second) == ({first: reasons} if reasons else {})
    assert hints(world, first) == ({second: reasons} if reasons else {})


def test_phone_and_postcode_say_so_too(world: World) -> None:
    post = {"contact_way": "post", "email": None, "address": "7 Dunlin Row, Bolton BL1 1RU"}
    call = {"contact_way": "phone", "email": None, "phone": "01204 333 333"}
    first = complaint(world, "a", **post)
    moved = complaint(world, "b", **{**post, "address": "The Flat, 9 Dunlin Row\nbl11ru"})
    assert hints(world, first) == {moved: ("same name and postcode",)}
    neighbour = complaint(world, "c", **{**post, "name": "Somebody Else"})
    assert hints(world, neighbour) == {}, "a postcode alone is no hint"
    called = complaint(world, "d", **{**call, "name": "Jo Caller"})
    again = complaint(world, "e", **{**call, "name": "Sam Caller", "phone": "+44 (0)1204 333333"})
    assert hints(world, again) == {called: ("same phone number, another name or none: check who is asking",)}


def test_a_closed_case_is_named_and_one_past_its_end_is_not(world: World) -> None:
    first = complaint(world)
    world.decide(first, "not_a_complaint")
    world.settle()
    second = complaint(world, "key-2")
    (hint,) = around(world, second).hints
    assert (hint.reference, hint.status, hint.received_on) == (first, "closed", TODAY)
    end = world.file(first).case.end.at
    assert end is not None
    world.clock.set(end)
    assert hints(world, second) == {}
    assert [item for item in world.items() if item["pk"] == f"CASE#{first}"], "DynamoDB has not removed it yet"


def test_only_what_one_may_see_is_named(world: World) -> None:
    first = complaint(world)
    second = complaint(world, "key-2")
    assert first in hints(world, second)
    assert hints(world, second, samples.SERVICE) == {}
    world.decide(
        first, "accept", data={**samples.DECISIONS["complaint.triage", "accept"], "assign_to": samples.SERVICE.id}
    )
    world.settle()
    assert first in hints(world, second, samples.SERVICE)
    assert first not in hints(world, second, samples.SERVICE_TWO)


def test_a_child_of_the_same_name_and_a_right_in_words(world: World) -> None:
    first = sent(world, "rights_request", "a", name="Ann One", email="ann@example.org", right="erasure")
    second = sent(world, "rights_request", "b", name="Bob Two", email="bob@example.org", right="access")
    (hint,) = around(world, second).hints
    assert (hint.reference, hint.about) == (first, "Delete it")
    assert hint.reasons == ("about somebody of the same name",)


def test_cases_that_were_opened_from_it_are_found_and_not_hinted_at(world: World) -> None:
    first = complaint(world)
    other = complaint(world, "key-2")
    world.decide(first, "not_a_complaint")
    world.settle()
    from chalicelib.commands import link

    row = world.services.book.kind("review")["opened_from_case"]
    example = world.services.schemas.document(row["schema"])["examples"][0]
    review = link.open_from(world.services, samples.OFFICER, first, "review", reason="They asked.", data=example)
    world.settle()
    assert set(hints(world, other)) == {first, review}
    assert set(hints(world, first)) == {other}


@pytest.mark.promise("feature:duplicate-hints", "fault:a-stranger-s-unverified-request-shelves-yours-as")
def test_a_hint_keeps_nobody_from_deciding(world: World) -> None:
    complaint(world)
    second = complaint(world, "key-2")
    assert hints(world, second)
    world.decide(second, "not_a_complaint")
    world.settle()
    assert world.file(second).case.status == "closed"


def test_many_cases_of_one_person_stay_a_short_list_of_the_newest(world: World) -> None:
    for number in range(alike.MOST_HINTS + 3):
        complaint(world, f"k{number}")
    last = complaint(world, "last")
    assert len(hints(world, last)) == alike.MOST_HINTS


def test_what_is_alike_no_more_is_no_hint(world: World) -> None:
    first, second = complaint(world), complaint(world, "key-2", name="Somebody Else")
    assert set(hints(world, first)) == {second}
    party = next(row for row in world.file(second).parties if row.role == "requester")
    change = cases.change_contact(
        world.services.book,
        world.file(second).case,
        party,
        {"contact_way": "email", "email": "new@example.org"},
        world.clock.now(),
    )
    assert change is not None
    world.services.store.commit(change)
    world.settle()
    assert hints(world, first) == {}
    assert hints(world, second) == {}


def test_what_stood_beside_others_goes_with_its_case(world: World) -> None:
    first = complaint(world)
    world.decide(first, "not_a_complaint")
    world.settle()
    second = complaint(world, "key-2")
    assert any(first in item["sk"] for item in world.items())
    end = world.file(first).case.end.at
    assert end is not None
    world.clock.set(end)
    disposal.run(world.services)
    world.settle()
    assert not [item for item in world.items() if first in item["pk"] + item["sk"]]
    assert second in str(world.items())


# the index


def test_the_index_holds_nothing_that_can_be_read(world: World) -> None:
    world.submit(samples.BY_POST, key="key-2")
    complaint(world)
    limit(world, **about_self())
    restrictions.query(world.services, samples.OFFICER, {"name": WREN["name"], "email": WREN["email"]})
    kinds = ("search", "flag", "lookup")
    stored = [item for item in world.items() if item["type"] in kinds]
    assert {item["type"] for item in stored} == set(kinds)
    text = json.dumps(stored, default=str).lower()
    assert not [word for word in (*samples.PRIVATE_WORDS, "wren", "robin", "bolton") if word.lower() in text]
    values = [item["search_pk"] for item in stored if item["type"] == "search"]
    flags = [item["pk"].partition("#")[2] for item in stored if item["type"] == "flag"]
    assert all(len(value) == people.BITS_128 for value in [*values, *flags])
    assert not set(values) & set(flags), "two purposes, two keys"


def test_another_key_makes_other_hashes(world: World) -> None:
    from dataclasses import replace

    from chalicelib.domain.people import Term

    from ..support.fakes import FixedKeys

    term = Term("name", "quillfeather wren")
    other = replace(world.services, keys=FixedKeys(b"another"))
    assert people.hash_of(world.services, term) != people.hash_of(other, term)
    assert people.hash_of(world.services, term) != people.hash_of(world.services, Term("part", term.value))


def test_the_stream_may_bring_it_twice_or_late(world: World) -> None:
    complaint(world)
    before = [item for item in world.items() if item["type"] == "search"]
    world.stream.replay()
    world.settle()
    assert [item for item in world.items() if item["type"] == "search"] == before
    late = world.submit({**samples.ANSWERS}, key="late").reference
    world.stream.skip()
    assert not [item for item in world.items() if item["type"] == "search" and item["pk"] == f"CASE#{late}"]
    world.heal()
    assert [item for item in world.items() if item["type"] == "search" and item["pk"] == f"CASE#{late}"]


def test_a_case_that_closed_before_it_was_indexed_gives_its_end(world: World) -> None:
    from chalicelib.effects import people as effect

    reference = complaint(world)
    case = world.file(reference).case
    world.decide(reference, "not_a_complaint")
    world.settle()
    read = world.services.store.case
    answers = iter([case])
    world.services.store.case = lambda ref: next(answers, None) or read(ref)  # type: ignore[method-assign]
    effect.index(world.services, reference)
    mine = [item for item in world.items() if item["pk"] == f"CASE#{reference}"]
    assert len({item.get("expires_at") for item in mine}) == 1
    assert not [item for item in mine if "kept_because" in item]


# limited use


@pytest.mark.promise("ours-alone:restriction-as-a-live-flag", "notice:right-restrict")
@pytest.mark.parametrize("finding", ["granted", "partly_granted"])
def test_it_shows_on_every_other_case_of_the_person_until_they_were_told(world: World, finding: str) -> None:
    other = complaint(world)
    stranger = complaint(world, "key-3", name="Somebody Else", email="other@example.org")
    assert not limits(world, other).matches
    reference = limit(world, finding=finding, **about_self())
    found = limits(world, other)
    assert [(match.reference, match.matched) for match in found.matches] == [
        (reference, ("same name", "same e-mail address"))
    ]
    assert found.words.startswith("Use of this person's information is limited since Monday 23 November 2026.")
    assert not limits(world, stranger).matches
    later = complaint(world, "key-4")
    assert limits(world, later).since == TODAY
    assert limits(world, reference).matches[0].matched == ("this case",)
    lifting.lift(world.services, samples.MANAGER, reference, reason="Put right.", told_on=TODAY, how="letter")
    world.settle()
    for one in (other, later, reference):
        assert limits(world, one).words == ""
    assert not [item for item in world.items() if item["type"] == "flag"]


def test_a_refusal_limits_nothing(world: World) -> None:
    other = complaint(world)
    limit(world, finding="refused", **about_self())
    assert not limits(world, other).matches


def test_it_outlives_the_time_that_a_closed_case_is_kept(world: World) -> None:
    reference = limit(world, **about_self())
    assert world.file(reference).case.status == "closed"
    world.clock.move(days=365 * 9)
    assert restrictions.query(world.services, samples.OFFICER, {"email": WREN["email"]}).since == TODAY
    told_on = world.clock.now().date()
    lifting.lift(world.services, samples.MANAGER, reference, reason="Put right.", told_on=told_on, how="phone")
    world.settle()
    mine = [item for item in world.items() if item["pk"] == f"CASE#{reference}"]
    assert len({item.get("expires_at") for item in mine}) == 1
    end = world.file(reference).case.end.at
    assert end is not None
    assert end.date().year == told_on.year + 2


def test_the_child_is_limited_and_not_the_parent_who_asked(world: World) -> None:
    both = {"name": "Wren Quillfeather", "email": WREN["email"], "subject_name": "Robin Quillfeather"}
    limit(world, **both)
    for_child = sent(world, "complaint", "a", **both)
    for_sibling = sent(world, "complaint", "b", **{**both, "subject_name": "Linnet Quillfeather"})
    own = complaint(world, "c")
    elsewhere = sent(world, "complaint", "d", **{**both, "name": "Foster Carer", "email": "foster@example.org"})
    assert limits(world, for_child).matches
    for other in (for_sibling, own, elsewhere):
        assert not limits(world, other).matches


def test_it_begins_while_recipients_are_still_told_and_marks_the_desk(world: World) -> None:
    from chalicelib.commands import desk

    reference = limit(world, outcome="approve_and_inform", **about_self())
    plain = complaint(world)
    assert world.file(reference).case.is_open
    rows = {row.reference: row.limited_since for row in desk.desk(world.services, samples.OFFICER).rows}
    assert (rows[reference], rows[plain]) == (TODAY, None)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"email": "WREN.QUILLFEATHER@example.org "}, True),
        ({"name": "quillfeather WREN", "postcode": "bl11ru"}, True),
        ({"name": "Wren Quillfeather", "postcode": "BL2 2AA"}, False),
        ({"name": "Somebody Else", "postcode": "BL1 1RU"}, False),
        ({"name": "Wren Quillfeather", "date_of_birth": "1990-01-01"}, False),
        ({"phone": "01204 111111"}, False),
    ],
)
def test_anybody_may_ask_before_they_use_it(world: World, asked: dict[str, str], expected: bool) -> None:
    limit(world, **about_self(contact_way="post", address="7 Dunlin Row, Bolton BL1 1RU"))
    for actor in (samples.OFFICER, samples.SERVICE, samples.DPO, samples.AUDITOR):
        found = restrictions.query(world.services, actor, asked)
        assert bool(found.matches) == expected
        assert (found.since == TODAY) == expected
        for match in found.matches:
            assert bool(match.reference) == (actor is not samples.SERVICE), "named for those who may see it"
            assert match.matched
    logged = [item for item in world.items() if item["type"] == "lookup"]
    assert len(logged) == 4
    assert all("expires_at" in item for item in logged)
    assert {json.loads(item["body"])["by"] for item in logged} >= {"sana.service", "olive.officer"}


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({}, ""),
        ({"name": "Wren Quillfeather"}, ""),
        ({"postcode": "BL1 1RU"}, ""),
        ({"postcode": "BL1 1RU", "date_of_birth": "2014-03-27"}, ""),
        ({"email": "nonsense Zebrafinch"}, "/email"),
        ({"phone": "none"}, "/phone"),
        ({"name": "!!", "postcode": "BL1 1RU"}, "/name"),
        ({"name": "Wren", "postcode": "Bolton"}, "/postcode"),
        ({"name": "Wren", "date_of_birth": "soon"}, "/date_of_birth"),
    ],
)
def test_too_little_is_refused_and_not_repeated(world: World, asked: dict[str, str], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        restrictions.query(world.services, samples.OFFICER, asked)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]
    assert "Zebrafinch" not in str(refused.value.problems)


def test_a_flag_alone_is_no_proof(world: World) -> None:
    """A flag that a fault left behind says nothing when the case does not say so too."""
    reference = limit(world, **about_self())
    flags = [item for item in world.items() if item["type"] == "flag"]
    lifting.lift(world.services, samples.MANAGER, reference, reason="Put right.", told_on=TODAY, how="email")
    for item in flags:
        world.dynamodb.put_item(
            TableName=aws.TABLE,
            Item={name: {"S": str(value)} for name, value in item.items() if name != "body"}
            | {"body": {"S": item["body"]}},
        )
    assert not restrictions.query(world.services, samples.OFFICER, {"email": WREN["email"]}).matches


@pytest.mark.parametrize(
    ("actor", "changes", "error"),
    [
        (samples.OFFICER, {}, NotAllowed),
        (samples.DPO, {}, NotAllowed),
        (samples.MANAGER, {"reason": "  "}, Invalid),
        (samples.MANAGER, {"reason": "r" * 4001}, Invalid),
        (samples.MANAGER, {"how": "by magic"}, Invalid),
        (samples.MANAGER, {"told_on": date(2026, 11, 24)}, Invalid),
        (samples.MANAGER, {"reference": "FF-222-222-222"}, NotFound),
    ],
)
def test_it_does_not_end_without_the_person_being_told(
    world: World, actor: Actor, changes: dict[str, Any], error: type[Exception]
) -> None:
    reference = limit(world, **about_self())
    before = world.items()
    given = {"reference": reference, "reason": "Put right.", "told_on": TODAY, "how": "letter", **changes}
    with pytest.raises(error):
        lifting.lift(world.services, actor, **given)
    assert world.items() == before


def test_of_two_who_end_it_at_once_one_does(world: World) -> None:
    reference = limit(world, **about_self())
    start, found = threading.Barrier(4), list[str]()

    def lift(actor: Actor) -> None:
        start.wait()
        try:
            lifting.lift(world.services, actor, reference, reason="Put right.", told_on=TODAY, how="letter")
            found.append("done")
        except Stale:
            found.append("stale")

    threads = [threading.Thread(target=lift, args=(actor,)) for actor in (samples.MANAGER, samples.MANAGER_TWO) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["done", "stale", "stale", "stale"]
    assert len(world.events(reference, "restriction_lifted")) == 1


def test_the_timeline_tells_both_ways(world: World) -> None:
    from chalicelib.commands import track

    reference = limit(world, **about_self())
    lifting.lift(world.services, samples.MANAGER, reference, reason="Put right.", told_on=TODAY, how="letter")
    world.settle()
    resident = [entry.text for entry in track.status(world.services, reference).timeline]
    assert "From now on we limit how we use your information." in resident
    assert "We may use your information again. We told you first." in resident
    staff = [entry.text for entry in view.case_file(world.services, samples.OFFICER, reference).timeline]
    assert any("told first, on Monday 23 November 2026, by letter" in text for text in staff)


def test_a_case_opened_again_stays_limited_and_closes_without_an_end(world: World) -> None:
    from chalicelib.commands import link

    reference = limit(world, **about_self())
    link.reopen(world.services, samples.MANAGER, reference, reason="They wrote again.")
    world.settle()
    assert limits(world, reference).matches
    assert world.file(reference).case.end.because == "its case is open"
