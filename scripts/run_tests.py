"""Runs all tests and says which groups were left out, and why.

Without arguments the tests of the science run first and must pass through every branch of it; then
all others run.  Arguments are handed to pytest, which then runs once and measures nothing.  Where
the environment variable CI is set, a group that was left out is a failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCIENCE = ("tests/science", "tests/validation")
EVERY_BRANCH = ("--cov=lims_msc.science", "--cov-report=term", "--cov-fail-under=100")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def left_out() -> list[str]:
    """Return in words each group of tests that cannot run here."""
    groups = []
    if not any(shutil.which(name) for name in CHROMIUM_NAMES):
        groups.append("browser: Chromium is not installed")
    # Any one of these missing would let its tests skip while the others run.
    parts = ("corpus", "references", "bad_uploads")
    if not all((ROOT.parent / "shared" / part).is_dir() for part in parts):
        groups.append("shared: the corpus and the reference cases are not beside the project")
    return groups


def runs(arguments: list[str], skipped: list[str]) -> list[list[str]]:
    """Return the arguments of each run of pytest; branches are counted where no case is missing."""
    if arguments:
        return [arguments]
    counted = () if "shared" in skipped else EVERY_BRANCH
    return [[*SCIENCE, *counted], [f"--ignore={folder}" for folder in SCIENCE]]


def main(arguments: list[str]) -> int:
    """Run pytest and return its verdict, or 1 if CI left a group out."""
    groups = left_out()
    skipped = [group.split(":")[0] for group in groups]
    chosen = ["-m", " and ".join(f"not {name}" for name in skipped)] if skipped else []
    workers = ["-n", str(min(4, os.cpu_count() or 1))]
    pytest = [sys.executable, "-m", "pytest", *workers, *chosen]
    verdicts = [
        subprocess.run([*pytest, *run], cwd=ROOT, check=False).returncode
        for run in runs(arguments, skipped)
    ]
    for group in groups:
        print(f"LEFT OUT: {group}")
    if groups and os.environ.get("CI"):
        print("CI runs every group: this is a failure.")
        return 1
    return max(verdicts)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
