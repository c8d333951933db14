"""The invented workbooks look like those of the programs: our importers read every number back."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from lims_msc.demo.demo_plate import DemoPlate
from lims_msc.demo.invented import invented_plate_workbook, invented_signals
from lims_msc.demo.lab import plate_map_workbook
from lims_msc.demo.plates import demo_plates, proliferation_plates
from lims_msc.demo.workbooks import Shape, as_single_precision
from lims_msc.domain.curve import Signal
from lims_msc.domain.importing import Source
from lims_msc.domain.plate import WellAddress
from lims_msc.registry import Registry
from lims_msc.services.reading_files import ReadFile, read_file

IMPORTERS = {
    Shape.MAGELLAN: "tecan_magellan",
    Shape.ICONTROL: "tecan_icontrol",
    Shape.GRID: "generic_grid",
}
PLATES = pytest.mark.parametrize("plate", demo_plates(), ids=lambda plate: plate.code)


def _values(read: ReadFile) -> dict[WellAddress | None, object]:
    (plate,) = read.readings.plates
    return {r.well: r.marker if r.value is None else r.value for r in plate.readings}


def _written(signals: dict[WellAddress, Signal], shape: Shape) -> dict[WellAddress, object]:
    return {
        well: signal.marker
        if signal.value is None
        else (as_single_precision(signal.value) if shape is Shape.ICONTROL else signal.value)
        for well, signal in signals.items()
    }


def _texts(workbook: bytes) -> list[str]:
    opened = openpyxl.load_workbook(io.BytesIO(workbook))
    cells = (cell for sheet in opened for row in sheet.iter_rows() for cell in row)
    return [cell.value for cell in cells if isinstance(cell.value, str)]


@PLATES
def test_every_number_of_a_reader_workbook_is_read_back(
    plate: DemoPlate, registry: Registry
) -> None:
    run = plate.run()
    read = read_file(registry, Source("upload.xlsx", plate.reader_workbook()))
    assert read.importer_key == IMPORTERS[plate.shape]
    assert _values(read) == _written(dict(run.signals), plate.shape)
    (plate_reading,) = read.readings.plates
    assert plate_reading.plate in {plate.code, ""}
    (only,) = plate_reading.reads
    assert (only.kind, only.wavelength_nm) == (plate.kind, plate.wavelength_nm)


@pytest.mark.parametrize("shape", Shape)
def test_the_invented_plate_is_read_back_in_every_shape(shape: Shape, registry: Registry) -> None:
    read = read_file(registry, Source("upload.xlsx", invented_plate_workbook(shape)))
    assert read.importer_key == IMPORTERS[shape]
    assert _values(read) == _written(invented_signals(), shape)


@PLATES
def test_a_workbook_says_that_its_data_are_simulated(plate: DemoPlate) -> None:
    assert any("Simulated data" in text for text in _texts(plate.reader_workbook()))


@PLATES
def test_a_plate_map_says_that_its_data_are_simulated(plate: DemoPlate, registry: Registry) -> None:
    texts = _texts(plate_map_workbook(registry, plate.plate_map))
    assert any("simulated data" in text for text in texts)


def test_the_invented_workbook_says_that_its_data_are_simulated() -> None:
    assert any("Simulated data" in text for text in _texts(invented_plate_workbook()))


@pytest.mark.parametrize("shape", Shape)
def test_a_workbook_does_not_tell_when_it_was_written(shape: Shape) -> None:
    workbook = invented_plate_workbook(shape)
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = openpyxl.load_workbook(io.BytesIO(workbook)).properties
    assert {properties.created.year, properties.modified.year} == {2026}
    assert (properties.modified.month, properties.modified.day) == (1, 1)
    assert workbook == invented_plate_workbook(shape)


def test_a_reader_file_with_an_overflow_shows_the_word_of_the_program() -> None:
    plate = next(plate for plate in proliferation_plates() if plate.unevenness.overflowed)
    assert _texts(plate.reader_workbook()).count("OVER") == 1


def test_numbers_in_single_precision_carry_the_noise_that_real_files_have() -> None:
    assert as_single_precision(0.0932) == 0.09319999814033508
    assert as_single_precision(236_000.0) == 236_000.0
