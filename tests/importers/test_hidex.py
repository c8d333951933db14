"""Hidex: results by well, raw values over cycles, spectra, statistics, and what the Info says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from lims_msc.importers.hidex import Hidex
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

HIDEX = Hidex()
WELLS = ("A1", "A2", "B1", "C1", "C2", "H12")


def sheet(title: str, *rows: list[Any], ended: str = "completed successfully") -> list[list[Any]]:
    """A sheet with the lines that stand on top of all of them."""
    when = datetime.fromisoformat("2026-01-15T10:00:00")
    return [["Growth"], [], [when], [], [f"Assay was {ended}."], [], [title], *rows]


def results(columns: dict[str, list[Any]]) -> list[list[Any]]:
    """Results by well: values by their heading."""
    rows = [[well, f"S{i}", *(c[i] for c in columns.values())] for i, well in enumerate(WELLS)]
    return sheet("Results", ["Well", "Sample", *columns], *rows)


def raw(title: str, cycles: dict[Any, list[Any]]) -> list[list[Any]]:
    """Raw values: the columns are cycles headed by the seconds at which they started."""
    rows = [[1, well, "Result", *(c[i] for c in cycles.values())] for i, well in enumerate(WELLS)]
    numbers = [None, None, "Cycle #", *range(1, len(cycles) + 1)]
    return sheet(title, numbers, ["Plate #", "Well", "Start time (s)", *cycles], *rows)


def spectra(cycles: int = 1) -> list[list[Any]]:
    """Spectra of 400 to 420 nm."""
    rows = [
        [1, well, cycle, 600.0 * (cycle - 1) + i, *(0.1 * cycle + 0.01 * i + n for n in (0, 1, 2))]
        for cycle in range(1, cycles + 1)
        for i, well in enumerate(WELLS)
    ]
    headings = ["Plate", "Well", "Cycle #", "Time (s)", 400, 410, 420]
    return sheet("Absorbance", [None] * 4 + ["Wavelength (nm)"], headings, *rows)


INFO = sheet(
    "Info",
    ["Instrument"],
    ["Instrument serial number", 3160111],
    ["Instrument firmware version", 108],
    [],
    ["Software"],
    ["Version", "1.3.1.0"],
    [],
    ["Fluorescence 1"],
    ["Technology", "Fluorescence"],
    ["Excitation filter", "485/10"],
    ["Emission filter", "535/20"],
)
ODS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
COUNTS = [5, 6, 7, 8, 9, 10]


@pytest.fixture
def read(make_workbook: Any, opened: Any) -> Any:
    def done(**sheets: list[list[Any]]) -> FileReadings:
        return HIDEX.read(opened(make_workbook(**sheets)))

    return done


def as_csv(rows: list[list[Any]], separator: str = ",") -> bytes:
    lines = (separator.join("" if v is None else str(v) for v in row) for row in rows)
    return "\n".join(lines).encode()


class TestCorpus(CorpusReadings):
    importer = Hidex
    folder, files, readings = "hidex", 2, 4224


class TestContract(ImporterContract):
    importer = Hidex

    def own_files(self) -> Iterable[Source]:
        return [Source("run.csv", as_csv(results({"OD(590)": ODS, "Fluorescence": COUNTS})))]


def test_results_by_well_with_several_reads(read: Any, by_well: Any) -> None:
    file = read(
        Results__by__well=results({"OD(590)": ODS, "Fluorescence 1 (RFU)": COUNTS}),
        Info=INFO,
    )
    assert by_well(file, label="OD(590)") == dict(zip(WELLS, ODS, strict=True))
    assert [(r.kind, r.wavelength_nm, r.emission_nm) for r in file.plates[0].reads] == [
        (ReadingKind.ABSORBANCE, 590, None),
        (ReadingKind.FLUORESCENCE, 485, 535),
    ]
    facts = {f.name: f.value for f in file.facts}
    assert facts == {
        "assay": "Growth", "date": "2026-01-15 10:00:00", "serial number": "3160111",
        "firmware": "108", "software version": "1.3.1.0",
    }  # fmt: skip
    assert file.findings == ()


def test_calculated_columns_and_statistics_are_left_and_told(read: Any, by_well: Any) -> None:
    file = read(
        Results=results({"OD(590)": ODS, "OD slope": ODS, "OD(1/min)": ODS, "Cycles": [1] * 6}),
        Statistics=sheet("Replicate statistics", ["Sample", "N", "Mean"], ["S1", 2, 0.5]),
    )
    assert len(by_well(file)) == 6
    assert sorted(f.code for f in file.findings) == ["column_not_read"] * 3 + ["sheet_not_read"]


def test_raw_values_of_several_cycles_have_their_times(read: Any) -> None:
    file = read(Raw=raw("Raw OD(590)", {0: ODS, 600: [v + 1 for v in ODS]}))
    assert [(str(r.well), r.time_s, r.value) for r in file.plates[0].readings][:3] == [
        ("A1", 0, 0.1), ("A1", 600, 1.1), ("A2", 0, 0.2),
    ]  # fmt: skip
    (one,) = file.plates[0].reads
    assert (file.plates[0].plate, one.label, one.wavelength_nm) == ("1", "Raw OD(590)", 590)


def test_raw_values_of_one_cycle_are_an_endpoint(read: Any) -> None:
    file = read(Raw=raw("Raw OD(590)", {0: ODS}))
    assert {r.time_s for r in file.plates[0].readings} == {None}


def test_a_cycle_without_a_time_is_refused(read: Any) -> None:
    with pytest.raises(InputError, match="'later' is not the time of a cycle"):
        read(Raw=raw("Raw OD(590)", {0: ODS, "later": ODS}))


def test_results_that_repeat_raw_values_are_read_once(read: Any, by_well: Any) -> None:
    file = read(Results=results({"OD(590)": [*ODS[:5], 0.9]}), Raw=raw("Raw OD(590)", {0: ODS}))
    assert by_well(file) == dict(zip(WELLS, ODS, strict=True))
    told = next(f for f in file.findings if f.code == "tables_disagree")
    assert (told.level, told.sheet, told.cell, told.well) == ("warning", "Results", "C14", "H12")
    assert "sheet 'Raw', cell D15" in told.message


def test_spectra_have_a_read_for_each_wavelength(read: Any) -> None:
    file = read(Absorbance__spectra=spectra())
    assert [(r.label, r.kind, r.wavelength_nm) for r in file.plates[0].reads] == [
        ("Absorbance spectra", ReadingKind.ABSORBANCE, nm) for nm in (400, 410, 420)
    ]
    assert {r.time_s for r in file.plates[0].readings} == {None}
    times = {r.time_s for r in read(Spectra=spectra(cycles=2)).plates[0].readings}
    assert times == {start + i for start in (0, 600) for i in range(6)}


def test_several_plates_of_a_list(read: Any) -> None:
    rows = raw("Raw OD(590)", {0: ODS})
    rows += [[2, *row[1:]] for row in rows[-6:]]
    assert [(p.plate, len(p.readings)) for p in read(Raw=rows).plates] == [("1", 6), ("2", 6)]


def test_an_added_row_and_column_change_nothing(read: Any, by_well: Any) -> None:
    rows = raw("Raw OD(590)", {0: ODS})
    file = read(Raw=[[], *([None, *row] for row in rows)])
    assert by_well(file) == dict(zip(WELLS, ODS, strict=True))
    assert by_well(read(Raw=[*rows[:-2], [], *rows[-2:]])) == by_well(file)


def test_semicolons_decimal_commas_and_markers(open_bytes: Any, by_well: Any) -> None:
    text = as_csv(results({"OD(590)": ["0,5", "OVER", "1,25", "0,75", "0,1", "0,2"]}), ";")
    book = open_bytes(text, "run.csv")
    assert HIDEX.sniff(book).is_mine
    assert by_well(HIDEX.read(book)) == dict(
        zip(WELLS, [0.5, "overflow", 1.25, 0.75, 0.1, 0.2], strict=True)
    )


def test_an_assay_that_was_stopped_is_told(read: Any) -> None:
    rows = results({"OD(590)": ODS})
    rows[4] = ["Assay was aborted by the user."]
    assert [f.code for f in read(Results=rows).findings] == ["assay_not_completed"]


def test_an_entry_that_is_no_well_is_refused(read: Any) -> None:
    rows = results({"OD(590)": ODS})
    rows[9][0] = "Blank"
    with pytest.raises(InputError, match="'Blank' is not a well"):
        read(Results=rows)


@pytest.mark.parametrize("cut", [4, 40, 75])
def test_a_file_that_is_cut_off_is_refused(open_bytes: Any, cut: int) -> None:
    text = as_csv(results({"OD(590)": ODS, "Fluorescence": COUNTS}))
    with pytest.raises(InputError) as refusal:
        HIDEX.read(open_bytes(text[:-cut], "run.csv"))
    assert refusal.value.message
