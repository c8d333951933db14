"""Whatever is done to a file, it is read or refused in words, soon, and no number is not one."""

from __future__ import annotations

import json
import math
import random
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from time import process_time

import pytest
from lims_msc.importers.opening import answer
from lims_msc.importers.raw_sheet import workbook_from_json
from lims_msc.importers.workbook import open_workbook
from mutants import mutant
from variants import CORPUS, ENVISION_TEXT, expected, product_reads, readings_of, text_of_file

from lims_msc.demo.invented import invented_plate_workbook
from lims_msc.demo.workbooks import Shape
from lims_msc.domain.importing import Importer, Source
from lims_msc.domain.workbook import Sheet, Workbook
from lims_msc.errors import InputError, UnreadableWorkbook
from lims_msc.registry import Registry

SEED = 20_260_314
OWN_MUTANTS, CORPUS_MUTANTS, IN_PROCESS = 600, 1400, 100
SECONDS_EACH = 2.0
LARGEST_BASE_BYTES = 16_000

GRID = "OD450\r\n<>\t1\t2\t3\r\nA\t0.1\t0.2\t0.3\r\nB\t0.4\tOVER\t0.6\r\nC\t0.7\t0.8\t0.9\r\n"
LIST = "Plate;Well;OD450;Time [s]\nP1;A1;0,5;0\nP1;A2;0,25;0\nP1;B1;0,125;0\nP1;B2;1,5;0\n"
KINETIC = "Time\tA1\tA2\tA3\n0:00:00\t0.1\t0.2\t0.3\n0:05:00\t0.2\t0.3\t0.4\n"
OWN = (
    *((f"{shape.name}.xlsx", invented_plate_workbook(shape)) for shape in Shape),
    ("grid.txt", GRID.encode()),
    ("list.csv", LIST.encode()),
    ("kinetic.txt", KINETIC.encode("utf-16")),
)


def small_corpus_files() -> list[tuple[str, bytes]]:
    """Return the small files of every program of the corpus, in a fixed order."""
    files = sorted(p for p in CORPUS.glob("*/*") if p.suffix.lower() in ENDINGS)
    small = [p for p in files if p.stat().st_size <= LARGEST_BASE_BYTES]
    return [
        (p.name, p.read_bytes()) for p in small if p.parent.name not in ("expected", "licences")
    ]


ENDINGS = {".xlsx", ".xls", ".csv", ".txt"}


def mutants_of(files: Sequence[tuple[str, bytes]], count: int) -> list[tuple[str, bytes]]:
    dice = random.Random(SEED)
    chosen = [files[i % len(files)] for i in range(count)]
    return [(f"{i}: {name}", mutant(data, dice)) for i, (name, data) in enumerate(chosen)]


class Trial:
    """One run of mutants through all importers, with everything that went wrong."""

    def __init__(self, importers: Sequence[Importer]) -> None:
        self.importers = importers
        self.outcomes: Counter[str] = Counter()
        self.faults: list[str] = []
        self._dice = random.Random(SEED)

    def run(self, mutants: Sequence[tuple[str, bytes]]) -> None:
        for name, data in mutants:
            seconds = self._timed(name, data)
            # A machine may be busy with other things: what was slow is asked once more.
            if seconds > SECONDS_EACH and (seconds := self._timed(name, data)) > SECONDS_EACH:
                self.faults.append(f"{name} took {seconds:.1f} s")

    def _timed(self, name: str, data: bytes) -> float:
        start = process_time()
        try:
            self._one(data)
        except Exception:  # noqa: BLE001 - anything that escapes is what the test looks for
            self.faults.append(f"{name}: {traceback.format_exc(limit=-3)}")
        return process_time() - start

    def _one(self, data: bytes) -> None:
        said = answer("upload", data)
        if "refused" in said:
            assert said["refused"]
            self.outcomes["refused"] += 1
            return
        workbook = workbook_from_json("upload", json.loads(json.dumps(said)))
        claims = [i for i in self.importers if i.sniff(workbook).is_mine]
        self.outcomes["claimed" if claims else "unknown"] += 1
        # A person may choose an importer that does not know the file.
        for importer in {*claims, self._dice.choice(self.importers)}:
            self._read(importer, workbook)

    def _read(self, importer: Importer, workbook: Workbook) -> None:
        try:
            file = importer.read(workbook)
        except InputError as refusal:
            self.outcomes["declined" if refusal.message.strip() else "declined without words"] += 1
            return
        self.outcomes["read"] += 1
        for reading in (r for plate in file.plates for r in plate.readings):
            assert (reading.value is None) != (reading.marker is None)
            numbers = (reading.value, reading.time_s, reading.read.wavelength_nm)
            assert all(n is None or math.isfinite(n) for n in numbers), reading


