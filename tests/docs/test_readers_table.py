"""The table of what is read says what the classes say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lims_msc.registry import Registry

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_of_readers_is_what_the_classes_say() -> None:
    command = [sys.executable, ROOT / "scripts" / "document_importers.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_importer_has_a_line(registry: Registry) -> None:
    page = (ROOT / "docs" / "readers.md").read_text(encoding="utf-8")
    assert [key for key in registry.importers if f"`{key}`" not in page] == []
    assert registry.broken == ()
