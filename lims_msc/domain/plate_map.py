"""The plate map: an Excel sheet that says what stands in which well, and how it is read.

Holds the words of the template (sheets, fields, columns) and the strict reading of a filled one.
Writing the template is ``exports/plate_map.py``; whether the codes are registered is asked by the
service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from lims_msc.domain.concentration_units import one_spelling
from lims_msc.domain.dose import RatioOrder
from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent
from lims_msc.domain.plate import PlateFormat
from lims_msc.domain.plate_map_cells import NumberRule, number_of, unusable
from lims_msc.domain.plate_map_columns import WELL_COLUMNS
from lims_msc.domain.plate_map_wells import WellSheetReader
from lims_msc.domain.workbook import Cell, CellValue, Sheet, Workbook
from lims_msc.errors import InputError

PLATE_SHEET = "Plate"
WELLS_SHEET = "Wells"
CONFIRM_FIELD = "More than 2 MSC per responder is intended (yes/no)"


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the sheet ``Plate``: its name, whether it is needed, and a note for people."""

    key: str
    title: str
    is_needed: bool
    note: str


PLATE_FIELDS: tuple[Field, ...] = (
    Field("study_code", "Study", True, "The code of a study that exists already."),
    Field("experiment_code", "Experiment", True, "The run: a new code opens a new experiment."),
    Field("plate_code", "Plate", True, "The barcode or name of this plate; used once."),
    Field("run_on", "Run date", True, "Year-month-day, such as 2026-03-14."),
    Field("operator", "Operator", False, "Who did the work."),
    Field("plate_format", "Wells of the plate", True, "6, 12, 24, 48, 96, 384 or 1536."),
    Field("assay_key", "Assay", True, "Choose from the list."),
    Field("readout", "Readout", True, "Choose from the list."),
    Field("arrest", "MSC arrest", False, "none, irradiation 25 Gy, mitomycin C …"),
    Field(
        "ratio_order",
        "Order of the ratios",
        False,
        "MSC:responder or responder:MSC. Needed when the column Ratio is used.",
    ),
    Field("confirm_high_dose", CONFIRM_FIELD, False, "yes if such high ratios are meant."),
    Field(
        "concentration_unit",
        "Unit of concentrations",
        False,
        "Only for plates with standards: the unit of all of them, such as pg/mL.",
    ),
    Field(
        "supernatant_volume_ml",
        "Supernatant volume (mL)",
        False,
        "Only for supernatants: the volume of the culture well, such as 0.2.",
    ),
    Field(
        "culture_hours",
        "Culture time (h)",
        False,
        "Only for supernatants: how long the cells were in it, such as 24.",
    ),
)
# A large flask holds no more; larger numbers are microlitres, and a result a thousandfold too high.
_MOST_ML = 50
_NUMBERS: Mapping[str, NumberRule] = {
    "supernatant_volume_ml": NumberRule(
        0,
        _MOST_ML,
        "Write the volume of one well in mL, as a number: 0.2 for 200 µL.",
        is_open=True,
    ),
    "culture_hours": NumberRule(
        0, 2400, "Write the time in hours, as a number: 24 for a day.", is_open=True
    ),
}


@dataclass(frozen=True, slots=True)
class PlateMap:
    """A plate map that was read without errors."""

    study_code: str
    experiment_code: str
    plate_code: str
    run_on: date
    operator: str
    assay_key: str
    readout: str
    arrest: str
    layout: PlateLayout
    findings: tuple[Finding, ...] = ()


def read_plate_map(workbook: Workbook) -> PlateMap:
    """Read a filled template.

    :raises InputError: if anything in it is wrong; carries every finding, with sheet and cell.
    """
    plate_sheet, wells_sheet = workbook.sheet(PLATE_SHEET), workbook.sheet(WELLS_SHEET)
    if plate_sheet is None or wells_sheet is None:
        names = ", ".join(f"'{sheet.name}'" for sheet in workbook.sheets)
        raise InputError(
            f"The file '{workbook.file_name}' is not a plate map: it has the sheets {names}.",
            hint=f"Download the template; it has the sheets '{PLATE_SHEET}' and '{WELLS_SHEET}'.",
        )
    fields = _PlateSheetReader(plate_sheet)
    wells = WellSheetReader(
        wells_sheet,
        plate_format=fields.plate_format(),
        order=fields.ratio_order(),
        high_dose_is_intended=fields.is_yes("confirm_high_dose"),
    )
    contents = wells.read()
    conditions = fields.conditions(contents)
    values = {key: fields.text(key) for key in _TEXT_FIELDS}
    run_on = fields.day("run_on")
    findings = (*fields.findings, *wells.findings)
    errors = errors_among(findings)
    plate_format = fields.plate_format()
    if errors or run_on is None or plate_format is None:
        count = "one thing" if len(errors) == 1 else f"{len(errors)} things"
        raise InputError(
            f"The plate map '{workbook.file_name}' cannot be taken: {count} must be corrected.",
            hint="Correct the cells named here in Excel, save, and upload the file again.",
            findings=findings,
        )
    return PlateMap(
        **values,
        run_on=run_on,
        layout=PlateLayout.of(plate_format, contents, conditions),
        findings=findings,
    )


