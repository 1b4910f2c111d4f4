"""What people are found by: the same person written in other ways is found, another person is not."""

from __future__ import annotations

import random
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import people
from chalicelib.domain.people import BORN, EMAIL, HOME, NAME, PART, PHONE, POSTCODE, Term

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12).filter(lambda word: word not in people.TITLES)
NAMES = st.lists(WORDS, min_size=1, max_size=5)
DIGITS = st.text(string.digits, min_size=9, max_size=10).filter(lambda text: text[0] != "0")
GAPS = st.sampled_from([" ", "  ", "\u00a0", "-", "–", ". "])  # noqa: RUF001  (people type them)
ACCENTS = st.sampled_from(["", "\u0301", "\u0308", "\u0327"])


@given(NAMES, st.randoms(use_true_random=False), GAPS, st.booleans())
def test_order_case_and_spaces_of_a_name_do_not_matter(
    parts: list[str], chance: random.Random, gap: str, loud: bool
) -> None:
    mixed = parts[:]
    chance.shuffle(mixed)
    written = gap.join(mixed)
    assert people.name(f" {written.upper() if loud else written.title()} ") == people.name(" ".join(parts))


@given(NAMES, st.lists(ACCENTS, min_size=70, max_size=70))
def test_accents_of_latin_letters_do_not_matter(parts: list[str], marks: list[str]) -> None:
    plain = " ".join(parts)
    marked = "".join(sign if sign == " " else sign + mark for sign, mark in zip(plain, marks, strict=False))
    for form in ("NFC", "NFD", "NFKC"):
        assert people.name(unicodedata.normalize(form, marked)) == people.name(plain)  # type: ignore[arg-type]


@given(NAMES, NAMES)
def test_other_parts_are_another_name(one: list[str], other: list[str]) -> None:
    assert (people.name(" ".join(one)) == people.name(" ".join(other))) == (sorted(one) == sorted(other))


@given(st.text(max_size=60))
def test_any_text_has_one_normal_form_and_breaks_nothing(text: str) -> None:
    assert people.name(people.name(text)) == people.name(text)
    for details in ({"email": text}, {"phone": text}, {"address": text}, {"date_of_birth": text}):
        for term in people.terms(text, details):
            assert term.value
            assert term.value == term.value.strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siobhán O’Brien", "siobhan o'brien"),  # noqa: RUF001
        ("SIOBHÁN OBRIEN", "O'Brien, Siobhan"),
        ("Anne-Marie Smith", "Smith Anne Marie"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Jørgen Æsir", "Jorgen Aesir"),
        ("Straße Weiß", "STRASSE WEISS"),
        ("Mrs. Jo Example", "jo example"),
        ("Jo\u200b Example", "Jo Example"),
        ("Ｊｏ Ｅｘａｍｐｌｅ", "Jo Example"),  # noqa: RUF001
        ("নুসরাত জাহান", "জাহান নুসরাত"),
        ("محمد علي", "علي محمد"),
    ],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert people.name(one) == people.name(other)
    assert people.name(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jo Example", "Joe Example"),
        ("Jo Example", "Jo Jo Example"),
        ("Jo Example", "Jo"),
        ("कि", "की"),
        ("মা", "মি"),
        ("Mr", "Mrs"),
    ],
)
def test_names_that_are_not(one: str, other: str) -> None:
    assert people.name(one) != people.name(other)


@given(DIGITS)
def test_a_british_number_is_one_however_it_is_written(rest: str) -> None:
    ways = [
        f"0{rest}",
        f"+44{rest}",
        f"0044{rest}",
        f"+44 (0){rest}",
        f"00 44 {rest[:4]} {rest[4:]}",
        f"0{rest[:4]}-{rest[4:]}",
        f"(0{rest[:3]}) {rest[3:]}",
        f"0{rest} ext 12",
        f"0{rest} x12",
    ]
    found = {people.phone(way) for way in ways}
    assert found == {f"44{rest}"}


