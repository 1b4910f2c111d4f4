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
        self.history: list[dict[str, Any]] = []

    def pump(self) -> int:
        """Deliver what is new; returns how many records. A record that fails every retry goes to the dead letters."""
        waiting = self._new()
        self._deliver_all(list(waiting))
        return len(waiting)

    def _deliver_all(self, waiting: list[dict[str, Any]]) -> None:
        failures = 0
        while waiting:
            done = self._deliver(waiting[:BATCH])
            waiting, failures = waiting[done:], 0 if done else failures + 1
            if failures > RETRIES:
                self.dead_letters.append(waiting.pop(0))
                failures = 0

    def replay(self) -> None:
        """Bring every record there ever was once more, as a stream may."""
        self._take()
        waiting, self.history = self.history, []
        self._deliver_all([record for record in waiting if _wanted(record)])
        self.history = waiting

    def skip(self) -> int:
        """Lose what is new: the function was not there for longer than the stream keeps its records."""
        return len(self._new())

    def peek(self) -> list[dict[str, Any]]:
        """What is new, and still will be."""
        return [record for record in self._records() if _wanted(record)]

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
        """What moto's stream has and we have not read."""
        return [record for record in self._take() if _wanted(record)]

    def _records(self) -> list[dict[str, Any]]:
        """What moto's stream has; straight from its list, for the API takes ten times as long. Numbered by ourselves,
        for its own numbers begin again when records are taken away."""
        shard, number = aws.backend("dynamodb").get_table(aws.TABLE).stream_shard, len(self.history)
        found = [record.to_json() for record in shard.items]
        for place, record in enumerate(found, number + 1):
            record["dynamodb"]["SequenceNumber"] = str(place)
        return found

    def _take(self) -> list[dict[str, Any]]:
        """Read what is new, and take it away: moto copies what is left of its stream for each transaction."""
        with aws.ONE_AT_A_TIME:
            found = self._records()
            aws.backend("dynamodb").get_table(aws.TABLE).stream_shard.items.clear()
        self.history += found
        return found


def _wanted(record: dict[str, Any]) -> bool:
    """The filters of the template: new events, files and cases whose records are gone, holds on classes, links that are
    wanted by mail."""
    keys = record["dynamodb"]["Keys"]
    kind = keys["sk"]["S"].partition("#")[0]
    if keys["pk"]["S"] == "HOLDS":
        return True
    wanted = (("INSERT", "EVENT"), ("REMOVE", "DOCUMENT"), ("REMOVE", "CASE"), ("INSERT", "MAIL"))
    return (record["eventName"], kind) in wanted
