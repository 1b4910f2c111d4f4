"""Who says whether a file is harmful, and what an answer is worth: only a whole, known "clean" is one."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.scanner import TAG, ClamAv, GuardDuty, SignatureOnly, chosen
from chalicelib.domain.ports import CLEAN, INFECTED, PENDING, Stored

from ..support import aws
from ..support.uploads import EICAR, PDF

STORED = Stored("FF-222-222-222.1.secret", "", len(PDF), "letter.pdf")


class Clamd:
    """A clamd that speaks INSTREAM as the manual says, finds the EICAR file, or answers what a test wants."""

    def __init__(self, answer: bytes | None = None, *, hang_up_after: int = -1) -> None:
        self.answer, self.hang_up_after, self.streams = answer, hang_up_after, list[bytes]()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        with line.makefile("rb") as heard:
            if heard.read(10) != b"zINSTREAM\0":
                return
            body = b""
            while length := struct.unpack("!I", heard.read(4))[0]:
                body += heard.read(length)
                if 0 <= self.hang_up_after <= len(body):
                    return
            self.streams.append(body)
            found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in body else b"stream: OK\0"
            line.sendall(found if self.answer is None else self.answer)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a caller
        self._server.close()


@contextmanager
def clamd(answer: bytes | None = None, **more: Any) -> Iterator[Clamd]:
    found = Clamd(answer, **more)
    yield found
    found.close()


def test_clamd_sees_the_whole_file_and_its_word_counts() -> None:
    big = PDF * 5000
    with clamd() as server:
        scanner = ClamAv("127.0.0.1", server.port, 2)
        assert scanner.verdict(STORED, big) == CLEAN
        assert server.streams == [big]
        assert scanner.verdict(STORED, EICAR) == INFECTED
        assert scanner.verdict(STORED, b"") == CLEAN


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\0", b"stream: OK", b"stream: OKAY\0", b"OK\0", b"stream: FOUND",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0", b"\xff" * 9000, b"HTTP/1.1 200 OK\r\n\r\nstream: OK\0",
    ],
    ids=lambda answer: repr(answer[:20]),
)  # fmt: skip
def test_anything_but_a_whole_answer_is_none(answer: bytes) -> None:
    """Cut off, from somebody else, or an error of clamd's: nothing is clean because of it."""
    with clamd(answer) as server:
        assert ClamAv("127.0.0.1", server.port, 1).verdict(STORED, PDF) == PENDING


@given(st.binary(max_size=60))
def test_no_random_answer_is_clean(answer: bytes) -> None:
    class Said(ClamAv):
        def _ask(self, body: bytes) -> bytes:
            return answer.partition(b"\0")[0].strip()

    if answer.partition(b"\0")[0].strip() != b"stream: OK":
        assert Said("127.0.0.1", 1).verdict(STORED, PDF) != CLEAN


def test_a_clamd_that_says_nothing_hangs_up_or_is_not_there() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    assert ClamAv("127.0.0.1", silent.getsockname()[1], 0.2).verdict(STORED, PDF) == PENDING
    port = silent.getsockname()[1]
    silent.close()
    assert ClamAv("127.0.0.1", port, 0.2).verdict(STORED, PDF) == PENDING
    with clamd(hang_up_after=1) as server:
        assert ClamAv("127.0.0.1", server.port, 1).verdict(STORED, PDF * 100_000) == PENDING


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("NO_THREATS_FOUND", CLEAN), ("THREATS_FOUND", INFECTED), ("UNSUPPORTED", PENDING), ("ACCESS_DENIED", PENDING),
        ("FAILED", PENDING), ("", PENDING),
    ],
)  # fmt: skip
def test_guardduty_says_it_with_a_tag_of_the_version(account: None, status: str, verdict: str) -> None:
    aws.empty_bucket()
    s3, key = aws.bucket(), f"quarantine/{STORED.key}"
    tags = {"TagSet": [{"Key": TAG, "Value": status}]}
    first = s3.put_object(Bucket=aws.BUCKET, Key=key, Body=PDF)["VersionId"]
    second = s3.put_object(Bucket=aws.BUCKET, Key=key, Body=PDF)["VersionId"]
    if status:
        s3.put_object_tagging(Bucket=aws.BUCKET, Key=key, VersionId=first, Tagging=tags)
    scanner = GuardDuty(aws.BUCKET, lambda: s3)
    assert scanner.verdict(Stored(STORED.key, first, 1, ""), b"") == verdict
    assert scanner.verdict(Stored(STORED.key, second, 1, ""), b"") == PENDING, "another version has its own result"


def test_guardduty_without_the_object_is_no_answer(account: None) -> None:
    aws.empty_bucket()
    assert GuardDuty(aws.BUCKET, aws.bucket).verdict(STORED, b"") == PENDING


def test_the_stand_in_knows_the_test_file_anywhere_in_a_file() -> None:
    scanner = SignatureOnly()
    assert scanner.verdict(STORED, PDF) == CLEAN
    assert scanner.verdict(STORED, PDF + EICAR) == INFECTED


def test_a_scanner_must_be_named() -> None:
    assert isinstance(chosen("clamav", "clam.example:3310", "b", aws.bucket), ClamAv)
    assert isinstance(chosen("guardduty", "", "b", aws.bucket), GuardDuty)
    assert isinstance(chosen("signature", "", "b", aws.bucket), SignatureOnly)
    for wrong in ("", "none", "GuardDuty"):
        with pytest.raises(ValueError):
            chosen(wrong, "", "b", aws.bucket)