@given(DIGITS, DIGITS)
def test_other_digits_are_another_number(one: str, other: str) -> None:
    assert (people.phone(f"0{one}") == people.phone(f"+44{other}")) == (one == other)


@pytest.mark.parametrize("text", ["", "none", "12", "call me", "+", "0", "1" * 30, "ext 01204333333"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert people.phone(text) == ""


def test_numbers_of_other_countries_stay_apart() -> None:
    assert people.phone("+1 204 333 3333") != people.phone("01204 333333")
    assert people.phone("+353 1 204 3333") == people.phone("00353 12043333")
    assert people.phone("٠١٢٠٤٣٣٣٣٣٣") == people.phone("01204333333")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7 Dunlin Row, Bolton BL1 1RU", "BL11RU"),
        ("7 Dunlin Row\nbl1\n1ru\nUnited Kingdom", "BL11RU"),
        ("BL11RU", "BL11RU"),
        ("Flat 2A, EC1A  1BB", "EC1A1BB"),
        ("c/o M1 1AE, now W1A 0AX", "W1A0AX"),
        ("7 Dunlin Row, Bolton", ""),
        ("A1 2345", ""),
    ],
)
def test_the_postcode_of_an_address(text: str, found: str) -> None:
    assert people.postcode(text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7 Dunlin Row, Bolton BL1 1RU", "7, dunlin  row\nBL11RU"),
        ("7 Dunlin Road, Bolton BL1 1RU", "7 Dunlin Rd BL1 1RU"),
        ("Flat 2, 14 High Street, BL1 1RU", "14 High St, flat 2\nbolton\nbl1 1ru"),
        ("14A High Street BL1 1RU", "14a high st bl11ru"),
        ("Rose Cottage, Lane End, BL1 1RU", "rose cottage\nBolton\nBL1 1RU"),
    ],
)
def test_a_home_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert people.home(one) == people.home(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7 Dunlin Row BL1 1RU", "17 Dunlin Row BL1 1RU"),
        ("7 Dunlin Row BL1 1RU", "7A Dunlin Row BL1 1RU"),
        ("7 Dunlin Row BL1 1RU", "7 Dunlin Row BL1 1RT"),
        ("Rose Cottage, BL1 1RU", "Lily Cottage, BL1 1RU"),
    ],
)
def test_other_homes_stay_apart(one: str, other: str) -> None:
    assert people.home(one) != people.home(other)


@pytest.mark.parametrize("text", ["", "7 Dunlin Row, Bolton", "BL1 1RU", "?", " , BL1 1RU"])
def test_half_an_address_is_no_home(text: str) -> None:
    assert people.home(text) == ""


def test_the_terms_of_a_person() -> None:
    details = {
        "email": " Jo@Example.ORG ",
        "phone": "01204 333333",
        "address": "1 Row, BL1 1RU",
        "date_of_birth": "2014-03-27",
    }
    assert set(people.terms("Jo B Example", {**details, "adjustments": "jo@example.org"})) == {
        Term(NAME, "b example jo"),
        Term(PART, "jo"),
        Term(PART, "example"),
        Term(EMAIL, "jo@example.org"),
        Term(PHONE, "441204333333"),
        Term(HOME, "bl11ru 1"),
        Term(POSTCODE, "BL11RU"),
        Term(BORN, "2014-03-27"),
    }
    assert people.terms("", {}) == ()
    assert people.terms("?", {"email": "none", "date_of_birth": "soon"}) == ()


@given(st.text(max_size=400))
def test_a_name_has_a_bounded_number_of_terms(text: str) -> None:
    assert len(people.terms(text, {"email": text, "phone": text, "address": text})) <= people.MOST_PARTS + 5


@given(st.sets(st.sampled_from([NAME, EMAIL, PHONE, POSTCODE])))
def test_a_hint_always_says_why_and_a_postcode_alone_is_no_hint(kinds: set[str]) -> None:
    reasons = people.same_person(kinds)
    assert bool(reasons) == bool(kinds - {POSTCODE})
    if NAME not in kinds:
        assert all("check who is asking" in reason for reason in reasons)
