"""One running local stack for all tests that need the deployed service: `make run` on a free port, with its own state."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.local import ROOT

from .package.built import built

PATIENCE = 180
GRACE = 60


class LocalStack:
    """`python -m tools.run` as a process: what a person starts, with a folder and a port of its own."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.output = folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> dict[str, Any]:
        """Start it and wait until it answers; returns what `run.json` says. Raises AssertionError with its output."""
        built()
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "LOCAL_DIR": str(self.folder), "PORT": str(self.port)}
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tools.run"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        note = self.folder / "run.json"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            if note.exists():
                found: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
                return found
            time.sleep(0.2)
        self.stop()
        raise AssertionError(f"the local stack did not start:\n{self.said()}")

    def stop(self, sign: int = signal.SIGTERM) -> int:
        """Ask it to stop and wait for it; returns its exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(sign)
        return self._process.wait(GRACE)

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace") if self.output.exists() else ""


@contextmanager
def running(folder: Path) -> Iterator[dict[str, Any]]:
    """A running stack, stopped at the end whatever happens."""
    stack = LocalStack(folder)
    try:
        yield stack.start()
    finally:
        stack.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
