"""Our importers keep the contract that we ask of other people's importers."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.importers.generic_grid import GenericGrid
from lims_msc.importers.generic_list import GenericList
from lims_msc.importers.tecan_icontrol import TecanIControl
from lims_msc.importers.tecan_magellan import TecanMagellan

from lims_msc.domain.importing import Source
from lims_msc.testing import ImporterContract

HEADING = "\t".join(["<>", *map(str, range(1, 13))])
ROWS = [
    "\t".join([letter, *(f"0.{row}{column:02d}" for column in range(1, 13))])
    for row, letter in enumerate("ABCDEFGH", start=1)
]
GRID = "\r\n".join(["OD450", HEADING, *ROWS])
LIST = "Well\tOD450\r\nA1\t0.5\r\nA2\tOVER\r\nA3\t0.25"
ICONTROL = "\r\n".join(
    [
        "Application: Tecan i-control\t\t\t\tTecan i-control , 2.0.10.0",
        "Label: Label1",
        "Mode\t\t\t\tAbsorbance",
        "Measurement Wavelength\t\t\t\t450\tnm",
        HEADING,
        *ROWS,
    ]
)
MAGELLAN = (
    "Raw data\tWell positions\r\n0.5\tA1\r\nOVER\tA2\r\n0.25\tA3\r\nrun.mth\r\nrun.wsp\r\n"
    "Measurement mode: Absorbance\r\nMeasurement wavelength: 450 nm"
)


class TestGenericGrid(ImporterContract):
    importer = GenericGrid

    def own_files(self) -> Iterable[Source]:
        return [Source("grid.txt", GRID.encode())]


class TestGenericList(ImporterContract):
    importer = GenericList

    def own_files(self) -> Iterable[Source]:
        return [Source("list.txt", LIST.encode("utf-16"))]


class TestTecanIControl(ImporterContract):
    importer = TecanIControl

    def own_files(self) -> Iterable[Source]:
        return [Source("run.txt", ICONTROL.encode())]

    def foreign_files(self) -> Iterable[Source]:
        return [*super().foreign_files(), Source("other.txt", MAGELLAN.encode())]


class TestTecanMagellan(ImporterContract):
    importer = TecanMagellan

    def own_files(self) -> Iterable[Source]:
        return [Source("run.txt", MAGELLAN.encode())]

    def foreign_files(self) -> Iterable[Source]:
        return [*super().foreign_files(), Source("other.txt", ICONTROL.encode())]
