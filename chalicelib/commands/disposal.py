"""The round of disposal, each night: what is due goes, every item, file and hash of it, and a certificate stays.

The order makes it safe to stop anywhere. First the case is taken out of everybody's hands, by one conditional write.
Then its files go, then its items, and both are looked for again. Last, in one transaction, its record is forgotten and
certified: so nothing of a person is left without a certificate, and no certificate exists for what is still there. A
round that died is finished by the next.

Some days before a case is due it is looked at: a hold on its class, or somebody's open request for access, becomes a
hold of the case, and takes the end off every item of it, for DynamoDB's TTL knows no holds.
"""

from __future__ import annotations

import hmac
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ..domain import certificates, disposal, holds, people
from ..domain.errors import Conflict, NotFound
from ..domain.model import Actor, Case, Change, Hold, Leaving
from ..domain.ports import RACES, Services
from ..domain.reference import parse
from ..domain.retention import class_of
from ..faults import code_of
from .people import cases_of
from .submit import new_reference

log = logging.getLogger("cases")

CLOSED, LOOK, KEPT = "CLOSED", "LOOK", "KEPT"
PURPOSE = "certificates"
BITS_128 = 32
AHEAD = timedelta(days=2)
BATCH, PAGES = 100, 50
TRIES = 3
FOR_EVER = timedelta(days=365 * 200)
COUNTED_WITH = "retention_counted_with"
COPIED = "certificates_copied"


def run(services: Services, time_left: Callable[[], float] = lambda: 900.0) -> dict[str, int]:
    """One round; returns how many of each were done. `time_left` gives the seconds that this process still has: the
    rest is for the next round."""
    done: Counter[str] = Counter(released=0, counted_again=0, to_review=0, held=0, disposed=0, failed=0)
    _each(services, KEPT, services.clock.now() + FOR_EVER, lambda ref: _kept(services, ref), done, time_left)
    _schedule_changed(services, done, time_left)
    _each(services, LOOK, services.clock.now(), lambda ref: _look(services, ref), done, time_left)
    _each(services, CLOSED, services.clock.now() + AHEAD, lambda ref: _due(services, ref), done, time_left)
    done["copied"] = copy_certificates(services)
    return dict(done)


def _each(
    services: Services,
    list_: str,
    before: datetime,
    work: Callable[[str], str],
    done: Counter[str],
    time_left: Callable[[], float],
) -> None:
    """Do the work for each case of a list, page after page. One that fails keeps none of the others."""
    for reference in _references(services, list_, before):
        if time_left() < 30:
            return
        try:
            result = work(reference)
        except Exception as error:
            log.error("disposal_failed", extra={"fields": {"code": code_of(error), "case": reference}})
            result = "failed"
        if result:
            done[result] += 1


def _references(services: Services, list_: str, before: datetime) -> Iterator[str]:
    cursor = ""
    for _ in range(PAGES):
        page = services.store.disposals(list_, before, BATCH, cursor)
        yield from page.rows
        cursor = page.cursor
        if not cursor:
            return


# a case whose time has come


def _due(services: Services, reference: str) -> str:
    """Dispose of a case that is past its end; before that, see whether something must keep it."""
    found = services.store.leaving(reference)
    if found is None:
        return ""
    if found.case is None or found.begun:
        return dispose(services, found)
    now = services.clock.now()
    if found.case.end.at is None:
        return ""  # the index was behind the table
    if change := disposal.parts(services.book, found.case, now):
        return _commit(services, change, "parts")
    if change := disposal.count_again(services.book, found.case, now):
        return _commit(services, change, "counted_again")
    request = _request_over(services, found)
    if request is not None:
        return _commit(services, disposal.for_request(services.book, found.case, request, now), "held")
    if found.case.end.at > now:
        return _hold_now(services, found)
    if services.store.begin_disposal(found, _classes(services, found.case)):
        return dispose(services, replace(found, version=found.version + 1))
    return _hold_now(services, found) or "failed"


def _classes(services: Services, case: Case) -> tuple[str, str]:
    return class_of(services.book, case), disposal.EVERY_CLASS


def _request_over(services: Services, found: Leaving) -> Case | None:
    """An open request for access by or about somebody of the case."""
    assert found.case is not None
    for party in found.parties:
        wanted = [term for term in people.terms_of(party) if term.kind != people.PART]
        for reference, (other, shared) in cases_of(services, wanted).items():
            asked = reference != found.reference and disposal.covers(services.book, other)
            if asked and disposal.is_about(tuple(shared)):
                return other
    return None


def dispose(services: Services, found: Leaving) -> str:
    """Remove all that is left of a case, see that it is gone, and certify it. `found` is begun, or has lost its
    record."""
    for _ in range(TRIES):
        services.documents.erase(found.reference)
        services.store.remove_items(found.reference, found.left)
        again = services.store.leaving(found.reference)
        if again is None:
            return ""
        if not again.left and not services.documents.left(found.reference):
            return _certify(services, again)
        found = again
    log.error("disposal_incomplete", extra={"fields": {"case": found.reference}})
    return "failed"


