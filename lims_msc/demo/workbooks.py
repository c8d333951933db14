"""Reader workbooks with the shapes that real programs write, filled with invented signals.

Each says in a line of its own that its data are simulated.  The instruments do not exist.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from lims_msc.domain.curve import Signal
from lims_msc.domain.plate import PlateFormat, ReadingKind, WellAddress, row_letters

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SIMULATED_LINE = "Simulated data: invented by the demonstration of lims-msc, never measured"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OVERFLOW_WORD = "OVER"
_READING_TAKES = timedelta(seconds=41)
_ZIP_BEGINS = (1980, 1, 1, 0, 0, 0)
_SAVED_AT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


class Shape(StrEnum):
    """Which program a workbook looks like."""

    MAGELLAN = "Tecan Magellan"
    ICONTROL = "Tecan i-control"
    GRID = "labelled grid"


@dataclass(frozen=True, slots=True)
class ReaderRun:
    """One reading of one plate: what a reader program would know when it writes its workbook.

    ``wavelength_nm`` is ``None`` for luminescence and the excitation for fluorescence.
    """

    plate_code: str
    plate_format: PlateFormat
    measured_at: datetime
    kind: ReadingKind
    wavelength_nm: int | None
    signals: Mapping[WellAddress, Signal]


def write_workbook(run: ReaderRun, shape: Shape) -> bytes:
    """Return the run as an Excel workbook; the same run gives the same bytes."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    {Shape.MAGELLAN: _magellan, Shape.ICONTROL: _icontrol, Shape.GRID: _grid}[shape](
        workbook, sheet, run
    )
    buffer = io.BytesIO()
    workbook.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def with_fixed_dates(workbook: bytes) -> bytes:
    """Return a workbook without the moment of saving, so that equal contents are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "docProps/core.xml":
                data = _SAVED_AT.sub(rb"\g<1>2026-01-01T00:00:00Z\g<3>", data)
            entry = zipfile.ZipInfo(part.filename, _ZIP_BEGINS)
            new.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def as_single_precision(value: float) -> float:
    """Return a number as programs print it that keep four bytes: 0.0932 becomes 0.09319999814…

    It has 16 digits, because no more are written into the sheet.
    """
    (single,) = struct.unpack("f", struct.pack("f", value))
    return float(f"{single:.16g}")


def _magellan(_workbook: Workbook, sheet: Worksheet, run: ReaderRun) -> None:
    """Write one line a well, the plate down its columns, and what was set far below the list."""
    sheet.title = "Magellan Sheet 1"
    sheet.append(["Raw data", "Well positions", "Plate"])
    for well in sorted(run.signals, key=lambda well: (well.column, well.row)):
        sheet.append([_shown(run.signals[well]), str(well), run.plate_code])
    day, hour = f"{run.measured_at:%Y-%m-%d}", f"{run.measured_at:%H:%M:%S}"
    for line in (
        f"Date of measurement: {day}/Time of measurement: {hour}",
        SIMULATED_LINE,
        f"demonstration_{run.wavelength_nm}.mth",
        f"{run.plate_code}.wsp",
        f"{run.wavelength_nm}nm",
        "Demo technician",
        "SUNRISE",
        "Instrument serial number: SIM-0000001",
        f"Measurement mode: {run.kind.value.capitalize()}",
        f"Measurement wavelength: {run.wavelength_nm} nm",
        f"Plate definition file: simulated {run.plate_format.value} flat.pdf",
        "Unit: OD",
        "Meas. temperature: Raw data: 23.1 °C",
        f"Date: {day}, Time: {hour}",
    ):
        sheet.append([line])


def _icontrol(workbook: Workbook, sheet: Worksheet, run: ReaderRun) -> None:
    """Write the second sheet of two: device, settings, the grid of the part that was read."""
    sheet.title = "Sheet2"
    workbook.create_sheet("Sheet1")
    wells = sorted(run.signals)
    rows = range(wells[0].row, wells[-1].row + 1)
    columns = range(min(w.column for w in wells), max(w.column for w in wells) + 1)
    for header_row, cells in _icontrol_header(run, f"{wells[0]}-{wells[-1]}").items():
        for letter, text in cells.items():
            sheet[f"{letter}{header_row}"] = text
    sheet["B5"].number_format = "m/d/yyyy"
    top = 24
    sheet.cell(top, 1, "<>")
    for place, column in enumerate(columns, start=2):
        sheet.cell(top, place, column)
    for line, row in enumerate(rows, start=top + 1):
        sheet.cell(line, 1, row_letters(row))
        for place, column in enumerate(columns, start=2):
            signal = run.signals.get(WellAddress(row, column))
            if signal is not None:
                sheet.cell(line, place, _shown(signal, is_single=True))
    end = top + len(rows) + 4
    sheet.cell(end, 1, "End Time:")
    sheet.cell(end, 2, _american(run.measured_at + _READING_TAKES, "%m/%d/%Y"))


def _icontrol_header(run: ReaderRun, part_of_plate: str) -> dict[int, dict[str, object]]:
    """Return the lines above the grid by row: what stands in which column."""
    midnight = run.measured_at.replace(hour=0, minute=0, second=0, tzinfo=None)
    if run.kind is ReadingKind.LUMINESCENCE:
        settings: dict[int, dict[str, object]] = {
            17: {"A": "Attenuation", "E": "NONE"},
            18: {"A": "Integration Time", "E": 500, "F": "ms"},
            19: {"A": "Settle Time", "E": 0, "F": "ms"},
        }
    else:
        settings = {
            17: {"A": "Measurement Wavelength", "E": run.wavelength_nm, "F": "nm"},
            18: {"A": "Bandwidth", "E": 9, "F": "nm"},
            19: {"A": "Number of Flashes", "E": 25},
        }
    return {
        1: {"A": "Application: Tecan i-control", "E": "Tecan i-control , 2.0.10.0"},
        2: {"A": "Device: infinite 200Pro", "E": "Serial number: SIM-0000002"},
        3: {"A": "Firmware: V_0.00_simulated", "E": "MAI, V_0.00_simulated"},
        5: {"A": "Date:", "B": midnight},
        6: {"A": "Time:", "B": _american(run.measured_at, "").strip()},
        9: {"A": "System", "E": "SIMULATED-PC"},
        10: {"A": "User", "E": "SIMULATED-PC\\demo"},
        11: {"A": "Plate", "E": f"Simulated {run.plate_format.value} flat bottom plate"},
        12: {"A": "Plate-ID (Stacker)", "E": run.plate_code},
        13: {"A": SIMULATED_LINE},
        15: {"A": "Label: Label1"},
        16: {"A": "Mode", "E": run.kind.value.capitalize()},
        **settings,
        20: {"A": "Part of Plate", "E": part_of_plate},
        21: {"A": "Start Time:", "B": _american(run.measured_at, "%m/%d/%Y")},
        23: {"B": "Temperature: 23.4 °C"},
    }


def _grid(_workbook: Workbook, sheet: Worksheet, run: ReaderRun) -> None:
    """Write what people copy by hand: a title, letters down, numbers across, nothing else."""
    quantity = "RFU" if run.kind is ReadingKind.FLUORESCENCE else "OD"
    sheet.title = f"{quantity} {run.wavelength_nm} nm"
    sheet["A1"] = f"{SIMULATED_LINE}; plate {run.plate_code}"
    sheet["A2"] = sheet.title
    top = 4
    for column in range(1, run.plate_format.columns + 1):
        sheet.cell(top, column + 1, column)
    for row in range(1, run.plate_format.rows + 1):
        sheet.cell(top + row, 1, row_letters(row))
    for well, signal in run.signals.items():
        sheet.cell(top + well.row, well.column + 1, _shown(signal))


def _shown(signal: Signal, *, is_single: bool = False) -> float | str:
    if signal.value is None:
        return _OVERFLOW_WORD
    return as_single_precision(signal.value) if is_single else signal.value


def _american(moment: datetime, day_format: str) -> str:
    """Return the moment as i-control of an English computer writes it: 10/5/2026 3:57:04 PM."""
    day = "/".join(part.lstrip("0") for part in moment.strftime(day_format).split("/"))
    hour = moment.strftime("%I:%M:%S %p").lstrip("0")
    return f"{day} {hour}"
