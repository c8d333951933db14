"""Holding importers of cell counters against the shared corpus: samples instead of wells.

Also for files whose lines are one cell: the reading is then one of the words of the line.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from vendor_corpus import CorpusReadings, FileOfCorpus

from lims_msc.domain.importing import FileReadings
from lims_msc.domain.plate import WellReading


class WordsOfLines(CorpusReadings):
    """Numbers that stand among other words of a cell, or with a percent sign or thin blanks."""

    def number_in(self, there: object, reading: WellReading) -> float:
        """Return the number of the reading's own text, which must be part of the cell."""
        if not isinstance(there, str):
            return float(there)
        assert reading.raw in there
        return float(reading.raw.strip().removesuffix("%").replace("\u00a0", ""))


@pytest.mark.shared
class SampleReadings(WordsOfLines):
    """Counters have no wells: the expected files number the lines of the samples instead."""

    def test_plates_are_named_as_expected(
        self, shared: Path, corpus_books: list[FileOfCorpus]
    ) -> None:
        for entry, data, _ in self.own(corpus_books):
            with (shared / "corpus" / entry["expected"]).open(newline="", encoding="utf-8") as rows:
                want = {e["plate"]: e["well"].removeprefix("sample:") for e in csv.DictReader(rows)}
            (plate,) = self.read(entry, data).plates
            assert plate.plate == ""
            assert {r.well for r in plate.readings} == {None}
            assert list(dict.fromkeys(r.sample for r in plate.readings)) == list(want.values())


def by_sample(file: FileReadings) -> dict[tuple[str, str], Any]:
    """Return value or marker by sample and label of the only plate."""
    (plate,) = file.plates
    found: dict[tuple[str, str], Any] = {}
    for r in plate.readings:
        key = r.sample, r.read.label
        assert key not in found
        found[key] = r.marker if r.value is None else r.value
    return found
