"""The page of the assays says what the classes say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lims_msc.registry import Registry

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_the_assays_is_what_the_classes_say() -> None:
    command = [sys.executable, ROOT / "scripts" / "document_assays.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_assay_readout_and_check_has_a_line(registry: Registry) -> None:
    page = (ROOT / "docs" / "assays.md").read_text(encoding="utf-8")
    for key, assay in registry.assay_types.items():
        wanted = [key, *assay.readouts, *(check.code for check in assay.checks)]
        assert [name for name in wanted if f"`{name}`" not in page] == []
