"""Lambda's poller of the table's stream, as the template sets it up: new events only, in order, partial answers."""

from __future__ import annotations

from typing import Any

from . import aws

BATCH = 10
RETRIES = 3


class Stream:
    """Reads the stream of the table and hands each record to the function at least once, in order."""

    def __init__(self, on_change: aws.Function) -> None:
        self.on_change = on_change
        self.dead_letters: list[dict[str, Any]] = []
        self.seen = 0

    def pump(self) -> int:
        """Deliver what is new; returns how many records. A record that fails every retry goes to the dead letters."""
        waiting, failures = self._new(), 0
        delivered = len(waiting)
        while waiting:
            done = self._deliver(waiting[:BATCH])
            waiting, failures = waiting[done:], 0 if done else failures + 1
            if failures > RETRIES:
                self.dead_letters.append(waiting.pop(0))
                failures = 0
        return delivered

    def replay(self) -> None:
        """Bring every record there ever was once more, as a stream may."""
        self.seen = 0
        self.pump()

    def skip(self) -> int:
        """Lose what is new: the function was not there for longer than the stream keeps its records."""
        return len(self._new())

    def peek(self) -> list[dict[str, Any]]:
        """What is new, and still will be."""
        seen = self.seen
        found = self._new()
        self.seen = seen
        return found

    def _deliver(self, batch: list[dict[str, Any]]) -> int:
        """How many were handled before the first failure."""
        try:
            answer = self.on_change({"Records": batch}, None)
        except Exception:
            return 0
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        return min((numbers.index(number) for number in failed), default=len(batch))

    def _new(self) -> list[dict[str, Any]]:
        """What moto's stream has and we have not read; straight from its list, for the API takes ten times as long."""
        shard = aws.backend("dynamodb").get_table(aws.TABLE).stream_shard
        records = [record.to_json() for record in shard.items[self.seen :]]
        self.seen += len(records)
        return [record for record in records if _wanted(record)]


def _wanted(record: dict[str, Any]) -> bool:
    """The filters of the template: new events, files and cases whose records are gone, holds on classes."""
    keys = record["dynamodb"]["Keys"]
    kind = keys["sk"]["S"].partition("#")[0]
    if keys["pk"]["S"] == "HOLDS":
        return True
    return (record["eventName"], kind) in (("INSERT", "EVENT"), ("REMOVE", "DOCUMENT"), ("REMOVE", "CASE"))
