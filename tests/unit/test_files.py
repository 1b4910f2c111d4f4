"""What a file is, judged by its bytes, and what it is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import files

from ..support.uploads import EICAR, JPEG, PDF, PNG, docx
from ..support.world import BOOK

POLICY = BOOK.documents
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x20meta"
GOOD = {"pdf": PDF, "png": PNG, "jpeg": JPEG, "docx": docx(), "text": "A note: café\n".encode(), "heic": HEIC}
BAD = {
    "nothing": (b"", "a.pdf", "empty"),
    "a program": (b"MZ\x90\0\x03\0\0\0", "a.exe", "wrong_type"),
    "a program with the name of a PDF": (b"MZ\x90\0\x03\0\0\0", "a.pdf", "wrong_type"),
    "a PDF with the name of a program": (PDF, "a.exe", "misnamed"),
    "a photo that is called a PDF": (JPEG, "me.pdf", "misnamed"),
    "a page that is called text by nobody": (b"<html><script>x</script>", "a.html", "misnamed"),
    "half a PDF": (PDF[:30], "a.pdf", "unreadable"),
    "half a picture": (PNG[:20], "a.png", "unreadable"),
    "half a photo": (JPEG[:8], "a.jpg", "unreadable"),
    "half a Word file": (docx()[:60], "a.docx", "unreadable"),
    "a PDF with a password": (PDF.replace(b"trailer<<>>", b"trailer<</Encrypt 5 0 R>>"), "a.pdf", "locked"),
    "a Word file with macros": (docx("word/vbaProject.bin"), "a.docx", "wrong_type"),
    "some other zip": (docx().replace(b"word/document", b"xxxx/document"), "a.docx", "wrong_type"),
    "noise": (bytes(range(256)), "a.txt", "wrong_type"),
    "text in another alphabet's bytes": ("é".encode("latin-1") * 9, "a.txt", "wrong_type"),
    "an old Word file": (bytes.fromhex("d0cf11e0a1b11ae1"), "a.doc", "wrong_type"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_each_kind_that_we_take_is_known_by_its_content(kind: str) -> None:
    body = GOOD[kind]
    assert files.type_of(POLICY, body) == kind
    for ending in POLICY["types"][kind]["endings"]:
        assert files.fault(POLICY, f"My file.{ending.upper()}", len(body), body) == ""
    assert files.fault(POLICY, "no ending at all", len(body), body) == "", "a name without an ending claims nothing"


def test_each_type_of_the_policy_has_a_file_here() -> None:
    assert set(GOOD) == set(POLICY["types"])


@pytest.mark.promise("feature:uploads-type-check-scan-limits")
@pytest.mark.parametrize("name", BAD)
def test_what_we_do_not_take_has_its_reason(name: str) -> None:
    body, called, why = BAD[name]
    assert files.fault(POLICY, called, len(body), body) == why
    assert POLICY["refusals"][why]


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    assert files.fault(POLICY, "a.pdf", POLICY["most_bytes"] + 1, b"") == "too_large"
    assert files.fault(POLICY, "a.pdf", 100_000_000, b"") == "too_large"
    assert POLICY["form_bytes"] >= 100_000_000, "so that the person reads why on our page, and not the bucket's"
    megabytes = POLICY["most_bytes"] // 1_000_000
    assert f"{megabytes} MB" in POLICY["refusals"]["too_large"]


def test_a_file_that_was_read_in_part_is_not_judged_by_it() -> None:
    assert files.fault(POLICY, "a.pdf", len(PDF) + 1, PDF) == "unreadable"


@given(st.binary(max_size=300), st.sampled_from(["a.pdf", "a.png", "a.docx", "a", "a.exe", "a.txt", ".", ""]))
def test_no_bytes_pass_for_a_type_that_they_are_not(body: bytes, name: str) -> None:
    """Whatever is taken begins as its type begins, is whole, and its name says nothing else."""
    why = files.fault(POLICY, name, len(body), body)
    assert why == "" or why in POLICY["refusals"]
    if why:
        return
    row = POLICY["types"][files.type_of(POLICY, body)]
    assert files.ending_of(name) in ("", *row["endings"])
    if row.get("is_text"):
        assert not files.CONTROL & set(body.decode("utf-8").encode())
    else:
        assert any(all(body[m["at"] :].startswith(bytes.fromhex(m["hex"])) for m in marks) for marks in row["starts"])
        assert all(bytes.fromhex(mark) in body for mark in row.get("needs", ()))


@given(st.sampled_from(sorted(GOOD)), st.binary(min_size=1, max_size=8))
def test_a_file_with_other_bytes_at_its_beginning_is_never_the_same_type(kind: str, junk: bytes) -> None:
    body = junk + GOOD[kind]
    if files.type_of(POLICY, body) == kind and kind != "text":
        assert any(
            all(body[m["at"] :].startswith(bytes.fromhex(m["hex"])) for m in marks)
            for marks in POLICY["types"][kind]["starts"]
        )


@given(st.text(max_size=200), st.sampled_from(sorted(GOOD)))
def test_a_name_is_safe_whatever_the_browser_said(claimed: str, kind: str) -> None:
    name = files.clean_name(POLICY, claimed, kind, 7)
    assert name.endswith("." + POLICY["types"][kind]["endings"][0])
    assert 0 < len(name) <= files.LONGEST_NAME + 6
    assert not set(name) & set("/\\\"'<>:;|*?%&$`\r\n\t\0")
    assert name.isprintable()
    assert not name.startswith(".")


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [
        ("letter.pdf", "letter.pdf"),
        ("C:\\Users\\wren\\passport.PDF", "passport.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("a\u202efdp.exe", "a fdp.pdf"),
        ("", "File 7.pdf"),
        ("...", "File 7.pdf"),
        ('x";filename="evil.html', "x filename evil.pdf"),
    ],
)
def test_names_as_they_are_shown(claimed: str, shown: str) -> None:
    assert files.clean_name(POLICY, claimed, "pdf", 7) == shown


def test_the_test_file_of_scanners_is_text_for_us() -> None:
    """So it comes as far as the scanner."""
    assert files.fault(POLICY, "eicar.txt", len(EICAR), EICAR) == ""
    assert len(EICAR) == 68
