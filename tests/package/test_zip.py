"""What is uploaded: all that runs and nothing else, small, the same every time, and it starts by itself."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import package
from tools.package import ROOT

MEGABYTE = 1024 * 1024
STRANGERS = (
    "moto",
    "pytest",
    "pip",
    "setuptools",
    "hypothesis",
    "cryptography",
    "playwright",
    "tests",
    "tools",
    "node_modules",
)
LAZY = ("jwt", "moto", "requests", "holidays", "cryptography", "jinja2", "jsonschema")
STARTS = """
import json, sys
sys.path[:0] = [sys.argv[1]]
import app
homes = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
print(json.dumps({
    "handlers": sorted(app.app.handler_map),
    "routes": len(app.app.routes),
    "modules": sorted(sys.modules),
    "homes": sorted(homes),
}))
"""


@pytest.fixture(scope="session")
def archive(packaged: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(packaged / "deployment.zip") as found:
        yield found


@pytest.fixture(scope="session")
def unpacked(archive: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zip")
    archive.extractall(folder)
    return folder


@pytest.mark.parametrize("folder", ["policy", "schemas", "state_machines"])
def test_policy_schemas_and_machines_lie_at_the_root(archive: zipfile.ZipFile, folder: str) -> None:
    wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.json")}
    assert wanted
    shipped = {name for name in archive.namelist() if name.startswith(f"{folder}/")}
    assert shipped == wanted
    for name in wanted:
        assert archive.read(name) == (ROOT / name).read_bytes()


def test_the_code_and_the_built_front_end_are_there(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    sources = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "chalicelib").rglob("*.py") if "_built" not in path.parts
    }
    assert {"app.py", *sources} <= names
    manifest = json.loads(archive.read("chalicelib/web/_built/manifest.json"))
    assert {f"chalicelib/web/_built/static/{name}" for name in manifest["files"]} <= names


def test_nothing_of_development_goes_along(archive: zipfile.ZipFile) -> None:
    tops = {re.split(r"[-.]", name.split("/")[0])[0].lower() for name in archive.namelist()}
    assert not tops & set(STRANGERS)
    assert not [
        name for name in archive.namelist() if name.endswith((".scss", ".pyi", ".md")) and "dist-info" not in name
    ]


def test_it_is_small(packaged: Path) -> None:
    assert (packaged / "deployment.zip").stat().st_size < 6 * MEGABYTE


def test_the_dependencies_are_the_pinned_ones(archive: zipfile.ZipFile) -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = {package._normal(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.M)}
    tops = {name.split("/")[0] for name in archive.namelist()}
    shipped = [re.fullmatch(r"(.+)-([^-]+)\.dist-info", top) for top in tops if top.endswith(".dist-info")]
    assert shipped
    for found in shipped:
        assert found is not None
        assert pins[package._normal(found[1])] == found[2]


def test_only_the_data_of_the_services_in_use(archive: zipfile.ZipFile) -> None:
    services = {name.split("/")[2] for name in archive.namelist() if re.match(r"botocore/data/[^/]+/.", name)}
    assert services == package.BOTO_SERVICES
    used = set()
    for path in (ROOT / "chalicelib").rglob("*.py"):
        used |= set(re.findall(r"\bclient\(\"([\w-]+)\"\)", path.read_text(encoding="utf-8")))
    assert used
    assert used <= services


def test_every_module_is_compiled_and_never_checked_for_its_date(archive: zipfile.ZipFile) -> None:
    """Files in a Lambda have other dates than here: only an unchecked hash (PEP 552) is taken as it is."""
    names = set(archive.namelist())
    tag = sys.implementation.cache_tag
    for name in sorted(name for name in names if name.endswith(".py")):
        folder, _, file = name.rpartition("/")
        compiled = f"{folder}/__pycache__/{file[:-3]}.{tag}.pyc".lstrip("/")
        assert compiled in names or "/_built/templates/" in name, name
    flags = {name: struct.unpack("<I", archive.read(name)[4:8])[0] for name in names if name.endswith(".pyc")}
    assert {name for name, flag in flags.items() if flag != 0b01} == set()


def test_compiled_wheels_are_for_the_interpreter_that_packages(archive: zipfile.ZipFile) -> None:
    libraries = [name for name in archive.namelist() if name.endswith(".so")]
    wanted = (f".{sys.implementation.cache_tag}-".replace("cpython-", "cpython-"), ".abi3.")
    assert [name for name in libraries if not any(tag in name for tag in wanted)] == []


def test_names_are_sorted_and_dates_fixed(archive: zipfile.ZipFile) -> None:
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    names = archive.namelist()
    assert len(set(names)) == len(names)
    assert [Path(name) for name in names] == sorted(Path(name) for name in names)


def test_no_path_of_this_machine_is_in_it(archive: zipfile.ZipFile) -> None:
    here = str(ROOT).encode()
    assert [name for name in archive.namelist() if here in archive.read(name)] == []


def test_the_same_sources_give_the_same_zip(archive: zipfile.ZipFile, tmp_path: Path) -> None:
    """Two builds of the same files, unpacked in different places and in another order."""
    made = []
    for turn, names in enumerate((archive.namelist(), reversed(archive.namelist()))):
        source = tmp_path / str(turn) / "source.zip"
        source.parent.mkdir()
        with zipfile.ZipFile(source, "w") as copy:
            for name in names:
                if name.startswith(("app.py", "chalicelib/domain/", "policy/")) and not name.endswith(".pyc"):
                    copy.writestr(name, archive.read(name))
        package._slim(source, source.with_name("target.zip"))
        made.append(source.with_name("target.zip").read_bytes())
    assert made[0] == made[1]


def test_nothing_is_built_when_nothing_changed(packaged: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in packaged.iterdir()}
    said: list[str] = []
    package.package(said.append)
    assert {path.name: path.stat().st_mtime_ns for path in packaged.iterdir()} == before
    assert said == ["package: nothing changed"]


@pytest.mark.promise("feature:serverless")
def test_it_starts_with_nothing_but_itself(unpacked: Path) -> None:
    """Another interpreter, no installed packages, no variables of AWS: `import app` finds all it needs in the zip."""
    environment = {name: value for name, value in os.environ.items() if name == "PATH"}
    python = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    command = [str(python), "-I", "-S", "-c", STARTS, str(unpacked)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=unpacked.parent)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["handlers"]) >= {"open_task", "close_case", "check_clock", "on_change", "reconcile"}
    assert found["routes"] > 0
    strays = [home for home in found["homes"] if "site-packages" in home or home.startswith(str(ROOT))]
    assert strays == []
    heavy = {name.split(".")[0] for name in found["modules"]} & set(LAZY)
    assert heavy == set(), "a cold start waits for what it does not need"
