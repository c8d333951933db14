"""The sheet ``Wells`` of a plate map: one line a well, each problem named with its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from lims_msc.domain.dose import Dose, RatioOrder, ratio_text
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, WellAddress
from lims_msc.domain.workbook import Cell, Sheet
from lims_msc.errors import InputError


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its key, its heading, and a note for people."""

    key: str
    title: str
    note: str


WELL_COLUMNS: tuple[Column, ...] = (
    Column("well", "Well", "A1 to H12 on 96 wells."),
    Column("role", "Role", "What the well is for; choose from the list. Empty: unused."),
    Column("batch", "MSC batch", "The code of a registered batch."),
    Column("priming", "Priming", "How the MSC were conditioned; 'resting' for none."),
    Column("responder", "Responder", "The code of a registered responder."),
    Column("stimulus", "Stimulus", "What activates the responders; empty for none."),
    Column("treatment", "Treatment", "Anything else added to the well."),
    Column("msc_cells", "MSC per well", "Viable MSC, a whole number."),
    Column("responder_cells", "Responders per well", "Viable responders, a whole number."),
    Column("ratio", "Ratio", "Instead of the two numbers, such as 1:10; name the order once."),
    Column("note", "Note", "Anything worth knowing."),
)
_NEEDED_HEADINGS = ("well", "role")
_MOST_CELLS_PER_WELL = 10_000_000
# Fewer are cells in thousands, or "100.000" typed into an Excel of another country.
_FEWEST_RESPONDERS = 101
_WHOLE_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_RESTING = "resting"


class WellSheetReader:
    """Reads the lines of the sheet and collects every finding."""

    def __init__(
        self,
        sheet: Sheet,
        *,
        plate_format: PlateFormat | None,
        order: RatioOrder | None,
        high_dose_is_intended: bool,
    ) -> None:
        self.sheet = sheet
        self.plate_format = plate_format
        self.order = order
        self.high_dose_is_intended = high_dose_is_intended
        self.findings: list[Finding] = []

    def read(self) -> tuple[WellContent, ...]:
        """Return the contents of all wells that have a role; problems are in ``findings``."""
        found = self._heading_row()
        if found is None:
            return ()
        heading_row, columns = found
        contents: dict[WellAddress, WellContent] = {}
        for row, cells in self.sheet.rows():
            if row <= heading_row:
                continue
            line = _Line(
                self, row, {k: cells[c] for k, c in columns.items() if c in cells}, columns
            )
            content = line.content()
            if content is None:
                continue
            if content.well in contents:
                line.error("well", f"The well '{content.well}' stands on two lines.", "Delete one.")
            contents[content.well] = content
        if not contents and not self.findings:
            self.error("empty", "No well has a role.", "Fill the column Role.")
        return tuple(contents.values())

    def error(self, code: str, message: str, hint: str, *, row: int = 1, column: int = 1) -> None:
        """Note an error at a cell of the sheet."""
        name, place = self.sheet.name, self.sheet.address(row, column)
        self.findings.append(
            Finding(Level.ERROR, f"plate_map.{code}", message, hint, sheet=name, cell=place)
        )

    def _heading_row(self) -> tuple[int, dict[str, int]] | None:
        keys = {column.title.casefold(): column.key for column in WELL_COLUMNS}
        for row, cells in self.sheet.rows():
            columns = {
                keys[cell.value.strip().casefold()]: column
                for column, cell in reversed(cells.items())
                if isinstance(cell.value, str) and cell.value.strip().casefold() in keys
            }
            if all(key in columns for key in _NEEDED_HEADINGS):
                self._check_headings(row, cells, columns)
                return row, columns
        titles = ", ".join(column.title for column in WELL_COLUMNS)
        self.error(
            "headings",
            "The line of headings is missing.",
            f"Keep the headings of the template: {titles}.",
        )
        return None

    def _check_headings(
        self, row: int, cells: Mapping[int, Cell], columns: Mapping[str, int]
    ) -> None:
        """Note columns that would be passed over: a treatment nobody reads changes the result."""
        for column, cell in cells.items():
            if column in columns.values() or _is_blank(cell):
                continue
            known = [c.title for c in WELL_COLUMNS]
            title = str(cell.raw or cell.value).strip()
            is_second = title.casefold() in {name.casefold() for name in known}
            self.error(
                "headings",
                f"The heading '{title}' stands here a second time."
                if is_second
                else f"The heading '{title}' is none of the template.",
                "Delete the column, or give it one of the headings: " + ", ".join(known) + ".",
                row=row,
                column=column,
            )


