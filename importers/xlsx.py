"""Reading .xlsx packages part by part while the guard counts; formulas are seen, never computed.

Knows the parts of a workbook: sheets, shared texts, number formats, comments.  Pictures, charts,
links and everything else are only unpacked and checked, never followed.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn

from lims_msc.errors import UnreadableWorkbook

from .guard import CELL_CHARACTERS, CELLS, SHEETS, Package, Part, damaged, refuse, too_large
from .number_formats import Shown, shown_as
from .raw_sheet import RawSheet
from .safe_xml import RELATIONSHIP_IDS, XmlReader
from .xlsx_sheet import SheetReader, place_of

_SAVE_AS = "Open it in Excel, choose 'Save as', take 'Excel workbook (.xlsx)' and upload that file."
_FORMATS = 65_000
RawFinding = tuple[str, str, str, str, str, str]
_COUNTED_FROM_1904: RawFinding = (
    "warning",
    "date_system_1904",
    "The workbook counts its dates from 1904, as old Macs did; the dates were read so.",
    "Check that the date of the measurement is right.",
    "",
    "",
)


@dataclass(slots=True)
class RawWorkbook:
    """What the reading process found: sheets and things worth telling."""

    container: str
    sheets: list[RawSheet] = field(default_factory=list)
    findings: list[RawFinding] = field(default_factory=list)


def read_xlsx(data: bytes) -> RawWorkbook:
    """Read the sheets of a package; every part is unpacked once, within the limits of the guard.

    :raises UnreadableWorkbook: if the package is no workbook, unsafe, damaged or over a limit.
    """
    package = Package(data)
    main = _main_part(package)
    _refuse_macros(package)
    return _BookParts(package, main).read()


class _BookParts:
    """The parts of one workbook while they are read, and which of them were used."""

    def __init__(self, package: Package, main: Part) -> None:
        self._package = package
        self._used: set[str] = set()
        self._relations = _relations(package, main)
        self._book = _BookReader(main.name)
        self._parse(self._book, main)
        self._styles = _StylesReader("xl/styles.xml")
        self._parse(self._styles, self._helper("styles", "xl/styles.xml"))
        self._texts = _TextsReader("xl/sharedStrings.xml")
        self._parse(self._texts, self._helper("sharedStrings", "xl/sharedStrings.xml"))

    def _helper(self, kind: str, usual_name: str) -> Part | None:
        return _related(self._package, self._relations, kind) or self._package.find(usual_name)

    def _parse(self, reader: XmlReader, part: Part | None) -> None:
        if part is not None:
            self._used.add(part.name)
            reader.part_name = part.name
            reader.parse(self._package.stream(part))

    def read(self) -> RawWorkbook:
        """Return the sheets in their order, after every part was checked."""
        result = RawWorkbook("xlsx")
        if self._book.is_1904:
            result.findings.append(_COUNTED_FROM_1904)
        cells = 0
        for name, relation_id, is_hidden in self._book.sheets:
            relation = self._relations.get(relation_id)
            if relation is not None and relation.kind not in ("worksheet", ""):
                continue
            sheet = RawSheet(name, is_hidden)
            result.findings += self._read_sheet(sheet, relation, cells)
            cells += len(sheet.kinds)
            result.sheets.append(sheet)
        _check_other_parts(self._package, self._used)
        return result

    def _read_sheet(
        self, sheet: RawSheet, relation: _Relation | None, cells_before: int
    ) -> list[RawFinding]:
        part = None
        if relation is not None and not relation.is_external:
            part = self._package.find(relation.target)
        if part is None:
            damaged(f"the sheet '{sheet.name[:80]}' is missing or lies outside the workbook")
        if part.name in self._used:
            damaged(f"two sheets use the same part '{part.name}'")
        reader = SheetReader(
            sheet, self._texts.texts, self._styles.shown, is_1904=self._book.is_1904
        )
        reader.cells_before = cells_before
        self._parse(reader, part)
        comments = _related(self._package, _relations(self._package, part), "comments")
        if comments is not None and comments.name not in self._used:
            remarks = _CommentsReader(comments.name)
            self._parse(remarks, comments)
            sheet.comments = remarks.comments
        return reader.findings


# --- finding the parts -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str
    is_external: bool


class _RelationsReader(XmlReader):
    starts: ClassVar[dict[str, str]] = {"Relationship": "_relation"}

    def __init__(self, part_name: str, folder: str) -> None:
        super().__init__(part_name)
        self.folder = folder
        self.relations: dict[str, _Relation] = {}

    def _relation(self, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        target = target[1:] if target.startswith("/") else posixpath.join(self.folder, target)
        self.relations[attributes.get("Id", "")] = _Relation(
            attributes.get("Type", "").rsplit("/", 1)[-1],
            posixpath.normpath(target),
            attributes.get("TargetMode") == "External",
        )


def _relations(package: Package, of: Part | None) -> dict[str, _Relation]:
    folder, name = posixpath.split(of.name) if of else ("", "")
    part = package.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    if part is None:
        return {}
    reader = _RelationsReader(part.name, folder)
    reader.parse(package.stream(part))
    return reader.relations


def _related(package: Package, relations: dict[str, _Relation], kind: str) -> Part | None:
    for relation in relations.values():
        if relation.kind == kind and not relation.is_external:
            return package.find(relation.target)
    return None


def _main_part(package: Package) -> Part:
    main = _related(package, _relations(package, None), "officeDocument") or package.find(
        "xl/workbook.xml"
    )
    name = main.name.casefold() if main else ""
    if main is None or not name.endswith(".xml") or name.startswith(("word/", "ppt/")):
        _refuse_other_archive(package, name)
    return main


def _refuse_other_archive(package: Package, main_name: str) -> NoReturn:
    names = set(package.parts)
    kinds = (
        (main_name.startswith("word/"), "a Word document"),
        (main_name.startswith("ppt/"), "a PowerPoint presentation"),
        (main_name.endswith(".bin"), "a binary Excel workbook (.xlsb)"),
        ("content.xml" in names and "mimetype" in names, "a LibreOffice file (.ods or like it)"),
        (
            any(n.startswith("index/") and n.endswith(".iwa") for n in names),
            "an Apple Numbers file",
        ),
    )
    what = next((text for matches, text in kinds if matches), "")
    if what:
        refuse(f"The file is {what}, not an Excel workbook (.xlsx).", _SAVE_AS)
    refuse(
        "The file is a zip archive but not an Excel workbook: it has no workbook part.",
        "Unpack the archive and upload the instrument's files one by one.",
    )


def _refuse_macros(package: Package) -> None:
    content_types = package.find("[Content_Types].xml")
    has_macros = any("vbaproject" in name or "macrosheets/" in name for name in package.parts)
    if content_types is not None and not has_macros:
        has_macros = b"macroEnabled" in package.read(content_types)
    if has_macros:
        refuse(
            "The workbook contains macros (.xlsm), which are not accepted.",
            "Save it in Excel as 'Excel workbook (.xlsx)', without macros, and upload that file.",
        )


def _check_other_parts(package: Package, used: set[str]) -> None:
    """Unpack what was not read, so that nothing damaged, unsafe or oversized is ever stored."""
    for part in package.parts.values():
        if part.name in used:
            continue
        if part.name.casefold().endswith((".xml", ".rels")):
            XmlReader(part.name).parse(package.stream(part))
        else:
            for _ in package.stream(part):
                pass


# --- small parts -----------------------------------------------------------------------------


class _BookReader(XmlReader):
    starts: ClassVar[dict[str, str]] = {"sheet": "_sheet", "workbookPr": "_properties"}

    def __init__(self, part_name: str) -> None:
        super().__init__(part_name)
        self.sheets: list[tuple[str, str, bool]] = []
        self.is_1904 = False

    def _sheet(self, attributes: dict[str, str]) -> None:
        if len(self.sheets) == SHEETS:
            too_large("it has too many sheets", f"{SHEETS} sheets")
        relation = next((attributes[key] for key in RELATIONSHIP_IDS if key in attributes), "")
        is_hidden = attributes.get("state", "visible") != "visible"
        self.sheets.append((attributes.get("name", ""), relation, is_hidden))

    def _properties(self, attributes: dict[str, str]) -> None:
        self.is_1904 = attributes.get("date1904", "0") in ("1", "true")


class _StylesReader(XmlReader):
    """Number formats by style; formats of styles that no cell uses cost nothing to scan."""

    starts: ClassVar[dict[str, str]] = {"numFmt": "_format", "cellXfs": "_styles", "xf": "_style"}
    ends: ClassVar[dict[str, str]] = {"cellXfs": "_end_styles"}

    def __init__(self, part_name: str) -> None:
        super().__init__(part_name)
        self.shown: list[Shown] = []
        self._codes: dict[int, str] = {}
        self._known: dict[int, Shown] = {}
        self._inside = False

    def _format(self, attributes: dict[str, str]) -> None:
        format_id = attributes.get("numFmtId", "")
        if format_id.isascii() and format_id.isdigit() and not self._inside:
            self._codes[int(format_id[:9])] = attributes.get("formatCode", "")

    def _styles(self, _: dict[str, str]) -> None:
        self._inside = True

    def _end_styles(self) -> None:
        self._inside = False

    def _style(self, attributes: dict[str, str]) -> None:
        if not self._inside:
            return
        if len(self.shown) == _FORMATS:
            too_large("it has too many cell formats", f"{_FORMATS} cell formats")
        text = attributes.get("numFmtId", "0")
        format_id = int(text[:9]) if text.isascii() and text.isdigit() else 0
        if format_id not in self._known:
            self._known[format_id] = shown_as(format_id, self._codes.get(format_id))
        self.shown.append(self._known[format_id])


class _TextsReader(XmlReader):
    starts: ClassVar[dict[str, str]] = {"si": "_entry", "t": "_run", "rPh": "_phonetic"}
    ends: ClassVar[dict[str, str]] = {"si": "_end_entry", "t": "_end_run", "rPh": "_end_phonetic"}

    def __init__(self, part_name: str) -> None:
        super().__init__(part_name)
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._in_phonetic = False

    def _entry(self, _: dict[str, str]) -> None:
        if len(self.texts) == CELLS:
            too_large("it has too many texts", f"{CELLS} texts")
        self._runs = []

    def _run(self, _: dict[str, str]) -> None:
        if not self._in_phonetic:
            self.captured = []

    def _text(self, text: str) -> None:
        if self.captured is not None:
            if len(text) + sum(map(len, self.captured)) > CELL_CHARACTERS:
                too_long_text("a cell")
            self.captured.append(text)

    def _end_run(self) -> None:
        if not self._in_phonetic:
            self._runs.append(self.text_taken())

    def _phonetic(self, _: dict[str, str]) -> None:
        self._in_phonetic = True

    def _end_phonetic(self) -> None:
        self._in_phonetic = False

    def _end_entry(self) -> None:
        text = "".join(self._runs)
        if len(text) > CELL_CHARACTERS:
            too_long_text("a cell")
        self.texts.append(text)


def too_long_text(where: str) -> None:
    """Refuse a text that is longer than a cell may hold.

    :raises UnreadableWorkbook: always.
    """
    raise UnreadableWorkbook(
        f"The text of {where} is too long; the limit is {CELL_CHARACTERS:,} characters.",
        hint="Shorten the text in Excel, save the workbook and upload it again.",
    )


class _CommentsReader(_TextsReader):
    """Comments are texts with the address of their cell."""

    starts: ClassVar[dict[str, str]] = {**_TextsReader.starts, "comment": "_comment"}
    ends: ClassVar[dict[str, str]] = {**_TextsReader.ends, "comment": "_end_comment"}

    def __init__(self, part_name: str) -> None:
        super().__init__(part_name)
        self.comments: list[tuple[int, int, str]] = []
        self._place: tuple[int, int] | None = None

    def _comment(self, attributes: dict[str, str]) -> None:
        self._runs = []
        self._place = place_of(attributes.get("ref", ""))

    def _text(self, text: str) -> None:
        if self.captured is not None:
            self.captured.append(text)

    def _end_comment(self) -> None:
        if self._place is not None and len(self.comments) < CELLS:
            self.comments.append((*self._place, "".join(self._runs)[:CELL_CHARACTERS]))
