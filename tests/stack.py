"""One running local stack for all tests of the deployed service: `make run` on a free port, with its own state."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tools.local import ROOT

from .package.built import built

PATIENCE = 180
GRACE = 60


class LocalStack:
    """`python -m tools.run` as a process: what a person starts, with a folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.run: dict[str, Any] = {}
        self._output = folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def note(self) -> Path:
        """The file that says where the service is; there while it runs, and not otherwise."""
        return self.folder / "run.json"

    @property
    def environment(self) -> dict[str, str]:
        """For the tools that work on this stack and not on the one of the checkout."""
        return {**os.environ, "LOCAL_DIR": str(self.folder), "PORT": str(self.port)}

    def start(self) -> float:
        """Start it and wait until it answers; returns the seconds it took. Raises AssertionError with what it said."""
        built()
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tools.run"], cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )
        while time.monotonic() < began + PATIENCE and self._process.poll() is None:
            if self.note.exists() and (text := self.note.read_text(encoding="utf-8")).endswith("}\n"):
                self.run = json.loads(text)
                return time.monotonic() - began
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"the local stack did not start:\n{self.said()}")

    def stop(self, sign: int = signal.SIGTERM) -> int:
        """Ask it to stop and wait for it; returns its exit status. Stopping what stands still is fine."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(sign)
        return self._process.wait(GRACE)

    def said(self) -> str:
        """What it printed, over all starts."""
        return self._output.read_text(encoding="utf-8", errors="replace") if self._output.exists() else ""

    def tool(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of our tools on this stack."""
        command = [sys.executable, "-m", f"tools.{name}", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60)


SHARED = pytest.StashKey[LocalStack]()


def shared(config: pytest.Config, tmp: pytest.TempPathFactory) -> LocalStack:
    """The one stack of this test process, started when first asked for and stopped when the process is done.

    The folders `deployed` and `browser` each have fixtures for it; a session fixture of each would start two.
    """
    if SHARED not in config.stash:
        config.stash[SHARED] = LocalStack(tmp.mktemp("stack"))
        config.add_cleanup(lambda: config.stash[SHARED].stop() and None)
        config.stash[SHARED].start()
    return config.stash[SHARED]


def together(items: list[pytest.Item]) -> None:
    """All tests that use the running stack go to one worker, so that one stack runs."""
    for item in items:
        if {"stack", "local_stack"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("stack"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