class _Line:
    """One line of the sheet: turns cells into values, and notes what is wrong with them."""

    def __init__(
        self,
        reader: WellSheetReader,
        row: int,
        cells: Mapping[str, Cell],
        columns: Mapping[str, int],
    ) -> None:
        self._reader = reader
        self._row = row
        self._cells: dict[str, Cell] = {}
        self._columns = columns
        self._is_good = True
        for key, cell in cells.items():
            if problem := unusable(cell):
                self.error(key, *problem)
            elif not _is_blank(cell):
                self._cells[key] = cell

    def content(self) -> WellContent | None:
        """Return what the line says, or ``None`` for an unused or unreadable line."""
        role = self._role()
        well = self._well()
        msc, responders = self._count("msc_cells"), self._count("responder_cells")
        written = self._ratio()
        if role is None or well is None:
            return None
        content = WellContent(
            well=well,
            role=role,
            batch_code=self._text("batch"),
            priming=self._text("priming") or (_RESTING if role.has_msc else ""),
            responder_code=self._text("responder"),
            stimulus=self._text("stimulus"),
            treatment=self._text("treatment"),
            dose=self._dose(role, msc, responders, written),
            msc_cells_per_well=msc,
            responder_cells_per_well=responders,
            note=self._text("note"),
            source=self._reader.sheet.source(self._row, self._columns["well"]),
        )
        self._check_role(content)
        return content if self._is_good else None

    def error(self, key: str, message: str, hint: str) -> None:
        """Note an error at a cell of this line."""
        self._is_good = False
        column = self._columns.get(key, self._columns["well"])
        self._reader.error(key, message, hint, row=self._row, column=column)

    def _role(self) -> WellRole | None:
        text = self._text("role").upper().replace(" ", "_")
        if not text:
            others = [k for k in ("batch", "responder", "msc_cells", "ratio") if k in self._cells]
            if others:
                self.error("role", "The well has contents but no role.", "Choose a role.")
            return None
        try:
            return WellRole(text)
        except ValueError:
            roles = ", ".join(role.value for role in WellRole)
            self.error("role", f"'{text}' is not a well role.", f"One of {roles}.")
            return None

    def _well(self) -> WellAddress | None:
        text = self._text("well")
        try:
            well = WellAddress.parse(text)
        except InputError as error:
            if text or self._text("role"):
                self.error("well", error.message, error.hint)
            return None
        plate_format = self._reader.plate_format
        if plate_format is not None and well not in plate_format:
            self.error(
                "well",
                f"A plate of {plate_format.value} wells has no well '{well}'.",
                "Check 'Wells of the plate' and the address.",
            )
            return None
        return well

    def _text(self, key: str) -> str:
        cell = self._cells.get(key)
        if cell is None:
            return ""
        if isinstance(cell.value, str):
            return cell.value.strip()
        if key in {"batch", "responder", "well"}:
            self.error(
                key,
                f"Excel has turned the code into '{cell.value}'.",
                "Format the column as text and write the code again.",
            )
            return ""
        return str(cell.raw or cell.value).strip()

    def _count(self, key: str) -> int | None:
        cell = self._cells.get(key)
        if cell is None:
            return None
        value = cell.value
        if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
            value = int(value.strip())
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 <= value <= _MOST_CELLS_PER_WELL
            or value != int(value)
        ):
            self.error(
                key,
                f"'{cell.raw or value}' is not a number of cells per well.",
                "Write a whole number without separators, such as 10000.",
            )
            return None
        return int(value)

    def _dose(
        self, role: WellRole, msc: int | None, responders: int | None, written: Dose | None
    ) -> Dose | None:
        if role in _WITHOUT_MSC and (msc or (written and written.msc_cells)):
            self.error(
                "msc_cells" if msc else "ratio",
                f"The role {role} has no MSC, but {msc or written} stands here.",
                "Empty the cell or change the role.",
            )
        if not role.has_dose:
            return None
        counted = None
        if msc is not None and responders:
            counted = Dose.from_cells(msc_cells=msc, responder_cells=responders)
        if counted is not None and written is not None and not _agree(counted, written):
            self.error(
                "ratio",
                f"The ratio and the numbers of cells disagree: {written} against {counted}.",
                "Correct one of them, or the order of the ratios on the sheet 'Plate'.",
            )
        dose = counted or written
        if dose is None:
            if self._is_good:
                self.error(
                    "ratio",
                    f"The role {role} needs a dose.",
                    "Write 'MSC per well' and 'Responders per well', or a ratio.",
                )
            return None
        if dose.is_probably_reversed and not self._reader.high_dose_is_intended:
            self.error(
                "ratio",
                f"{dose} is more than 2 MSC per responder; the order is probably reversed.",
                "Correct the order, or confirm high ratios on the sheet 'Plate'.",
            )
        return dose

    def _ratio(self) -> Dose | None:
        cell = self._cells.get("ratio")
        if cell is None:
            return None
        if isinstance(cell.value, datetime | date | time | timedelta | int | float):
            self.error(
                "ratio",
                f"Excel has turned the ratio into {_describe(cell)}.",
                "Format the column as text and write the ratio again, such as 1:10.",
            )
            return None
        try:
            return Dose.parse(str(cell.value), order=self._reader.order)
        except InputError as error:
            self.error("ratio", error.message, error.hint)
            return None

    def _check_role(self, content: WellContent) -> None:
        role = content.role
        if role.has_msc and not content.batch_code:
            self.error("batch", f"The role {role} needs an MSC batch.", "Write its code.")
        if role.has_responders and not content.responder_code:
            self.error("responder", f"The role {role} needs a responder.", "Write its code.")
        cells = content.responder_cells_per_well
        if role.has_responders and cells is not None and cells < _FEWEST_RESPONDERS:
            self.error(
                "responder_cells",
                f"'{cells}' responders per well are too few to be meant.",
                "Write single cells, not thousands and not cells per mL: 100000.",
            )
        if role in _STIMULATED and not content.stimulus:
            self.error("stimulus", f"The role {role} needs a stimulus.", "Write what it was.")
        if role in _UNSTIMULATED and content.stimulus:
            self.error(
                "stimulus",
                f"The role {role} has no stimulus, but '{content.stimulus}' stands here.",
                "Empty the cell or change the role.",
            )
        if content.dose is not None and content.dose.msc_cells == 0:
            self.error(
                "msc_cells",
                f"The role {role} has MSC, but there are none.",
                "Responders with stimulus and no MSC have the role RESP_STIM.",
            )


