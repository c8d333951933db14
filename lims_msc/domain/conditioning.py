"""Recipes of priming, arrest and blocking in words, and units that never convert silently.

An activity (U/mL, IU/mL) is turned into a mass (ng/mL) only with the specific activity that the
certificate of the lot states; without it the conversion is refused, not guessed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from lims_msc.domain.concentration_units import one_spelling
from lims_msc.domain.grouped_numbers import grouped_text
from lims_msc.domain.records.fields import Values
from lims_msc.domain.value_wording import number_text
from lims_msc.errors import InputError

_MASS: Mapping[str, Fraction] = {
    "pg/mL": Fraction(1, 10**9),
    "ng/mL": Fraction(1, 10**6),
    "µg/mL": Fraction(1, 10**3),
    "mg/mL": Fraction(1),
}
_ACTIVITY: Mapping[str, Fraction] = {
    "mU/mL": Fraction(1, 10**3),
    "U/mL": Fraction(1),
    "kU/mL": Fraction(10**3),
    "mIU/mL": Fraction(1, 10**3),
    "IU/mL": Fraction(1),
    "kIU/mL": Fraction(10**3),
}
_MOLAR: Mapping[str, Fraction] = {
    "pM": Fraction(1, 10**12),
    "nM": Fraction(1, 10**9),
    "µM": Fraction(1, 10**6),
    "mM": Fraction(1, 10**3),
}
_RADIATION: Mapping[str, Fraction] = {
    "Gy": Fraction(1),
    "cGy": Fraction(1, 100),
    "rad": Fraction(1, 100),
    "mGy": Fraction(1, 1000),
}
_SCALES = (_MASS, _ACTIVITY, _MOLAR, _RADIATION)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A dose in another unit, with the formula that gave it, in numbers."""

    dose: float
    unit: str
    formula: str

    @property
    def text(self) -> str:
        """The dose with its unit."""
        return f"{number_text(self.dose)} {self.unit}"


def conversion(
    dose: float, unit: str, to_unit: str, specific_activity_iu_per_mg: float | None
) -> Conversion:
    """Return a dose in another unit, with the formula.

    Between mass and activity: IU/mL = mg/mL × specific activity of the lot (IU/mg).  With it, the
    U of a supplier is taken for the unit of the certificate; without it U and IU are two units.
    Numbers are computed as fractions and rounded once.

    :raises InputError: if a unit is not known, if the units measure different things, or if the
        activity of the lot is needed and not stated.
    """
    unit, to_unit = _spelled(unit), _spelled(to_unit)
    scale, to_scale = _scale_of(unit), _scale_of(to_unit)
    factor = scale[unit] / to_scale[to_unit]
    by = ""
    if {id(scale), id(to_scale)} == {id(_MASS), id(_ACTIVITY)}:
        activity = _activity(dose, unit, to_unit, specific_activity_iu_per_mg)
        is_to_activity = to_scale is _ACTIVITY
        factor = factor * activity if is_to_activity else factor / activity
        by = f" {'×' if is_to_activity else '÷'} {grouped_text(float(activity))} IU/mg"
    elif scale is not to_scale or ("IU" in unit) != ("IU" in to_unit):
        raise _unlike(dose, unit, to_unit)
    converted = _rounded_once(dose, factor)
    formula = f"{number_text(dose)} {unit}{by} = {number_text(converted)} {to_unit}"
    return Conversion(converted, to_unit, formula)


def other_unit(unit: str) -> str:
    """Return the unit that a dose is also wanted in: ng/mL for an activity, IU/mL for a mass.

    Empty for units that no activity of a lot speaks about.
    """
    spelled = _spelled(unit)
    if spelled in _ACTIVITY:
        return "ng/mL"
    return "IU/mL" if spelled in _MASS else ""


def dose_text(step: Values) -> str:
    """Return agent and dose of a step, such as ``IFN-γ 20 ng/mL``; a missing dose is said."""
    agent, dose, unit = str(step["agent"]), step["dose"], str(step["dose_unit"])
    if not isinstance(dose, int | float):
        return f"{agent}, dose not recorded"
    return f"{agent} {number_text(dose)} {_spelled(unit) if unit else '(unit not recorded)'}"


