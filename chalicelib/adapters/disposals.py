"""The table as the round of disposal needs it: the one reading that sees what is past its end, and the transactions by
which a case goes. Nothing else reads or deletes like this."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist, PutError, TransactWriteError

from ..domain.certificates import Certificate
from ..domain.errors import Conflict
from ..domain.model import Hold, Leaving, Party, Remains
from ..domain.ports import Page
from . import items, table
from .codec import decode
from .items import case_key, instant
from .rows import Rows, only_conditions, transaction

RECORDS = ("CASE", "REMOVED")


class Disposals(Rows):
    """The part of the table's store that disposes of cases."""

    def disposals(self, list_: str, before: datetime, limit: int, cursor: str = "") -> Page:
        """References of closed cases that go, or are looked at, before an instant; also of those past their end."""
        last = json.loads(cursor) if cursor else None
        until = table.CaseItem.agenda_sk < instant(before)
        query = table.Item.agenda.query(list_, until, limit=limit, last_evaluated_key=last)
        rows = tuple(items.reference_of(item.pk) for item in query)
        return Page(rows=rows, cursor=json.dumps(query.last_evaluated_key) if query.last_evaluated_key else "")

    def leaving(self, reference: str) -> Leaving | None:
        """All that is left of a case, past its end or not; None when nothing is."""
        found = list(table.Item.query(case_key(reference), consistent_read=True))
        case = next((item for item in found if isinstance(item, table.CaseItem)), None)
        removed = next((item for item in found if isinstance(item, table.RemovedItem)), None)
        if not found:
            return None
        return Leaving(
            reference=reference,
            version=int(case.version) if case else 0,
            case=items.to_case(case) if case else None,
            remains=decode(Remains, removed.body) if removed else None,
            removed_by=removed.by if removed else "",
            begun=bool(case and case.begun),
            parties=tuple(decode(Party, item.body) for item in found if isinstance(item, table.PartyItem)),
            left=tuple(item.sk for item in found if item.sk not in RECORDS),
        )

    def begin_disposal(self, leaving: Leaving, classes: Sequence[str]) -> bool:
        """From now on nobody changes this case: whoever read it before is too late. False when it changed meanwhile, or
        one of these classes is on hold at this very moment."""
        key = table.CaseItem(pk=case_key(leaving.reference), sk="CASE")
        over = table.Item.expires_at <= int(self._clock.now().timestamp())
        same = (table.CaseItem.version == leaving.version) & over
        actions: list[Any] = [table.CaseItem.version.set(leaving.version + 1), table.CaseItem.begun.set("yes")]
        try:
            with transaction() as write:
                write.update(key, actions=actions, condition=same)
                for class_ in classes:
                    free = table.Item.pk.does_not_exist() | (table.ClassHoldsItem.active == 0)
                    write.condition_check(table.ClassHoldsItem, items.HOLDS, class_, condition=free)
        except TransactWriteError as error:
            only_conditions(error)
            return False
        return True

    def remove_items(self, reference: str, keys: Sequence[str]) -> None:
        """Delete these items of a case, and what stands of it beside cases that are like it. Safe to repeat."""
        with table.Item.batch_write() as batch:
            for sk in keys:
                batch.delete(table.Item(pk=case_key(reference), sk=sk))
                kind, _, other = sk.partition("#")
                if kind == "ALIKE":
                    batch.delete(table.Item(pk=case_key(other), sk=items.alike_key(reference)))

    def finish_disposal(self, leaving: Leaving, certificate: Certificate | None) -> None:
        """Forget the record of a case and certify that it is gone: both, or neither. Raises Conflict when another
        certificate came first, or the record changed."""
        pk = case_key(leaving.reference)
        try:
            with transaction() as write:
                if leaving.case is not None:
                    same = table.CaseItem.version == leaving.version
                    write.delete(table.CaseItem(pk=pk, sk="CASE"), condition=same)
                if leaving.remains is not None:
                    write.delete(table.RemovedItem(pk=pk, sk="REMOVED"))
                if certificate is not None:
                    fresh = table.Item.pk.does_not_exist()
                    write.save(items.from_certificate(certificate), condition=fresh)
                    write.save(items.from_disposed(certificate), condition=fresh)
        except TransactWriteError as error:
            only_conditions(error)
            raise Conflict("case") from None

    def record_removed(self, reference: str, remains: Remains, by: str) -> None:
        """Something else removed the record of a case: the next round of disposal finds it by this."""
        items.from_removed(reference, remains, by, self._clock.now()).save()

    def certificate_of(self, subject: str) -> Certificate | None:
        """The certificate of a case, if it is gone."""
        try:
            item: Any = table.Item.get(items.disposed_key(subject), "DISPOSED", consistent_read=True)
        except DoesNotExist:
            return None
        return next(iter(self.certificates(int(item.number) - 1, 1)), None)

    def last_certificate(self) -> Certificate | None:
        query: Any = table.Item.query(items.CERTIFICATES, limit=1, scan_index_forward=False, consistent_read=True)
        return next((items.to_certificate(item) for item in query), None)

    def certificates(self, after: int, limit: int) -> tuple[Certificate, ...]:
        """Certificates with a higher number than `after`, in order."""
        later = table.Item.sk > f"{after:09d}"
        query: Any = table.Item.query(items.CERTIFICATES, later, limit=limit, consistent_read=True)
        return tuple(items.to_certificate(item) for item in query)

    def put_certificate(self, certificate: Certificate) -> bool:
        """Put back a certificate that a restored table lacks; False when it is there."""
        fresh = table.Item.pk.does_not_exist()
        try:
            with transaction() as write:
                write.save(items.from_certificate(certificate), condition=fresh)
                write.save(items.from_disposed(certificate), condition=fresh)
        except TransactWriteError as error:
            only_conditions(error)
            return False
        return True

    def class_holds(self) -> Mapping[str, tuple[int, tuple[Hold, ...]]]:
        """The holds on whole classes, each class with the version of its record."""
        query: Any = table.Item.query(items.HOLDS, consistent_read=True)
        return {item.sk: (int(item.version), tuple(decode(Hold, one) for one in item.body)) for item in query}

    def save_class_holds(self, class_: str, holds: Sequence[Hold], seen: int) -> None:
        """Write the holds of a class over version `seen` (0: there are none yet). One write. Raises Conflict."""
        same = table.ClassHoldsItem.version == seen if seen else table.Item.pk.does_not_exist()
        try:
            items.from_class_holds(class_, holds, seen + 1).save(condition=same)
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            raise Conflict("class") from None
