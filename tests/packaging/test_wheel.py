"""The wheel in a clean environment, beside a host whose folders have the names of ours."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from factories import book, grid

ROOT = Path(__file__).resolve().parents[2]
PLACES = {"importers/": "lims_msc/importers/", "migrations/": "lims_msc/migrations/"}
DECOY = "raise RuntimeError('the folder of the host was imported instead of ours')\n"
HOST = """
from flask import Flask
from lims_msc import LimsMsc
from lims_msc.domain.actor import ALL_ROLES, Actor

app = Flask(__name__)
app.config.update(SECRET_KEY="x", LIMS_MSC_DATABASE_URL="sqlite:///lab.sqlite")
LimsMsc(app, current_actor=lambda: Actor("1", "Anna Weiss", ALL_ROLES))

if __name__ == "__main__":
    client = app.test_client()
    for path in ("/msc/", "/msc/lims-msc-static/lims-msc.css", "/msc/status"):
        answer = client.get(path)
        print(answer.status_code, len(answer.data) > 100)
    print("Anna Weiss" in client.get("/msc/").text)
"""
PLUGINS = """
import json
from lims_msc import registry
found = registry.load_registry()
print(json.dumps({
    "broken": [str(broken) for broken in found.broken],
    "keys": sorted([*found.importers, *found.assay_types, *found.exporters]),
    "where": registry.__file__,
}))
"""

pytestmark = pytest.mark.packaging


def run(command: Sequence[object], folder: Path) -> str:
    """Run a command with nothing of this project's environment in it; return what it prints."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def tracked_files() -> list[str]:
    """Return the files that the project is made of."""
    return run(["git", "ls-files"], ROOT).splitlines()


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive, and the wheel from it, from the tracked files alone."""
    source = tmp_path_factory.mktemp("source")
    for name in tracked_files():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    run([sys.executable, "-m", "build", "--no-isolation"], source)
    return source / "dist"


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (wheel,) = dist.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def clean_bin(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the locked packages and the wheel where nothing else is; return the programs."""
    environment = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    pip = [programs / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    run([*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt"], environment)
    run([*pip, wheel], environment)
    run([programs / "python", "-m", "pip", "check"], environment)
    return programs


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """The folder of a host with importers and migrations of its own, which must not be met."""
    for name in ("importers", "migrations"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(DECOY)
    (tmp_path / "app.py").write_text(HOST)
    return tmp_path


VALUES = {"A1": 0.5, "B2": 1.25, "H12": 3.0}
READER_FILES: dict[str, Callable[[], bytes]] = {
    "plate.xlsx": lambda: book(Raw=grid(VALUES)),
    "plate.csv": lambda: "\r\n".join(
        ",".join("" if value is None else str(value) for value in row) for row in grid(VALUES)
    ).encode(),
}


def test_the_wheel_holds_every_file_of_ours_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    wanted = set()
    for name in tracked_files():
        for folder, place in {"lims_msc/": "lims_msc/", **PLACES}.items():
            if name.startswith(folder):
                wanted.add(place + name.removeprefix(folder))
    assert wanted - names == set()
    others = {name for name in names - wanted if ".dist-info/" not in name}
    assert others == set()


@pytest.mark.parametrize(
    "name",
    [
        "lims_msc/py.typed",
        "lims_msc/templates/lims_msc/home.html",
        "lims_msc/static/lims-msc.css",
        "lims_msc/static/vendor/echarts.min.js",
        "lims_msc/migrations/script.py.mako",
        "lims_msc/migrations/env.py",
        "lims_msc/validation/cases/cv.json",
        "lims_msc/importers/workbook.py",
    ],
)
def test_the_wheel_holds_what_is_easily_forgotten(wheel: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert name in archive.namelist()


def test_the_wheel_holds_every_licence_of_what_it_carries(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.split("/licenses/")[1] for name in archive.namelist() if "/licenses/" in name}
    carried = ROOT / "lims_msc" / "static" / "vendor" / "LICENCES"
    wanted = {f"lims_msc/static/vendor/LICENCES/{path.name}" for path in carried.iterdir()}
    assert names == wanted | {"LICENSE"}


def test_the_source_archive_holds_tests_and_documents(dist: Path) -> None:
    (archive,) = dist.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        names = {name.split("/", 1)[1] for name in source.getnames() if "/" in name}
    assert {"tests/conftest.py", "tests/factories.py", "docs/host.md", "LICENSE"} <= names
    wanted = {name for name in tracked_files() if name.startswith(("tests/", "docs/"))}
    assert wanted - names == set()


def test_every_plugin_loads_from_the_wheel(clean_bin: Path, host: Path) -> None:
    (host / "plugins.py").write_text(PLUGINS)
    found = json.loads(run([clean_bin / "python", "plugins.py"], host))
    assert found["broken"] == []
    assert {"generic_grid", "t_cell_proliferation", "pack"} <= set(found["keys"])
    assert str(clean_bin.parent) in found["where"]


@pytest.mark.parametrize("program", [["lims-msc"], ["python", "-m", "lims_msc"]])
@pytest.mark.parametrize("name", READER_FILES)
def test_reader_files_are_read_beside_a_host_with_folders_of_the_same_names(
    clean_bin: Path, host: Path, name: str, program: list[str]
) -> None:
    (host / name).write_bytes(READER_FILES[name]())
    printed = run([clean_bin / program[0], *program[1:], "read", name, "--format", "csv"], host)
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert {row["well"]: float(row["value"]) for row in rows if row["value"]} == VALUES


def test_an_installation_is_qualified_by_the_cases_that_came_with_it(
    clean_bin: Path, host: Path
) -> None:
    printed = run([clean_bin / "lims-msc", "validate", "--kind", "cv", "--kind", "zprime"], host)
    assert "8 of 8 cases passed." in printed


def test_the_database_is_made_and_checked_from_a_hosts_folder(clean_bin: Path, host: Path) -> None:
    for arguments in (["lims-msc"], ["flask", "--app", "app", "lims-msc"]):
        program = [clean_bin / arguments[0], *arguments[1:]]
        upgraded = run([*program, "db", "upgrade"], host)
        assert "is at revision" in upgraded
        assert "as it should be" in run([*program, "db", "check"], host)
    assert {path.name for path in host.glob("*.sqlite")} == {"lab.sqlite", "lims-msc.sqlite"}


def test_a_host_serves_our_pages_with_their_style(clean_bin: Path, host: Path) -> None:
    run([clean_bin / "flask", "--app", "app", "lims-msc", "db", "upgrade"], host)
    printed = run([clean_bin / "python", "app.py"], host).splitlines()
    assert printed == ["200 True", "200 True", "200 True", "True"]
