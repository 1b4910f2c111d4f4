"""Counts calls of AWS, and ends a "process" between two of them: what a killed Lambda function looks like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Killed(BaseException):
    """The process is gone. Not an `Exception`: no handler of ours may catch it, as none could."""


class Calls:
    """Every call of an AWS service, in order. Botocore's hooks feed it for real clients, the fakes by themselves."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._kill_after: int | None = None
        self._kills = 0

    def watch(self, client: Any) -> None:
        """Count what a botocore client calls; whoever counted before does so no more."""
        for name, hook in (("before-call", self._before_call), ("after-call", self._after_call)):
            client.meta.events.unregister(name, unique_id=f"calls-{name}")
            client.meta.events.register(name, hook, unique_id=f"calls-{name}")

    def _before_call(self, model: Any, **_: Any) -> None:
        self.before(model.name)

    def _after_call(self, model: Any, **_: Any) -> None:
        self.after(model.name)

    def before(self, name: str) -> None:
        self.made.append(name)

    def after(self, name: str) -> None:
        if self._kill_after is None:
            return
        self._kills += 1
        if self._kills >= self._kill_after:
            self._kill_after = None
            raise Killed(name)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The calls made inside the block."""
        start, found = len(self.made), list[str]()
        yield found
        found.extend(self.made[start:])

    @contextmanager
    def killed_after(self, number: int) -> Iterator[None]:
        """The process dies right after its `number`-th call took effect (once); fewer calls: it lives."""
        self._kill_after, self._kills = number, 0
        try:
            with suppress(Killed):
                yield
        finally:
            self._kill_after = None
