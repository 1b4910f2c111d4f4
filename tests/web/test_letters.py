"""Staff write to the person: a text of policy, seen before it goes, read by a second person where policy says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import letters, track
from chalicelib.domain.errors import Invalid, NotAllowed, NotFound, Stale
from chalicelib.domain.policy import Book

from ..support import samples
from ..support.site import Site
from ..support.world import BOOK, World
from ..workflow.test_disposal import to_its_end
from .test_resident_case import sent as asked
from .walks import codes

WORDS = {"words": "We looked at Zebra.\n\nWe write again on Friday."}
SORRY = {"what_went_wrong": "We lost the Ocelot page.", "what_we_do": "We asked for it again."}


def opened(world: World, **more: Any) -> str:
    answers = {name: value for name, value in {**samples.ANSWERS, **more}.items() if value is not None}
    reference = world.submit(answers).reference
    world.settle()
    return reference


def test_a_letter_is_seen_before_it_goes_and_kept_as_it_went(site: Site) -> None:
    world = site.world
    reference = opened(world)
    sent = len(world.mail.sent)
    officer = site.signed_in(samples.OFFICER)
    assert f"/staff/cases/{reference}/write" in officer.get(f"/staff/cases/{reference}").body
    assert "Tell them how it is going" in officer.get(f"/staff/cases/{reference}/write").text
    path = f"/staff/cases/{reference}/write/update"
    officer.get(path)
    empty = officer.post(path, {"words": " ", "way": "email"})
    assert empty.status == 422
    officer.get(path)
    shown = officer.post(path, {**WORDS, "way": "email"})
    assert shown.status == 200
    assert "Nothing has gone yet." in shown.text
    assert "We looked at Zebra." in shown.text
    assert f"About your case: {reference}" in shown.text
    world.settle()
    assert len(world.mail.sent) == sent
    again = officer.post(path, {**WORDS, "way": "email", "_edit": "yes"})
    assert "We looked at Zebra." in again.body
    officer.get(path)
    done = officer.post(path, {**WORDS, "way": "email", "confirmed": "yes"})
    assert done.headers["Location"] == f"/staff/cases/{reference}"
    world.settle()
    mail = world.mail.sent[-1]
    assert mail.subject == f"About your case: {reference}"
    assert "Zebra" not in mail.text, "what was written stays behind the access code"
    status = track.status(world.services, reference)
    assert status.letters[0].paragraphs[1:3] == ("We looked at Zebra.", "We write again on Friday.")
    assert [entry.text for entry in status.timeline][0] == "We wrote to you."
    number = world.file(reference).messages[-1].number
    kept = officer.get(f"/staff/cases/{reference}/letters/{number}")
    assert "We looked at Zebra." in kept.text
    assert "Zebra" in officer.get(f"/staff/cases/{reference}/resident-view").text


def test_a_second_person_reads_it_where_policy_says_so(site: Site) -> None:
    world = site.world
    reference = opened(world)
    letters.write(world.services, samples.OFFICER, reference, "sorry", SORRY, "email")
    world.settle()
    assert not any("Ocelot" in mail.text or "mistake" in mail.subject for mail in world.mail.sent)
    assert any("A letter waits for you" in mail.subject for mail in world.mail.sent)
    assert track.status(world.services, reference).letters == ()
    number = next(one.number for one in world.file(reference).messages if one.status == "draft")
    writer, second = site.signed_in(samples.OFFICER), site.signed_in(samples.MANAGER)
    assert "A letter waits" in second.get("/staff?view=team").text
    path = f"/staff/cases/{reference}/letters/{number}"
    assert "I have read it" not in writer.get(path).text
    assert writer.post(f"{path}/send", {}).status == 403
    assert "We lost the Ocelot page." in second.get(path).text
    assert second.post(f"{path}/send", {}).status == 303
    world.settle()
    assert world.mail.sent[-1].subject == f"We made a mistake: {reference}"
    second.get(f"/staff/cases/{reference}")
    assert second.post(f"{path}/send", {}).status == 409, "it goes once"
    world.settle()
    assert sum(mail.subject == f"We made a mistake: {reference}" for mail in world.mail.sent) == 1
    assert "A letter waits" not in site.signed_in(samples.MANAGER).get("/staff?view=team").text


def test_a_letter_that_is_given_back_never_goes(site: Site) -> None:
    world = site.world
    reference = opened(world)
    letters.write(world.services, samples.MANAGER, reference, "sorry", SORRY, "email")
    world.settle()
    number = next(one.number for one in world.file(reference).messages if one.status == "draft")
    second = site.signed_in(samples.OFFICER)
    path = f"/staff/cases/{reference}/letters/{number}/give-back"
    second.get(path)
    assert second.post(path, {"reason": ""}).status == 422
    second.get(path)
    assert second.post(path, {"reason": "It says too much."}).status == 303
    world.settle()
    assert any(mail.to == samples.MANAGER.email and "came back" in mail.subject for mail in world.mail.sent)
    assert "It says too much." in site.signed_in(samples.MANAGER).get(f"/staff/cases/{reference}").text
    with pytest.raises(Stale):
        letters.send(world.services, samples.OFFICER, reference, number)
    world.heal()
    assert not any("mistake" in mail.subject for mail in world.mail.sent)
    assert track.status(world.services, reference).letters == ()


def test_who_has_no_email_gets_it_on_paper(world: World) -> None:
    reference = opened(world, email=None, contact_way="post", address="7 Dunlin Row, Bolton BL1 1RU")
    file = world.file(reference)
    assert letters.ways(world.services, file) == ("print",)
    letters.write(world.services, samples.OFFICER, reference, "update", WORDS, "print")
    world.settle()
    message = world.file(reference).messages[-1]
    assert (message.channel, message.status) == ("print", "queued")
    assert "We looked at Zebra." in message.paragraphs
    with pytest.raises(Invalid):
        letters.write(world.services, samples.OFFICER, reference, "update", WORDS, "email")


def test_a_text_message_goes_where_the_council_sends_them(world: World) -> None:
    reference = opened(world, email=None, contact_way="phone", phone="07700 900 123")
    with pytest.raises(Invalid):
        letters.write(world.services, samples.OFFICER, reference, "call", {"when": "Today."}, "text")
    texts = {"version": "2026-11-24", "email": "ses", "letter": "print", "text": "notify"}
    book = Book(lambda name: texts if name == "post" else BOOK.file(name))
    world.services = replace(world.services, book=book)
    letters.write(world.services, samples.OFFICER, reference, "call", {"when": "Ask for the Marten."}, "text")
    world.settle()
    sent = world.mail.sent[-1]
    assert sent.to == "07700 900 123"
    assert sent.text.startswith("Please call us on")
    assert "Marten" not in sent.text
    assert "Ask for the Marten." in track.status(world.services, reference).letters[0].paragraphs


def test_who_may_and_what_there_is(world: World) -> None:
    reference = opened(world)
    for actor in (samples.SERVICE, samples.AUDITOR):
        with pytest.raises(NotAllowed):
            letters.write(world.services, actor, reference, "update", WORDS, "email")
    with pytest.raises(NotFound):
        letters.write(world.services, samples.OFFICER, reference, "nonsense", WORDS, "email")
    with pytest.raises(Invalid):
        letters.write(world.services, samples.OFFICER, reference, "update", {"words": "x" * 9000}, "email")
    with pytest.raises(NotFound):
        letters.send(world.services, samples.MANAGER, reference, 1)


def test_what_was_sent_goes_with_the_case(world: World) -> None:
    reference = opened(world)
    letters.write(world.services, samples.OFFICER, reference, "update", WORDS, "email")
    world.settle()
    world.decide(reference, "not_a_complaint")
    world.settle()
    assert "Zebra" in str(world.items())
    to_its_end(world, reference)
    from chalicelib.commands import disposal

    disposal.run(world.services)
    world.settle()
    assert "Zebra" not in str(world.items())


@pytest.mark.promise("ours-alone:safe-contact")
def test_nothing_goes_to_what_must_never_be_used(world: World) -> None:
    """Not even what goes by itself; and whoever writes to the person reads it first."""
    texts = {"version": "2026-11-24", "email": "ses", "letter": "notify", "text": "notify"}
    world.services = replace(world.services, book=Book(lambda name: texts if name == "post" else BOOK.file(name)))
    site = Site(world)
    home = "7 Dunlin Row, Bolton BL1 1RU"
    at_home = {"contact_way": "post", "address": home}
    free, _ = codes(asked(site.browser(), **at_home, never_address="9 Dunlin Row, Bolton BL1 1RU")[0])
    kept, _ = codes(asked(site.browser(), **at_home, never_address="7 DUNLIN ROW\nBL11RU")[0])
    texted, _ = codes(asked(site.browser(), contact_way="phone", phone="07700 900 123", never_phone="07700900123")[0])
    world.settle()
    posted = [sent.to for sent in world.mail.sent if "Dunlin Row" in sent.to]
    assert len(posted) == 1, "what goes by itself"
    assert letters.ways(world.services, world.file(free)) == ("letter", "print")
    assert letters.ways(world.services, world.file(kept)) == ("print",)
    assert letters.ways(world.services, world.file(texted)) == ("print",)
    for reference, way in ((kept, "letter"), (texted, "text")):
        with pytest.raises(Invalid):
            letters.write(world.services, samples.OFFICER, reference, "call", {"when": "Today."}, way)
    officer = site.signed_in(samples.OFFICER)
    for page in (f"/staff/cases/{kept}/write", f"/staff/cases/{kept}/letters/1"):
        assert "Nothing goes there. Ask them first." in officer.get(page).text
    assert home not in officer.get(f"/staff/cases/{kept}/letters/1").text, "nor on the page to print"
    assert f"{home} Do not use" in officer.get(f"/staff/cases/{kept}").text
    assert "Nothing goes there" not in officer.get(f"/staff/cases/{free}/write").text
    assert "9 Dunlin Row" in officer.get(f"/staff/cases/{free}/write").text
