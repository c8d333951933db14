"""Nothing large is loaded before it is used: a host that only shows a page does not wait for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGE = {"numpy", "scipy", "matplotlib", "segno"}
IMPORT_EACH = """
import importlib, sys
large = {"numpy", "scipy", "matplotlib", "segno"}
for name in sys.argv[1:]:
    importlib.import_module(name)
    if loaded := large & set(sys.modules):
        print(name, "loads", *sorted(loaded))
        large -= loaded
"""
FIRST_PAGE_ALONE = """
import sys
from lims_msc import create_app
app = create_app({"SECRET_KEY": "x", "LIMS_MSC_DATABASE_URL": sys.argv[1]})
client = app.test_client()
answer = client.get("/", follow_redirects=True)
assert answer.status_code == 200, answer.text
print(*sys.modules)
"""


def modules_of(folder: str) -> list[str]:
    """Return the import name of every module below a folder of the project."""
    names = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append(".".join(parts).removesuffix(".__init__"))
    # As a program it starts the command line; imported it would do the same.
    return [name for name in names if not name.endswith("__main__")]


def printed_by(program: str, *arguments: str) -> str:
    """Return what a program with a process of its own prints."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "package",
    [
        "lims_msc/domain",
        "lims_msc/science",
        "lims_msc/assays",
        "lims_msc/validation",
        "lims_msc/exports",
        "lims_msc/models",
        "lims_msc/services",
        "lims_msc/web",
        "lims_msc/demo",
    ],
)
def test_no_module_of_a_package_loads_a_large_library(package: str) -> None:
    names = modules_of(package)
    assert names
    assert printed_by(IMPORT_EACH, *names) == ""


def test_the_package_its_entry_points_and_its_command_line_load_no_large_library() -> None:
    names = [name for name in modules_of("lims_msc") if name.count(".") <= 1]
    assert {"lims_msc", "lims_msc.cli", "lims_msc.testing", "lims_msc.extension"} <= set(names)
    assert printed_by(IMPORT_EACH, *names) == ""


def test_a_module_that_loads_a_large_library_would_be_named() -> None:
    printed = printed_by(IMPORT_EACH, "lims_msc", "scipy.special")
    assert printed == "scipy.special loads numpy scipy\n"


def test_the_sign_in_page_of_the_standalone_site_loads_no_large_library(
    database_file: Path,
) -> None:
    loaded = set(printed_by(FIRST_PAGE_ALONE, f"sqlite:///{database_file}").split())
    assert "lims_msc.standalone" in loaded
    assert not LARGE & loaded
