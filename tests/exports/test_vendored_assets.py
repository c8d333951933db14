"""The files of other projects that we ship are the ones that manifest and lock name."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "lims_msc/static/vendor", ROOT / "tests/browser/vendor"]


def entries(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=["shipped", "browser tests"])
def test_every_file_is_in_the_manifest_with_its_true_digest(folder: Path) -> None:
    found = {
        path.relative_to(folder).as_posix(): "sha384-"
        + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert {entry["file"]: entry["sha384"] for entry in entries(folder)} == found


@pytest.mark.parametrize("folder", FOLDERS, ids=["shipped", "browser tests"])
def test_every_package_has_a_licence_text_and_the_locked_version(folder: Path) -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in {entry["name"] for entry in entries(folder)}:
        own = [entry for entry in entries(folder) if entry["name"] == name]
        assert any(entry["file"].startswith("LICENCES/") for entry in own), name
        assert {entry["version"] for entry in own} == {lock[f"node_modules/{name}"]["version"]}
        assert all(entry["licence"] for entry in own)


def test_the_lock_has_hashes_and_no_download_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {name: entry for name, entry in lock.items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


def test_what_pages_and_figures_need_is_there() -> None:
    names = {entry["file"] for entry in entries(FOLDERS[0])}
    fonts = {f"arimo/Arimo-{style}.ttf" for style in ("Regular", "Bold", "Italic")}
    assert {"bootstrap.min.css", "echarts.min.js"} | fonts <= names
