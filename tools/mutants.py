"""`make mutants`: plants faults in the clock, one at a time, and counts how many its tests find (mutmut).

Works on a copy in `.local/mutants`, with an environment of its own: the tests of the clock need nothing else of ours.
Prints the rate, and each fault that no test found; docs/clock-mutants.md says why those stand.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from .local import ROOT

FOLDER = ROOT / ".local" / "mutants"
NEEDS = ("mutmut==3.8.1", "pytest==9.2.0", "hypothesis==6.170.15")
COPIED = ("chalicelib/domain/clock", "policy", "tests/unit/clock")
SETTINGS = """[tool.pytest.ini_options]
testpaths = ["tests"]
markers = ["promise(*ids): promises that the test shows"]

[tool.mutmut]
paths_to_mutate = ["chalicelib/domain/clock/"]
tests_dir = ["tests/unit/clock/"]
also_copy = ["tests/", "policy/", "chalicelib/"]
"""
KILLED, SURVIVED = "🎉", "🙁"


def main() -> int:
    python = _environment()
    work = FOLDER / "work"
    shutil.rmtree(work, ignore_errors=True)
    for name in COPIED:
        shutil.copytree(ROOT / name, work / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("chalicelib", "chalicelib/domain", "tests", "tests/unit", "tests/support"):
        (work / name).mkdir(parents=True, exist_ok=True)
        (work / name / "__init__.py").touch()
    shutil.copy(ROOT / "tests" / "support" / "clock.py", work / "tests" / "support")
    (work / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    mutmut = str(python.with_name("mutmut"))
    done = subprocess.run([mutmut, "run"], cwd=work, capture_output=True, text=True)
    counts = re.findall(rf"(\d+)/(\d+)  {KILLED} (\d+).*?{SURVIVED} (\d+)", done.stdout)
    if not counts:
        print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
        return 1
    _, total, killed, survived = (int(count) for count in counts[-1])
    print(f"{killed} of {total} planted faults were found ({killed / total:.1%}), {survived} were not:")
    print(subprocess.run([mutmut, "results"], cwd=work, capture_output=True, text=True).stdout)
    return int(killed / total < 0.9)


def _environment() -> Path:
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(FOLDER / "venv", with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *NEEDS], check=True)
    return python


if __name__ == "__main__":
    sys.exit(main())