def check(registry: Registry, mutants: Sequence[tuple[str, bytes]]) -> Counter[str]:
    trial = Trial(list(registry.importers.values()))
    trial.run(mutants)
    sys.stdout.write(f"seed {SEED}: {len(mutants)} mutants, {dict(trial.outcomes)}\n")
    assert "declined without words" not in trial.outcomes
    assert not trial.faults, f"seed {SEED}\n" + "\n".join(trial.faults[:10])
    return trial.outcomes


def test_damaged_files_of_our_own_are_read_or_refused(registry: Registry) -> None:
    outcomes = check(registry, mutants_of(OWN, OWN_MUTANTS))
    assert min(outcomes[o] for o in ("refused", "claimed", "unknown", "declined", "read")) > 10


@pytest.mark.shared
def test_damaged_files_of_every_program_are_read_or_refused(registry: Registry) -> None:
    files = small_corpus_files()
    assert len(files) > 40
    outcomes = check(registry, mutants_of(files, CORPUS_MUTANTS))
    assert min(outcomes[o] for o in ("refused", "claimed", "unknown", "declined", "read")) > 10


def test_a_sample_goes_through_the_reading_process_and_gives_the_same_answers() -> None:
    opened = 0
    for name, data in mutants_of(OWN, OWN_MUTANTS)[:: OWN_MUTANTS // IN_PROCESS]:
        here = answer("upload", data)
        if "refused" in here:
            with pytest.raises(UnreadableWorkbook) as refusal:
                open_workbook(Source("upload", data))
            assert refusal.value.message == here["refused"], name
        else:
            there = open_workbook(Source("upload", data))
            assert there == workbook_from_json("upload", json.loads(json.dumps(here))), name
            opened += 1
    assert opened > 10


def test_quotation_marks_that_enclose_no_field_are_ordinary_characters() -> None:
    """Found by a mutant: such lines are no records of a csv file, yet they are text."""
    said = answer("upload", b'P1;A"1\r;0,5"x\nP1;A2;0,25\n')
    assert said["sheets"][0]["texts"] == ["P1", 'A"1', '0,5"x', "P1", "A2", "0,25"]


@pytest.mark.parametrize("sheets", [(), (Sheet("Plate 1", {}),)])
def test_a_workbook_without_a_cell_is_refused_in_words_by_every_importer(
    registry: Registry, sheets: tuple[Sheet, ...]
) -> None:
    for importer in registry.importers.values():
        workbook = Workbook("upload", "xlsx", sheets)
        assert not importer.sniff(workbook).is_mine
        with pytest.raises(InputError) as refusal:
            importer.read(workbook)
        assert refusal.value.message.strip(), importer.key


@pytest.mark.shared
@pytest.mark.parametrize("columns", ["9" * 400, "\u00b2", "0", "13"])
def test_a_plate_size_that_no_plate_has_costs_no_time(columns: str) -> None:
    """Found by a mutant: the file says how many columns to expect."""
    text = text_of_file(ENVISION_TEXT)
    assert "Number of columns,,,,12" in text
    damaged = text.replace("Number of columns,,,,12", f"Number of columns,,,,{columns}")
    start = process_time()
    assert readings_of(product_reads(damaged.encode())) == expected(ENVISION_TEXT)
    assert process_time() - start < SECONDS_EACH
