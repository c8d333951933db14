"""The shared hostile and awkward uploads: every answer is the one that the index asks for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hostile import make_uploads
from lims_msc.importers.opening import answer
from lims_msc.importers.workbook import open_workbook

from lims_msc.domain.importing import Source
from lims_msc.errors import UnreadableWorkbook

pytestmark = pytest.mark.shared

ADAPTER = Path(__file__).with_name("answer_upload.py")


@pytest.fixture(scope="module")
def uploads(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("bad_uploads")
    return folder, make_uploads(shared, folder)


def test_reading_in_place_refuses_in_the_same_words(uploads: tuple[Path, dict[str, Any]]) -> None:
    folder, index = uploads
    for case in index["cases"]:
        data = (folder / case["file"]).read_bytes()
        try:
            open_workbook(Source(case["upload_name"], data))
            said = None
        except UnreadableWorkbook as refusal:
            said = refusal.message
        assert answer(case["upload_name"], data).get("refused") == said, case["id"]


def test_every_upload_is_answered_as_the_index_asks_within_its_time_and_memory(
    shared: Path, uploads: tuple[Path, dict[str, Any]]
) -> None:
    """The shared runner starts a process for each file, under limits, and counts connections."""
    folder, index = uploads
    runner = shared / "bad_uploads" / "run_bad_uploads.py"
    command = [sys.executable, runner, folder, "--exec", f"{sys.executable} {ADAPTER}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = len(index["cases"])
    assert f"{cases}/{cases} as the index asks" in done.stdout
    assert "egress 0" in done.stdout
