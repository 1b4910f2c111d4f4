"""A made-up translation, written from right to left: each letter of a text is an Arabic one, and what is filled in
stays. A word in Latin letters on a page is then one that no catalogue has, or a name, or what somebody wrote."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from chalicelib.adapters.policies import PolicyFiles
from chalicelib.adapters.schemas import SchemaFiles
from chalicelib.domain.language import Language
from chalicelib.domain.policy import Book

from .site import Site

LATIN = "abcdefghijklmnopqrstuvwxyz"
ARABIC = "ابپتٹثجچحخدڈرزژسشصضطظعغفقک"
LETTERS = str.maketrans({**dict(zip(LATIN, ARABIC, strict=True)), **dict(zip(LATIN.upper(), ARABIC, strict=True))})
KEPT = re.compile(r"(%\(\w+\)s|%%?\{\w+\}|\{\w+\}|\$\w+|\$\{\w+\}|<[^>]*>|&\w+;)")
heard: set[str] = set()
"""Every text that was asked for: each must be in the catalogues."""


def text(english: str) -> str:
    heard.add(english)
    return _turned(english)


def count(one: str, many: str, number: int) -> str:
    heard.update((one, many))
    return _turned(one if number == 1 else many)


def _turned(english: str) -> str:
    parts = KEPT.split(english)
    return "".join(part if place % 2 else part.translate(LETTERS) for place, part in enumerate(parts))


PSEUDO = Language("ur", "اردو", "rtl", text, count)


def speak(site: Site) -> Site:
    """The site offers the made-up language."""
    schemas = SchemaFiles()
    book = Book(PolicyFiles(schemas).read, {"ur": PSEUDO})
    site.world.services = replace(site.world.services, book=book, schemas=schemas)
    from chalicelib.bootstrap import install

    install(site.world.services)
    return site


class _Texts(HTMLParser):
    """Each text of a page that a person sees or hears, without what is said to be in another language."""

    ATTRIBUTES = ("alt", "title", "aria-label", "placeholder", "data-i18n.characters-under-limit.other")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        foreign = "lang" in given and tag != "html"
        if tag in ("script", "style", "textarea") or foreign or tag in self._silent[-1:]:
            self._silent.append(tag)
        if not self._silent:
            self.found += [given[name] for name in self.ATTRIBUTES if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(" ".join(data.split()))


def english_in(page: str, allowed: frozenset[str]) -> list[str]:
    """The texts of a page that hold a Latin word which is not among those allowed."""
    reader = _Texts()
    reader.feed(page)
    words = re.compile(r"(?<!%\{)\b[A-Za-z]{2,}")
    return [one for one in reader.found if set(words.findall(html.unescape(one))) - allowed]
