"""Builds the front end into `chalicelib/web/_built/`: one stylesheet, one script, an icon, and compiled templates.

Third-party files are never committed; this makes them from the packages of `package.json`. Colours come from
`policy/council.json`, so that a second council needs no other stylesheet. Nothing happens when nothing changed.
"""

from __future__ import annotations

import compileall
import hashlib
import json
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "chalicelib" / "web"
BUILT = WEB / "_built"
GOVUK = ROOT / "node_modules" / "govuk-frontend"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
NOTE = """The stylesheet and the script of this folder contain parts of govuk-frontend {version},
Copyright (c) Crown Copyright (Government Digital Service), MIT licence.
"""


def build(say: Callable[[str], None] = print) -> None:
    """Build what changed. Raises SystemExit when the npm packages are not there."""
    if not GOVUK.exists():
        raise SystemExit("The front-end packages are not installed: run `make setup`.")
    wanted = _fingerprint()
    stamp = BUILT / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("front end: building")
    shutil.rmtree(BUILT, ignore_errors=True)
    static = BUILT / "static"
    static.mkdir(parents=True)
    (static / "app.css").write_text(_css(), encoding="utf-8")
    (static / "app.js").write_text(_js(), encoding="utf-8")
    shutil.copy(WEB / "assets" / "favicon.svg", static / "favicon.svg")
    version = json.loads((GOVUK / "package.json").read_text())["version"]
    (BUILT / "ATTRIBUTION.txt").write_text(NOTE.format(version=version))
    _templates()
    _languages()
    files = sorted(static.iterdir())
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    manifest = {"hash": digest, "files": {file.name: TYPES[file.suffix] for file in files}}
    (BUILT / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    stamp.write_text(wanted)


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    sources = [*(WEB / "assets").iterdir(), *(WEB / "templates").rglob("*.html"), *(ROOT / "languages").glob("*.po")]
    for path in sorted([*sources, ROOT / "policy" / "council.json", ROOT / "package.json", Path(__file__)]):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _css() -> str:
    """govuk-frontend's parts, the council's colours, our own pieces."""
    command = ["node_modules/.bin/sass", "--load-path=node_modules", "--style=compressed", "--no-source-map"]
    command += ["--no-charset", "--quiet-deps", str(WEB / "assets" / "app.scss")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"The stylesheet could not be built:\n{done.stderr}")
    council = json.loads((ROOT / "policy" / "council.json").read_text(encoding="utf-8"))
    for name in ("colour", "link_colour"):
        if _contrast(council[name]) < 4.5:
            raise SystemExit(
                f"policy/council.json: {name} has too little contrast on white (WCAG 1.4.3 wants 4.5 to 1)."
            )
    brand = (
        f":root{{--app-brand:{council['colour']};--govuk-brand-colour:{council['colour']};"
        f"--govuk-link-colour:{council['link_colour']}}}"
    )
    own = re.sub(r"/\*.*?\*/|\s*\n\s*", "", (WEB / "assets" / "app.css").read_text(encoding="utf-8"), flags=re.S)
    return f"{done.stdout.strip()}{brand}{own}\n"


def _contrast(colour: str) -> float:
    """Contrast of a colour, `#rrggbb`, on white (WCAG 2.2, relative luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _js() -> str:
    """govuk-frontend's module with one call at its end: one file, one request."""
    source = (GOVUK / "dist" / "govuk" / "govuk-frontend.min.js").read_text(encoding="utf-8")
    source = re.sub(r"//# sourceMappingURL=.*", "", source).strip()
    if "initAll" not in source.rpartition("export{")[2]:
        raise SystemExit("govuk-frontend has no initAll: its version changed.")
    return f"{source}\ninitAll();\n"


def _templates() -> None:
    """Compile our templates, the macros that they use and their byte code, so that the first page waits for none."""
    from chalicelib.web.render import environment

    environment.cache_clear()
    target = BUILT / "templates"
    wanted = _used(environment())
    environment().compile_templates(target, filter_func=wanted.__contains__, zip=None, ignore_errors=False)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(target, quiet=1, invalidation_mode=mode)
    environment.cache_clear()


def _languages() -> None:
    """Compile the message catalogues, without what nobody has reviewed."""
    from .languages import compile_to

    compile_to(BUILT / "languages")


def _used(environment: Any) -> set[str]:
    """Our templates and all that they lead to. Of the macros of the design system we use a part."""
    from jinja2 import meta

    waiting = [name for name in environment.list_templates() if not name.startswith("govuk_frontend_jinja/")]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        source, _, _ = environment.loader.get_source(environment, name)
        waiting += [one for one in meta.find_referenced_templates(environment.parse(source)) if one]
    return found


def main() -> int:
    build()
    return 0


if __name__ == "__main__":
    sys.exit(main())
