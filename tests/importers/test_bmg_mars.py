"""BMG MARS: plates, tables with wells down and across, kinetics, spectra, several runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lims_msc.importers.bmg_mars import BmgMars
from lims_msc.importers.bmg_pages import read_of
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

MARS = BmgMars()
GRID = [",1,2,3", "A,0.101,0.102,0.103", "B,0.201,0.202,0.203"]


def head(mode: str = "Absorbance", plate: str = "Plate 1", run: str = "7") -> list[str]:
    """The head of a report, several pairs of key and value on a line."""
    return [
        f"User: USER,Path: C:\\Program Files\\BMG\\CLARIOstar\\User\\Data,Test run no.: {run}",
        "Test name: Proliferation,Date: 15/01/2026,Time: 10:00:00",
        "",
        f"ID1: donor 3,ID2: {plate}",
        mode,
        "",
    ]


def german_head() -> list[str]:
    return [
        "Benutzer: USER,Pfad: D:\\Daten,Testlauf Nr.: 7",
        "Testname: Proliferation,Datum: 15.01.2026,Zeit: 10:00:00",
        "Fluoreszenz",
        "",
    ]


@pytest.fixture
def read(open_bytes: Any) -> Any:
    def done(*parts: list[str]) -> FileReadings:
        text = "\r\n".join(line for part in parts for line in part)
        return MARS.read(open_bytes(text.encode(), "plate.csv"))

    return done


class TestCorpus(CorpusReadings):
    importer = BmgMars
    folder, files, readings = "bmg-mars", 4, 2417


class TestContract(ImporterContract):
    importer = BmgMars

    def own_files(self) -> Iterable[Source]:
        lines = [*head(), "Raw Data (450 1)", "", *GRID]
        return [Source("plate.csv", "\r\n".join(lines).encode())]


def test_a_plate_with_its_wavelength_and_its_facts(read: Any, by_well: Any) -> None:
    file = read(head(), ["Raw Data (450 1)", "", *GRID])
    assert by_well(file, plate="")["B3"] == 0.203
    (one,) = file.plates[0].reads
    assert (one.label, one.kind, one.wavelength_nm) == (
        "Raw Data (450 1)",
        ReadingKind.ABSORBANCE,
        450,
    )
    facts = {f.name: (f.value, f.source.cell) for f in file.facts}
    assert facts["instrument"] == ("CLARIOstar", "1:2")
    assert facts["ID2"] == ("Plate 1", "4:2")
    assert file.findings == ()


def test_a_german_report_with_decimal_commas(open_bytes: Any) -> None:
    lines = [*german_head(), "Rohdaten (485-12/520)", "", *GRID]
    text = "\r\n".join(lines).replace(",", ";").replace("0.", "0,").replace("01,2026", "01.2026")
    book = open_bytes(text.encode(), "plate.csv")
    assert MARS.sniff(book).is_mine
    (plate,) = MARS.read(book).plates
    (one,) = plate.reads
    assert (one.kind, one.wavelength_nm, one.emission_nm) == (ReadingKind.FLUORESCENCE, 485, 520)
    assert plate.readings[0].value == 0.101


def test_what_is_based_on_raw_data_is_left_and_told(read: Any, by_well: Any) -> None:
    blanked = ["", "Blank corrected based on Raw Data (450)", "", *GRID]
    file = read(head(), ["Raw Data (450)", "", *GRID], blanked)
    assert len(by_well(file)) == 6
    assert [(f.code, f.cell) for f in file.findings] == [("block_not_read", "15:1")]


def test_rows_after_z_go_on_with_a_small_a(read: Any) -> None:
    letters = [chr(65 + i) for i in range(26)] + list("abcdef")
    rows = [f"{letter},{i}.5" for i, letter in enumerate(letters, start=1)]
    columns = "," + ",".join(map(str, range(1, 49)))
    full = [row + ",1.25" * 47 for row in rows]
    (plate,) = read(head("Luminescence"), ["Raw Data", "", columns, *full]).plates
    wells = {str(r.well): r.value for r in plate.readings}
    assert (wells["Z1"], wells["AA1"], wells["AF48"]) == (26.5, 27.5, 1.25)
    assert len(wells) == 1536


TABLE = [
    "Well Row,Well Col,Content,Raw Data (600),Raw Data (600),Raw Data (600)",
    ",,Time,0 h ,0 h 60 min,1 h 15 min",
    "A,1,Sample X1,0.081,0.097,0.1",
    "C,2,Sample X26,0.097,0.096,0.099",
]


@pytest.mark.parametrize("blank", [[], [""]])
def test_a_table_with_a_row_for_each_well_and_times_across(read: Any, blank: list[str]) -> None:
    lines = [line for row in TABLE for line in (row, *blank)]
    (plate,) = read(head(), lines).plates
    assert [(str(r.well), r.time_s, r.value) for r in plate.readings] == [
        ("A1", 0, 0.081),
        ("A1", 3600, 0.097),
        ("A1", 4500, 0.1),
        ("C2", 0, 0.097),
        ("C2", 3600, 0.096),
        ("C2", 4500, 0.099),
    ]
    assert plate.reads[0].wavelength_nm == 600


def test_a_table_of_one_well_column_with_a_title_that_is_written_once(read: Any) -> None:
    rows = ["Well,Content,Raw Data (600),,", ",Time [s],0,30,60", "A01,X1,0.1,0.2,0.3"]
    (plate,) = read(head(), rows).plates
    assert [(r.time_s, r.value) for r in plate.readings] == [(0, 0.1), (30, 0.2), (60, 0.3)]


def test_a_spectrum_has_a_read_for_each_wavelength(read: Any) -> None:
    rows = [
        "Well Row,Well Col,Content,Raw Data (220-1000),Raw Data (220-1000)",
        ",,Wavelength [nm],220,221",
        "A,1,X1,0.5,0.6",
    ]
    (plate,) = read(head("Absorbance spectrum"), rows).plates
    assert [(r.read.wavelength_nm, r.value) for r in plate.readings] == [(220, 0.5), (221, 0.6)]


def test_a_row_of_values_without_a_well_is_refused(read: Any) -> None:
    with pytest.raises(InputError, match="names no well"):
        read(head(), [*TABLE, ",,Mean,0.089,0.0965,0.0995"])


def pages(*values: float, run: str = "1", plate: str = "Plate 1") -> list[list[Any]]:
    """A page of a workbook with a column for each well."""
    pairs = [pair for line in head(plate=plate, run=run)[:4] if line for pair in line.split(",")]
    return [
        *([pair] for pair in [*pairs, "Luminescence (dual emission)"]),
        [],
        ["Well", None, "A01", "A02", "A03"],
        ["Content", "Time [s]", "X1", "X1", "X2"],
        ["Raw Data (535 A)", 0, *values],
        ["Raw Data (535 A)", 65, *values],
        [" Raw Data (475-30 B)", 0, *values],
    ]


def test_a_table_with_a_column_for_each_well(make_workbook: Any, opened: Any) -> None:
    file = MARS.read(opened(make_workbook(Table=pages(10, 20, 30))))
    (plate,) = file.plates
    assert [(r.label, r.kind, r.wavelength_nm) for r in plate.reads] == [
        ("Raw Data (535 A)", ReadingKind.LUMINESCENCE, 535),
        ("Raw Data (475-30 B)", ReadingKind.LUMINESCENCE, 475),
    ]
    assert [(r.time_s, r.source.cell) for r in plate.readings if str(r.well) == "A2"] == [
        (0, "D13"),
        (65, "D14"),
        (0, "D15"),
    ]


def test_two_runs_are_named_by_the_id_that_names_a_plate(make_workbook: Any, opened: Any) -> None:
    book = make_workbook(One=pages(10, 20, 30), Two=pages(11, 21, 31, run="2", plate="Plate 2"))
    assert [p.plate for p in MARS.read(opened(book)).plates] == ["Plate 1", "Plate 2"]
    same = make_workbook(One=pages(10, 20, 30), Two=pages(11, 21, 31, run="2"))
    assert [p.plate for p in MARS.read(opened(same)).plates] == ["Plate 1", "Plate 1#2"]


def test_two_runs_below_each_other_in_a_text_file(read: Any) -> None:
    one = [*head(), "Raw Data (450)", "", *GRID, ""]
    two = [*head(plate="Plate 2", run="8"), "Raw Data (450)", "", *GRID]
    assert [(p.plate, len(p.readings)) for p in read(one, two).plates] == [
        ("Plate 1", 6),
        ("Plate 2", 6),
    ]


def test_inserted_row_and_column_move_no_well(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    lines = ["", *head(), "Raw Data (450)", "", *GRID]
    rows = [[None, *(field or None for field in line.split(","))] for line in lines]
    file = MARS.read(opened(make_workbook(Raw=rows)))
    assert by_well(file)["B3"] == 0.203


def test_overflow_is_never_a_number(read: Any, by_well: Any) -> None:
    grid = [GRID[0], "A,0.101,####,0.103", GRID[2]]
    assert by_well(read(head(), ["Raw Data (450)", "", *grid]))["A2"] == "overflow"


def test_an_unknown_mode_is_told(read: Any, codes: Any) -> None:
    assert codes(read(head("Step 1"), ["Raw Data (450)", "", *GRID])) == {"mode_unknown"}


def test_a_report_that_is_cut_off_is_refused_in_words(read: Any) -> None:
    with pytest.raises(InputError, match=r"Below 'Raw Data \(450\)' there is no plate"):
        read(head(), ["Raw Data (450)"])
    with pytest.raises(InputError, match="no readings"):
        read(head())


def test_a_plate_that_ends_early_is_doubted(read: Any) -> None:
    file = read(head(), ["Raw Data (450)", "", ",1,2,3,4", "A,1,2,3,4", "C,1,2,3,4"])
    assert [(f.code, f.message.rpartition("rows ")[2]) for f in file.findings] == [
        ("rows_missing", "B.")
    ]


def test_a_column_of_notes_left_of_the_report_changes_nothing(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    lines = [*head(), "Raw Data (450)", "", *GRID]
    rows = [["Sample", *(field or None for field in line.split(","))] for line in lines]
    assert by_well(MARS.read(opened(make_workbook(Raw=rows))))["B3"] == 0.203


@pytest.mark.parametrize(
    ("title", "mode", "expected"),
    [
        ("Raw Data  (450)", "Absorbance", ("absorbance", 450, None)),
        ("Raw Data (F: 485-12/F: 520-10)", "Fluorescence (FI)", ("fluorescence", 485, 520)),
        ("Raw Data (TR: 337/665 A)", "Time resolved fluorescence", ("fluorescence", 337, 665)),
        ("Raw Data (No filter)", "Luminescence", ("luminescence", None, None)),
        ("Raw Data (570)", "AlphaScreen", ("luminescence", 570, None)),
        ("Raw Data (520)", "Fluorescence (FI)", ("fluorescence", None, None)),
    ],
)
def test_titles_name_kind_and_wavelengths(
    title: str, mode: str, expected: tuple[str, float | None, float | None]
) -> None:
    found = read_of(title, mode)
    assert (found.kind, found.wavelength_nm, found.emission_nm) == expected


@given(st.integers(200, 1000), st.integers(200, 1000), st.integers(1, 100), st.integers(1, 100))
def test_bandwidths_are_never_taken_for_wavelengths(
    excitation: int, emission: int, first_band: int, second_band: int
) -> None:
    title = f"Raw Data ({excitation}-{first_band}/{emission}-{second_band})"
    found = read_of(title, "Fluorescence (FI)")
    assert (found.wavelength_nm, found.emission_nm) == (excitation, emission)
