"""What people and programs do to reader files: changes to files of the shared corpus, and answers.

The answers come the product's way, through the registry and the choice among all importers; what
they are held against are the corpus's own expected readings.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Source
from lims_msc.errors import InputError
from lims_msc.registry import Registry, load_registry
from lims_msc.services.reading_files import ReadFile, read_file

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
Readings = Counter[tuple[str, float, float | str]]
Change = Callable[[Worksheet], None]

ICONTROL = "tecan-icontrol/single_time_single_reads.xlsx"
ICONTROL_KINETIC = "tecan-icontrol/time_series_single_reads.xlsx"
SUNRISE = "tecan-magellan/Sunrise_180515_0916.xlsx"
SPARK = "tecan-sparkcontrol/tecan1.xlsx"
SKANIT = "skanit/luciferase_assay_example.xlsx"
GEN5 = "biotek-gen5/2026.06.15_BCA_synergy2.xlsx"
PLAIN_GRID = "generic/2026.06.18_BCA_generic_plate.xlsx"
MAGELLAN_LIST = "tecan-magellan/SLA01P01_OD.xlsx"
PLAIN_LIST = "generic/2026.06.17_BCA_generic_long.xlsx"
GLOMAX = "glomax/DualLuc_example_data.xlsx"

GRIDS = (ICONTROL, SUNRISE, SPARK, SKANIT, GEN5, PLAIN_GRID)
OPTICAL_DENSITIES = (ICONTROL, SUNRISE, SPARK, GEN5, PLAIN_GRID)
LISTS = (MAGELLAN_LIST, PLAIN_LIST)

ICONTROL_TEXT = "tecan-icontrol/20140109_0042_MUF_AMC_substrates.txt"
GEN5_TEXT = "biotek-gen5/endpoint_singleplate.txt"
SOFTMAX_TEXT = "softmax-pro/MD_SMP_luminescence_endpoint_example03.txt"
ENVISION_TEXT = "envision/PE_Envision_absorbance_A450_example.csv"
STACK_TEXT = "generic/MR_abs_t0.csv"
TEXTS = (ICONTROL_TEXT, GEN5_TEXT, SOFTMAX_TEXT, ENVISION_TEXT, STACK_TEXT)


# --- files and what they hold -----------------------------------------------------------------


def corpus_file(name: str) -> bytes:
    """Return the bytes of a file of the corpus."""
    return (CORPUS / name).read_bytes()


@cache
def _expected_rows(name: str) -> tuple[tuple[str, str, float, float | str], ...]:
    with (CORPUS / "MANIFEST.csv").open(newline="", encoding="utf-8") as lines:
        (entry,) = (e for e in csv.DictReader(lines) if e["file"] == name)
    assert entry["coverage"] == "all", name
    with (CORPUS / entry["expected"]).open(newline="", encoding="utf-8") as lines:
        return tuple(
            (
                e["plate"],
                e["well"],
                round(float(e["time_s"] or 0), 1),
                _number_or_text(e["value"]),
            )
            for e in csv.DictReader(lines)
        )


def _number_or_text(text: str) -> float | str:
    try:
        return _rounded(float(text))
    except ValueError:
        return text


def _rounded(value: float) -> float:
    """Return a number to ten digits, which no change of a file may touch."""
    return float(f"{value:.10g}")


def expected(name: str, *, without_plate: str | None = None) -> Readings:
    """Return what a file of the corpus holds: well, seconds and value, each as often as it does."""
    return Counter(
        (well, time_s, value)
        for plate, well, time_s, value in _expected_rows(name)
        if plate != without_plate
    )


def by_well(name: str) -> dict[str, float | str]:
    """Return the value of each well of a file with one reading a well."""
    found = {well: value for _, well, _, value in _expected_rows(name)}
    assert len(found) == len(_expected_rows(name))
    return found


# --- the product's answer ---------------------------------------------------------------------


@cache
def _registry() -> Registry:
    return load_registry()


def product_reads(data: bytes, name: str = "upload.dat") -> ReadFile:
    """Read an upload the product's way: opened, every importer asked, the one that knows reads."""
    return read_file(_registry(), Source(name, data))


def readings_of(read: ReadFile) -> Readings:
    """Return the readings of a file; a marker is there with the text that the file has for it."""
    return Counter(
        (
            r.place or r.sample,
            round(r.time_s or 0.0, 1),
            r.raw.strip() if r.value is None else _rounded(r.value),
        )
        for plate in read.readings.plates
        for r in plate.readings
    )


