"""Any file with labelled plate blocks: row letters and column numbers around numbers.

Takes a block only where it is clear that it was measured and on which plate; otherwise it says
which blocks it saw and leaves the choice to a person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, ReadingOption, Sniff
from lims_msc.domain.plate import ReadingKind
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import InputError

from .cells import DecimalMark, decimal_mark, named_wavelengths, shorten, wavelengths_in
from .harvest import Harvest
from .measured import assumed_settings, refuse_split, take_block
from .plate_grid import Block, context, find_blocks
from .read_settings import (
    Settings,
    is_not_measured,
    kind_in_words,
    names_measurement,
    settings_from,
)
from .run_facts import plate_name_above, tell_run_facts
from .well_remarks import check_lists_beside
from .well_roles import check_roles_beside

_PLATE_TITLE = re.compile(
    r"(?:plate|platte|barcode)\b(?! ?(?:format|type|typ|reader|layout)).{0,40}", re.IGNORECASE
)
_NO_PLATE_NAME = re.compile(
    r"\W*|(?:rows?|col(?:umn)?s?|wells?|plate|zeilen?|reihen?|spalten?|values?|[\W_])+",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(r"(?:start|end)?\s*(?:time|zeit)\b|temp|date|datum", re.IGNORECASE)
_FEWEST_MEASURED = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A block of numbers with the words around it, nearest first."""

    block: Block
    mark: DecimalMark
    texts: tuple[str, ...]
    settings: Settings | None

    @property
    def title(self) -> str:
        """The words nearest to the block: its corner, or the row above."""
        return self.texts[0] if self.texts else ""

    @property
    def is_titled_measured(self) -> bool:
        """Whether the nearest words name a measurement."""
        return bool(
            names_measurement(self.title)
            or (self.block.corner_text and wavelengths_in(self.block.corner_text))
        )

    @property
    def names_plate(self) -> bool:
        """Whether the nearest words can only be the name of a plate."""
        corner = self.block.corner_text
        if corner and not _NO_PLATE_NAME.fullmatch(corner):
            return not self.is_titled_measured
        return bool(_PLATE_TITLE.fullmatch(self.title))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is read of a file, what is left, and the names that tell the blocks apart."""

    candidates: tuple[_Candidate, ...]
    plates: tuple[str, ...]
    labels: tuple[str, ...]
    left: tuple[tuple[Block, str], ...]


class GenericGrid:
    """Reads labelled plate blocks of any origin."""

    key: ClassVar[str] = "generic_grid"
    title: ClassVar[str] = "Plate grid of any origin"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".xls", ".csv", ".txt")
    is_generic: ClassVar[bool] = True

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether the file has blocks that are clearly measured."""
        try:
            chosen = _choose(workbook)
        except InputError as problem:
            return Sniff(is_mine=False, reason=problem.message, is_generic=True)
        blocks = ", ".join(str(_place(c.block)) for c in chosen.candidates[:3])
        return Sniff(is_mine=True, reason=f"A plate stands in {blocks}.", is_generic=True)

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of the measured blocks.

        :raises InputError: if there is no such block, or it is not clear which ones were measured.
        """
        return _take(workbook, _choose(workbook))

    def options(self, workbook: Workbook) -> tuple[ReadingOption, ...]:
        """Return the blocks of numbers of a file, whatever their titles say."""
        return tuple(
            ReadingOption(
                key,
                f"Block {c.block.area}" + (f" below '{shorten(c.title)}'" if c.title else ""),
                c.block.sheet.source(*c.block.corner),
            )
            for key, c in _offered(workbook).items()
        )

    def shape(self, workbook: Workbook) -> str:
        """Return a digest over the places and titles of the blocks of numbers, without digits."""
        return hashlib.sha256("\n".join(_offered(workbook)).encode()).hexdigest()

    def read_chosen(self, workbook: Workbook, keys: Sequence[str]) -> FileReadings:
        """Return the readings of the chosen blocks; several are several plates.

        :raises InputError: if a block is not there, or cannot be read.
        """
        offered = _offered(workbook)
        if not keys or not set(keys) <= offered.keys():
            raise InputError(
                "The blocks that were chosen are not in this file.",
                hint="Choose again from the blocks that are there.",
            )
        candidates = [candidate for key, candidate in offered.items() if key in keys]
        names = [c.title or c.block.area for c in candidates] if len(candidates) > 1 else [""]
        labels = [_label(candidate) for candidate in candidates]
        plates = _numbered(names, labels)
        return _take(workbook, _Chosen(tuple(candidates), tuple(plates), tuple(labels), ()))


def _offered(workbook: Workbook) -> dict[str, _Candidate]:
    """Return every block of numbers on the visible sheets, by a key that has no digits of data."""
    offered = {}
    for number, sheet in enumerate(workbook.sheets, start=1):
        blocks = () if sheet.hidden else find_blocks(sheet)
        for block in blocks:
            candidate = _candidate(block, blocks)
            if block.measured_share(candidate.mark) >= _FEWEST_MEASURED:
                words = " ".join(re.findall(r"[^\W\d_]+", candidate.title.casefold()))
                offered[f"{number}:{block.area}:{words}"] = candidate
    return offered


def _take(workbook: Workbook, chosen: _Chosen) -> FileReadings:
    harvest = Harvest(workbook)
    for block, why in chosen.left:
        harvest.tell(
            Level.NOTE,
            "block_not_read",
            f"The block {block.area} was not read: {why}.",
            sheet=block.sheet,
            place=block.corner,
        )
    for candidate, plate, label in zip(
        chosen.candidates, chosen.plates, chosen.labels, strict=True
    ):
        block = candidate.block
        settings = candidate.settings
        if settings is None:
            places = [place for _, place, _ in block.filled()]
            settings = assumed_settings(harvest, block.sheet, places, candidate.mark)
        refuse_split(harvest, block)
        take_block(harvest, block, settings.read(label), plate, candidate.mark)
    for sheet in dict.fromkeys(c.block.sheet.name for c in chosen.candidates):
        tell_run_facts(harvest, next(s for s in workbook.sheets if s.name == sheet))
    blocks = [c.block for c in chosen.candidates]
    check_lists_beside(harvest, workbook, blocks)
    check_roles_beside(harvest, workbook, blocks)
    return harvest.result()


def _place(block: Block) -> str:
    where = "" if block.sheet.is_text else f"sheet '{shorten(block.sheet.name)}', "
    return f"{where}{block.area}"


def _choose(workbook: Workbook) -> _Chosen:
    """Choose the blocks that were measured and name them.

    :raises InputError: if there are none, or several that nothing tells apart.
    """
    candidates: list[_Candidate] = []
    left: list[tuple[Block, str]] = []
    for sheet in workbook.sheets:
        if sheet.hidden:
            continue
        blocks = find_blocks(sheet)
        for block in blocks:
            candidate = _candidate(block, blocks)
            why = _why_not(candidate)
            if why:
                left.append((block, why))
            else:
                candidates.append(candidate)
    if not candidates:
        raise InputError(
            "The file has no measured plate block (row letters, column numbers, values)."
            if not left
            else "The plate blocks of the file do not look measured: "
            + "; ".join(f"{_place(b)} {why}" for b, why in left[:6])
            + "."
        )
    plates, labels = _names(candidates)
    return _Chosen(tuple(candidates), plates, labels, tuple(left))


def _candidate(block: Block, blocks: tuple[Block, ...]) -> _Candidate:
    rows: dict[int, list[str]] = {}
    for text, (row, _) in context(block, blocks):
        rows.setdefault(row, []).append(text)
    texts = tuple(" ".join(words) for words in rows.values())
    pairs = [(words[0], words[1]) for words in rows.values() if len(words) > 1]
    settings = _settings(block, texts, pairs)
    mark = decimal_mark(
        (cell for _, _, cell in block.filled()),
        beside=block.sheet.cells.values(),
        is_absorbance=settings is not None and settings.kind is ReadingKind.ABSORBANCE,
    )
    return _Candidate(block, mark, texts, settings)


def _settings(
    block: Block, texts: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> Settings | None:
    """Return what the words around a block, or the name of its sheet, say about the measurement."""
    said = settings_from(pairs)
    kinds = (kind_in_words(text) for text in (*texts, block.sheet.name))
    kind = next((k for k in kinds if k is not ReadingKind.OTHER), None)
    if len(said) == 1:
        return Settings(kind or said[0].kind, said[0].wavelength_nm, said[0].emission_nm)
    named = next((w for w in map(named_wavelengths, texts) if w), ())
    named = named or wavelengths_in(block.corner_text) or wavelengths_in(block.sheet.name)
    if not named:
        return None if kind is None else Settings(kind)
    if len(named) == 2:
        return Settings(kind or ReadingKind.FLUORESCENCE, *named)
    return Settings(kind or ReadingKind.ABSORBANCE, named[0])


def _why_not(candidate: _Candidate) -> str:
    """Say why a block was not measured; empty if it may have been."""
    if not any(True for _ in candidate.block.filled()):
        return "is empty"
    if candidate.block.measured_share(candidate.mark) < _FEWEST_MEASURED:
        return "holds names, not numbers"
    if is_not_measured(candidate.title):
        return f"is titled '{shorten(candidate.title)}'"
    if is_not_measured(candidate.block.sheet.name):
        return "stands on a sheet of that name"
    return ""


def _names(candidates: list[_Candidate]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return plate and label of each block.

    :raises InputError: if two blocks of a sheet cannot be told apart by their words.
    """
    by_sheet: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        by_sheet.setdefault(candidate.block.sheet.name, []).append(candidate)
    for together in by_sheet.values():
        _refuse_ambiguous(together)
    several_sheets = len(by_sheet) > 1
    sheets_are_reads = several_sheets and all(
        wavelengths_in(name) or kind_in_words(name) is not ReadingKind.OTHER for name in by_sheet
    )
    plates, labels = [], []
    for candidate in candidates:
        block = candidate.block
        plate = plate_name_above(block.sheet, block.corner[0])
        if candidate.names_plate:
            plate = block.corner_text or plate or candidate.title
        elif several_sheets and not sheets_are_reads and not plate:
            plate = block.sheet.name
        plates.append(plate)
        labels.append(_label(candidate))
    return tuple(_numbered(plates, labels)), tuple(labels)


