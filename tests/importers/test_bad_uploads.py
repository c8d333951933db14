"""The shared hostile and awkward uploads: every answer is the one that the index asks for."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest
from lims_msc.importers.generic_grid import GenericGrid
from lims_msc.importers.generic_list import GenericList
from lims_msc.importers.opening import answer
from lims_msc.importers.tecan_icontrol import TecanIControl
from lims_msc.importers.tecan_magellan import TecanMagellan
from lims_msc.importers.workbook import open_workbook

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Importer, Source
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import InputError, UnreadableWorkbook

pytestmark = pytest.mark.shared

IMPORTERS: tuple[Importer, ...] = (TecanMagellan(), TecanIControl(), GenericGrid(), GenericList())
# These ask whether controls are there and plausible, which readers of files do not know.
OF_THE_ASSAY = {
    "pl-25-no-controls",
    "pl-26-zero-control",
    "pl-27-swapped-controls",
    "pl-28-unknown-role",
}
WANTED = {
    "reject": {"rejected"},
    "flag": {"rejected", "flagged"},
    "inert": {"accepted", "rejected", "flagged"},
    "accept": {"accepted"},
}


@pytest.fixture(scope="module")
def uploads(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    maker = load(shared / "bad_uploads" / "make_bad_uploads.py")
    folder = tmp_path_factory.mktemp("bad_uploads")
    return folder, maker.build(str(folder))


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def reply(name: str, data: bytes) -> tuple[str, str]:
    """Open, recognise and read a file as the product does; return the outcome and what was said."""
    try:
        workbook = open_workbook(Source(name, data))
        answers = [(i, i.sniff(workbook)) for i in IMPORTERS]
        mine = [i for i, a in answers if a.is_mine]
        file = mine[0].read(workbook) if mine else decline(answers, workbook)
    except InputError as refusal:
        findings = " ".join(map(str, refusal.findings))
        return "rejected", f"{refusal.message} {refusal.hint} {findings}"
    told = " ".join(str(f) for f in file.findings if f.level is not Level.NOTE)
    return ("flagged" if told else "accepted"), told


def test_reading_in_place_refuses_in_the_same_words(uploads: tuple[Path, dict]) -> None:
    folder, index = uploads
    for case in index["cases"]:
        data = (folder / case["file"]).read_bytes()
        try:
            open_workbook(Source(case["upload_name"], data))
            said = None
        except UnreadableWorkbook as refusal:
            said = refusal.message
        assert answer(case["upload_name"], data).get("refused") == said, case["id"]


def decline(answers: list, workbook: Workbook) -> NoReturn:
    raise InputError(" ".join(a.reason for _, a in answers), findings=workbook.findings)


def test_every_upload_is_answered_as_the_index_asks(uploads: tuple[Path, dict]) -> None:
    folder, index = uploads
    short: list[str] = []
    for case in index["cases"]:
        if case["id"] in OF_THE_ASSAY:
            continue
        data = (folder / case["file"]).read_bytes()
        start = time.perf_counter()
        outcome, said = reply(case["upload_name"], data)
        seconds = time.perf_counter() - start
        if outcome not in WANTED[case["verdict"]]:
            short.append(f"{case['id']}: {outcome}, wanted {case['verdict']}")
        named = any(re.search(n, said, re.IGNORECASE) for n in case["names"])
        if outcome != "accepted" and case["names"] and not named:
            short.append(f"{case['id']}: does not name the fault: {said[:100]}")
        if any(re.search(n, json.dumps(said)) for n in index["forbidden_in_any_answer"]):
            short.append(f"{case['id']}: forbidden text: {said[:100]}")
        if seconds > 5 * case["max_seconds"]:  # the machine of a test run is shared
            short.append(f"{case['id']}: {seconds:.1f} s")
    assert short == []
    assert len(index["cases"]) - len(OF_THE_ASSAY) == 95