_STIMULATED = frozenset({WellRole.RESP_STIM, WellRole.COCULT, WellRole.REF_MSC})
_WITHOUT_MSC = frozenset(
    {WellRole.BLANK, WellRole.RESP_UNSTIM, WellRole.RESP_STIM, WellRole.POS_SUPPR}
)
_UNSTIMULATED = frozenset({WellRole.RESP_UNSTIM, WellRole.COCULT_UNSTIM, WellRole.BLANK})


def _agree(first: Dose, second: Dose) -> bool:
    # Cells are pipetted in round numbers: 3333 MSC on 100,000 responders is meant as 1:30.
    return abs(first.ratio / second.ratio - 1) <= Fraction(1, 100) if second.ratio else False


def unusable(cell: Cell) -> tuple[str, str] | None:
    """Return what is wrong with a cell that shows nothing usable, and what to do; else ``None``."""
    if cell.error:
        return (
            f"The cell shows the error '{cell.error}'.",
            "Correct the formula or write the value.",
        )
    if cell.formula_without_value:
        return (
            "The cell holds a formula whose result was never stored.",
            "Open the file in Excel and save it, or write the value.",
        )
    return None


def _is_blank(cell: Cell) -> bool:
    return cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())


def _describe(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, time | timedelta):
        return f"the time {value}"
    if isinstance(value, date):
        return f"the date {value.isoformat()}"
    if isinstance(value, int | float) and 0 < value < 1:
        return f"the number {value:g} ({ratio_text(value)} in one order, or a time of day)"
    return f"the number {value}"
