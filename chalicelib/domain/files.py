"""What is in a file, judged by its bytes and never by what somebody says it is. Types and limits are data
(`policy/documents.json`). Pure: bytes in, a type or a reason out."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

Policy = Mapping[str, Any]
LONGEST_NAME = 80
CONTROL = frozenset(range(32)) - {9, 10, 12, 13}


def type_of(policy: Policy, body: bytes) -> str:
    """The name of the first type whose beginning the bytes have; text only when nothing else fits; "" for none."""
    for name, row in policy["types"].items():
        if any(all(_has(body, mark) for mark in marks) for marks in row.get("starts", ())):
            return str(name)
    if body and not CONTROL & set(body) and _is_utf8(body):
        return next((str(name) for name, row in policy["types"].items() if row.get("is_text")), "")
    return ""


def fault(policy: Policy, name: str, size: int, body: bytes) -> str:
    """Why we do not take this file, as a code of `refusals`; "" when there is no reason.

    `size` is what the store says; `body` may be empty when the size alone is reason enough. `name` is only held
    against the content: a name that claims another type is refused, one without an ending claims nothing.
    """
    if size == 0:
        return "empty"
    if size > policy["most_bytes"]:
        return "too_large"
    found = type_of(policy, body)
    if not found or len(body) != size:
        return "wrong_type" if not found else "unreadable"
    row = policy["types"][found]
    if any(bytes.fromhex(mark) in body for mark in row.get("locked_by", ())):
        return "locked"
    if not all(bytes.fromhex(mark) in body for mark in row.get("needs", ())):
        return "unreadable"
    if "zip_has" in row:
        parts = _parts(body)
        if parts is None:
            return "unreadable"
        if not set(row["zip_has"]) <= parts or set(row.get("zip_never", ())) & parts:
            return "wrong_type"
    ending = ending_of(name)
    return "misnamed" if ending and ending not in row["endings"] else ""


def ending_of(name: str) -> str:
    """What stands behind the last dot, in small letters; "" when that is no ending."""
    found = re.search(r"\.([A-Za-z0-9]{1,8})$", name.strip())
    return found.group(1).lower() if found else ""


def clean_name(policy: Policy, claimed: str, type_: str, number: int) -> str:
    """A name that can be shown and saved everywhere: letters, digits, space, dot, dash; the ending of the true type.

    Nothing that the browser sent is trusted: paths, control signs, marks that turn the writing round, quotes.
    """
    stem = unicodedata.normalize("NFKC", claimed).replace("\\", "/").rpartition("/")[2]
    if ending_of(stem):
        stem = stem.rpartition(".")[0]
    stem = "".join(sign if sign.isalnum() or sign in " -_" else " " for sign in stem)
    stem = " ".join(stem.split())[:LONGEST_NAME].strip() or f"File {number}"
    return f"{stem}.{policy['types'][type_]['endings'][0]}" if type_ in policy["types"] else stem


def accepted(policy: Policy) -> str:
    """What the browser offers to choose: the endings of all types, as the `accept` of a file field."""
    return ",".join(f".{ending}" for row in policy["types"].values() for ending in row["endings"])


def _has(body: bytes, mark: Mapping[str, Any]) -> bool:
    return body[mark["at"] :].startswith(bytes.fromhex(mark["hex"]))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parts(body: bytes) -> set[str] | None:
    """The names in a zip; nothing is unpacked. None when it cannot be read."""
    import zipfile  # only the check needs it, and pages start faster without

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, EOFError, UnicodeDecodeError):
        return None
