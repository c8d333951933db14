"""Whether a file and a layout describe the same plate: every disagreement, by well and cell."""

from __future__ import annotations

import pytest
from factories import plate_reading, reading

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import (
    Marker,
    PlateFormat,
    PlateReading,
    Read,
    ReadingKind,
    WellAddress,
)
from lims_msc.services.layout_checks import check_against_layout
from lims_msc.services.read_choices import reads_of, signals_of

LAYOUT = PlateLayout.of(
    PlateFormat.WELLS_6,
    [
        WellContent(WellAddress.parse("A1"), WellRole.RESP_STIM),
        WellContent(WellAddress.parse("A2"), WellRole.COCULT),
        WellContent(WellAddress.parse("B1"), WellRole.EXCLUDED),
    ],
)
SECOND = Read("570 nm", ReadingKind.ABSORBANCE, wavelength_nm=570.0)


def check(plate: PlateReading, plate_code: str = "P-1") -> dict[str, Finding]:
    signals = signals_of(plate, reads_of(plate)[0])
    found = check_against_layout(LAYOUT, plate, signals, plate_code)
    assert len({finding.code for finding in found}) == len(found)
    return {finding.code: finding for finding in found}


def test_a_file_of_the_plate_raises_nothing() -> None:
    assert check(plate_reading(reading("A1"), reading("A2"))) == {}


def test_a_file_without_a_name_for_the_plate_raises_nothing() -> None:
    assert check(plate_reading(reading("A1"), reading("A2"), plate="")) == {}


def test_another_name_is_a_warning() -> None:
    finding = check(plate_reading(reading("A1"), reading("A2"), plate="P-2"))["layout.other_name"]
    assert finding.level is Level.WARNING
    assert "'P-2'" in finding.message
    assert "'P-1'" in finding.message


def test_a_marker_counts_as_a_reading() -> None:
    assert check(plate_reading(reading("A1", Marker.OVERFLOW), reading("A2"))) == {}


def test_a_well_that_was_not_read_is_an_error_with_its_role() -> None:
    finding = check(plate_reading(reading("A1")))["layout.unread"]
    assert finding.level is Level.ERROR
    assert (finding.message, finding.well) == (
        "The plate map uses well A2, but the file has no reading there.",
        "A2",
    )
    assert "COCULT" in finding.hint


def test_a_file_of_another_part_of_the_plate_is_said_in_one_sentence() -> None:
    found = check(plate_reading(reading("B2"), reading("B3")))
    assert found["layout.unread"].message == (
        "The file has no reading of any well that the plate map uses."
    )


def test_wells_outside_the_plate_are_an_error_with_the_cell() -> None:
    readings = [reading(well) for well in ("A1", "A2", "C1", "A4")]
    finding = check(plate_reading(*readings))["layout.outside"]
    assert finding.level is Level.ERROR
    assert "wells C1, A4" in finding.message
    assert "6 wells" in finding.message
    assert (finding.sheet, finding.cell) == ("Raw", "C1")


@pytest.mark.parametrize("well", ["B1", "B2"])
def test_wells_that_are_not_used_are_a_note(well: str) -> None:
    finding = check(plate_reading(reading("A1"), reading("A2"), reading(well)))["layout.unused"]
    assert finding.level is Level.NOTE
    assert f"well {well}" in finding.message


def test_many_wells_are_counted_and_not_all_named() -> None:
    wells = [f"A{column}" for column in range(1, 25)]
    finding = check(plate_reading(*(reading(well) for well in wells)))["layout.outside"]
    assert finding.message.count(",") == 12
    assert "and 9 more" in finding.message


def test_a_well_that_is_there_twice_is_an_error_with_both_cells() -> None:
    plate = plate_reading(reading("A1"), reading("A2"), reading("A1", 0.9, place="F9"))
    finding = check(plate)["layout.doubled"]
    assert finding.level is Level.ERROR
    assert "sheet 'Raw', cell A1 and in sheet 'Raw', cell F9" in finding.message


def test_a_well_that_only_another_read_has_is_not_said_to_be_unread() -> None:
    plate = plate_reading(reading("A1"), reading("A1", read=SECOND), reading("A2", read=SECOND))
    finding = check(plate)["layout.unread"]
    assert finding.level is Level.ERROR
    assert finding.message == (
        "The plate map uses well A2, but what was chosen as the signal is not read there."
    )
