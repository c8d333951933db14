"""The ratio of MSC to responders as one type that cannot be turned round by accident.

"1:10" means 0.1 MSC per responder in one paper and 10 in another (DOMAIN 3.1), so a ratio is
read only together with the order of its two numbers, and printed only with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lims_msc.errors import InputError

_RATIO = re.compile(
    r"([0-9]{1,12}(?:\.[0-9]{1,9})?) ?[:/] ?([0-9]{1,12}(?:\.[0-9]{1,9})?)", re.ASCII
)
_REVERSED_ABOVE = Fraction(2)


class RatioOrder(StrEnum):
    """Which cell the first number of a written ratio counts."""

    MSC_TO_RESPONDER = "MSC:responder"
    RESPONDER_TO_MSC = "responder:MSC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """MSC and responders in a well; both numbers must be named, so they cannot be swapped.

    The numbers are viable cells per well where they are known, else the two numbers of the
    written ratio.  Two doses are the same dose when :attr:`ratio` is the same.
    """

    msc_cells: Fraction
    responder_cells: Fraction

    def __post_init__(self) -> None:
        if self.responder_cells <= 0:
            raise InputError(
                f"{_plain(self.responder_cells)} responder cells make no ratio.",
                hint="A dose needs at least one responder cell.",
            )
        if self.msc_cells < 0:
            raise InputError(f"{_plain(self.msc_cells)} MSC is not a number of cells.")

    @classmethod
    def from_cells(cls, *, msc_cells: int, responder_cells: int) -> Dose:
        """Build the dose from cells per well.

        :raises InputError: if there are no responders or less than no MSC.
        """
        return cls(msc_cells=Fraction(msc_cells), responder_cells=Fraction(responder_cells))

    @classmethod
    def from_text(cls, *, msc_cells: str, responder_cells: str) -> Dose:
        """Build the dose from two exact numbers written as ``10`` or ``5/2``, as it is stored."""
        return cls(msc_cells=Fraction(msc_cells), responder_cells=Fraction(responder_cells))

    @classmethod
    def parse(cls, text: str, *, order: RatioOrder | None) -> Dose:
        """Read a written ratio such as ``1:10`` or ``10/1`` in the named order.

        :raises InputError: if no order is named, or the text is not a ratio.
        """
        if order is None:
            raise InputError(
                f"The ratio '{text}' does not say which number counts the MSC.",
                hint="Name the order once: MSC:responder or responder:MSC.",
            )
        found = _RATIO.fullmatch(text.strip())
        if found is None:
            raise InputError(
                f"'{text}' is not a ratio.",
                hint=f"Write two numbers with a colon in the order {order}, such as 1:10.",
            )
        first, second = Fraction(found[1]), Fraction(found[2])
        if order is RatioOrder.MSC_TO_RESPONDER:
            return cls(msc_cells=first, responder_cells=second)
        return cls(msc_cells=second, responder_cells=first)

    @property
    def ratio(self) -> Fraction:
        """MSC per responder, exactly; the identity of the dose."""
        return self.msc_cells / self.responder_cells

    @property
    def msc_per_responder(self) -> float:
        """MSC per responder; larger is more MSC, 0 is a well without MSC."""
        return float(self.ratio)

    @property
    def is_probably_reversed(self) -> bool:
        """Whether there are more than two MSC per responder, which real plates rarely have."""
        return self.ratio > _REVERSED_ABOVE

    def __str__(self) -> str:
        return f"MSC:responder {ratio_text(self.msc_per_responder)}"


def ratio_text(msc_per_responder: float) -> str:
    """Return the dose as ``1:10``, MSC first; print it only beside the words ``MSC:responder``.

    Above one MSC per responder the second number stays 1 (``2:1``); zero is ``no MSC``.
    """
    if msc_per_responder == 0:
        return "no MSC"
    if msc_per_responder > 1:
        return f"{_plain(msc_per_responder)}:1"
    return f"1:{_plain(1 / msc_per_responder)}"


def half_suppression_text(msc_per_responder: float) -> str:
    """Return a dose of half suppression as ``1:6.4``, MSC first, with one decimal."""
    if msc_per_responder > 1:
        return f"{msc_per_responder:.1f}:1"
    return f"1:{1 / msc_per_responder:.1f}"


def _plain(number: Fraction | float) -> str:
    value = float(number)
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
