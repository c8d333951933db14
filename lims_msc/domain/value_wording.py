"""How values that are no curve are written for people; a bound is never written as a number."""

from __future__ import annotations

from collections.abc import Sequence

from lims_msc.domain.dose import ratio_text
from lims_msc.domain.values import AssayValue, StandardCurveResult, ValueKey, ValueStatus

_MINUS = "\N{MINUS SIGN}"

KEY_TITLES = (
    "Sample",
    "Role",
    "MSC batch",
    "Priming",
    "Responder",
    "Stimulus",
    "Treatment",
    "MSC:responder",
    "E:T",
    "Mode",
)
"""The headings of :func:`key_texts`, in its order."""
_NAMED = {"MSC:responder": "MSC:responder", "E:T": "E:T", "Mode": "mode"}


def key_texts(key: ValueKey) -> tuple[str, ...]:
    """Return what a value is of, one text for each of :data:`KEY_TITLES`; empty where unsaid."""
    dose, effectors = key.msc_per_responder, key.effectors_per_target
    return (
        key.sample_code,
        key.role.value,
        key.batch_code,
        key.priming,
        key.responder_code,
        key.stimulus,
        key.treatment,
        "" if dose is None else ratio_text(dose),
        "" if effectors is None else f"{number_text(effectors)}:1",
        key.mode,
    )


def key_in_words(key: ValueKey) -> str:
    """Return what a value is of in one line: ``COCULT, MSC-1, resting, MSC:responder 1:10``."""
    return ", ".join(in_words(c, text) for c, text in enumerate(key_texts(key)) if text)


def in_words(column: int, text: str) -> str:
    """Return a text of :func:`key_texts` so that it is understood without its heading."""
    title = KEY_TITLES[column]
    return f"{_NAMED[title]} {text}" if title in _NAMED else text


def number_text(number: float) -> str:
    """Return a number as people write it: as it was stated where that is short, else four digits.

    15.625 stays, a third is 0.3333, and 5172.6438 is 5173.
    """
    stated = f"{number:.6g}"
    if float(stated) == number and "e" not in stated:
        return _with_minus(stated)
    if not 1e-4 <= abs(number) < 1e7:
        return _with_minus(f"{number:.3e}")
    return _with_minus(f"{number:.4g}" if abs(number) < 1000 else f"{number:.0f}")


def _with_minus(text: str) -> str:
    # A true minus sign: a hyphen in front of a number is lost in print and in speech.
    return "0" if text == "-0" else text.replace("-", _MINUS)


def value_text(value: AssayValue) -> str:
    """Return the number with its unit, the bound with its sign, or why there is neither."""
    if value.status is ValueStatus.OK and value.value is not None:
        return with_unit(value.value, value.unit)
    if value.bound is not None and value.status is ValueStatus.BELOW_RANGE:
        return f"< {with_unit(value.bound, value.unit)}"
    if value.bound is not None and value.status is ValueStatus.ABOVE_RANGE:
        return f"> {with_unit(value.bound, value.unit)}"
    return value.reason or value.status.value.replace("_", " ")


def has_number(value: AssayValue) -> bool:
    """Whether a value is a number and not a bound or a reason."""
    return value.status is ValueStatus.OK and value.value is not None


def interval_of_value(value: AssayValue) -> str:
    """Return the interval of a value as ``298 to 325``; an open end is said in words."""
    if not has_number(value) or (value.low is None and value.high is None):
        return ""
    low = "no lower bound" if value.low is None else number_text(value.low)
    high = "no upper bound" if value.high is None else number_text(value.high)
    return f"{low} to {high}"


def with_unit(number: float, unit: str) -> str:
    """Return a number with its unit; ``1`` is the unit of a number without one."""
    return number_text(number) if unit in {"", "1"} else f"{number_text(number)} {unit}"


def range_text(curve: StandardCurveResult) -> str:
    """Return the range of quantitation in words, or why there is none."""
    if curve.lowest is None or curve.highest is None:
        return curve.reason or "there is no range of quantitation"
    return f"{number_text(curve.lowest)} to {with_unit(curve.highest, curve.unit)}"


def count_text(values: Sequence[AssayValue]) -> str:
    """Return how many values are numbers and no bounds: ``14 of 16 values``."""
    return f"{sum(map(has_number, values))} of {len(values)} values"
