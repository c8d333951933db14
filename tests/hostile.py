"""The hostile and awkward uploads of the shared folder, written anew for each test run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

WANTED = {
    "reject": {"rejected"},
    "flag": {"rejected", "flagged"},
    "inert": {"accepted", "rejected", "flagged"},
    "accept": {"accepted"},
}


def make_uploads(shared: Path, folder: Path) -> dict[str, Any]:
    """Write all files into a folder and return their index."""
    maker = load(shared / "bad_uploads" / "make_bad_uploads.py")
    index: dict[str, Any] = maker.build(str(folder))
    return index


def load(path: Path) -> ModuleType:
    """Import a script of the shared folder."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
