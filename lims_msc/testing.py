"""Contract tests that every importer passes, ours and those of other laboratories.

Inherit ``ImporterContract`` in a test module, name the importer and give it files::

    class TestMyReader(ImporterContract):
        importer = MyReader

        def own_files(self):
            return [Source("run.xlsx", Path("tests/data/run.xlsx").read_bytes())]

Needs pytest or any runner that calls the ``test_…`` methods; imports neither.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import ClassVar, cast

from lims_msc.domain.importing import FileReadings, Importer, Opener, Source
from lims_msc.domain.plate import WellReading
from lims_msc.domain.workbook import Cell, Workbook
from lims_msc.errors import InputError

_KEY = re.compile(r"[a-z][a-z0-9_]{2,40}")
_FOREIGN = (
    Source("letter.txt", b"Dear colleague,\r\nthe plates are in the fridge.\r\n"),
    Source("prices.csv", b"article,price\r\ntips,12.50\r\nplates,80.00\r\n"),
    Source("numbers.csv", b"1,2,3\n4,5,6\n7,8,9\n"),
)


def open_file(source: Source) -> Workbook:
    """Open a file as an installation does, with the opener that is installed.

    :raises UnreadableWorkbook: if the file is refused.
    """
    found = next(iter(entry_points(group="lims_msc.openers")))
    return cast("Opener", found.load())(source)


class ImporterContract:
    """What every importer promises; subclass it and set ``importer``."""

    importer: ClassVar[type[Importer]]

    def own_files(self) -> Iterable[Source]:
        """Return files that the importer must know and read without an error."""
        raise NotImplementedError

    def foreign_files(self) -> Iterable[Source]:
        """Return files that the importer must decline."""
        return _FOREIGN

    def test_it_has_a_name_for_people_and_one_for_programs(self) -> None:
        """Key, title, version and endings are there."""
        importer = self.importer
        _check(_KEY.fullmatch(importer.key), f"key '{importer.key}': lower-case words and '_'")
        _check(importer.title.strip(), "the importer needs a title for people")
        _check(importer.version.strip(), "the importer needs a version")
        _check(importer.extensions, "the importer needs the usual file endings")
        for ending in importer.extensions:
            _check(ending.startswith("."), f"the ending '{ending}' must start with a dot")

    def test_it_knows_its_own_files(self) -> None:
        """Every own file is claimed, with a reason in words."""
        for source in self.own_files():
            answer = self.importer().sniff(open_file(source))
            _check(answer.is_mine, f"{source.file_name} was declined: {answer.reason}")
            _check(answer.reason.strip(), f"{source.file_name}: the answer needs a reason")

    def test_it_declines_files_of_others(self) -> None:
        """No foreign file is claimed, and the answer says why."""
        for source in self.foreign_files():
            answer = self.importer().sniff(open_file(source))
            _check(not answer.is_mine, f"{source.file_name} was claimed: {answer.reason}")
            _check(answer.reason.strip(), f"{source.file_name}: the answer needs a reason")

    def test_its_answer_depends_on_the_content_alone(self) -> None:
        """The same content under another name, asked twice, gives the same answer."""
        for source in (*self.own_files(), *self.foreign_files()):
            importer = self.importer()
            first = importer.sniff(open_file(source))
            renamed = Source("x" + source.file_name[-5:], source.data)
            again = importer.sniff(open_file(renamed))
            _check(first == again, f"{source.file_name}: {first} and then {again}")

    def test_every_reading_stands_in_the_cell_it_names(self) -> None:
        """Opening the file at the reading's cell gives that very text and number."""
        for source in self.own_files():
            workbook = open_file(source)
            cells = _cells_by_place(workbook)
            for reading in _readings(self.importer().read(workbook)):
                _check_source(cells, reading)

    def test_no_well_is_read_twice(self) -> None:
        """Plate, read, well and time name one reading."""
        for source in self.own_files():
            for plate in self.importer().read(open_file(source)).plates:
                seen = [(r.read, r.well, r.sample, r.time_s) for r in plate.readings]
                _check(len(seen) == len(set(seen)), f"{source.file_name}: a well is there twice")

    def test_reading_twice_gives_the_same(self) -> None:
        """Reading has no memory."""
        for source in self.own_files():
            workbook, importer = open_file(source), self.importer()
            _check(importer.read(workbook) == importer.read(workbook), "two readings differ")

    def test_a_file_it_cannot_read_is_refused_in_words(self) -> None:
        """Reading a foreign file raises InputError with a message, and nothing else."""
        for source in self.foreign_files():
            try:
                self.importer().read(open_file(source))
            except InputError as refusal:
                _check(refusal.message.strip(), "the refusal needs a message")
            else:
                _check(condition=False, message=f"{source.file_name} was read")


def _readings(file: FileReadings) -> list[WellReading]:
    readings = [reading for plate in file.plates for reading in plate.readings]
    _check(readings, "the file gave no readings")
    return readings


def _cells_by_place(workbook: Workbook) -> dict[tuple[str, str], Cell]:
    return {
        ("" if sheet.is_text else sheet.name, sheet.address(*place)): cell
        for sheet in workbook.sheets
        for place, cell in sheet.cells.items()
    }


def _check_source(cells: dict[tuple[str, str], Cell], reading: WellReading) -> None:
    cell = cells.get((reading.source.sheet, reading.source.cell))
    if cell is None:
        raise AssertionError(f"there is no {reading.source}")
    # Lines of fixed-width text are one cell; the reading is one of the words in it.
    is_word = ":" in reading.source.cell and reading.raw in cell.raw.split()
    is_there = cell.raw == reading.raw or is_word
    _check(is_there, f"{reading.source} says '{cell.raw}', not '{reading.raw}'")
    if isinstance(cell.value, int | float) and reading.value is not None:
        same = math.isclose(float(cell.value), reading.value, rel_tol=1e-15)
        _check(same, f"{reading.source} holds {cell.value}, not {reading.value}")


def _check(condition: object, message: str) -> None:
    if not condition:
        raise AssertionError(message)
