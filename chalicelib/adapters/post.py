"""Which way messages go out, as `policy/post.json` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from .mail import MailRefused, Ses
from .notify import Notify


class Post:
    """Behind the domain's `Mail`. The policy is read with the first message: most processes send none."""

    def __init__(self, policy: Callable[[], Mapping[str, Any]], ses: Ses, key: Callable[[], str]) -> None:
        self._policy, self._ses, self._key = policy, ses, key

    @cached_property
    def _notify(self) -> Notify:
        return Notify(self._policy()["notify"], self._key)

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        way = self._notify if self._policy()["email"] == "notify" else self._ses
        way.send(to, subject, text, html)

    def text(self, to: str, words: str) -> None:
        if self._policy()["text"] != "notify":
            raise MailRefused("NoTexts")
        self._notify.text(to, words)

    def letter(self, address: Sequence[str], subject: str, paragraphs: Sequence[str]) -> None:
        if self._policy()["letter"] != "notify":
            raise MailRefused("NoLetters")
        self._notify.letter(address, subject, paragraphs)
