"""ChemoMetec NucleoView (NucleoCounter NC-200): a report on one sample, a line a quantity."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.workbook import Workbook

from .cells import DecimalMark, parse_number, shorten, text_of
from .harvest import Harvest
from .sample_report import KeyLines, key_lines, take_report, tell_report_facts
from .table_remarks import words

_CONCENTRATIONS = tuple(words(rf"{what} ?\(cells ?/ ?ml\)") for what in ("total", "live", "dead"))
_VIABILITY = words(r"viability ?\(%\)")
_MEASURED = words(
    r"viability ?\(%\)|(?:live|dead|total) ?\(cells ?/ ?ml\)"
    r"|(?:estimated cell )?diameter [(\[][µμu]m[)\]]"
)
_LIMIT = words(r"(?:estimated cell )?diameter \[[µμu]m\]")
_NAMES = (words(r"image"), words(r"sample id"), words(r"source id"))
_RUN = (
    ("instrument", words(r"instrument type")),
    ("serial number", words(r"instrument s/n|instrument")),
    ("software version", words(r"(?:application sw|software) version")),
    ("date", words(r"date time|time \(utc\)")),
    ("protocol", words(r"protocol(?: adaptation title)?")),
    ("user", words(r"operator")),
)


class NucleoView:
    """Reads reports of NucleoView."""

    key: ClassVar[str] = "nucleoview"
    title: ClassVar[str] = "ChemoMetec NucleoView"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".txt")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether lines give an image or sample, its viability and cells a millilitre."""
        for sheet in workbook.sheets:
            lines = key_lines(sheet)
            if _is_report(lines):
                place = lines.places[lines.matching(_VIABILITY)[0]]
                return Sniff(
                    is_mine=True,
                    reason=f"{lines.sheet.source(*place)} gives the viability of one sample, beside"
                    " its cells a millilitre.",
                )
        return Sniff(
            is_mine=False, reason="No lines give viability and cells a millilitre of one sample."
        )

    def read(self, workbook: Workbook) -> FileReadings:
        """Return concentrations, viability and diameter of the sample.

        :raises InputError: if there are none, or the sample has no name.
        """
        harvest = Harvest(workbook)
        for sheet in workbook.sheets:
            lines = key_lines(sheet)
            if sheet.hidden or not _is_report(lines):
                continue
            take_report(harvest, _without_limits(harvest, lines), _MEASURED, _NAMES)
            tell_report_facts(harvest, lines, _RUN)
        return harvest.result()


def _is_report(lines: KeyLines) -> bool:
    return bool(
        lines.matching(_VIABILITY)
        and any(lines.matching(pattern) for pattern in _CONCENTRATIONS)
        and any(lines.matching(pattern) for pattern in _NAMES)
    )


def _without_limits(harvest: Harvest, lines: KeyLines) -> KeyLines:
    """Leave out a diameter that was not determined: its unit is in square brackets.

    The program then writes a limit such as '<8', or words, which are no estimate.
    """
    left = dict(lines.places)
    for key in lines.matching(_LIMIT):
        place = lines.places[key]
        text = text_of(lines.sheet.get(*place))
        if parse_number(text, DecimalMark.POINT) is None:
            del left[key]
            harvest.tell(
                Level.WARNING,
                "not_determined",
                f"The cell diameter was not determined; the file says '{shorten(text)}'.",
                hint="There is no reading of the diameter.",
                sheet=lines.sheet,
                place=place,
            )
    return KeyLines(lines.sheet, left, lines.repeated)
