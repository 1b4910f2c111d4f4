"""Writes `docs/promises.md`: every promise of the service with the tests that show it.

The promises stand in `tests/promises.json`; a test names those it shows with `@pytest.mark.promise("notice:human")`.
`python -m tools.promises` writes the page, `--check` only says whether it is up to date (exit 1 when it is not).
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "promises.md"
GROUPS = {
    "notice": "What the privacy notice promises",
    "feature": "What such a service must do",
    "ours-alone": "What none of the others does",
    "fault": "Faults of others that we never repeat",
}


def promises() -> dict[str, str]:
    """Promise id to its words, in the order of the file."""
    rows = json.loads((ROOT / "tests" / "promises.json").read_text(encoding="utf-8"))
    return {row["id"]: row["says"] for row in rows}


def shown() -> dict[str, list[str]]:
    """Promise id to the tests that carry its marker, found by reading the test files, not by running them."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for test, decorators in _tests(tree):
            for promise in _marked(decorators):
                found[promise].append(f"{path.relative_to(ROOT).as_posix()}::{test}")
    return found


def _tests(tree: ast.Module) -> Iterator[tuple[str, list[ast.expr]]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield node.name, node.decorator_list
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test"):
                    yield f"{node.name}::{inner.name}", [*node.decorator_list, *inner.decorator_list]


def _marked(decorators: list[ast.expr]) -> Iterator[str]:
    for decorator in decorators:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.promise":
            for argument in decorator.args:
                yield ast.literal_eval(argument)


def page() -> str:
    """The whole page. Raises SystemExit when a test names a promise that there is not."""
    words, tests = promises(), shown()
    unknown = sorted(set(tests) - set(words))
    if unknown:
        raise SystemExit(f"tests name promises that tests/promises.json does not have: {', '.join(unknown)}")
    kept = sum(1 for promise in words if tests.get(promise))
    lines = [
        "# Promises and the tests that show them",
        "",
        "Made by `python -m tools.promises` from the markers on the tests. A promise without a test is not kept yet.",
        "",
        f"{kept} of {len(words)} promises have a test.",
    ]
    for group, title in GROUPS.items():
        lines += ["", f"## {title}", "", "| promise | shown by |", "|---|---|"]
        for promise, says in words.items():
            if promise.startswith(group + ":"):
                by = "<br>".join(f"`{test}`" for test in tests.get(promise, ())) or "**no test yet**"
                lines.append(f"| {says.replace('|', '/')} | {by} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say whether the page is up to date")
    wanted = page()
    if parser.parse_args().check:
        current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        if current != wanted:
            print("docs/promises.md is not up to date: run `python -m tools.promises`", file=sys.stderr)
            return 1
        return 0
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(wanted, encoding="utf-8")
    print(wanted.splitlines()[4])
    return 0


if __name__ == "__main__":
    sys.exit(main())
