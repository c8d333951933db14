"""The Excel template of the plate map: drop-down lists, notes, and a page of the roles."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from lims_msc.domain.concentration_units import CONCENTRATION_UNITS
from lims_msc.domain.dose import RatioOrder
from lims_msc.domain.layout import PlateConditions, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat
from lims_msc.domain.plate_map import PLATE_FIELDS, PLATE_SHEET, WELL_COLUMNS, WELLS_SHEET
from lims_msc.domain.plate_map_columns import Column, ColumnGroup
from lims_msc.domain.plate_map_roles import CULTURE_ROLES
from lims_msc.domain.plate_map_template import TemplateRequest

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LISTS_SHEET = "Lists"
HELP_SHEET = "Help"
_WIDTHS = {
    "role": 18,
    "priming": 22,
    "responder": 16,
    "batch": 16,
    "note": 30,
    "stimulus": 22,
    "sample": 16,
    "sample_of": 18,
}
_TEXT_COLUMNS = frozenset({"well", "batch", "responder", "ratio", "sample"})
_COLOURS = {
    ColumnGroup.WELL: "FFDCE9EF",
    ColumnGroup.STANDARD_CURVE: "FFFBE8C6",
    ColumnGroup.KILLING: "FFDDEBD3",
}
_PLATE_FORMATS = {
    "run_on": "yyyy-mm-dd",
    "supernatant_volume_ml": "General",
    "culture_hours": "General",
}
_CONDITIONS = frozenset(PlateConditions.__dataclass_fields__)


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
        _write_help(workbook.create_sheet(HELP_SHEET, 2), request)
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
        "concentration_unit": CONCENTRATION_UNITS,
        "role": [role.value for role in WellRole],
        "sample_of": [role.value for role in CULTURE_ROLES],
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
        # As a text, "0,2" would stay a text; as a number it is read however Excel writes it.
        cell.number_format = _PLATE_FORMATS.get(field.key, "@")
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
    conditions = filled.layout.conditions
    values |= {key: getattr(conditions, key) or None for key in _CONDITIONS}
    values["plate_format"] = str(filled.layout.plate_format.value)
    values["ratio_order"] = RatioOrder.MSC_TO_RESPONDER.value
    doses = [content.dose for content in filled.layout.contents.values() if content.dose]
    values["confirm_high_dose"] = "yes" if any(d.is_probably_reversed for d in doses) else "no"
    return values


def _write_wells(sheet: Worksheet, request: TemplateRequest, lists: dict[str, str]) -> None:
    for column, heading in enumerate(WELL_COLUMNS, start=1):
        _write_heading(sheet, column, heading)
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


def _write_heading(sheet: Worksheet, column: int, heading: Column) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, PatternFill

    cell = sheet.cell(1, column, heading.title)
    cell.font = _bold()
    cell.fill = PatternFill("solid", fgColor=_COLOURS[heading.group])
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    only = f"Only for {heading.group}. " if heading.group is not ColumnGroup.WELL else ""
    cell.comment = Comment(f"{only}{heading.note}", "lims-msc", height=110, width=260)
    sheet.column_dimensions[cell.column_letter].width = _WIDTHS.get(heading.key, 14)


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
        "sample": content.sample_code or None,
        "sample_of": content.sample_of.value if content.sample_of else None,
        "dilution": content.dilution_factor,
        "standard": content.standard_concentration,
        "effectors": content.effectors_per_target,
        "note": content.note or None,
    }


def _ratio(content: WellContent) -> str | None:
    """Return the ratio of a well, MSC first, where its numbers of cells do not say it."""
    if content.dose is None or (content.msc_cells_per_well and content.responder_cells_per_well):
        return None
    numbers = (content.dose.msc_cells, content.dose.responder_cells)
    return ":".join(f"{Decimal(n.numerator) / n.denominator:f}" for n in numbers)


def _write_help(sheet: Worksheet, request: TemplateRequest) -> None:
    from openpyxl.styles import PatternFill

    lines = [
        ("How to fill this in", ""),
        ("Plate", "One value a line in column B. The study must exist already."),
        ("Wells", "One line a well. Lines without a role are unused wells; leave them."),
        ("Colours", "The headings have the colour of what they are for; leave the others empty:"),
        *((f"  {group.name.replace('_', ' ').lower()}", _about(group)) for group in ColumnGroup),
        ("Doses", "Write viable MSC and responders per well, or a ratio and its order."),
        ("Ratios", "1:10 means nothing without its order: MSC:responder or responder:MSC."),
        ("Codes", "Batches and responders must be registered on the page Materials."),
        ("", ""),
        ("Assay", "Its readouts"),
        *((key, ", ".join(readouts)) for key, readouts in sorted(request.assays.items())),
        ("", ""),
        ("Role", "Meaning"),
        *((role.value, role.meaning) for role in WellRole),
    ]
    for row, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            sheet.cell(row, column, text or None)
        if line[0] in {"How to fill this in", "Assay", "Role"}:
            sheet.cell(row, 1).font = _bold()
    for row, group in enumerate(ColumnGroup, start=5):
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_COLOURS[group])
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 90


def _about(group: ColumnGroup) -> str:
    titles = ", ".join(column.title for column in WELL_COLUMNS if column.group is group)
    return f"for {group}: {titles}"


def _offer(sheet: Worksheet, choices: str, cells: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    validation = DataValidation(type="list", formula1=f"={choices}", allow_blank=True)
    validation.showErrorMessage = False
    sheet.add_data_validation(validation)
    validation.add(cells)


def _bold() -> object:
    from openpyxl.styles import Font

    return Font(bold=True)
