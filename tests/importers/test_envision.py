"""EnVision: labelled and bare plates, channels, filters, calculated plates, damaged files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lims_msc.importers.bare_matrix import Region, bare_matrix
from lims_msc.importers.cells import DecimalMark
from lims_msc.importers.envision import EnVision
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import PlateFormat, ReadingKind, WellAddress
from lims_msc.domain.workbook import Cell, Sheet
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

ENVISION = EnVision()
HEADINGS = (
    "Plate,Repeat,Barcode,Measured height,Chamber temperature at start,Group,Label,ScanX,ScanY,"
    "Measinfo,Kinetics,Measurement date,"
)
CALCULATED = "Plate,Repeat,Barcode,Measured height,Formula,Measurement date,"
END = [
    "",
    "",
    "Basic assay information ",
    "Assay Started: ,,,,1/15/2026 10:28:00 AM",
    'Serial#: ,,,,="1050999"',
    "",
    "Plate type:",
    "Name of the plate type,,,,96 General",
    "Number of rows,,,,8",
    "Number of columns,,,,12",
    "",
    "Platemap:",
    "Plate,,,,1",
    "",
    ",01,02,03,",
    "A,- ,- ,- ",
    "B,- ,- ,- ",
    "",
    "Labels:",
    "OD 450,,,,2000014",
    "Exc. filter,,,,Photometric 450",
    "",
    "FRET,,,,6000028",
    "Exc. filter,,,,UV2 (TRF) 320",
    "Ems. filter,,,,APC 665",
    "2nd ems. filter,,,,Cy5 620",
    "",
    "Filters:",
    "Photometric 450,,,,216",
    "Description,,,,P450 CWL=452nm BW=8nm",
    "",
    "Exported with EnVision Workstation version 1.14.3049.9999",
]
LABELLED = [",01,02,03,", "A,0.101,0.102,0.103,", "B,0.201,0.202,0.203,", "C,0.301,0.302,0.303,"]


def info(label: str, barcode: str = '=""', **fields: str) -> list[str]:
    """The plate information of a measurement, with a blank line below."""
    said = {"plate": "1", "repeat": "1", "measinfo": "De=1st Ex=Top Em=N/A", "x": "0"} | fields
    line = [said["plate"], said["repeat"], barcode, "14.35", "22.50", "1", label, said["x"], "0"]
    kinetics, date = said.get("kinetics", "0"), said.get("date", "1/15/2026 10:30:00 AM")
    line += [said["measinfo"], kinetics, date, ""]
    return ["Plate information ", HEADINGS, ",".join(line), ""]


def results(label: str, part: str = "channel 1 (A)", rows: list[str] = LABELLED) -> list[str]:
    return [f"Results for {label} - {part}", *rows, ""]


def data(*parts: list[str], end: list[str] = END) -> bytes:
    return "\r\n".join(line for part in (*parts, end) for line in part).encode()


@pytest.fixture
def read(open_bytes: Any) -> Any:
    def done(*parts: list[str], end: list[str] = END) -> FileReadings:
        return ENVISION.read(open_bytes(data(*parts, end=end), "plate.csv"))

    return done


def bare(rows: int = 8, columns: int = 12) -> list[str]:
    return [",".join(f"{r / 10 + c / 1000:.3f}" for c in range(1, columns + 1)) + ","
            for r in range(1, rows + 1)]  # fmt: skip


class TestCorpus(CorpusReadings):
    importer = EnVision
    folder, files, readings = "envision", 7, 3900


class TestContract(ImporterContract):
    importer = EnVision

    def own_files(self) -> Iterable[Source]:
        return [Source("plate.csv", data(info("OD 450(1)"), results("OD 450(1)")))]


def test_a_labelled_plate_with_its_filter_and_its_facts(read: Any, by_well: Any) -> None:
    file = read(info("OD 450(1)", '="P-7"'), results("OD 450(1)"))
    assert by_well(file, plate="P-7")["C3"] == 0.303
    (one,) = file.plates[0].reads
    assert (one.label, one.kind, one.wavelength_nm) == (
        "Results for OD 450(1) - channel 1 (A)",
        ReadingKind.ABSORBANCE,
        452,
    )
    facts = {f.name: (f.value, f.source.cell) for f in file.facts}
    assert facts["serial number"] == ("1050999", "15:5")
    assert facts["plate id"] == ("P-7", "3:3")
    assert facts["software version"][0] == "1.14.3049.9999"
    assert facts["temperature"] == ("22.50", "3:5")
    assert file.findings == ()


def test_the_second_channel_has_the_second_emission_filter(read: Any) -> None:
    second = "De=2nd Ex=Top Em=Top"
    file = read(
        info("FRET(1)", measinfo="De=1st Ex=Top Em=Top"),
        results("FRET(1)", "channel 1 window 1 (Counts)"),
        info("FRET(1)", measinfo=second),
        results("FRET(1)", "channel 2 window 1 (Counts)"),
    )
    assert [(r.kind, r.wavelength_nm, r.emission_nm) for r in file.plates[0].reads] == [
        (ReadingKind.FLUORESCENCE, 320, 665),
        (ReadingKind.FLUORESCENCE, 320, 620),
    ]


def test_a_calculated_plate_before_the_measured_one_is_left_and_told(
    read: Any, by_well: Any
) -> None:
    calculated = [
        "Plate information ",
        CALCULATED,
        "1,1,,N/A,Calc 1: Ratio = X / Y,1/15/2026 10:30:00 AM,",
        "",
        "Calculated results: Calc 1: Ratio = X / Y",
        *[row.replace("0.", "7.") for row in LABELLED],
        "",
    ]
    file = read(calculated, info("OD 450(1)"), results("OD 450(1)"))
    assert by_well(file)["A1"] == 0.101
    assert [f.code for f in file.findings] == ["calculated_block"]
    assert file.findings[0].cell == "6:1"


def test_a_bare_calculated_plate_is_known_by_its_formula(read: Any, by_well: Any) -> None:
    calculated = [
        *("Plate information ", CALCULATED, "1,1,,N/A,Calc 1: Crosstalk,1/15/2026,", ""),
        *[row.replace("0.", "7.") for row in bare()],
        "",
    ]
    file = read(calculated, info("OD 450(1)"), bare())
    assert by_well(file)["H12"] == 0.812
    assert {f.code for f in file.findings} == {"calculated_block"}


def test_plate_information_may_follow_the_plate(read: Any) -> None:
    file = read(
        *(results("OD 450(1)"), info("OD 450(1)", "P-1")),
        *(results("OD 450(1)"), info("OD 450(1)", "P-2", plate="2")),
    )
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("P-1", 9), ("P-2", 9)]


def test_two_plates_of_one_barcode_are_told_apart(read: Any) -> None:
    file = read(
        *(info("OD 450(1)", "P-1"), results("OD 450(1)")),
        *(info("OD 450(1)", "P-1", plate="2"), results("OD 450(1)")),
    )
    assert [p.plate for p in file.plates] == ["P-1", "P-1#2"]


def test_a_plate_measured_again_keeps_its_name_and_says_so_in_the_label(read: Any) -> None:
    file = read(
        *(info("OD 450(1)", "P-1"), results("OD 450(1)")),
        *(info("OD 450(1)", "P-1", repeat="2"), results("OD 450(1)")),
    )
    (plate,) = file.plates
    assert [r.label.removeprefix("Results for OD 450(1) - channel 1 (A)") for r in plate.reads] == [
        "",
        " repeat 2",
    ]


def test_kinetic_cycles_have_the_time_between_their_dates(read: Any) -> None:
    parts = []
    for cycle, clock in enumerate(("11:59:30 PM", "11:59:50 PM"), start=1):
        date = f"1/15/2026 {clock}"
        parts += [info("OD 450(1)", kinetics=str(cycle), date=date), results("OD 450(1)")]
    file = read(*parts)
    assert {(r.time_s, r.read.label) for r in file.plates[0].readings} == {
        (0, "Results for OD 450(1) - channel 1 (A)"),
        (20, "Results for OD 450(1) - channel 1 (A)"),
    }


def test_german_lines_with_semicolons_and_decimal_commas(open_bytes: Any, by_well: Any) -> None:
    text = data(info("OD 450(1)"), results("OD 450(1)")).decode()
    german = text.replace(",", ";").replace(".", ",")
    german = german.replace("1,14,3049,9999", "1.14.3049.9999").replace("Exc, f", "Exc. f")
    file = ENVISION.read(open_bytes(german.encode(), "plate.csv"))
    assert by_well(file)["B2"] == 0.202


def test_a_bare_plate_is_placed_by_its_lines(read: Any, by_well: Any) -> None:
    file = read(info("OD 450(1)"), bare())
    assert by_well(file)["B11"] == 0.211
    assert file.plates[0].reads[0].label == "OD 450(1)"
    assert file.plates[0].readings[0].source.cell == "5:1"


def test_a_blank_line_inserted_above_a_full_bare_plate_moves_nothing(
    read: Any, by_well: Any
) -> None:
    file = read(info("OD 450(1)"), ["", *bare()[:4], "", *bare()[4:]])
    assert by_well(file)["H12"] == 0.812


def test_a_bare_plate_with_unread_rows_is_placed_by_its_blank_lines(
    read: Any, by_well: Any
) -> None:
    rows = [",,,", *bare()[1:6], ",,,", ",,,"]
    file = read(info("OD 450(1)"), rows)
    assert set(by_well(file)) == {f"{r}{c}" for r in "BCDEFG"[:5] for c in range(1, 13)}
    assert by_well(file)["B1"] == 0.201


@pytest.mark.parametrize(
    "rows", [bare()[:7], [",,,", ",,,", *bare()[1:6], ",,,", ",,,"], [*bare(), *bare()[:2]]]
)
def test_lines_that_do_not_add_up_to_a_plate_are_refused(read: Any, rows: list[str]) -> None:
    with pytest.raises(InputError, match="it is not clear which line is row A"):
        read(info("OD 450(1)"), rows)


def test_an_empty_first_field_is_told_because_it_may_be_a_column(read: Any, codes: Any) -> None:
    file = read(info("OD 450(1)"), [f",{row}" for row in bare()])
    assert file.plates[0].readings[0].well == WellAddress(1, 1)
    assert codes(file) == {"first_field_empty"}


def test_a_line_of_words_among_bare_numbers_is_named(read: Any, codes: Any) -> None:
    file = read(info("OD 450(1)"), [*bare(), "", "repeat this plate"])
    assert codes(file) == {"line_not_understood"}
    assert [f.cell for f in file.findings] == ["14:1"]


def test_overflow_in_a_plate_is_never_a_number(read: Any, by_well: Any) -> None:
    rows = [LABELLED[0], LABELLED[1].replace("0.102", "OVER"), *LABELLED[2:]]
    assert by_well(read(info("OD 450(1)"), results("OD 450(1)", rows=rows)))["A2"] == "overflow"


def test_a_copy_in_excel_with_an_inserted_row_and_column_is_the_same(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    lines = [*info("OD 450(1)", "P-1"), *results("OD 450(1)"), *END]
    rows = [[], *([None, *(field or None for field in line.split(","))] for line in lines)]
    file = ENVISION.read(opened(make_workbook(Copy=rows)))
    assert by_well(file, plate="P-1")["C3"] == 0.303
    assert file.plates[0].readings[0].source.cell == "C8"


def test_counts_without_any_filter_are_luminescence_or_said_to_be_unknown(
    read: Any, codes: Any
) -> None:
    glow = read(info("CTG(1)", measinfo="De=USLum Ex=N/A Em=N/A"), results("CTG(1)", "(CPS)"))
    assert glow.plates[0].reads[0].kind is ReadingKind.LUMINESCENCE
    unknown = read(info("Plate(1)", measinfo="N/A"), results("Plate(1)", "channel 1 (Counts)"))
    assert unknown.plates[0].reads[0].kind is ReadingKind.OTHER
    assert codes(unknown) == {"mode_unknown"}


def test_results_whose_column_numbers_were_deleted_are_refused(read: Any) -> None:
    with pytest.raises(InputError, match=r"Below 'Results for B.1. - channel 1 .A.' there is no"):
        read(info("A(1)"), results("A(1)"), info("B(1)"), results("B(1)", rows=LABELLED[1:]))


def test_a_file_without_its_last_line_is_doubted(read: Any, codes: Any) -> None:
    file = read(info("OD 450(1)"), results("OD 450(1)"), end=END[:-1])
    assert codes(file) == {"end_missing"}


@pytest.mark.parametrize("rows", [results("OD 450(1)"), ["", *bare()]])
def test_a_column_of_notes_left_of_the_export_changes_nothing(
    make_workbook: Any, opened: Any, by_well: Any, rows: list[str]
) -> None:
    lines = [*info("OD 450(1)", "P-1")[:-1], *rows, *END]
    table = [["Sample", *(field or None for field in line.split(","))] for line in lines]
    file = ENVISION.read(opened(make_workbook(Copy=table)))
    assert by_well(file, plate="P-1")["B3"] == 0.203


@pytest.mark.parametrize("lines", [2, 4])
def test_a_file_that_is_cut_off_is_refused_in_words(open_bytes: Any, lines: int) -> None:
    cut = "\r\n".join([*info("OD 450(1)"), *bare()][:lines]).encode()
    book = open_bytes(cut, "cut.csv")
    assert ENVISION.sniff(book).is_mine is (lines > 2)
    with pytest.raises(InputError, match="no readings"):
        ENVISION.read(book)


@given(
    plate_format=st.sampled_from(list(PlateFormat)),
    size=st.sampled_from(["named", "not named"]),
    lines_after=st.integers(1, 2),
)
def test_a_complete_bare_plate_of_any_format_has_all_wells_in_place(
    plate_format: PlateFormat, size: str, lines_after: int
) -> None:
    rows, columns = plate_format.rows, plate_format.columns
    lines = {
        r + 1: {c: Cell(float(100 * r + c), str(100 * r + c)) for c in range(1, columns + 1)}
        for r in range(1, rows + 1)
    }
    sheet = Sheet("", {(row, c): cell for row, line in lines.items() for c, cell in line.items()})
    region = Region(sheet, lines, 1, rows + 1 + lines_after, 1, 1, lines_after)
    named = (rows, columns) if size == "named" else None
    found = bare_matrix(region, named, DecimalMark.POINT)
    assert found is not None
    assert not found.block.problem
    assert {w: c.value for w, _, c in found.block.filled()} == {
        w: 100 * w.row + w.column for w in plate_format.wells()
    }
