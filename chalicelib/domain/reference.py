"""The case's reference (an address, never a secret) and the access code (the secret that opens it).

Reference: prefix, eight random symbols and a check symbol in groups of three, `FF-7K4-M2P-9XW`. The alphabet leaves
out I, O, Q, 0 and 1, which people mix up. With 31 symbols, a prime, the weighted check catches every single wrong
symbol and every swap of two different symbols.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ23456789"
SYMBOLS = 8
CODE_SYMBOLS = 12

# What undoes the weight of the ninth place; there is one, for 31 is prime.
_INVERSE = pow(SYMBOLS + 1, -1, len(ALPHABET))
_FORGIVEN = re.compile(r"[\s\-‐-―_.,/:]+")


def check_symbol(symbols: str) -> str:
    """The ninth symbol that makes the sum of position (1-9) times index 0 modulo 31."""
    total = sum(position * ALPHABET.index(symbol) for position, symbol in enumerate(symbols, 1))
    return ALPHABET[-total * _INVERSE % len(ALPHABET)]


def make(prefix: str, pick: Callable[[int], int], unwanted: Iterable[str] = ()) -> str:
    """A new reference. `pick(n)` gives a random whole number below n; drawn again while it spells an unwanted word."""
    words = tuple(word.upper() for word in unwanted)
    while True:
        symbols = "".join(ALPHABET[pick(len(ALPHABET))] for _ in range(SYMBOLS))
        symbols += check_symbol(symbols)
        if not any(word in symbols for word in words):
            return f"{prefix}-{symbols[:3]}-{symbols[3:6]}-{symbols[6:]}"


def parse(text: str, prefix: str) -> str | None:
    """The reference a person meant, or None when the check fails.

    Forgives case, spaces, missing or odd dashes and a missing prefix; needs no read of the table to refuse.
    """
    symbols = _FORGIVEN.sub("", text).upper()
    if len(symbols) == len(prefix) + SYMBOLS + 1 and symbols.startswith(prefix.upper()):
        symbols = symbols[len(prefix) :]
    if len(symbols) != SYMBOLS + 1 or any(symbol not in ALPHABET for symbol in symbols):
        return None
    if check_symbol(symbols[:-1]) != symbols[-1]:
        return None
    return f"{prefix}-{symbols[:3]}-{symbols[3:6]}-{symbols[6:]}"


def access_code(digest: bytes) -> str:
    """Twelve symbols in fours, `ABCD-EFGH-JKLM` (59 bits), from at least 16 bytes of a keyed digest."""
    number = int.from_bytes(digest[:16], "big")
    symbols = []
    for _ in range(CODE_SYMBOLS):
        number, index = divmod(number, len(ALPHABET))
        symbols.append(ALPHABET[index])
    code = "".join(symbols)
    return "-".join((code[:4], code[4:8], code[8:]))


def normal_code(text: str) -> str:
    """The access code a person typed, without what we forgive: case, spaces, dashes."""
    return _FORGIVEN.sub("", text).upper()