def _refuse_ambiguous(together: list[_Candidate]) -> None:
    """Refuse blocks on one sheet unless each has a title that names its plate or measurement."""
    if len(together) == 1:
        return
    titles = [candidate.title for candidate in together]
    clear = all(c.is_titled_measured for c in together) or all(c.names_plate for c in together)
    if clear and len(set(titles)) == len(titles):
        return
    listed = "; ".join(
        f"{_place(c.block)} ({repr(shorten(c.title, 40)) if c.title else 'no title'})"
        for c in together[:8]
    )
    raise InputError(
        f"The file has {len(together)} plate blocks, and it is not clear which were measured on"
        f" which plate: {listed}.",
        hint="Write a title such as 'OD450' or the plate's name above each block, or keep one.",
    )


def _label(candidate: _Candidate) -> str:
    """Return the words that name the read: those with a kind or wavelength, else the sheet's."""
    for text in candidate.texts:
        if names_measurement(text):
            return shorten(re.split(r"\s{2,}", text)[0])
    block = candidate.block
    title = "" if _CIRCUMSTANCE.match(candidate.title) else candidate.title
    return block.corner_text or shorten(title) or block.sheet.name or "values"


def _numbered(plates: list[str], labels: list[str]) -> list[str]:
    """Tell plates apart that have one name and one label, as ``#2``, ``#3``."""
    seen: dict[tuple[str, str], int] = {}
    numbered = []
    for plate, label in zip(plates, labels, strict=True):
        count = seen[plate, label] = seen.get((plate, label), 0) + 1
        numbered.append(plate if count == 1 else f"{plate}#{count}")
    return numbered


def has_measured_blocks(workbook: Workbook) -> bool:
    """Whether the file has plate blocks of numbers, clear or not; lists then give way to them."""
    return any(
        not _why_not(_candidate(block, blocks))
        for sheet in workbook.sheets
        if not sheet.hidden
        for blocks in [find_blocks(sheet)]
        for block in blocks
    )
