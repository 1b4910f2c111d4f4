"""The local engine: an emulator of AWS on 127.0.0.1 that runs the packaged stack. Never for production."""

from __future__ import annotations

import json
import os
import secrets
import signal
import string
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
REGION = "eu-west-2"
STACK = "families-first-local"


# The first that is there. The shell is the same browser without the parts that only a window needs, and quicker.
CHROMIUM = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")


def chromium() -> str:
    """Debian's Chromium. Raises SystemExit when there is none."""
    for path in CHROMIUM:
        if Path(path).exists():
            return path
    raise SystemExit("There is no Chromium here: apt-get install chromium")


def local_dir() -> Path:
    """Where the local stack keeps its state; `LOCAL_DIR` gives another place, for tests beside a running one."""
    return Path(os.environ.get("LOCAL_DIR", ROOT / ".local")).resolve()


class Engine:
    """The emulator as a process of its own. `folder` keeps state and log."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port, self._folder = port, folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers. Raises SystemExit when the port is taken or it does not come up."""
        if _answers(f"{self.url}/_ministack/health"):
            raise SystemExit(f"Port {self._port} is taken. Stop what runs there, or choose another: PORT=4700 make run")
        state = self._folder / "state"
        state.mkdir(parents=True, exist_ok=True)
        _forget_stream_positions(state / "lambda.json")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state),
            "AUTH": "true",
            "IOT_MTLS_ENABLED": "0",
            "AWS_DEFAULT_REGION": REGION,
            "TZ": "UTC",
        }
        with (self._folder / "engine.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(ROOT / ".local" / "engine" / "bin" / "ministack")],
                env=environment,
                cwd=self._folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait(f"{self.url}/_ministack/health", 60)

    def wait(self, url: str, seconds: float, host: str = "") -> None:
        """Wait until the address answers with a page."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if _answers(url, host):
                return
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"The local engine does not answer. Its log: {self._folder / 'engine.log'}")

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop it so that it keeps its state; it gets half a minute for that."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)


def _forget_stream_positions(file: Path) -> None:
    """The emulator keeps how far a consumer has read, but not the stream: after a restart it would wait for as many
    new records as there were before. Without positions it reads from the beginning of what there is."""
    if not file.exists():
        return
    state = json.loads(file.read_text())

    def forget(node: Any) -> None:
        if isinstance(node, dict):
            if "dynamodb_stream_positions" in node:
                node["dynamodb_stream_positions"]["data"] = {}
            for inner in node.values():
                forget(inner)

    forget(state)
    file.write_text(json.dumps(state))


def _answers(url: str, host: str = "") -> bool:
    request = Request(url, headers={"Host": host} if host else {})
    try:
        with urlopen(request, timeout=15) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def passwords(folder: Path, usernames: list[str]) -> dict[str, str]:
    """A random password for each fictional person, made once and kept beside the state; local only."""
    file = folder / "passwords.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    for username in usernames:
        if username not in known:
            known[username] = new_password()
    file.write_text(json.dumps(known, indent=1))
    file.chmod(0o600)
    return known


def new_password() -> str:
    """A random password that the pool's policy takes: 17 letters and digits (101 bits) after one of each kind."""
    return "Aa1" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(17))


def unchanged(folder: Path, name: str, value: Any) -> Callable[[], None] | None:
    """None when `value` is what was noted under `name` before; else a function to note it once the work is done."""
    file, text = folder / f"{name}.done", json.dumps(value, sort_keys=True)
    if file.exists() and file.read_text() == text:
        return None
    return lambda: None if file.write_text(text) else None