def step_text(step: Values) -> str:
    """Return a step in words: ``IFN-γ 20 ng/mL, 24 h, then washed``."""
    return ", ".join((dose_text(step), *_tail(step)))


def recipe_text(steps: Iterable[Values]) -> str:
    """Return a recipe in words: ``IFN-γ 20 ng/mL + TNF-α 10 ng/mL, 24 h``.

    Steps that follow each other with the same time and washing are written as one cocktail.
    """
    in_order = sorted(steps, key=_number)
    cocktails = (
        ", ".join((" + ".join(dose_text(step) for step in some), *tail))
        for tail, some in groupby(in_order, key=_tail)
    )
    return "; ".join(cocktails) or "no steps recorded"


def dose_doubt(step: Values) -> str:
    """Return what looks wrong with the unit of a dose, or ``""``: Gy for cGy, mostly."""
    dose, unit = step["dose"], _spelled(str(step["dose_unit"]))
    if not isinstance(dose, int | float) or unit not in _RADIATION:
        return ""
    gray = conversion(dose, unit, "Gy", None).dose
    if gray > 100:
        return (
            f"{number_text(dose)} {unit} is more than the 15 to 100 Gy that arrest cells."
            f" Was it {number_text(dose)} cGy? 100 cGy are 1 Gy."
        )
    if 0 < gray < 1:
        return f"{number_text(dose)} {unit} is {number_text(gray)} Gy; 15 to 100 Gy arrest cells."
    return ""


def _number(step: Values) -> int:
    number = step["step_number"]
    return number if isinstance(number, int) else 0


def _tail(step: Values) -> tuple[str, ...]:
    hours = step["duration_hours"]
    time = f"{number_text(hours)} h" if isinstance(hours, int | float) else ""
    washed = {"yes": "then washed", "no": "not washed"}.get(str(step["is_washed"]), "")
    return tuple(words for words in (time, washed) if words)


def _spelled(unit: str) -> str:
    """Return a unit that is known here in its one spelling, any other as it was entered."""
    spelled = one_spelling(unit)
    return spelled if any(spelled in scale for scale in _SCALES) else unit.strip()


def _scale_of(unit: str) -> Mapping[str, Fraction]:
    for scale in _SCALES:
        if unit in scale:
            return scale
    known = ", ".join(name for scale in _SCALES for name in scale)
    raise InputError(f"The unit '{unit}' is not converted.", hint=f"Known are {known}.")


def _activity(dose: float, unit: str, to_unit: str, stated_iu_per_mg: float | None) -> Fraction:
    if stated_iu_per_mg is None:
        raise InputError(
            f"'{number_text(dose)} {unit}' cannot be turned into {to_unit}: the specific activity"
            " of the lot is not stated.",
            hint="Enter the specific activity in IU/mg from the certificate of the lot.",
        )
    if not (math.isfinite(stated_iu_per_mg) and stated_iu_per_mg > 0):
        raise InputError(
            f"'{stated_iu_per_mg:g} IU/mg' is no specific activity.",
            hint="Expected a number above 0, from the certificate of the lot.",
        )
    return Fraction(str(stated_iu_per_mg))


def _unlike(dose: float, unit: str, to_unit: str) -> InputError:
    if {unit, to_unit} <= _ACTIVITY.keys():
        why = "a unit of a supplier is not always an international unit"
        hint = "The certificate of the lot says what its U is; enter the dose in that unit."
    else:
        why = "they measure different things"
        hint = "Enter the dose in the unit that it was prepared in."
    message = f"'{number_text(dose)} {unit}' cannot be turned into {to_unit}: {why}."
    return InputError(message, hint=hint)


def _rounded_once(dose: float, factor: Fraction) -> float:
    """Return dose × factor, computed exactly from the decimal digits of the dose."""
    if not (math.isfinite(dose) and dose >= 0):
        raise InputError(f"'{dose:g}' is no dose.", hint="Expected 0 or a number above it.")
    try:
        converted = float(Fraction(str(dose)) * factor)
    except OverflowError:
        converted = 0.0
    if dose and not converted:
        raise InputError(
            f"'{dose:g}' is beyond what can be converted.", hint="Check the dose and its unit."
        )
    return converted
