"""The message catalogues: `languages/messages.pot` holds every text that residents read, `languages/<code>.po` what it
is in another language.

`python -m tools.languages` writes the texts anew and brings each catalogue up to them: what is new is empty, what
changed a little is marked fuzzy, which means that nobody has reviewed it. `--check` says whether they are up to date,
and whether a language that is offered is whole and reviewed. Set-up compiles the catalogues without what is fuzzy.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from chalicelib.domain.language import Places

from .local import ROOT

FOLDER = ROOT / "languages"
TEXTS = FOLDER / "messages.pot"
Found = tuple[str | tuple[str, str], str]
# Who says no to residents: the words of these errors are shown in the language of the page.
REFUSALS = {"NotFound": 0, "Stale": 0, "NotAllowed": 0, "NotSignedIn": 0, "Problem": 2}
SPOKEN = {"say": 0, "mark": 0}
# The code that residents meet. Staff are spoken to in English.
CODE = ("domain/*.py", "domain/clock/*.py", "adapters/schemas.py", "web/*.py", "web/resident/*.py") + tuple(
    f"commands/{name}.py" for name in ("track", "submit", "drafts", "contact", "documents", "again")
)
TEMPLATES = ("*.html", "resident/*.html")


def texts() -> dict[str | tuple[str, str], list[str]]:
    """Every text with the files that it stands in; a text that depends on a number is a pair."""
    found: dict[str | tuple[str, str], list[str]] = {}
    for text, where in (*_of_policy(), *_of_templates(), *_of_code(), *_of_dates()):
        found.setdefault(text, [])
        if where not in found[text]:
            found[text].append(where)
    return {text: found[text] for text in sorted(found, key=lambda one: one if isinstance(one, str) else one[0])}


def _of_policy() -> Iterator[Found]:
    wanted = json.loads((ROOT / "policy" / "languages.json").read_text(encoding="utf-8"))["texts"]
    for folder in ("policy", "schemas"):
        for path in sorted((ROOT / folder).rglob("*.json")):
            name = path.relative_to(ROOT).with_suffix("").as_posix()
            places = Places(tuple(one for file, rows in wanted.items() if fnmatch(name, file) for one in rows))
            heard: list[str] = []
            places.changed(json.loads(path.read_text(encoding="utf-8")), _into(heard))
            yield from ((text, f"{name}.json") for text in heard)


def _into(heard: list[str]) -> Callable[[str], str]:
    def hear(text: str) -> str:
        heard.append(text)
        return text

    return hear


def _of_templates() -> Iterator[Found]:
    from chalicelib.web.render import HERE, environment

    for pattern in TEMPLATES:
        for path in sorted((HERE / "templates").glob(pattern)):
            source = path.read_text(encoding="utf-8")
            for _line, _function, message in environment().extract_translations(source):
                if isinstance(message, tuple):
                    yield (str(message[0]), str(message[1])), path.name
                elif message:
                    yield str(message), path.name


def _of_code() -> Iterator[Found]:
    for pattern in CODE:
        for path in sorted((ROOT / "chalicelib").glob(pattern)):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield from ((text, path.name) for text in _said(node))


def _said(node: ast.AST) -> Iterator[str | tuple[str, str]]:
    """The texts of one call of `say` and the like, of a refusal, of a page's title, or of an error's own message."""
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, ast.Assign) and getattr(part.targets[0], "id", "") == "message":
                yield from _text(part.value)
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name == "say_count" and len(node.args) >= 2:
        pair = [text for one in node.args[:2] for text in _text(one)]
        if len(pair) == 2:
            yield pair[0], pair[1]
    place = {**SPOKEN, **REFUSALS}.get(name)
    if place is not None and len(node.args) > place:
        yield from _text(node.args[place])
    if name == "html":
        for keyword in node.keywords:
            if keyword.arg == "title":
                yield from _text(keyword.value)


def _text(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def _of_dates() -> Iterator[Found]:
    """What is put together from data: days, months and counts."""
    from datetime import date

    from chalicelib.domain import retention
    from chalicelib.domain.clock import words

    yield from ((f"{date(2026, 6, day):%A}", "dates") for day in range(1, 8))
    yield from ((f"{date(2026, month, 1):%B}", "dates") for month in range(1, 13))
    yield from ((pair, "counts") for pair in (*words.UNITS.values(), *retention.PERIODS.values()))


def catalogue(known: Catalog | None = None) -> Catalog:
    """The texts as an empty catalogue, or `known` brought up to them."""
    fresh = Catalog(project="case-service", version="1", fuzzy=False, charset="utf-8")
    for text, files in texts().items():
        fresh.add(text, locations=[(name, 1) for name in files])
    if known is None:
        return fresh
    known.update(fresh, update_header_comment=False)
    known.obsolete.clear()
    return known


def written(found: Catalog) -> bytes:
    """A catalogue as its file: no dates, no lines, so that it changes only when a text does."""
    out = io.BytesIO()
    write_po(out, found, width=120, include_lineno=False, omit_header=found.locale is None, sort_output=False)
    lines = out.getvalue().decode().split("\n")
    kept = (line for line in lines if not line.startswith(('"POT-Creation', '"PO-Revision', '"Generated-By')))
    return "\n".join(kept).encode()


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def compile_to(folder: Path) -> None:
    """Each catalogue as gettext reads it, without what is fuzzy."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(FOLDER.glob("*.po")):
        with (folder / f"{path.stem}.mo").open("wb") as file:
            write_mo(file, read(path), use_fuzzy=False)


def faults() -> list[str]:
    """What is not up to date, and what an offered language lacks."""
    found = [] if TEXTS.read_bytes() == written(catalogue()) else ["languages/messages.pot is not up to date"]
    rows = json.loads((ROOT / "policy" / "languages.json").read_text(encoding="utf-8"))["languages"]
    offered = {row["code"] for row in rows if row["offered"]}
    for path in sorted(FOLDER.glob("*.po")):
        if path.read_bytes() != written(catalogue(read(path))):
            found.append(f"languages/{path.name} is not up to date")
        missing = unready(read(path))
        if path.stem in offered and missing:
            found.append(f"languages/{path.name} is offered, and {missing} texts are not there or not reviewed")
    return found


def unready(found: Catalog) -> int:
    """How many texts of a catalogue nobody has translated, or nobody has reviewed."""
    return sum(bool(one.id) and (not _whole(one) or one.fuzzy) for one in found)


def _whole(message: Any) -> bool:
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, say what is wrong")
    if parser.parse_args().check:
        wrong = faults()
        for words in wrong:
            print(f"{words}: run `make docs`", file=sys.stderr)
        return int(bool(wrong))
    FOLDER.mkdir(exist_ok=True)
    TEXTS.write_bytes(written(catalogue()))
    for path in sorted(FOLDER.glob("*.po")):
        path.write_bytes(written(catalogue(read(path))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
