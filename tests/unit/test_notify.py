"""GOV.UK Notify: the official client against a server that speaks the same API; which way a message goes is policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.mail import MailRefused, Ses
from chalicelib.adapters.post import Post
from chalicelib.domain import messages
from chalicelib.domain.policy import Book

from ..support import notify, samples
from ..support.world import BOOK, SCHEMAS, World


@pytest.fixture
def server() -> Iterator[notify.Server]:
    with notify.running() as found:
        yield found


def policy(server: notify.Server, **more: str) -> dict[str, Any]:
    templates = {f"{'text' if kind == 'sms' else kind}_template": row[0] for kind, row in notify.TEMPLATES.items()}
    ways = {"email": "notify", "letter": "notify", "text": "notify", **more}
    return {"version": "2026-11-24", **ways, "notify": {"url": server.url, **templates}}


def post(found: Mapping[str, Any], key: str = notify.KEY) -> Post:
    return Post(lambda: found, Ses("a@example.org", lambda: None), lambda: key)


def posting(world: World, found: Mapping[str, Any], key: str = notify.KEY) -> World:
    """The world with this way of sending."""
    book = Book(lambda name: found if name == "post" else BOOK.file(name))
    world.services = replace(world.services, book=book, mail=post(found, key))
    return world


def test_an_email_a_text_and_a_letter_go_out(server: notify.Server) -> None:
    way = post(policy(server))
    way.send("jo.example@example.com", "We have it", "Whole text", "<p>not used</p>")
    way.text("07700 900 123", "x" * 2000)
    way.letter(["Jo Example", *(f"line {number}" for number in range(8)), "BL1 1RU"], "Our answer", ["One.", "Two."])
    (first, email), (second, text), (third, letter) = server.sent
    assert (first, second, third) == ("email", "sms", "letter")
    assert email["email_address"] == "jo.example@example.com"
    assert email["personalisation"] == {"subject": "We have it", "body": "Whole text"}
    assert text["phone_number"] == "07700 900 123"
    assert len(text["personalisation"]["body"]) == 918
    assert letter["personalisation"]["address_line_1"] == "Jo Example"
    assert letter["personalisation"]["address_line_7"] == "BL1 1RU", "the postcode is never cut off"
    assert letter["personalisation"]["body"] == "One.\n\nTwo."


@pytest.mark.parametrize(("status", "name"), [(400, "BadRequestError"), (429, "RateLimitError"), (500, "Exception")])
def test_a_refusal_is_told_by_its_name_only(server: notify.Server, status: int, name: str) -> None:
    server.fail = [(status, name)]
    with pytest.raises(MailRefused) as refused:
        post(policy(server)).send("jo.example@example.com", "s", "t", "h")
    assert str(refused.value) == name
    assert "example.com" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_wrong_key_or_no_server_is_a_refusal_too(server: notify.Server) -> None:
    for key in (notify.KEY.replace("3d844edf", "00000000"), "nonsense", ""):
        with pytest.raises(MailRefused):
            post(policy(server), key).send("jo.example@example.com", "s", "t", "h")
    nowhere = policy(server)
    nowhere["notify"]["url"] = "http://127.0.0.1:9"
    with pytest.raises(MailRefused):
        post(nowhere).send("jo.example@example.com", "s", "t", "h")
    assert server.sent == []


def test_a_way_that_policy_does_not_have_is_never_taken(server: notify.Server) -> None:
    way = post(policy(server, letter="print", text="none"))
    with pytest.raises(MailRefused):
        way.text("07700 900 123", "x")
    with pytest.raises(MailRefused):
        way.letter(["Jo", "BL1 1RU"], "s", ["p"])
    assert server.sent == []


def test_a_case_is_acknowledged_through_notify_and_tried_again(world: World, server: notify.Server) -> None:
    posting(world, policy(server))
    server.fail = [(500, "Exception")]
    reference = world.go([])
    message = world.services.store.message(reference, 1)
    assert message is not None
    assert message.status == "queued"
    world.heal()
    (kind, sent) = server.sent[0]
    assert kind == "email"
    assert sent["personalisation"]["subject"] == f"We have your complaint: {reference}"
    assert "Whatever" not in str(sent)


def test_who_wants_post_gets_a_letter_from_notify_without_staff(world: World, server: notify.Server) -> None:
    posting(world, policy(server))
    by_post = {**samples.ANSWERS, "contact_way": "post", "address": "7 Dunlin Row, Bolton bl11ru"}
    by_post.pop("email")
    reference = world.submit(by_post).reference
    world.settle()
    (letter,) = [sent for kind, sent in server.sent if kind == "letter"]
    lines = letter["personalisation"]
    assert [lines[f"address_line_{number}"] for number in range(1, 5)] == [
        samples.ANSWERS["name"], "7 Dunlin Row", "Bolton", "BL1 1RU",
    ]  # fmt: skip
    message = world.services.store.message(reference, 1)
    assert message is not None
    assert (message.channel, message.status) == ("letter", "sent")
    assert reference in message.subject


def test_an_address_without_a_postcode_is_printed_here(world: World, server: notify.Server) -> None:
    posting(world, policy(server))
    by_post = {**samples.ANSWERS, "contact_way": "post", "address": "The boat at the lock"}
    by_post.pop("email")
    reference = world.submit(by_post).reference
    world.settle()
    message = world.services.store.message(reference, 1)
    assert message is not None
    assert message.channel == "print"


@pytest.mark.parametrize(
    ("channel", "details", "may"),
    [
        ("text", {"phone": "07700 900 123"}, True),
        ("text", {"phone": "+44 7700 900123"}, True),
        ("text", {"phone": "01204 333 333"}, False),
        ("text", {}, False),
        ("letter", {"address": "1 A, BL1 1RU"}, True),
        ("letter", {"address": "nowhere"}, False),
        ("email", {"email": "a@example.org"}, True),
        ("print", {}, True),
    ],
)
def test_a_message_goes_only_a_way_the_person_gave(
    server: notify.Server, channel: str, details: dict[str, str], may: bool
) -> None:
    assert messages.can_go(policy(server), channel, details) == may
    if channel in ("text", "letter"):
        assert not messages.can_go(BOOK.post, channel, details), "as policy is now"


@pytest.mark.parametrize("way", ["email", "letter", "text"])
def test_policy_wants_the_template_of_each_way(way: str) -> None:
    ways = {"email": "ses", "letter": "print", "text": "none", way: "notify"}
    assert SCHEMAS.errors("policy/post", {"version": "2026-11-24", **ways})
    notify_ = {"url": "https://api.example.org", f"{way}_template": "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"}
    assert not SCHEMAS.errors("policy/post", {"version": "2026-11-24", **ways, "notify": notify_})
