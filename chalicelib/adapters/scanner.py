"""Who says whether a file is harmful. Each answers clean, infected or pending; whatever goes wrong is pending, so that
nothing is ever clean because nobody looked.

* `GuardDuty`: the result that GuardDuty Malware Protection for S3 writes on the object's version as a tag. Nobody else
  may write that tag (the bucket's policy).
* `ClamAv`: a clamd that answers over TCP.
* `SignatureOnly`: for a laptop and for tests. It is no virus scanner.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable
from typing import Any

from ..domain.ports import CLEAN, INFECTED, PENDING, Scanner, Stored

log = logging.getLogger("cases")

TAG = "GuardDutyMalwareScanStatus"
VERDICTS = {"NO_THREATS_FOUND": CLEAN, "THREATS_FOUND": INFECTED}
CHUNK = 64 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 60.0
LONGEST_ANSWER = 4096
# The EICAR anti-malware test file, in two parts so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class GuardDuty:
    """Reads the tag of the version. UNSUPPORTED, ACCESS_DENIED and FAILED are no result: a person hears of it."""

    def __init__(self, bucket: str, client: Callable[[], Any]) -> None:
        self._bucket, self._client = bucket, client

    def verdict(self, stored: Stored, body: bytes) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        version = {"VersionId": stored.version} if stored.version else {}
        try:
            found = self._client().get_object_tagging(Bucket=self._bucket, Key=f"quarantine/{stored.key}", **version)
        except (ClientError, BotoCoreError) as error:
            return _no_answer(type(error).__name__)
        tags = {row["Key"]: row["Value"] for row in found["TagSet"]}
        return VERDICTS.get(tags.get(TAG, ""), PENDING)


class ClamAv:
    """clamd's INSTREAM: `zINSTREAM\\0`, chunks each behind its length (4 bytes, network order), a length of zero; the
    answer is `stream: OK` or `stream: … FOUND`, and ends with a NUL. Anything else is no answer."""

    def __init__(self, host: str, port: int, patience: float = ANSWER_SECONDS) -> None:
        """`patience`: seconds for each step of the talk; the connection itself gets three."""
        self._address, self._patience = (host, port), patience

    def verdict(self, stored: Stored, body: bytes) -> str:
        try:
            said = self._ask(body)
        except OSError as error:
            return _no_answer(type(error).__name__)
        if said == b"stream: OK":
            return CLEAN
        if said.startswith(b"stream: ") and said.endswith(b" FOUND"):
            return INFECTED
        return _no_answer("answer")

    def _ask(self, body: bytes) -> bytes:
        with socket.create_connection(self._address, timeout=CONNECT_SECONDS) as line:
            line.settimeout(self._patience)
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(body), CHUNK):
                part = body[start : start + CHUNK]
                line.sendall(struct.pack("!I", len(part)) + part)
            line.sendall(struct.pack("!I", 0))
            said = b""
            while b"\0" not in said and len(said) <= LONGEST_ANSWER:
                more = line.recv(LONGEST_ANSWER)
                if not more:
                    return b""  # the line was cut: what came is no whole answer
                said += more
        return said.partition(b"\0")[0].strip()


class SignatureOnly:
    """Knows one signature, the harmless EICAR test string, and finds nothing else. It is no virus scanner: it stands in
    where none is installed, so that the whole way of a file can be tried."""

    def verdict(self, stored: Stored, body: bytes) -> str:
        return INFECTED if EICAR in body else CLEAN


def chosen(kind: str, address: str, bucket: str, client: Callable[[], Any]) -> Scanner:
    """The scanner that the template names: `guardduty`, `clamav` (at `host:port`) or `signature`. Raises ValueError for
    any other word: no file is taken where nobody checks."""
    if kind == "guardduty":
        return GuardDuty(bucket, client)
    if kind == "clamav":
        host, _, port = address.rpartition(":")
        return ClamAv(host, int(port))
    if kind == "signature":
        return SignatureOnly()
    raise ValueError("SCANNER must be guardduty, clamav or signature")


def _no_answer(code: str) -> str:
    log.warning("scanner_gave_no_answer", extra={"fields": {"code": code}})
    return PENDING
