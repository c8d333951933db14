"""Copies the browser and font files that we ship from their npm packages.

    vendor_assets.py            fetch the locked packages, replace the copies in the project
    vendor_assets.py --check    fetch them, compare with the copies, fail on a difference

The versions stand in package.json, their hashes in package-lock.json.  The packages are unpacked
in a temporary folder, without running any script of theirs.  Beside the copies lie their licences
and a manifest of name, version, licence and SHA-384 of every file.  The copies are committed, so
neither installing nor running lims-msc needs Node.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = "lims_msc/static/vendor"
BROWSER_TESTS = "tests/browser/vendor"


@dataclass(frozen=True, slots=True)
class Asset:
    """A package, what is copied from it (source path → new name), and its licences."""

    package: str
    licence: str
    folder: str
    files: dict[str, str]
    licence_files: dict[str, str]


ASSETS = (
    Asset(
        package="@expo-google-fonts/arimo",
        licence="OFL-1.1",
        folder=STATIC,
        files={
            "400Regular/Arimo_400Regular.ttf": "arimo/Arimo-Regular.ttf",
            "400Regular_Italic/Arimo_400Regular_Italic.ttf": "arimo/Arimo-Italic.ttf",
            "700Bold/Arimo_700Bold.ttf": "arimo/Arimo-Bold.ttf",
        },
        licence_files={"LICENSE_FONT": "arimo-OFL-1.1.txt"},
    ),
    Asset(
        package="bootstrap",
        licence="MIT",
        folder=STATIC,
        files={"dist/css/bootstrap.min.css": "bootstrap.min.css"},
        licence_files={"LICENSE": "bootstrap-MIT.txt"},
    ),
    # Only the full build has custom series, which draw bands and error bars.
    Asset(
        package="echarts",
        licence="Apache-2.0 AND BSD-3-Clause AND 0BSD",
        folder=STATIC,
        files={"dist/echarts.min.js": "echarts.min.js"},
        licence_files={
            "LICENSE": "echarts-Apache-2.0.txt",
            "NOTICE": "echarts-NOTICE.txt",
            "licenses/LICENSE-d3": "echarts-d3-BSD-3-Clause.txt",
            "../zrender/LICENSE": "echarts-zrender-BSD-3-Clause.txt",
            "../tslib/LICENSE.txt": "echarts-tslib-0BSD.txt",
        },
    ),
    Asset(
        package="axe-core",
        licence="MPL-2.0",
        folder=BROWSER_TESTS,
        files={"axe.min.js": "axe.min.js"},
        licence_files={
            "LICENSE": "axe-core-MPL-2.0.txt",
            "LICENSE-3RD-PARTY.txt": "axe-core-third-party.txt",
        },
    ),
)


def main(arguments: list[str]) -> int:
    """Copy, or compare with ``--check``; returns the exit code."""
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    if shutil.which("npm") is None:
        print("npm is not installed; on Debian install the package npm.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        packages = fetch_packages(work)
        fresh = work / "fresh"
        for folder in (STATIC, BROWSER_TESTS):
            write_folder(packages, fresh / folder, [a for a in ASSETS if a.folder == folder])
        return check(fresh) if arguments else replace(fresh)


def fetch_packages(work: Path) -> Path:
    """Unpack the locked packages below ``work`` and return the folder that holds them."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, work / name)
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(npm, cwd=work, check=True, stdout=subprocess.DEVNULL)
    return work / "node_modules"


def write_folder(packages: Path, target: Path, assets: list[Asset]) -> None:
    """Copy the files and licences of these assets to ``target`` and write its manifest."""
    entries = []
    for asset in assets:
        home = packages / asset.package
        version = json.loads((home / "package.json").read_text(encoding="utf-8"))["version"]
        licences = [f"LICENCES/{name}" for name in asset.licence_files.values()]
        copies = asset.files | dict(zip(asset.licence_files, licences, strict=True))
        for source, name in copies.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(home / source, target / name)
            entries.append(
                {
                    "file": name,
                    "name": asset.package,
                    "version": version,
                    "licence": asset.licence,
                    "sha384": sha384(target / name),
                }
            )
    entries.sort(key=lambda entry: entry["file"])
    text = json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
    (target / "manifest.json").write_text(text, encoding="utf-8")


def sha384(path: Path) -> str:
    """Return the digest of a file in the form that browsers take as ``integrity``."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def replace(fresh: Path) -> int:
    """Put the fresh folders in the place of the old ones."""
    for folder in (STATIC, BROWSER_TESTS):
        shutil.rmtree(ROOT / folder, ignore_errors=True)
        shutil.copytree(fresh / folder, ROOT / folder)
        print(f"Wrote {folder}.")
    return 0


def check(fresh: Path) -> int:
    """Name every file that differs, is missing, or is not wanted."""
    differing = []
    for folder in (STATIC, BROWSER_TESTS):
        wanted, found = contents(fresh / folder), contents(ROOT / folder)
        differing += [
            f"{folder}/{name}"
            for name in sorted(wanted.keys() | found.keys())
            if wanted.get(name) != found.get(name)
        ]
    for name in differing:
        print(f"{name} is not what the locked package holds.")
    if differing:
        print("Run scripts/vendor_assets.py and commit what it writes.")
    return 1 if differing else 0


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder by its relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
