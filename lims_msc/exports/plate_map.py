"""The Excel template of the plate map: drop-down lists, notes, and a page of the roles."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from lims_msc.domain.dose import RatioOrder
from lims_msc.domain.layout import WellContent, WellRole
from lims_msc.domain.plate import PlateFormat
from lims_msc.domain.plate_map import PLATE_FIELDS, PLATE_SHEET, WELL_COLUMNS, WELLS_SHEET
from lims_msc.domain.plate_map_template import TemplateRequest

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LISTS_SHEET = "Lists"
HELP_SHEET = "Help"
_WIDTHS = {"role": 18, "priming": 22, "responder": 16, "batch": 16, "note": 30, "stimulus": 22}
_TEXT_COLUMNS = frozenset({"well", "batch", "responder", "ratio"})


class PlateMapTemplate:
    """Writes the plate map as a workbook with the sheets Plate, Wells, Help and Lists."""

    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(self, request: TemplateRequest) -> bytes:
        """Return the workbook, empty or filled with a plate map."""
        from openpyxl import Workbook

        workbook = Workbook()
        workbook.remove(workbook.active)
        plate, wells = workbook.create_sheet(PLATE_SHEET), workbook.create_sheet(WELLS_SHEET)
        lists = _write_lists(workbook, request)
        _write_plate(plate, request, lists)
        _write_wells(wells, request, lists)
        _write_help(workbook.create_sheet(HELP_SHEET, 2))
        buffer = io.BytesIO()
        workbook.save(buffer)
        return buffer.getvalue()


def _write_lists(workbook: Workbook, request: TemplateRequest) -> dict[str, str]:
    """Write each list of choices into a column and return the range of each."""
    sheet = workbook.create_sheet(LISTS_SHEET)
    sheet.sheet_state = "hidden"
    readouts = sorted({key for choices in request.assays.values() for key in choices})
    choices: dict[str, Sequence[str]] = {
        "study_code": request.study_codes,
        "plate_format": [str(f.value) for f in PlateFormat],
        "assay_key": sorted(request.assays),
        "readout": readouts,
        "ratio_order": [order.value for order in RatioOrder],
        "confirm_high_dose": ["no", "yes"],
        "role": [role.value for role in WellRole],
        "batch": request.batch_codes,
        "responder": request.responder_codes,
    }
    ranges = {}
    for column, (key, values) in enumerate(choices.items(), start=1):
        for row, value in enumerate(values, start=1):
            sheet.cell(row, column, value).number_format = "@"
        if values:
            letter = sheet.cell(1, column).column_letter
            ranges[key] = f"'{LISTS_SHEET}'!${letter}$1:${letter}${len(values)}"
    return ranges


def _write_plate(sheet: Worksheet, request: TemplateRequest, lists: dict[str, str]) -> None:
    values = _plate_values(request)
    for row, field in enumerate(PLATE_FIELDS, start=1):
        sheet.cell(row, 1, field.title).font = _bold()
        cell = sheet.cell(row, 2, values.get(field.key))
        cell.number_format = "yyyy-mm-dd" if field.key == "run_on" else "@"
        sheet.cell(row, 3, field.note if field.is_needed else f"(optional) {field.note}")
        if field.key in lists:
            _offer(sheet, lists[field.key], f"B{row}")
    sheet.column_dimensions["A"].width = 46
    sheet.column_dimensions["B"].width = 30
    sheet.column_dimensions["C"].width = 70


def _plate_values(request: TemplateRequest) -> dict[str, object]:
    filled = request.filled
    if filled is None:
        return {
            "plate_format": str(request.plate_format.value),
            "ratio_order": RatioOrder.MSC_TO_RESPONDER.value,
            "confirm_high_dose": "no",
        }
    values: dict[str, object] = {
        field.key: getattr(filled, field.key)
        for field in PLATE_FIELDS
        if hasattr(filled, field.key)
    }
    values["plate_format"] = str(filled.layout.plate_format.value)
    values["ratio_order"] = RatioOrder.MSC_TO_RESPONDER.value
    doses = [content.dose for content in filled.layout.contents.values() if content.dose]
    values["confirm_high_dose"] = "yes" if any(d.is_probably_reversed for d in doses) else "no"
    return values


def _write_wells(sheet: Worksheet, request: TemplateRequest, lists: dict[str, str]) -> None:
    from openpyxl.comments import Comment

    for column, heading in enumerate(WELL_COLUMNS, start=1):
        cell = sheet.cell(1, column, heading.title)
        cell.font = _bold()
        cell.comment = Comment(heading.note, "lims-msc")
        sheet.column_dimensions[cell.column_letter].width = _WIDTHS.get(heading.key, 12)
    wells = request.plate_format.wells()
    for row, well in enumerate(wells, start=2):
        content = request.filled.layout.contents.get(well) if request.filled else None
        values = {"well": str(well)} | (_well_values(content) if content else {})
        for column, heading in enumerate(WELL_COLUMNS, start=1):
            cell = sheet.cell(row, column, values.get(heading.key))
            if heading.key in _TEXT_COLUMNS:
                # Without the text format Excel makes a time of "1:10" and a number of "007".
                cell.number_format = "@"
    for column, heading in enumerate(WELL_COLUMNS, start=1):
        if heading.key in lists:
            letter = sheet.cell(1, column).column_letter
            _offer(sheet, lists[heading.key], f"{letter}2:{letter}{len(wells) + 1}")
    sheet.freeze_panes = "B2"


def _well_values(content: WellContent) -> dict[str, object]:
    return {
        "role": content.role.value,
        "batch": content.batch_code or None,
        "priming": content.priming or None,
        "responder": content.responder_code or None,
        "stimulus": content.stimulus or None,
        "treatment": content.treatment or None,
        "msc_cells": content.msc_cells_per_well,
        "responder_cells": content.responder_cells_per_well,
        "ratio": _ratio(content),
        "note": content.note or None,
    }


def _ratio(content: WellContent) -> str | None:
    """Return the ratio of a well, MSC first, where its numbers of cells do not say it."""
    if content.dose is None or (content.msc_cells_per_well and content.responder_cells_per_well):
        return None
    numbers = (content.dose.msc_cells, content.dose.responder_cells)
    return ":".join(f"{Decimal(n.numerator) / n.denominator:f}" for n in numbers)


def _write_help(sheet: Worksheet) -> None:
    lines = [
        ("How to fill this in", ""),
        ("Plate", "One value a line in column B. The study must exist already."),
        ("Wells", "One line a well. Lines without a role are unused wells; leave them."),
        ("Doses", "Write viable MSC and responders per well, or a ratio and its order."),
        ("Ratios", "1:10 means nothing without its order: MSC:responder or responder:MSC."),
        ("Codes", "Batches and responders must be registered on the page Materials."),
        ("", ""),
        ("Role", "Meaning"),
        *((role.value, role.meaning) for role in WellRole),
    ]
    for row, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            sheet.cell(row, column, text or None)
        if line[0] in {"How to fill this in", "Role"}:
            sheet.cell(row, 1).font = _bold()
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 90


def _offer(sheet: Worksheet, choices: str, cells: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    validation = DataValidation(type="list", formula1=f"={choices}", allow_blank=True)
    validation.showErrorMessage = False
    sheet.add_data_validation(validation)
    validation.add(cells)


def _bold() -> object:
    from openpyxl.styles import Font

    return Font(bold=True)
