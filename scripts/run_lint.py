"""Runs every check of the code: format, lint, types, floors, spelling; then one verdict."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "floors": ["lint-imports", "--no-cache"],
    # Importers and their tests are full of words of other languages, as the files are.
    "spelling": ["codespell", "lims_msc", "migrations", "docs", "scripts", "README.md"],
}


def main() -> int:
    """Run all checks and return 1 if any of them found something."""
    failed = []
    for name, command in CHECKS.items():
        print(f"== {name}", flush=True)
        program = [str(BIN / command[0]), *command[1:]]
        if subprocess.run(program, cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "every check passed")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