_TEXT_FIELDS = (
    "study_code",
    "experiment_code",
    "plate_code",
    "operator",
    "assay_key",
    "readout",
    "arrest",
)


class _PlateSheetReader:
    """Reads the sheet ``Plate``: titles in column A, values in column B, in any order."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._cells: dict[str, tuple[int, Cell | None]] = {}
        self._reported: set[str] = set()
        self.findings: list[Finding] = []
        self._find_fields()
        for field in PLATE_FIELDS:
            if field.is_needed and self._value(field.key) is None:
                self._error(field.key, f"'{field.title}' is empty.", field.note)

    def _find_fields(self) -> None:
        """Note where each field stands, and every line that would be passed over."""
        keys = {field.title.casefold(): field.key for field in PLATE_FIELDS}
        for row, cells in self._sheet.rows():
            title, value = cells.get(1), cells.get(2)
            if title is None or not isinstance(title.value, str) or not title.value.strip():
                continue
            name = title.value.strip()
            key = keys.get(name.casefold(), f"line_{row}")
            is_second = key in self._cells
            if key in keys.values() or value is not None:
                self._cells[key] = (row, value)
            if is_second:
                self._error(key, f"'{name}' stands here a second time.", "Delete one of the lines.")
            elif key not in keys.values() and value is not None:
                hint = "Keep the words of the template in column A, or delete the line."
                self._error(key, f"'{name}' is no line of the template.", hint)

    def text(self, key: str) -> str:
        """Return a field as text; a code that Excel turned into a number or a date is an error."""
        value = self._value(key)
        if value is None:
            return ""
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            self._error(
                key,
                f"Excel holds '{value:g}' as a number; leading zeros may be lost.",
                "Format the cell as text and write the code again.",
            )
        else:
            self._error(
                key, f"Excel has turned the entry into '{value}'.", "Format the cell as text."
            )
        return ""

    def day(self, key: str) -> date | None:
        """Return a field as a date: a date cell, or text written year-month-day."""
        value = self._value(key)
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            self._error(key, f"'{value}' is not a clear date.", "Write year-month-day: 2026-03-14.")
            return None

    def plate_format(self) -> PlateFormat | None:
        """Return the plate format, or ``None`` with a finding."""
        value = self._value("plate_format")
        if value is None:
            return None
        try:
            return PlateFormat(int(str(value).strip()))
        except ValueError:
            sizes = ", ".join(str(f.value) for f in PlateFormat)
            self._error("plate_format", f"'{value}' is not a plate format.", f"One of {sizes}.")
            return None

    def ratio_order(self) -> RatioOrder | None:
        """Return the named order of the ratios, or ``None`` where it is not stated."""
        value = self._value("ratio_order")
        if value is None:
            return None
        for order in RatioOrder:
            if str(value).strip().casefold() == order.casefold():
                return order
        self._error(
            "ratio_order",
            f"'{value}' does not name the order of the ratios.",
            "Write MSC:responder or responder:MSC.",
        )
        return None

    def conditions(self, contents: Iterable[WellContent]) -> PlateConditions:
        """Return what holds for the whole plate; standards without a unit are an error."""
        unit = one_spelling(self.text("concentration_unit"))
        stated = [c for c in contents if c.standard_concentration is not None]
        if stated and not unit:
            self._error(
                "concentration_unit",
                f"'Unit of concentrations' is empty, but the well {stated[0].well} has the "
                f"concentration '{stated[0].standard_concentration:g}'.",
                "Write the unit of all standards of the plate on the sheet 'Plate', such as pg/mL.",
            )
        return PlateConditions(
            concentration_unit=unit,
            supernatant_volume_ml=self._number("supernatant_volume_ml"),
            culture_hours=self._number("culture_hours"),
        )

    def _number(self, key: str) -> float | None:
        _, cell = self._cells.get(key, (0, None))
        if self._value(key) is None or cell is None:
            return None
        number, problem = number_of(cell, _NUMBERS[key])
        if problem:
            self._error(key, problem, _NUMBERS[key].hint)
        return number

    def is_yes(self, key: str) -> bool:
        """Whether a field says yes."""
        return str(self._value(key) or "").strip().casefold() in {"yes", "ja", "y", "j"}

    def _value(self, key: str) -> CellValue:
        _, cell = self._cells.get(key, (0, None))
        if cell is None:
            return None
        if problem := unusable(cell):
            self._error(key, *problem)
            return None
        return None if isinstance(cell.value, str) and not cell.value.strip() else cell.value

    def _error(self, key: str, message: str, hint: str) -> None:
        if key in self._reported:
            return
        self._reported.add(key)
        row, _ = self._cells.get(key, (0, None))
        self.findings.append(
            Finding(
                Level.ERROR,
                f"plate_map.{key}",
                message,
                hint,
                sheet=self._sheet.name,
                cell=self._sheet.address(row, 2) if row else "",
            )
        )


__all__ = [
    "CONFIRM_FIELD",
    "PLATE_FIELDS",
    "PLATE_SHEET",
    "WELLS_SHEET",
    "WELL_COLUMNS",
    "Field",
    "PlateMap",
    "read_plate_map",
]
