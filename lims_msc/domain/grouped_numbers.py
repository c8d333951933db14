"""Large numbers, such as cells of a vial, written in groups of three digits."""

from __future__ import annotations

from lims_msc.domain.value_wording import number_text

_NARROW_BLANK = "\u202f"


def grouped_text(number: float) -> str:
    """Return a number in groups of three: ``1 500 000``; a fraction as it is otherwise written."""
    if number != int(number) or abs(number) >= 1e15:
        return number_text(number)
    # Narrow blanks: neither a comma nor a point, which one of two readers takes for decimals.
    return f"{number:,.0f}".replace(",", _NARROW_BLANK)
