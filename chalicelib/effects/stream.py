"""The table's stream: one new event after another, in order for each case, at least once; and each file whose record is
gone from the table, whatever removed it, so that its object goes too.

Lambda starts again at the lowest sequence number that we report, so the batch stops at the first failure. What still
fails after the bounded retries goes to the dead-letter queue as a pointer; the event stays in the outbox, and the
reconciler does it from the table.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ..domain.ports import Services
from . import documents, outbox

log = logging.getLogger("cases")


def on_change(services: Services, batch: Mapping[str, Any]) -> dict[str, Any]:
    """A batch of stream records in; the partial-batch answer of Lambda out."""
    for record in batch["Records"]:
        try:
            _handle(services, record)
        except Exception as error:  # whatever it was, Lambda must hear which record to bring again
            reference = record["dynamodb"]["Keys"]["pk"]["S"].partition("#")[2]
            log.error("effect_failed", extra={"fields": {"code": type(error).__name__, "case": reference}})
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _handle(services: Services, record: Mapping[str, Any]) -> None:
    """A new event, or a file's record that is gone. The filter of the template lets nothing else through."""
    item, _, number = record["dynamodb"]["Keys"]["sk"]["S"].partition("#")
    if record["eventName"] == "REMOVE" and item == "DOCUMENT":
        documents.forget_removed(services, record["dynamodb"]["OldImage"])
    if record["eventName"] == "INSERT" and item == "EVENT":
        reference = record["dynamodb"]["Keys"]["pk"]["S"].partition("#")[2]
        event = services.store.event(reference, int(number))
        if event is not None:
            outbox.handle(services, event)
