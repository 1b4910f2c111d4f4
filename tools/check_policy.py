"""Loads every file of `policy/` as the service does, and says file, line and reason of the first fault of each."""

from __future__ import annotations

import sys

from chalicelib.adapters.policies import PolicyFiles
from chalicelib.adapters.schemas import SchemaFiles
from chalicelib.domain.clock import PolicyError
from chalicelib.domain.errors import PolicyFault
from chalicelib.domain.policy import Book


def main() -> int:
    files = PolicyFiles(SchemaFiles())
    faults = []
    for name in files.names():
        try:
            files.read(name)
        except PolicyFault as fault:
            faults.append(str(fault))
    if not faults:
        book = Book(files.read)
        try:
            _ = (book.rules, book.access)
        except PolicyError as error:
            faults.append(str(files.fault(error)))
    for words in faults:
        print(words, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
