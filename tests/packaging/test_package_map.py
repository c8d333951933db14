"""The package map: what is on the disk is what is shipped; a folder forgotten here is an error."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAPPED = {"importers": "lims_msc.importers", "migrations": "lims_msc.migrations"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def packages_on_disk() -> set[str]:
    """Return the import name of each folder of ours that holds Python files."""
    found = set()
    for top in ("lims_msc", *MAPPED):
        for path in (ROOT / top).rglob("*.py"):
            folder = path.parent.relative_to(ROOT).parts
            found.add(".".join((MAPPED.get(folder[0], folder[0]), *folder[1:])))
    return found


def test_every_folder_with_python_files_is_in_the_list_of_packages(
    project: dict[str, Any],
) -> None:
    listed = project["tool"]["setuptools"]["packages"]
    assert len(listed) == len(set(listed))
    assert set(listed) == packages_on_disk()


def test_every_package_has_its_init_file() -> None:
    folders = {path.parent for top in ("lims_msc", *MAPPED) for path in (ROOT / top).rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_two_folders_at_the_top_have_names_of_ours_where_they_are_installed(
    project: dict[str, Any],
) -> None:
    placed = project["tool"]["setuptools"]["package-dir"]
    assert placed == {name: folder for folder, name in MAPPED.items()}


def test_every_plugin_module_that_is_declared_is_on_the_disk(project: dict[str, Any]) -> None:
    declared = [
        target for group in project["project"]["entry-points"].values() for target in group.values()
    ]
    for target in declared:
        module = target.split(":")[0].replace("lims_msc.importers", "importers")
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file(), target
