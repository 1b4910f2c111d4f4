"""A moment of a world, to which a test comes back to let it go on in another way."""

from __future__ import annotations

import copy

from . import aws
from .world import World


class Moment:
    """What the table, its stream, the bucket, the machines and the clock were like. Without the `bucket`: what a
    backup of the table brings back."""

    def __init__(self, world: World, *, bucket: bool = True) -> None:
        self._world, self._now, self._history = world, world.clock.now(), list(world.stream.history)
        self._tables = copy.deepcopy(aws.backend("dynamodb").tables)
        self._objects = aws.copy_of_bucket() if bucket else None
        self._executions = copy.deepcopy(world.machines.executions)
        self._mail = len(world.mail.sent)

    def restore(self) -> None:
        aws.forget_copies()
        aws.backend("dynamodb").tables = copy.deepcopy(self._tables)
        aws.refill_bucket(self._objects)
        self._world.machines.executions = copy.deepcopy(self._executions)
        self._world.clock.set(self._now)
        self._world.stream.history = list(self._history)
        del self._world.mail.sent[self._mail :]

    def where(self) -> list[tuple[str, str]]:
        """The keys of the table's items as they were."""
        found = self._tables[aws.TABLE].items
        return [(pk.cast_value, sk.cast_value) for pk, rows in found.items() for sk in rows]
