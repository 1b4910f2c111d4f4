"""Packages the service exactly as for AWS: `.local/package/deployment.zip` and `sam.json`.

A clean staging folder → `chalice package` with the merge template → the state machines inlined, a log group and alarms
for each function → only the botocore data that we use → `.pyc` files that need no check of dates → a zip with sorted
names and fixed dates, so that the same sources give the same zip. Nothing happens when nothing changed.
"""

from __future__ import annotations

import compileall
import fcntl
import hashlib
import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from . import assets
from .template import complete

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / ".local" / "package"
SHIPPED = ("chalicelib", "policy", "schemas", "state_machines")
BOTO_SERVICES = frozenset({"dynamodb", "stepfunctions", "sesv2", "secretsmanager", "s3", "sts"})
LIMIT = 6 * 1024 * 1024
COMPILED = "chalicelib/web/_built/templates"
OURS = ("app.py", "chalicelib/")


def package(say: Any = print) -> Path:
    """Build the package if the sources changed; returns its folder. Raises SystemExit with what went wrong.

    One process builds at a time (`make run` beside `make test`); the others wait and find it done.
    """
    OUT.mkdir(parents=True, exist_ok=True)
    with (ROOT / ".local" / "package.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _package(say)


def _package(say: Any) -> Path:
    assets.build(say)
    stamp = OUT / "stamp"
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted and (OUT / "deployment.zip").exists():
        say("package: nothing changed")
        return OUT
    staging = ROOT / ".local" / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    _stage(staging)
    _chalice(staging)
    _slim(staging / "out" / "deployment.zip", OUT / "deployment.zip")
    template = complete(json.loads((staging / "out" / "sam.json").read_text()), ROOT / "state_machines")
    (OUT / "sam.json").write_text(json.dumps(template, indent=1, sort_keys=True) + "\n")
    size = (OUT / "deployment.zip").stat().st_size
    if size > LIMIT:
        raise SystemExit(f"package: the zip has {size:,} bytes, more than the {LIMIT:,} we allow")
    stamp.write_text(wanted)
    say(f"package: {size / 1048576:.1f} MB")
    return OUT


def _fingerprint() -> str:
    """A digest of all that goes in: sources, template, policies, pins, and the interpreter that compiles."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_inputs()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _inputs() -> Iterator[Path]:
    for name in ("app.py", "requirements.txt", "requirements.in", "tools/package.py", "tools/template.py"):
        yield ROOT / name
    for folder in (*SHIPPED, "infrastructure", ".chalice"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and "deployments" not in path.parts:
                yield path


def _stage(staging: Path) -> None:
    """What goes into the zip, laid out as it is found again: policy, schemas and machines at the zip's root."""
    staging.mkdir(parents=True)
    shutil.copy(ROOT / "app.py", staging)
    ignore = shutil.ignore_patterns("__pycache__", "assets")
    shutil.copytree(ROOT / "chalicelib", staging / "chalicelib", ignore=ignore)
    for folder in SHIPPED[1:]:
        shutil.copytree(ROOT / folder, staging / "vendor" / folder)
        shutil.copytree(ROOT / folder, staging / folder)  # `chalice package` imports the app, which reads its policy
    shutil.copytree(ROOT / ".chalice", staging / ".chalice", ignore=shutil.ignore_patterns("deployments"))
    (staging / "requirements.txt").write_text("\n".join(_runtime_pins()) + "\n")


def _runtime_pins() -> list[str]:
    """The pins of `requirements.txt` that the code needs when it runs, without Chalice's command line."""
    pins = dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.M))
    pins = {_normal(name): version for name, version in pins.items()}
    direct = re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements.in").read_text(), re.M)
    wanted = _closure(_normal(name) for name in direct if _normal(name) != "chalice")
    return sorted(f"{name}=={pins[name]}" for name in wanted if name in pins)


def _closure(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for need in metadata.requires(name) or ():
            if "extra ==" not in need:
                waiting.append(_normal(re.split(r"[^A-Za-z0-9_.-]", need, maxsplit=1)[0]))
    return {name for name in found if _installed(name)}


def _installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _chalice(staging: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("chalice")),
        "package",
        "--stage",
        "service",
        "--merge-template",
        str(ROOT / "infrastructure" / "template.json"),
        "out",
    ]
    environment = {**os.environ, "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "eu-west-2")}
    done = subprocess.run(command, cwd=staging, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"chalice package failed:\n{done.stdout}{done.stderr}")


def _slim(source: Path, target: Path) -> None:
    """Leave out what is never loaded, compile the rest, and zip it again in a fixed order with fixed dates. Of other
    people's packages, and of templates, only what was compiled goes in: nobody reads their source there."""
    folder = source.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(source) as archive:
        archive.extractall(folder)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and _unused(path.relative_to(folder).as_posix()):
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(OURS) or name.startswith(COMPILED):
            py_compile.compile(str(path), str(path.with_suffix(".pyc")), name, doraise=True, invalidation_mode=mode)
            path.unlink()
    if not compileall.compile_dir(folder, quiet=1, invalidation_mode=mode, stripdir=str(folder)):
        raise SystemExit("package: a module does not compile")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), compresslevel=9)


def _unused(name: str) -> bool:
    parts = name.split("/")
    if name.startswith("botocore/data/") and len(parts) > 3:
        return parts[2] not in BOTO_SERVICES
    if name.startswith(("boto3/data/", "boto3/examples/")) or name.endswith("examples-1.json.gz"):
        return True
    if name == "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz":
        return True  # its own zones, for systems without any; we use those of Python
    if name.startswith("chalicelib/web/templates/"):
        return True  # compiled
    return parts[0] == "bin" or "tests" in parts or name.endswith((".dist-info/RECORD", ".pyi"))


def main() -> None:
    package()


if __name__ == "__main__":
    main()
