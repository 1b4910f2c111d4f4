"""How a person is found again without a readable name: the *terms* of a party, in a form in which what is written in
different ways is the same, and what is different stays different.

A term is a kind and a value: the whole name, one part of it, the e-mail address, the phone number, the home (house and
postcode), the postcode, the date of birth. Only keyed hashes of terms are ever stored (`commands/people.py`); here is
what they are hashes of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from .model import Party

NAME, PART, EMAIL, PHONE, HOME, POSTCODE, BORN = "name", "part", "email", "phone", "home", "postcode", "born"

WORDS = {
    NAME: "name",
    PART: "part of the name",
    EMAIL: "e-mail address",
    PHONE: "phone number",
    HOME: "address",
    POSTCODE: "postcode",
    BORN: "date of birth",
}
MOST_PARTS = 12
# Latin letters that are not a plain letter and a mark, as people without them on the keyboard write them.
FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
APOSTROPHES = frozenset("'’‘ʼʹ`´＇")  # noqa: RUF001  (they are meant)
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})
UK_POSTCODE = re.compile(r"(?<![A-Z0-9])([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})(?![A-Z0-9])")
SHORTEST_PHONE, LONGEST_PHONE = 7, 15


class Term(NamedTuple):
    """One thing a person may be found by, in its normal form."""

    kind: str
    value: str


def name_parts(text: str) -> tuple[str, ...]:
    """The parts of a name, sorted: without capitals, accents, apostrophes and titles; a hyphen parts like a space.

    Only the marks of Latin letters go: in other scripts a mark may be half of the name.
    """
    plain = "".join(sign for sign in text if sign not in APOSTROPHES and unicodedata.category(sign) != "Cf")
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    kept: list[str] = []
    latin = False
    for sign in wide.translate(FOLDED):
        if unicodedata.category(sign).startswith("M"):
            kept.append("" if latin else sign)
            continue
        latin = sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN")
        kept.append(sign if sign.isalnum() else " ")
    parts = "".join(kept).split()
    named = [part for part in parts if part not in TITLES]
    return tuple(sorted(named if len(named) > 1 else parts))


def name(text: str) -> str:
    """The whole name: its parts in an order that does not depend on how it was written. Empty when there is none."""
    return " ".join(name_parts(text))


def email(text: str) -> str:
    """The address without capitals; empty when it is none. Dots and plus signs stay: to most servers they matter."""
    found = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
    before, _, after = found.rpartition("@")
    return found if before and after else ""


def phone(text: str) -> str:
    """The number in its international form, digits only; a number without a country is a British one.

    `+44 (0)1204 33 33 33`, `0044 1204 333333` and `01204 333333` are the same. What follows a word (an extension) does
    not count. Empty when it is no phone number.
    """
    tidy = unicodedata.normalize("NFKC", text).strip()
    number = re.split(r"[^\W\d_]|#", tidy, maxsplit=1)[0]
    abroad = number.startswith("+")
    digits = "".join(str(unicodedata.decimal(sign)) for sign in number if sign.isdecimal())
    if not abroad and digits.startswith("00"):
        abroad, digits = True, digits[2:]
    elif not abroad and digits.startswith("44") and len(digits) == 12:
        abroad = True
    elif not abroad and digits.startswith("0"):
        abroad, digits = True, f"44{digits[1:]}"
    if abroad and digits.startswith("440"):
        digits = f"44{digits[3:]}"
    return digits if SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE else ""


def postcode(text: str) -> str:
    """The last British postcode in an address, `BL11RU`; empty when there is none."""
    found = UK_POSTCODE.findall(unicodedata.normalize("NFKC", text).upper())
    return "".join(found[-1]) if found else ""


def home(text: str) -> str:
    """A house or flat, as `BL11RU 2 14`: the postcode and the numbers before it, in whatever order and with whatever
    street, or the words of the first line where there is no number. Empty without a British postcode.

    Streets are written in many ways (`St`, `Street`), and a postcode has one or two of them: the numbers tell.
    """
    tidy = unicodedata.normalize("NFKC", text).upper()
    codes = list(UK_POSTCODE.finditer(tidy))
    if not codes:
        return ""
    before = tidy[: codes[-1].start()]
    told = sorted(re.findall(r"(?<![A-Z0-9])[0-9]+[A-Z]?(?![A-Z0-9])", before)) or _first_line(before)
    return " ".join((postcode(tidy), *told)).casefold() if told else ""


def _first_line(address: str) -> tuple[str, ...]:
    return name_parts(next((line for line in re.split(r"[\n,]", address) if line.strip()), ""))


def lives_among(address: str, places: str) -> bool:
    """Whether an address is one of those that somebody wrote about in their own words, with or without a postcode.
    Rather once too often: a letter that does not go can be handed over, one that went cannot be taken back."""
    code, codes = postcode(address), UK_POSTCODE.findall(unicodedata.normalize("NFKC", places).upper())
    named = set(name_parts(places))
    if code and codes:
        return code in map("".join, codes) and set(home(address).split()[1:]) <= named
    line = _first_line(address)
    return bool(line) and set(line) <= named


def calls_among(number: str, numbers: str) -> bool:
    """Whether a phone number is one of those in a text."""
    return phone(number) in {phone(part) for part in re.split(r"[^\d+() .-]+", numbers)} - {""}


def born(text: str) -> str:
    """A day as `2014-03-27`; empty when it is none."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return ""


# The details of a party, and of what staff ask for, that a person is found by.
READ: Mapping[str, tuple[tuple[str, Callable[[str], str]], ...]] = {
    "email": ((EMAIL, email),),
    "phone": ((PHONE, phone),),
    "postcode": ((POSTCODE, postcode),),
    "address": ((HOME, home), (POSTCODE, postcode)),
    "date_of_birth": ((BORN, born),),
}


def terms(called: str, details: Mapping[str, str]) -> tuple[Term, ...]:
    """All terms of a person of this name with these details, each once; the whole name first."""
    whole, parts = name(called), name_parts(called)
    found = [Term(NAME, whole), *(Term(PART, part) for part in parts[:MOST_PARTS] if len(part) > 1)]
    found += [Term(kind, read(text)) for field, text in details.items() for kind, read in READ.get(field, ())]
    return tuple(dict.fromkeys(term for term in found if term.value))


def terms_of(party: Party) -> tuple[Term, ...]:
    return terms(party.name, party.details)


def same_person(kinds: Iterable[str]) -> tuple[str, ...]:
    """In words what of two cases is the same, the strongest first: why staff should look, never that it is so.

    `kinds` are the kinds of the requester's terms that another case has too. One contact under two names may be a
    family, or somebody who asks in another name: then a person must check who is asking.
    """
    found = set(kinds)
    contacts = [WORDS[kind] for kind in (EMAIL, PHONE) if kind in found]
    if NAME in found:
        reasons = [f"same {contact}" for contact in contacts]
        if POSTCODE in found:
            reasons.append("same name and postcode")
        return tuple(reasons) or ("same name, another contact",)
    return tuple(f"same {contact}, another name or none: check who is asking" for contact in contacts)
