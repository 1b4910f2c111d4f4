"""The table's stream: one new event after another, in order for each case, at least once.

Lambda starts again at the lowest sequence number that we report, so the batch stops at the first failure. What still
fails after the bounded retries goes to the dead-letter queue as a pointer; the event stays in the outbox, and the
reconciler does it from the table.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ..domain.ports import Services
from . import outbox

log = logging.getLogger("cases")


def on_change(services: Services, batch: Mapping[str, Any]) -> dict[str, Any]:
    """A batch of stream records in; the partial-batch answer of Lambda out."""
    for record in batch["Records"]:
        sequence = record["dynamodb"]["SequenceNumber"]
        try:
            reference, number = _event_key(record)
        except ValueError:
            continue  # not an event: the filter of the template lets none through
        try:
            event = services.store.event(reference, number)
            if event is not None:
                outbox.handle(services, event)
        except Exception as error:  # whatever it was, Lambda must hear which record to bring again
            log.error("effect_failed", extra={"fields": {"code": type(error).__name__, "case": reference}})
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
    return {"batchItemFailures": []}


def _event_key(record: Mapping[str, Any]) -> tuple[str, int]:
    keys = record["dynamodb"]["Keys"]
    kind, _, reference = keys["pk"]["S"].partition("#")
    item, _, number = keys["sk"]["S"].partition("#")
    if kind != "CASE" or item != "EVENT":
        raise ValueError("not an event")
    return reference, int(number)
