"""Vi-CELL BLU: both letters for micro, ERROR cells, UTF-16, German Excel."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from lims_msc.importers.vicell_blu import ViCellBlu
from lims_msc.importers.workbook import open_workbook
from sample_corpus import SampleReadings, by_sample

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

MICRO, MU = "\u00b5", "\u03bc"
TABLE = (
    "Sample ID,Cell count,Viable cells,Total (x10^6) cells/mL,Viable (x10^6) cells/mL,"
    f"Viability (%),Average diameter ({MU}m),Average viable diameter ({MU}m),Cell type,"
    "Analysis date/time,Dilution\r\n"
    "PBMC 1,2191,2123,0.78,0.75,96.9,18.51,18.72,Mammalian,3/21/2026 16:56,1\r\n"
    "PBMC 2,ERROR,ERROR,2.48,2.45,98.5,19.29,19.42,Mammalian,3/25/2026 11:14,1\r\n"
)


def read(data: bytes) -> FileReadings:
    """The readings of a text file."""
    return ViCellBlu().read(open_workbook(Source("run.csv", data)))


class TestCorpus(SampleReadings):
    importer = ViCellBlu
    folder, files, readings = "vicell-blu", 3, 126


class TestContract(ImporterContract):
    importer = ViCellBlu

    def own_files(self) -> Iterable[Source]:
        return [
            Source("a.csv", TABLE.encode()),
            Source("b.csv", TABLE.replace(MU, MICRO).encode("utf-16")),
        ]


@pytest.mark.parametrize("letter", [MICRO, MU, "u"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_letter_for_micro_in_any_encoding(letter: str, encoding: str) -> None:
    found = by_sample(read(TABLE.replace(MU, letter).encode(encoding)))
    assert found["PBMC 1", f"Average viable diameter ({letter}m)"] == 18.72
    assert len(found) == 12


def test_error_cells_are_markers() -> None:
    file = read(TABLE.encode())
    found = by_sample(file)
    assert found["PBMC 2", "Cell count"] is Marker.ERROR
    assert found["PBMC 2", "Viable (x10^6) cells/mL"] == 2.45
    assert [f.cell for f in file.findings if f.code == "marker"] == ["3:2", "3:3"]


def test_millions_of_cells_say_so_in_their_unit() -> None:
    units = {r.label: r.unit for r in read(TABLE.encode()).plates[0].reads}
    assert units["Viable (x10^6) cells/mL"] == "10*6{cells}/mL"


def test_german_excel_with_semicolons_and_decimal_commas() -> None:
    german = TABLE.replace(",", ";").replace(".", ",")
    assert by_sample(read(german.encode())) == by_sample(read(TABLE.encode()))


def test_a_table_that_ends_early_is_refused() -> None:
    with pytest.raises(InputError, match="may be cut off"):
        read(TABLE[:-45].encode())
