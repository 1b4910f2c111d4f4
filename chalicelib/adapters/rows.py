"""What all parts of the store share: reading that leaves out what is past its end, and writing under a condition."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from ..domain.model import Case
from ..domain.ports import Clock, Page
from . import table
from .items import case_key, instant


def transaction() -> TransactWrite:
    return TransactWrite(connection=table.Item._get_connection().connection, return_consumed_capacity="NONE")


def only_conditions(error: TransactWriteError) -> None:
    """Raises the error unless all that stopped the transaction was a condition or another write."""
    codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
    if not codes or codes - {"None", "ConditionalCheckFailed", "TransactionConflict"}:
        raise error


class Rows:
    """The items of the table. `use_table` must have been called."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def _alive(self, found: Iterable[Any]) -> list[Any]:
        """Leaves out items past their end, whether or not DynamoDB has removed them yet (TTL may take days)."""
        now = self._clock.now().timestamp()
        return [item for item in found if item.expires_at is None or item.expires_at > now]

    def _get(self, pk: str, sk: str) -> Any:
        try:
            found = self._alive([table.Item.get(pk, sk, consistent_read=True)])
        except DoesNotExist:
            return None
        return found[0] if found else None

    def _get_many(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        found = self._alive(table.Item.batch_get(list(keys), consistent_read=True))
        return {(item.pk, item.sk): item for item in found}

    def _agenda(
        self, list_: str, read: Callable[[Any], Any], limit: int, cursor: str, before: datetime | None = None
    ) -> Page:
        until = table.CaseItem.agenda_sk < instant(before) if before else None
        last = json.loads(cursor) if cursor else None
        query = table.Item.agenda.query(list_, until, limit=limit, last_evaluated_key=last)
        rows = tuple(read(item) for item in self._alive(query))
        return Page(rows=rows, cursor=json.dumps(query.last_evaluated_key) if query.last_evaluated_key else "")

    def _update(self, key: table.Item, actions: list[Any], condition: Any = None) -> bool:
        """One conditional update of an item that exists; False when the condition no longer holds."""
        exists = table.Item.pk.exists()
        try:
            key.update(actions=actions, condition=exists & condition if condition is not None else exists)
        except UpdateError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _same_case(self, write: TransactWrite, case: Case) -> None:
        same = table.CaseItem.version == case.version
        write.condition_check(table.CaseItem, case_key(case.reference), "CASE", condition=same)
