"""What the table stores is what the domain gave it."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import items
from chalicelib.adapters.codec import decode, encode
from chalicelib.domain.clock import Happening
from chalicelib.domain.model import Actor, Case, Draft, End, Event, Message, Party, StaffSession, Task, Used

texts = st.text(st.characters(codec="utf-8"), max_size=20)
words = st.text("abcdefgh_", min_size=1, max_size=8)
instants = st.datetimes(min_value=datetime(2018, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC))
days = st.dates(min_value=date(2018, 1, 1), max_value=date(2040, 1, 1))
ends = st.one_of(st.builds(End, at=instants), st.builds(End, because=st.text("abc ", min_size=1)))
plain = st.one_of(st.booleans(), st.integers(-99, 99), texts)
data = st.dictionaries(words, st.one_of(plain, st.lists(plain, max_size=3)), max_size=3)
happenings = st.builds(Happening, type=words, at=days, details=st.dictionaries(words, texts, max_size=2))
people = st.frozensets(words, max_size=3)

cases = st.builds(
    Case, reference=words, kind=words, stage=words, received_at=instants, received_on=days, channel=words, regime=words,
    access_digest=words, changed_at=instants, happenings=st.lists(happenings, max_size=3).map(tuple),
    next_alert=st.none() | instants, alerts_raised=st.lists(words, max_size=3).map(tuple), people=people, roles=people,
    took_part=st.dictionaries(words, st.lists(words, max_size=2).map(tuple), max_size=2),
    facts=st.dictionaries(words, texts, max_size=3), closed_at=st.none() | instants, end=ends,
)  # fmt: skip
events = st.builds(
    Event, reference=words, number=st.integers(1, 999_999), type=words, at=instants, by=words, by_name=texts,
    reason=texts, data=data, messages=st.lists(st.integers(1, 99), max_size=3).map(tuple), end=ends,
)  # fmt: skip
tasks = st.builds(
    Task, reference=words, number=st.integers(1, 9999), kind=words, task=words, role=words, opened_at=instants,
    person=st.just("") | words, not_by=people, due=st.none() | days, status=st.sampled_from(["open", "decided"]),
    token=st.just("") | words, data=data, decided_at=st.none() | instants, signalled_at=st.none() | instants, end=ends,
)  # fmt: skip
messages = st.builds(
    Message, reference=words, number=st.integers(1, 9999), template=words, template_version=words, to=words,
    channel=words, subject=texts, paragraphs=st.lists(texts, max_size=3).map(tuple), queued_at=instants,
    status=words, attempts=st.integers(0, 8), sent_at=st.none() | instants, end=ends,
)  # fmt: skip
actors = st.builds(Actor, id=words, name=texts, email=texts, roles=people)
others = st.one_of(
    st.builds(Party, role=words, name=texts, details=st.dictionaries(words, texts, max_size=3), end=ends),
    st.builds(Draft, journey=words, answers=data, expires_at=instants),
    st.builds(Used, reference=words, kind=words, digest=words, received_at=instants, end=ends),
    st.builds(StaffSession, actor=actors, csrf_key=st.binary(max_size=32), started_at=instants, seen_at=instants),
)


@given(st.one_of(cases, events, tasks, messages, others))
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    stored = json.loads(json.dumps(encode(value)))
    assert decode(type(value), stored) == value


@given(cases)
def test_a_case_comes_back_from_its_item(case: Case) -> None:
    item = items.from_case(case)
    assert items.to_case(item) == case
    if case.is_open:
        assert item.agenda_pk == items.OPEN
    elif case.end.at:
        assert item.agenda_pk == items.CLOSED
    else:
        assert item.agenda_pk == (items.LOOK if case.review_at else items.KEPT)
    assert item.agenda_sk, "each case stands in some list, so that some round finds it"


@given(tasks)
def test_a_task_comes_back_from_its_item_and_its_token_lies_apart(task: Task) -> None:
    item = items.from_task(task)
    assert items.to_task(item) == task
    assert "token" not in item.body
    assert (item.desk_pk is not None) == (task.status == "open")


@given(messages)
def test_a_message_comes_back_from_its_item(message: Message) -> None:
    assert items.to_message(items.from_message(message)) == message


@given(events)
def test_an_event_comes_back_from_its_item(event: Event) -> None:
    item = items.from_event(event)
    assert items.to_event(item) == event
    assert (item.agenda_pk == items.OUTBOX) == (event.type not in items.EFFECTLESS)


@given(
    st.one_of(
        cases.map(items.from_case),
        tasks.map(items.from_task),
        messages.map(items.from_message),
        events.map(items.from_event),
    )
)
def test_each_item_has_an_end_or_a_reason(item: Any) -> None:
    assert (item.expires_at is None) != (item.kept_because is None)


@given(st.lists(instants, min_size=2, max_size=10), st.integers(-12, 14))
def test_instants_sort_as_text_whatever_their_zone(found: list[datetime], hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    assert sorted(found) == sorted(found, key=lambda at: items.instant(at.astimezone(zone)))
    assert [datetime.fromisoformat(items.instant(at)) for at in found] == found


def test_a_field_of_a_newer_version_is_passed_over() -> None:
    """Rolling back the code must not make stored values unreadable."""
    used = Used(reference="r", kind="k", digest="d", received_at=datetime(2026, 1, 1, tzinfo=UTC), end=End(because="b"))
    assert decode(Used, {**encode(used), "unknown": 1}) == used
    assert {field.name for field in fields(Used)} - {"context", "linked"} == set(encode(used)), (
        "defaults are not written"
    )
