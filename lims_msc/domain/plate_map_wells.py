"""The sheet ``Wells`` of a plate map: one line a well, each problem named with its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from lims_msc.domain.dose import Dose, RatioOrder
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import WellContent, WellRole, names_conditioned_medium
from lims_msc.domain.plate import PlateFormat, WellAddress
from lims_msc.domain.plate_map_cells import NumberRule, described, is_blank, number_of, unusable
from lims_msc.domain.plate_map_columns import WELL_COLUMNS
from lims_msc.domain.plate_map_roles import CULTURE_ROLES, MAY_HAVE_MSC, WITHOUT_MSC, problems_of
from lims_msc.domain.workbook import Cell, Sheet
from lims_msc.errors import InputError

_NEEDED_HEADINGS = ("well", "role")
_MOST_CELLS_PER_WELL = 10_000_000
_WHOLE_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_RESTING = "resting"
_CODES = frozenset({"batch", "responder", "well", "sample"})
_NUMBERS: Mapping[str, NumberRule] = {
    "dilution": NumberRule(
        1, 10_000_000, "Write how often it was diluted, as a number: 1 for undiluted, 10 for 1 + 9."
    ),
    "standard": NumberRule(
        0, 1e12, "Write what the standard holds, as a number in the unit of the sheet 'Plate'."
    ),
    # More are effectors per well, or a ratio turned round.
    "effectors": NumberRule(
        0, 1000, "Write effectors for one target, as a number: 10 for an E:T of 10:1.", is_open=True
    ),
}


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
            if column in columns.values() or is_blank(cell):
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
        self._reported: set[str] = set()
        for key, cell in cells.items():
            if problem := unusable(cell):
                self.error(key, *problem)
            elif not is_blank(cell):
                self._cells[key] = cell

    def content(self) -> WellContent | None:
        """Return what the line says, or ``None`` for an unused or unreadable line."""
        role = self._role()
        well = self._well()
        sample_of = self._sample_of()
        msc, responders = self._count("msc_cells"), self._count("responder_cells")
        written = self._ratio()
        numbers = {key: self._number(key) for key in _NUMBERS}
        if role is None or well is None:
            return None
        batch = self._text("batch")
        has_msc = role.has_msc or bool(batch and role in MAY_HAVE_MSC)
        content = WellContent(
            well=well,
            role=role,
            batch_code=batch,
            priming=self._text("priming") or (_RESTING if has_msc else ""),
            responder_code=self._text("responder"),
            stimulus=self._text("stimulus"),
            treatment=self._text("treatment"),
            dose=self._dose(role, sample_of, msc, responders, written=written),
            msc_cells_per_well=msc,
            responder_cells_per_well=responders,
            sample_code=self._text("sample"),
            sample_of=sample_of,
            dilution_factor=numbers["dilution"],
            standard_concentration=numbers["standard"],
            effectors_per_target=numbers["effectors"],
            note=self._text("note"),
            source=self._reader.sheet.source(self._row, self._columns["well"]),
        )
        for key, message, hint in problems_of(content):
            # A cell that cannot be read is not named a second time as one that is missing.
            if key not in self._reported:
                self.error(key, message, hint)
        return None if self._reported else content

    def error(self, key: str, message: str, hint: str) -> None:
        """Note an error at a cell of this line."""
        self._reported.add(key)
        column = self._columns.get(key, self._columns["well"])
        self._reader.error(key, message, hint, row=self._row, column=column)

    def _role(self) -> WellRole | None:
        text = self._text("role").upper().replace(" ", "_")
        if not text:
            if self._cells.keys() - {"well", "note"}:
                self.error("role", "The well has contents but no role.", "Choose a role.")
            return None
        try:
            return WellRole(text)
        except ValueError:
            roles = ", ".join(role.value for role in WellRole)
            self.error("role", f"'{text}' is not a well role.", f"One of {roles}.")
            return None

    def _sample_of(self) -> WellRole | None:
        text = self._text("sample_of").upper().replace(" ", "_")
        if not text:
            return None
        if text in CULTURE_ROLES:
            return WellRole(text)
        roles = ", ".join(role.value for role in CULTURE_ROLES)
        self.error("sample_of", f"'{text}' is no role of a culture well.", f"One of {roles}.")
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
        if key in _CODES:
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

    def _number(self, key: str) -> float | None:
        cell = self._cells.get(key)
        if cell is None:
            return None
        number, problem = number_of(cell, _NUMBERS[key])
        if problem:
            self.error(key, problem, _NUMBERS[key].hint)
        return number

    def _dose(
        self,
        role: WellRole,
        sample_of: WellRole | None,
        msc: int | None,
        responders: int | None,
        *,
        written: Dose | None,
    ) -> Dose | None:
        culture = sample_of or role
        if culture in WITHOUT_MSC and (msc or (written and written.msc_cells)):
            self.error(
                "msc_cells" if msc else "ratio",
                f"The role {culture} has no MSC, but {msc or written} stands here.",
                "Empty the cell or change the role.",
            )
        if names_conditioned_medium(culture, self._text("treatment")):
            self._refuse_cells_in_medium(msc, written)
            return None
        # MSC that grew without responders have a number of cells, and no ratio.
        is_needed = culture.has_dose and sample_of is not WellRole.MSC_ALONE
        if not is_needed and role not in MAY_HAVE_MSC:
            return None
        dose = self._agreed(msc, responders, written)
        if dose is None:
            if is_needed and not self._reported:
                self.error(
                    "ratio",
                    f"The role {culture} needs a dose.",
                    "Write 'MSC per well' and 'Responders per well', or a ratio. Medium of MSC "
                    "without cells is a treatment that begins with 'conditioned medium'.",
                )
            return None
        if dose.is_probably_reversed and not self._reader.high_dose_is_intended:
            self.error(
                "ratio",
                f"{dose} is more than 2 MSC per responder; the order is probably reversed.",
                "Correct the order, or confirm high ratios on the sheet 'Plate'.",
            )
        return dose if is_needed or dose.msc_cells else None

    def _refuse_cells_in_medium(self, msc: int | None, written: Dose | None) -> None:
        """Note MSC in a well of conditioned medium: they would put it on the axis of doses."""
        if msc or written is not None:
            self.error(
                "msc_cells" if msc else "ratio",
                f"Conditioned medium holds no MSC, but '{msc or written}' stands here.",
                "Empty the cell: how much medium it was belongs to the treatment, such as "
                "'conditioned medium 50 %'. If MSC are in the well too, begin the treatment with "
                "another word.",
            )

    def _agreed(self, msc: int | None, responders: int | None, written: Dose | None) -> Dose | None:
        """Return the dose that the numbers of cells and the ratio say, where they say one."""
        counted = None
        if msc is not None and responders:
            counted = Dose.from_cells(msc_cells=msc, responder_cells=responders)
        if counted is not None and written is not None and not _agree(counted, written):
            self.error(
                "ratio",
                f"The ratio and the numbers of cells disagree: {written} against {counted}.",
                "Correct one of them, or the order of the ratios on the sheet 'Plate'.",
            )
        return counted or written

    def _ratio(self) -> Dose | None:
        cell = self._cells.get("ratio")
        if cell is None:
            return None
        if isinstance(cell.value, datetime | date | time | timedelta | int | float):
            self.error(
                "ratio",
                f"Excel has turned the ratio into {described(cell)}.",
                "Format the column as text and write the ratio again, such as 1:10.",
            )
            return None
        try:
            return Dose.parse(str(cell.value), order=self._reader.order)
        except InputError as error:
            self.error("ratio", error.message, error.hint)
            return None


def _agree(first: Dose, second: Dose) -> bool:
    # Cells are pipetted in round numbers: 3333 MSC on 100,000 responders is meant as 1:30.
    return abs(first.ratio / second.ratio - 1) <= Fraction(1, 100) if second.ratio else False
