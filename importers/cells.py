"""What single cells say: numbers, markers, times, wavelengths and wells, read strictly.

A text becomes a number only if one pattern takes all of it; everything else is a marker with the
reason in words.  Where cells stand on a plate is the business of the other modules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from lims_msc.domain.plate import Marker, WellAddress
from lims_msc.domain.workbook import Cell
from lims_msc.errors import InputError


class DecimalMark(StrEnum):
    """What stands before the decimals in the texts of a file."""

    POINT = "."
    COMMA = ","
    UNKNOWN = "unknown"


_SPACES = "\u00a0\u202f\u2009"
_EXPONENT = r"(?:[eE][+-]?[0-9]{1,3})?"
_PLAIN = re.compile(r"[+-]?[0-9]+" + _EXPONENT, re.ASCII)
_DECIMAL = {
    DecimalMark.POINT: re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)" + _EXPONENT, re.ASCII),
    DecimalMark.COMMA: re.compile(r"[+-]?(?:[0-9]+,[0-9]*|,[0-9]+)" + _EXPONENT, re.ASCII),
}
_GROUPED = {
    DecimalMark.POINT: re.compile(
        rf"[+-]?[0-9]{{1,3}}(?:(?:,[0-9]{{3}})+\.[0-9]+|(?:[{_SPACES}][0-9]{{3}})+(?:\.[0-9]+)?)"
    ),
    DecimalMark.COMMA: re.compile(
        rf"[+-]?[0-9]{{1,3}}(?:(?:\.[0-9]{{3}})+,[0-9]+|(?:[{_SPACES}][0-9]{{3}})+(?:,[0-9]+)?)"
    ),
}
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:[.][0-9]{3}|[,][0-9]{3})", re.ASCII)
_NEAR_UNIT = r"(?![0-9.,]) ?(?:°|º|nm\b|sec\b|s\b|min\b|µ)"
_WITH_UNIT_NEAR = {
    DecimalMark.POINT: re.compile(r"(?<![0-9.,])[0-9]{1,4}\.[0-9]{1,2}" + _NEAR_UNIT),
    DecimalMark.COMMA: re.compile(r"(?<![0-9.,])[0-9]{1,4},[0-9]{1,2}" + _NEAR_UNIT),
}
_OD_LIKE = {
    DecimalMark.POINT: re.compile(r"[1-9]\.[0-9]{3}", re.ASCII),
    DecimalMark.COMMA: re.compile(r"[1-9],[0-9]{3}", re.ASCII),
}
_SEVERAL_GROUPS = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(?:(?:,[0-9]{3}){2,}|(?:\.[0-9]{3}){2,})", re.ASCII
)

_LIMIT = rf"(?:[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]*[.,]?[0-9]*{_EXPONENT})"
_MARKERS = (
    (
        Marker.OVERFLOW,
        r"ove?r|ovr?fl?w|over ?flow|over ?range|out of range|#?sat|saturated|\*{2,}|#{2,}",
    ),
    (Marker.OVERFLOW, rf"[>≥] ?{_LIMIT}|oor ?>|tntc|max|[>≥] ?[uh]?loq"),
    (
        Marker.UNDERFLOW,
        rf"under|undrflw|under ?flow|under ?range|[<≤] ?{_LIMIT}|oor ?<|[<≤] ?(?:lod|l?loq)",
    ),
    (Marker.MASKED, r"masked|#masked|excluded|\*[-+0-9.,]+\*"),
    (
        Marker.MISSING,
        r"-?nan|#?n/?a|n\. ?a\.|n\.? ?d\.?|-{1,5}|–|—|missed|missing|empty|none|null|not read",
    ),
    (
        Marker.ERROR,
        r"err|error|fail|failed|invalid|oor|\?{2,}|path\?|range\?|#[a-z0-9/?!]+|[-+]?inf(?:inity)?",
    ),
)
_MARKER_PATTERNS = tuple((marker, re.compile(p, re.IGNORECASE)) for marker, p in _MARKERS)

_WELL = re.compile(r"[A-Za-z]{1,2} ?[0-9]{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CellReading:
    """What one cell measures: a finite value or a marker; ``problem`` says what a person must see.

    ``problem`` completes the sentence "The cell … .", and ``code`` names the kind of problem.
    """

    value: float | None = None
    marker: Marker | None = None
    code: str = ""
    problem: str = ""
    is_text_number: bool = False


@lru_cache(maxsize=16_384)
def clean(text: str) -> str:
    """Return a text without blanks or an apostrophe around it, with ordinary minus signs."""
    return text.strip().removeprefix("'").strip().replace("\u2212", "-")


def text_of(cell: Cell | None) -> str:
    """Return what a cell says, without surrounding blanks; empty for no cell."""
    return "" if cell is None else clean(cell.raw)


def decimal_mark(
    cells: Iterable[Cell], *, beside: Iterable[Cell] = (), is_absorbance: bool = False
) -> DecimalMark:
    """Find out what stands before the decimals in the texts among some cells.

    A text such as '1.234' proves nothing by itself.  Then numbers with a unit elsewhere in the
    file may decide, such as '23.1 °C', or that an optical density is never over a thousand.
    Beside true numbers with decimals a comma in a text is never taken for a decimal comma,
    because the workbook shows that it writes decimals otherwise.

    :param beside: other cells of the file.
    :param is_absorbance: whether the file says that the cells hold optical densities.
    """
    texts: list[str] = []
    for cell in cells:
        if isinstance(cell.value, float) and not cell.value.is_integer():
            return DecimalMark.POINT
        if isinstance(cell.value, str):
            texts.append(clean(cell.value))
    seen = {mark: sum(_proves(text, mark) for text in texts) for mark in _DECIMAL}
    if not any(seen.values()):
        words = [cell.value for cell in beside if isinstance(cell.value, str)]
        seen = {m: sum(bool(p.search(w)) for w in words) for m, p in _WITH_UNIT_NEAR.items()}
    if not any(seen.values()) and is_absorbance:
        seen = {m: sum(bool(_OD_LIKE[m].fullmatch(text)) for text in texts) for m in _OD_LIKE}
        if all(seen.values()):
            return DecimalMark.UNKNOWN
    if not any(seen.values()):
        return DecimalMark.UNKNOWN
    return max(seen, key=lambda mark: seen[mark])


def _proves(text: str, mark: DecimalMark) -> bool:
    if _AMBIGUOUS.fullmatch(text):
        return False
    return bool(_DECIMAL[mark].fullmatch(text) or _GROUPED[mark].fullmatch(text))


def read_cell(cell: Cell, mark: DecimalMark) -> CellReading | None:
    """Read a cell that should hold a measured value; ``None`` if it is blank."""
    value = cell.value
    if cell.formula_without_value:
        return _bad("formula_without_value", "is a formula whose result was never saved")
    if cell.error:
        marker = Marker.MISSING if cell.error.upper() == "#N/A" else Marker.ERROR
        return CellReading(marker=marker, code="marker", problem=f"holds the error '{cell.error}'")
    if isinstance(value, bool):
        return _bad("not_a_number", f"holds '{cell.raw}' (true or false), which is not a number")
    if isinstance(value, datetime | date | time | timedelta):
        return _bad("date_in_well", f"holds a date or time ('{value}'), which is not a reading")
    if isinstance(value, int | float):
        return _number_read(cell, float(value))
    return read_text_value(str(value or ""), mark)


def _number_read(cell: Cell, value: float) -> CellReading:
    if not math.isfinite(value):
        return _bad("not_a_number", f"holds '{cell.raw}', which is not a finite number")
    if cell.is_percent:
        return CellReading(value, code="percent", problem="is shown as a percentage (%)")
    return CellReading(value)


def read_text_value(  # noqa: PLR0911 - one return for each sort of text
    raw: str, mark: DecimalMark
) -> CellReading | None:
    """Read a text that should be a measured value; ``None`` if it is blank."""
    text = clean(raw)
    if not text:
        return None
    value = parse_number(text, mark)
    if value is not None:
        return CellReading(value, is_text_number=True)
    for marker, pattern in _MARKER_PATTERNS:
        if pattern.fullmatch(text):
            return CellReading(marker=marker, code="marker", problem=f"holds '{shorten(text)}'")
    if _AMBIGUOUS.fullmatch(text) or _SEVERAL_GROUPS.fullmatch(text):
        return _bad(
            "ambiguous_number",
            f"holds the text '{text}', which may be a decimal number or one with thousands",
        )
    if any(p.fullmatch(text) for p in (*_DECIMAL.values(), *_GROUPED.values())):
        return _bad("ambiguous_number", f"holds the text '{text}' with another decimal mark")
    if text.endswith("%"):
        return _bad("percent", f"holds the text '{shorten(text)}', a percentage (%)")
    return _bad("not_a_number", f"holds '{shorten(text)}', which is not a number")


def read_percentage(cell: Cell, mark: DecimalMark) -> CellReading | None:
    """Read a cell of a column of percentages: ``87.00%`` is 87, and 0.87 shown as 87% stays 0.87.

    Where percentages are expected, the sign is no reason to doubt the number.
    """
    text = clean(cell.value) if isinstance(cell.value, str) else ""
    number = parse_number(text.removesuffix("%"), mark) if text.endswith("%") else None
    if number is not None:
        return CellReading(number, is_text_number=True)
    found = read_cell(cell, mark)
    if found is not None and found.value is not None:
        return replace(found, code="", problem="")
    return found


def _bad(code: str, problem: str) -> CellReading:
    return CellReading(marker=Marker.ERROR, code=code, problem=problem)


def shorten(text: str, length: int = 60) -> str:
    """Return a text short enough to stand in a sentence."""
    return text if len(text) <= length else text[: length - 1] + "…"


def parse_number(text: str, mark: DecimalMark) -> float | None:
    """Return the finite number that a text is, or ``None``; the pattern must take all of it."""
    text = clean(text)
    if _PLAIN.fullmatch(text):
        value = float(text)
    elif mark is DecimalMark.UNKNOWN:
        return None
    elif _DECIMAL[mark].fullmatch(text):
        value = float(text.replace(",", "."))
    elif _GROUPED[mark].fullmatch(text):
        other = "." if mark is DecimalMark.COMMA else ","
        value = float(re.sub(f"[{_SPACES}{other}]", "", text).replace(",", "."))
    else:
        return None
    return value if math.isfinite(value) else None


def well_of(cell: Cell | None) -> WellAddress | None:
    """Return the well that a text cell names, or ``None``."""
    if cell is None or not isinstance(cell.value, str):
        return None
    text = clean(cell.value)
    if not _WELL.fullmatch(text):
        return None
    try:
        return WellAddress.parse(text)
    except InputError:
        return None


# --- times -----------------------------------------------------------------------------------

_UNIT_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "ms": 0.001, "d": 86_400.0}
_UNIT_WORDS = (
    ("ms", r"ms|msec|milliseconds?|millisekunden?"),
    ("s", r"s|sec|secs|seconds?|sek|sekunden?|secondi|secondes?"),
    ("min", r"m|min|mins|minutes?|minuten?|minuti"),
    ("h", r"h|hr|hrs|hours?|std|stunden?|ore|heures?"),
    ("d", r"d|days?|tage?"),
)
_WITH_UNIT = re.compile(r"([0-9]+(?:[.,][0-9]+)?) ?([A-Za-z]+)", re.ASCII)
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5]?[0-9])(?::([0-5]?[0-9](?:[.,][0-9]+)?))?", re.ASCII)
_HEADING_UNIT = re.compile(r"[\[(/ ]([A-Za-z]+)[\])]?$", re.ASCII)
_DAY_ZERO = datetime(1899, 12, 31)  # noqa: DTZ001 - a workbook knows no time zone
_LEAP_DAY = datetime(1900, 3, 1)  # noqa: DTZ001 - as above


def unit_seconds(unit: str) -> float | None:
    """Return the seconds of a unit of time as people write it (``Min``, ``Std``), or ``None``."""
    word = unit.strip().strip("[]().").lower()
    for name, pattern in _UNIT_WORDS:
        if re.fullmatch(pattern, word):
            return _UNIT_SECONDS[name]
    return None


def heading_seconds(heading: str) -> float | None:
    """Return the seconds of the time unit that a heading ends with, as in ``Time [min]``."""
    found = _HEADING_UNIT.search(heading.strip())
    return unit_seconds(found[1]) if found else None


def seconds_of(  # noqa: PLR0911 - one return for each sort of cell
    cell: Cell, unit_s: float | None, mark: DecimalMark
) -> float | None:
    """Return the time that a cell states, in seconds; ``None`` if it states none.

    :param unit_s: the seconds of the unit that the heading names, for bare numbers.
    """
    value = cell.value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        # Beyond 24 hours a duration shows as a day of January 1900: one day is 1 January.
        return (value - _DAY_ZERO).total_seconds() if value < _LEAP_DAY else None
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    if isinstance(value, bool) or value is None or isinstance(value, date):
        return None
    if isinstance(value, int | float):
        return None if unit_s is None else float(value) * unit_s
    number = parse_number(value, mark)
    if number is not None:
        return None if unit_s is None else number * unit_s
    return parse_duration(value)


def parse_duration(text: str) -> float | None:
    """Return the seconds of a text such as ``60s``, ``0 h 15 min``, ``1:30`` or ``0:01:30``."""
    text = clean(text)
    clock = _CLOCK.fullmatch(text)
    if clock:
        seconds = float((clock[3] or "0").replace(",", "."))
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + seconds
    total, rest = 0.0, text
    for found in _WITH_UNIT.finditer(text):
        unit = unit_seconds(found[2])
        if unit is None:
            return None
        total += float(found[1].replace(",", ".")) * unit
        rest = rest.replace(found[0], "", 1)
    return total if rest != text and not rest.strip() else None


# --- wavelengths -----------------------------------------------------------------------------

_NM = re.compile(r"(?<![0-9.,])([0-9]{3,4}(?:\.[0-9]+)?) ?nm\b", re.IGNORECASE | re.ASCII)
_PAIR = re.compile(
    r"([0-9]{3,4}(?:\.[0-9]+)?)(?:/[0-9]+)? ?[,;/ ] ?([0-9]{3,4}(?:\.[0-9]+)?)(?:/[0-9]+)?"
)
_GLUED_PAIR = re.compile(r"([2-9][0-9]{2})([2-9][0-9]{2})", re.ASCII)
_ALONE = re.compile(r"([0-9]{3,4}(?:\.[0-9]+)?)", re.ASCII)
_OD = re.compile(r"\b(?:(?i:OD|Abs|Absorbance|Extinktion)[ _]?|A)([2-9][0-9]{2}|1[0-9]{3})\b")
SHORTEST_NM, LONGEST_NM = 190.0, 1100.0


def _plausible(*wavelengths: float) -> bool:
    return all(SHORTEST_NM <= w <= LONGEST_NM for w in wavelengths)


def wavelengths_in(label: str) -> tuple[float, ...]:
    """Return the wavelengths in nm that a label names: one, excitation and emission, or none.

    A label that is a number on its own counts (``450``), as does a pair whose comma Excel took for
    a thousands mark (``480520``).
    """
    text = clean(label)
    for pattern in (_PAIR, _GLUED_PAIR, _ALONE):
        found = pattern.fullmatch(text)
        if found:
            wavelengths = tuple(float(w) for w in found.groups())
            if _plausible(*wavelengths) and wavelengths == tuple(sorted(set(wavelengths))):
                return wavelengths
    return named_wavelengths(text)


def named_wavelengths(text: str) -> tuple[float, ...]:
    """Return the wavelengths that a free text names as such: ``540nm``, ``OD450``, ``A600``."""
    named = tuple(float(w) for w in _NM.findall(text))
    if 1 <= len(named) <= 2 and _plausible(*named):
        return named
    in_name = _OD.findall(text)
    if len(in_name) == 1 and _plausible(float(in_name[0])):
        return (float(in_name[0]),)
    return ()
