"""Bio-Plex Manager: a sheet for each analyte, replicate groups, stars and dashes, two plates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.bioplex_manager import BioPlexManager
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker, ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

HEADINGS = ["Analyte", "Type", "Well", "Description", "FI", "FI - Bkgd", "Obs Conc", "Bead Count",
            "Sampling Errors"]  # fmt: skip


def sheet(
    analyte: str = "IL-6 (19)", wells: Iterable[str] = ("A1", "B1", "C1"), plate: str = "P7"
) -> list[list[Any]]:
    """The sheet of an analyte; the intensities rise by ten."""
    head = [["File Name: run"], [f"Analyte: {analyte}"], ["Reader Serial Number:LX1"]]
    rows = [
        [analyte, "X1", well, "Sample", 10.5 + 10 * i, 8.5 + 10 * i, "OOR <", 100, None]
        for i, well in enumerate(wells)
    ]
    notes = [[], ["***Value not available / --- = Designated as an outlier"], [], ["Ratio = M/R"]]
    return [*head, [f"Plate ID: {plate}"], [], HEADINGS, *rows, *notes]


@pytest.fixture
def read(make_workbook: Any, opened: Any) -> Any:
    def done(**sheets: list[list[Any]]) -> FileReadings:
        return BioPlexManager().read(opened(make_workbook(**sheets)))

    return done


class TestCorpus(CorpusReadings):
    importer = BioPlexManager
    folder, files, readings = "bioplex-manager", 2, 212


class TestContract(ImporterContract):
    importer = BioPlexManager

    def own_files(self) -> Iterable[Source]:
        lines = ("\t".join("" if v is None else str(v) for v in row) for row in sheet())
        return [Source("run.txt", "\n".join(lines).encode())]


def test_each_analyte_is_a_read_of_its_wells(read: Any, by_well: Any) -> None:
    file = read(IL6=sheet(), TNF=sheet("TNF (36)"))
    assert by_well(file, label="FI IL-6 (19)") == {"A1": 10.5, "B1": 20.5, "C1": 30.5}
    assert [(r.label, r.kind) for r in file.plates[0].reads] == [
        ("FI IL-6 (19)", ReadingKind.FLUORESCENCE),
        ("FI TNF (36)", ReadingKind.FLUORESCENCE),
    ]
    assert file.plates[0].plate == ""
    facts = {f.name: (f.value, str(f.source)) for f in file.facts if "IL6" in str(f.source)}
    assert facts["serial number"] == ("LX1", "sheet 'IL6', cell A3")
    assert facts["plate id"][0] == "P7"
    assert {f.code for f in file.findings} == {"columns_not_read"}


def test_the_mean_of_replicates_belongs_to_the_group_and_to_no_well(read: Any) -> None:
    file = read(S=sheet(wells=["A1,B1", "A02, B02", "C1"]))
    group, other, single = file.plates[0].readings
    assert (group.well, group.sample, group.place, group.value) == (None, "A1,B1", "A1,B1", 10.5)
    assert other.place == "A2,B2"
    assert (str(single.well), single.sample) == ("C1", "")
    assert "group_means" in {f.code for f in file.findings}


@pytest.mark.parametrize(
    ("text", "marker"),
    [("***", Marker.MISSING), ("---", Marker.MASKED), ("OOR >", Marker.OVERFLOW),
     ("OOR <", Marker.UNDERFLOW), ("*12.5", Marker.ERROR)],
)  # fmt: skip
def test_footnoted_signs_are_markers(read: Any, by_well: Any, text: str, marker: Marker) -> None:
    rows = sheet()
    rows[7][4] = text
    assert by_well(read(S=rows))["B1"] is marker


def test_sampling_errors_are_told(read: Any) -> None:
    rows = sheet()
    rows[6][8] = "1, 2"
    (warning,) = (f for f in read(S=rows).findings if f.level == "warning")
    assert (warning.cell, "A1: 1, 2" in warning.message) == ("I7", True)


def test_a_missing_intensity_is_told_and_no_zero(read: Any, by_well: Any) -> None:
    rows = sheet()
    rows[7][4] = None
    file = read(S=rows)
    assert set(by_well(file)) == {"A1", "C1"}
    assert "empty_wells" in {f.code for f in file.findings}


def test_two_plates_in_a_workbook_are_told_apart(read: Any) -> None:
    file = read(A=sheet(plate="P7"), B=sheet(plate="P8"))
    assert [p.plate for p in file.plates] == ["P7", "P8"]


def test_a_column_and_a_row_more_shift_nothing(read: Any, by_well: Any) -> None:
    rows = sheet()
    moved = [["ours", *row] for row in rows]
    moved.insert(6, [])
    assert by_well(read(S=moved)) == by_well(read(S=rows))


def test_decimal_commas_of_text(open_bytes: Any, by_well: Any) -> None:
    lines = ("\t".join("" if v is None else str(v) for v in row) for row in sheet())
    text = "\n".join(lines).replace(".5\t", ",5\t")
    assert by_well(BioPlexManager().read(open_bytes(text.encode(), "a.txt")))["C1"] == 30.5


def test_an_intensity_without_a_well_is_refused(read: Any) -> None:
    rows = sheet()
    rows[7][2] = None
    with pytest.raises(InputError, match="values but names no well"):
        read(S=rows)


def test_one_well_in_two_rows_is_refused(read: Any) -> None:
    with pytest.raises(InputError, match="Well A1 of 'FI IL-6"):
        read(S=sheet(wells=["A1", "A1"]))