def _certify(services: Services, found: Leaving) -> str:
    remains = found.remains or certificates.remains_of(services.book, _case(found))
    by = found.removed_by or "service"
    for _ in range(RACES):
        subject = subject_of(services, found.reference)
        certificate = None
        if services.store.certificate_of(subject) is None:
            last = services.store.last_certificate()
            certificate = certificates.issue(last, subject, remains, by, services.clock.now())
        try:
            services.store.finish_disposal(found, certificate)
        except Conflict:
            continue
        return "disposed"
    return "failed"


def _case(found: Leaving) -> Case:
    assert found.case is not None
    return found.case


def subject_of(services: Services, reference: str) -> str:
    """Under what a case is certified: whoever lacks the service's secret cannot tell which case it was."""
    return hmac.digest(services.keys.key(PURPOSE), reference.encode(), "sha256").hex()[:BITS_128]


def removed(services: Services, case: Case, by: str) -> None:
    """The record of a case is gone from the table, and not by a round of disposal: note what must still go, so that the
    next round finds it. Nothing is noted of a case that is certified."""
    if services.store.certificate_of(subject_of(services, case.reference)) is None:
        services.store.record_removed(case.reference, certificates.remains_of(services.book, case), by)


# holds that end by themselves, and those to look at again


def _kept(services: Services, reference: str) -> str:
    """Release what no longer keeps a case, and say when somebody should look at a hold again."""
    case = services.store.case(reference)
    if case is None:
        return ""
    classes = services.store.class_holds().values()
    in_force = {f"{disposal.OF_CLASS}{hold.id}" for _, some in classes for hold in disposal.active(some)}
    for hold in case.holds:
        if not _still(services, hold, in_force):
            reason = "What it was for has ended."
            release = holds.release(services.book, case, hold.id, services.clock.now(), actor=None, reason=reason)
            return _commit(services, release, "released")
    for hold in case.holds:
        if change := disposal.review_again(services.book, case, hold, services.clock.now()):
            return _commit(services, change, "to_review")
    return ""


def _still(services: Services, hold: Hold, in_force: set[str]) -> bool:
    if hold.id.startswith(disposal.OF_CLASS):
        return hold.id in in_force
    other = parse(hold.id, services.book.prefix)
    if other is None:
        return True  # placed by a person, ended by a person
    case = services.store.case(other)
    return case is not None and case.is_open


def class_hold_changed(services: Services) -> dict[str, int]:
    """A hold on a class was placed or ended: cases that are about to go are held now, and those that it held are let
    go, without waiting for the night."""
    done: Counter[str] = Counter()
    _each(services, KEPT, services.clock.now() + FOR_EVER, lambda ref: _kept(services, ref), done, lambda: 900.0)
    _each(services, CLOSED, services.clock.now() + AHEAD, lambda ref: _soon(services, ref), done, lambda: 900.0)
    return dict(done)


def _hold_now(services: Services, found: Leaving) -> str:
    """Give a case the hold of its class, when there is one."""
    assert found.case is not None
    held = services.store.class_holds()
    for class_ in _classes(services, found.case):
        for hold in disposal.active(held[class_][1]) if class_ in held else ():
            change = disposal.for_class(services.book, found.case, hold, services.clock.now())
            return _commit(services, change, "held")
    return ""


def _soon(services: Services, reference: str) -> str:
    found = services.store.leaving(reference)
    if found is None or found.case is None or found.begun or found.case.end.at is None:
        return ""
    return _hold_now(services, found)


# a review before, and a schedule that changed


def _look(services: Services, reference: str) -> str:
    """Open the task for somebody to look at the case; or dispose of its released files, which need no look."""
    case, now = services.store.case(reference), services.clock.now()
    if case is None:
        return ""
    if change := disposal.parts(services.book, case, now):
        return _commit(services, change, "parts")
    if change := disposal.count_again(services.book, case, now):
        return _commit(services, change, "counted_again")
    if case.review_at is None or case.review_at > now:
        return ""
    return _commit(services, disposal.ask_for_review(services.book, case, new_reference(services), now), "to_review")


def reviewed(services: Services, reference: str) -> None:
    """A review has closed: what was decided holds for the case that it looked at. Twice is harmless."""
    review = services.store.case(reference)
    if review is None or "decides_disposal" not in services.book.kind(review.kind):
        return
    for parent in review.links:
        for _ in range(RACES):
            case = services.store.case(parent)
            change = disposal.reviewed(services.book, case, review, services.clock.now()) if case else None
            if change is None or _commit(services, change, "done") == "done":
                break
        else:
            raise Conflict