def values_of(read: ReadFile) -> dict[str, float | str]:
    """Return value or marker's text of each well; each is there once."""
    found = {well: value for well, _, value in readings_of(read)}
    assert len(found) == readings_of(read).total()
    return found


def told(read: ReadFile, level: Level = Level.WARNING) -> dict[str, str]:
    """Return the findings of a level as code and full text, the texts of one code together."""
    found: dict[str, str] = {}
    for finding in read.findings:
        if finding.level is level:
            found[finding.code] = found.get(finding.code, "") + f"{finding}\n"
    return found


def refusal_of(data: bytes, name: str = "upload.dat") -> str | None:
    """Return all that a refusal says with its places, or ``None`` if the file is read."""
    try:
        product_reads(data, name)
    except InputError as refusal:
        return "\n".join([refusal.message, refusal.hint, *map(str, refusal.findings)])
    return None


def is_refused(data: bytes, *words: str, name: str = "upload.dat") -> bool:
    """Say whether an upload is refused; then the refusal must have these words."""
    said = refusal_of(data, name)
    assert said is None or all(word in said for word in words), said
    return said is not None


# --- changing workbooks -----------------------------------------------------------------------


def loaded(data: bytes) -> openpyxl.Workbook:
    """Open a workbook with the library of its format, which warns of what it will not keep."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def data_sheet(book: openpyxl.Workbook) -> Worksheet:
    """Return the first sheet with a plate grid, else the first one."""
    return next((sheet for sheet in book if _corners(sheet)), book.worksheets[0])


def edited(name: str, *changes: Change) -> bytes:
    """Return a corpus workbook after changes to its sheet of readings."""
    book = loaded(corpus_file(name))
    for change in changes:
        change(data_sheet(book))
    return saved(book)


def _corners(sheet: Worksheet) -> list[tuple[int, int]]:
    return [
        (cell.row - 1, cell.column)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == "A" and sheet.cell(cell.row + 1, cell.column).value == "B"
    ]


def corner(sheet: Worksheet) -> tuple[int, int]:
    """Return row and column of the corner of the plate grid, above the letter A."""
    return _corners(sheet)[0]


def well_cell(sheet: Worksheet, well: str) -> tuple[int, int]:
    """Return the place of a well in the plate grid, or of its value in the list of wells."""
    if _corners(sheet):
        row, column = corner(sheet)
        return row + ord(well[0]) - 64, column + int(well[1:])
    (at,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == well)
    headings = {sheet.cell(1, c).value: c for c in range(1, sheet.max_column + 1)}
    return at.row, headings.get("Raw data") or headings["signal"]


def put(well: str, value: object) -> Change:
    """Write something into a well."""

    def change(sheet: Worksheet) -> None:
        row, column = well_cell(sheet, well)
        sheet.cell(row, column).value = value  # type: ignore[assignment]

    return change


def wells_of_96() -> list[str]:
    """Return A1 to H12."""
    return [f"{letter}{column}" for letter in "ABCDEFGH" for column in range(1, 13)]


def rewrite(rewritten: Callable[[str, object], object]) -> Change:
    """Write every well of the plate anew from its name and value."""

    def change(sheet: Worksheet) -> None:
        for well in wells_of_96():
            row, column = well_cell(sheet, well)
            sheet.cell(row, column).value = rewritten(  # type: ignore[assignment]
                well, sheet.cell(row, column).value
            )

    return change


def grid_rows(name: str) -> list[list[object]]:
    """Return the grid of a corpus file with its labels and true numbers, and nothing else."""
    values = by_well(name)
    return [
        [None, *range(1, 13)],
        *([letter, *(values[f"{letter}{c}"] for c in range(1, 13))] for letter in "ABCDEFGH"),
    ]


def workbook_of(**sheets: list[list[object]]) -> bytes:
    """Return a workbook with these rows on sheets of these names (``_`` stands for a space)."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(row)
    return saved(book)


# --- changing packages and texts --------------------------------------------------------------


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a package of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def sheet_parts(parts: Mapping[str, bytes]) -> list[str]:
    """Return the names of the parts that are sheets."""
    return [name for name in parts if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", name)]


def text_of_file(name: str) -> str:
    """Return the text of a corpus file with line feeds, without a byte mark."""
    data = corpus_file(name)
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    return re.sub("\r\n|\r", "\n", text)
