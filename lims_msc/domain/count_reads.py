"""Which quantity of a cell count a read holds, told from its label and unit; and its unit.

Labels are taken as files print them.  A label must be understood as a whole: one more word, such
as 'minimum' or 'dead', and it names another quantity.  What numbers mean together is the business
of ``cell_counts``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from lims_msc.domain.plate import Read


class Quantity(StrEnum):
    """What a cell counter says about a sample; the names carry the units."""

    TOTAL = "total_cells_per_ml"
    VIABLE = "viable_cells_per_ml"
    VIABILITY = "viability_percent"
    DIAMETER = "mean_diameter_um"
    CIRCULARITY = "mean_circularity"

    @property
    def heading(self) -> str:
        """The quantity as people call it, with its unit."""
        return {
            Quantity.TOTAL: "Total cells per mL",
            Quantity.VIABLE: "Viable cells per mL",
            Quantity.VIABILITY: "Viability",
            Quantity.DIAMETER: "Mean diameter",
            Quantity.CIRCULARITY: "Mean circularity",
        }[self]

    @property
    def is_concentration(self) -> bool:
        """Whether it is a number of cells per mL."""
        return self in {Quantity.TOTAL, Quantity.VIABLE}


@dataclass(frozen=True, slots=True)
class CountRead:
    """The quantity of a read and the factor to its unit.

    ``factor`` is ``None`` where the file states no unit (``unit`` is empty) or none that is
    understood; it is then up to the numbers, or nobody can say.  Of several reads of a quantity
    the one with the lowest ``rank`` counts: of viable cells, of unnamed ones, of all.
    """

    quantity: Quantity
    factor: int | None
    unit: str = ""
    rank: int = 0


_NUMBERED = re.compile(r" \[[0-9]+\]$")
_BESIDE_WORDS = re.compile(r"[()\[\]{},:;.%_]")
_POWER = re.compile(r"(?:\bx ?|\b)10 ?[\^*] ?([0-9])(?![0-9])")
_VOLUME = re.compile(r"(?:/ ?|\bper )(ml|μl|ul)\b")
# '10E6' is written for 10^6 although it is ten times as much; only a unit beside it decides.
_LOOSE_POWER = re.compile(r"x?10e\+?0?6|e6")
_MICRONS = re.compile(r"μm|um|microns?")
_UNIT = re.compile(r"(?:x?10[\^*]([0-9]))?(?:cells?)?(?:x10[\^*]([0-9]))?/(ml|μl|ul)")
_SUPERSCRIPTS = {ord(c): f"^{i}" for i, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_PER_ML = {"ml": 1, "μl": 1000, "ul": 1000}

_SAME_WORDS = {
    "avg": "mean",
    "average": "mean",
    "diam": "diameter",
    "circ": "circularity",
    "concentration": "conc",
    "density": "conc",
    "live": "viable",
    "living": "viable",
    "all": "total",
}
_NO_WORDS = frozenset({"cell", "cells", "percent", "estimated", "x"})
_RANKS = {frozenset({"viable"}): 0, frozenset(): 1, frozenset({"total"}): 2}
_POPULATIONS = {
    frozenset({"total"}): Quantity.TOTAL,
    frozenset({"viable"}): Quantity.VIABLE,
    frozenset({"viable", "total"}): Quantity.VIABLE,
}


def base_label(label: str) -> str:
    """Return a label without the number that importers give to a read that comes again."""
    return _NUMBERED.sub("", label)


def per_ml(unit: str) -> int | None:
    """Return how many cells per mL one of a unit is; ``None`` for a unit that is not understood.

    ``10^6 cells/mL``, ``x10^6/ml``, ``10*6{cells}/mL``, ``cells/mL`` and ``cells/µL`` are.
    """
    found = _UNIT.fullmatch(re.sub(r"[ {}()\[\]]", "", _plain(unit)))
    if found is None or (found[1] and found[2]):
        return None
    return _PER_ML[found[3]] * int(10 ** int(found[1] or found[2] or 0))


def recognise(read: Read) -> CountRead | None:
    """Return the quantity that a read holds, or ``None`` if it is none of a cell count."""
    label = _Label.of(read.label)
    what = label.words
    if what == {"viability"} or (what == {"viable"} and label.is_percent and not label.has_volume):
        return CountRead(Quantity.VIABILITY, *_percent(read, label))
    if label.is_concentration or per_ml(read.unit) is not None:
        population = _POPULATIONS.get(what - {"conc", "count"})
        return None if population is None else CountRead(population, *_concentration(read, label))
    for quantity, needed in _SHAPES:
        if needed <= what and (rank := _RANKS.get(what - needed - {"mean"})) is not None:
            return CountRead(quantity, *_size(quantity, read, label), rank=rank)
    return None


_SHAPES = (
    (Quantity.DIAMETER, frozenset({"diameter"})),
    (Quantity.DIAMETER, frozenset({"mean", "size"})),
    (Quantity.CIRCULARITY, frozenset({"circularity"})),
)


def names_no_population(read: Read) -> bool:
    """Whether a read is a concentration of cells that does not say of which: all or viable."""
    label = _Label.of(read.label)
    has_unit = label.is_concentration or per_ml(read.unit) is not None
    return has_unit and label.words <= {"conc", "count"}


@dataclass(frozen=True, slots=True)
class _Label:
    """A label taken apart: its words, and what it says about the unit.

    ``factor`` is ``None`` unless the label says exactly one volume, and its power clearly.
    """

    words: frozenset[str]
    factor: int | None
    has_volume: bool
    is_percent: bool
    is_micron: bool

    @property
    def is_concentration(self) -> bool:
        return self.has_volume or "conc" in self.words

    @classmethod
    def of(cls, label: str) -> _Label:
        text = _plain(base_label(label.strip()))
        powers, volumes = _POWER.findall(text), _VOLUME.findall(text)
        rest = _BESIDE_WORDS.sub(" ", _VOLUME.sub(" ", _POWER.sub(" ", text)))
        words = [_SAME_WORDS.get(word, word) for word in rest.split()]
        is_loose = any(_LOOSE_POWER.fullmatch(word) for word in words)
        factor = None
        if len(volumes) == 1 and len(powers) <= 1 and not is_loose:
            factor = _PER_ML[volumes[0]] * 10 ** int(powers[0] if powers else 0)
        return cls(
            words=frozenset(
                word
                for word in words
                if word not in _NO_WORDS
                and not _MICRONS.fullmatch(word)
                and not _LOOSE_POWER.fullmatch(word)
            ),
            factor=factor,
            has_volume=bool(volumes),
            is_percent="%" in text or "percent" in words,
            is_micron=any(_MICRONS.fullmatch(word) for word in words),
        )


def _concentration(read: Read, label: _Label) -> tuple[int | None, str]:
    """Return factor and unit; label and unit must not contradict each other."""
    if not read.unit:
        return label.factor, read.label if label.has_volume else ""
    factor = per_ml(read.unit)
    if label.factor is not None and label.factor != factor:
        return None, f"{read.unit} in '{base_label(read.label)}'"
    return factor, read.unit


def _percent(read: Read, label: _Label) -> tuple[int | None, str]:
    """Return factor and unit: ``1`` is a fraction that its cell shows as a percentage."""
    if not read.unit:
        return (1, "%") if label.is_percent else (None, "")
    return {"%": 1, "1": 100}.get(read.unit), read.unit


def _size(quantity: Quantity, read: Read, label: _Label) -> tuple[int | None, str]:
    if quantity is Quantity.CIRCULARITY:
        return (1, "1") if read.unit in {"", "1"} else (None, read.unit)
    if not read.unit:
        return (1, "um") if label.is_micron else (None, "")
    return (1 if _MICRONS.fullmatch(_plain(read.unit)) else None), read.unit


def _plain(text: str) -> str:
    """Return a text in small letters, with one micro sign and powers as ``^6``."""
    folded = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS)).casefold()
    return " ".join(folded.replace("×", "x").replace("·", "x").replace("non-", "non").split())