def _schedule_changed(services: Services, done: Counter[str], time_left: Callable[[], float]) -> None:
    """Count every closed case again, once for each version of the schedule. What is past its end is counted when it is
    disposed of."""
    version = str(services.book.retention["version"])
    if services.store.note(COUNTED_WITH) == version:
        return
    for list_ in (CLOSED, LOOK):
        _each(services, list_, services.clock.now() + FOR_EVER, lambda ref: _recount(services, ref), done, time_left)
    if time_left() >= 30 and not done["failed"]:
        services.store.save_note(COUNTED_WITH, version)


def _recount(services: Services, reference: str) -> str:
    case = services.store.case(reference)
    change = disposal.count_again(services.book, case, services.clock.now()) if case else None
    return _commit(services, change, "counted_again") if change else ""


def _commit(services: Services, change: Change, done: str) -> str:
    try:
        services.store.commit(change)
    except Conflict:
        return "failed"  # somebody else was first: the next round looks again
    return done


# certificates


def copy_certificates(services: Services) -> int:
    """Copy new certificates to the bucket, so that they outlive a table that is restored from a backup."""
    copied, done = int(services.store.note(COPIED) or 0), 0
    while some := services.store.certificates(copied, BATCH):
        for one in some:
            services.documents.keep_certificate(one.number, {**one.content, "seal": one.seal})
        copied, done = some[-1].number, done + len(some)
        services.store.save_note(COPIED, str(copied))
        log.info("certificates", extra={"fields": {"head": some[-1].seal, "count": copied}})
    return done


def replay(services: Services) -> dict[str, int]:
    """After a restore from a backup, before the service opens: put back the certificates that the restored table lacks,
    and remove again every case that they certify. No new certificate is issued for it."""
    done: Counter[str] = Counter(certificates=0, disposed=0)
    gone: set[str] = set()
    for body in services.documents.certificates():
        certificate = certificates.read(body)
        gone.add(certificate.subject)
        done["certificates"] += services.store.put_certificate(certificate)
    for list_ in ("OPEN", CLOSED, LOOK, KEPT):
        for reference in list(_references(services, list_, services.clock.now() + FOR_EVER)):
            if subject_of(services, reference) in gone:
                found = services.store.leaving(reference)
                if found is not None:
                    done[dispose(services, found)] += 1
    return dict(done)


# what people see


@dataclass(frozen=True, kw_only=True)
class Row:
    """A case that would go, or be looked at: on which day, by which rule, and what keeps it."""

    reference: str
    kind: str
    class_title: str
    rule: str
    day: date | None
    keeps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    going: tuple[Row, ...]
    to_look: tuple[Row, ...]
    kept: tuple[Row, ...]


def preview(services: Services, actor: Actor, days: int) -> Preview:
    """What goes in the next days, what somebody looks at first, and what is kept although its time may come: a bounded
    number of each, and only what this person may see. Raises NotAllowed."""
    services.book.access.require(actor, "disposal.view")
    until = services.clock.now() + timedelta(days=days)
    held = {class_: disposal.active(some) for class_, (_, some) in services.store.class_holds().items()}

    def rows(list_: str, before: datetime) -> tuple[Row, ...]:
        page = services.store.disposals(list_, before, BATCH)
        cases = services.store.cases(page.rows) if page.rows else ()
        seen = [case for case in cases if services.book.access.may_see(actor, case)]
        found = [_row(services, case, held) for case in seen]
        return tuple(sorted(found, key=lambda row: (row.day or date.max, row.reference)))

    for_ever = services.clock.now() + FOR_EVER
    return Preview(going=rows(CLOSED, until), to_look=rows(LOOK, until), kept=rows(KEPT, for_ever))


def _row(services: Services, case: Case, held: dict[str, tuple[Hold, ...]]) -> Row:
    class_ = class_of(services.book, case)
    return Row(
        reference=case.reference,
        kind=services.book.kind(case.kind)["title"],
        class_title=services.book.retention["classes"][class_]["title"],
        rule=case.retention_rule,
        day=disposal.day_of(case),
        keeps=disposal.what_keeps(case, held, class_),
    )


def certificates_seen(services: Services, actor: Actor, after: int) -> tuple[certificates.Certificate, ...]:
    """A page of certificates, the oldest first. Raises NotAllowed."""
    services.book.access.require(actor, "disposal.view")
    return services.store.certificates(after, BATCH)


def certificate_of(services: Services, actor: Actor, reference: str) -> certificates.Certificate:
    """The certificate of a case that is gone. Raises NotFound."""
    services.book.access.require(actor, "case.view")
    parsed = parse(reference, services.book.prefix)
    found = services.store.certificate_of(subject_of(services, parsed)) if parsed else None
    if found is None:
        raise NotFound("We cannot find that case. Check the reference.")
    return found
