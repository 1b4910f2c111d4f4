"""References: every single wrong symbol and every swap is caught, and typing is forgiven."""

from __future__ import annotations

import random
import string

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain import reference

symbols = st.text(reference.ALPHABET, min_size=8, max_size=8)
PREFIX = "FF"


def make(eight: str) -> str:
    full = eight + reference.check_symbol(eight)
    return f"{PREFIX}-{full[:3]}-{full[3:6]}-{full[6:]}"


def bare(text: str) -> str:
    return text.removeprefix(f"{PREFIX}-").replace("-", "")


@given(symbols, st.integers(0, 8), st.sampled_from(reference.ALPHABET))
def test_any_one_wrong_symbol_is_caught(eight: str, place: int, symbol: str) -> None:
    right = bare(make(eight))
    wrong = right[:place] + symbol + right[place + 1 :]
    assert (reference.parse(wrong, PREFIX) is None) == (wrong != right)


@given(symbols, st.integers(0, 8), st.integers(0, 8))
def test_any_swap_of_two_different_symbols_is_caught(eight: str, first: int, second: int) -> None:
    right = list(bare(make(eight)))
    swapped = right[:]
    swapped[first], swapped[second] = swapped[second], swapped[first]
    assert (reference.parse("".join(swapped), PREFIX) is None) == (swapped != right)


def test_all_wrong_symbols_and_all_swaps_of_some_references() -> None:
    """Exhaustive for a few: 270 wrong symbols and 36 swaps each."""
    pick = random.Random(7)
    for _ in range(25):
        right = bare(reference.make(PREFIX, pick.randrange))
        for place in range(9):
            for symbol in reference.ALPHABET:
                wrong = right[:place] + symbol + right[place + 1 :]
                assert (reference.parse(wrong, PREFIX) is None) == (wrong != right)
            for other in range(place):
                swapped = list(right)
                swapped[place], swapped[other] = swapped[other], swapped[place]
                assert (reference.parse("".join(swapped), PREFIX) is None) == (swapped != list(right))


@st.composite
def typed(draw: st.DrawFn) -> tuple[str, str]:
    """A reference, and how a person may type it."""
    right = make(draw(symbols))
    text = right if draw(st.booleans()) else bare(right)
    out = []
    for letter in text:
        if letter == "-":
            out.append(draw(st.sampled_from(["", " ", "-", "–", "—", "‑", " - ", "\u00a0", "_", ".", "/", "\t"])))
        else:
            out.append(draw(st.sampled_from([letter, letter.lower()])))
            out.append(draw(st.sampled_from(["", "", "", " "])))
    return right, draw(st.sampled_from(["", " ", "\n"])) + "".join(out) + draw(st.sampled_from(["", "  "]))


@given(typed())
def test_typing_is_forgiven(pair: tuple[str, str]) -> None:
    right, text = pair
    assert reference.parse(text, PREFIX) == right


@given(st.text(max_size=40))
@example("FF-")
@example("FF-7K4-M2P-9X\ud800")
@example("ß" * 5)
def test_any_text_gives_a_reference_that_holds_or_none(text: str) -> None:
    found = reference.parse(text, PREFIX)
    assert found is None or reference.parse(found, PREFIX) == found


@given(st.integers(), st.sampled_from(["F", "FF", "AB", "ABCD"]))
def test_a_new_reference_is_in_the_form_that_people_know(seed: int, prefix: str) -> None:
    made = reference.make(prefix, random.Random(seed).randrange)
    groups = made.split("-")
    assert (groups[0], [len(group) for group in groups[1:]]) == (prefix, [3, 3, 3])
    assert reference.parse(made, prefix) == made
    assert not set("".join(groups[1:])) - set(reference.ALPHABET)


@given(st.integers())
def test_no_reference_spells_an_unwanted_word(seed: int) -> None:
    unwanted = tuple(a + b for a in "ABC" for b in reference.ALPHABET)
    made = bare(reference.make(PREFIX, random.Random(seed).randrange, unwanted))
    assert not any(word in made for word in unwanted)


def test_the_alphabet_has_no_twins() -> None:
    assert len(set(reference.ALPHABET)) == 31
    assert not set("IOQ01") & set(reference.ALPHABET)


@given(st.binary(min_size=16, max_size=64))
def test_a_code_is_twelve_symbols_in_fours_and_typing_is_forgiven(digest: bytes) -> None:
    code = reference.access_code(digest)
    groups = code.split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert not set("".join(groups)) - set(reference.ALPHABET)
    assert reference.access_code(digest) == code
    for text in (
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f" {code}\n",
        code.replace("-", "—"),
    ):
        assert reference.normal_code(text) == "".join(groups)


def test_codes_use_the_whole_alphabet_evenly() -> None:
    """10,000 codes: each symbol about equally often at each place (a chi-square far beyond chance fails)."""
    chance, count = random.Random(3), 10_000
    codes = [reference.normal_code(reference.access_code(chance.randbytes(32))) for _ in range(count)]
    for place in range(12):
        seen = [sum(code[place] == symbol for code in codes) for symbol in reference.ALPHABET]
        expected = count / 31
        assert sum((number - expected) ** 2 / expected for number in seen) < 75


def test_spoken_separators_alone_are_nothing() -> None:
    assert reference.parse(string.punctuation, PREFIX) is None
    assert reference.parse("", PREFIX) is None
