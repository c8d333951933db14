"""Recipes in words, and what each dose is in another unit, where the lot's activity is stated."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lims_msc.domain import conditioning
from lims_msc.domain.records.fields import Values
from lims_msc.domain.records.kinds import kind_of
from lims_msc.errors import InputError
from lims_msc.services.record_tables import id_of_code, rows_where, values_of


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a recipe as a page shows it.

    ``converted`` and ``formula`` are empty where the unit has no other; then, and where the lot's
    activity is not stated, ``reason`` says why there is none.
    """

    number: int
    text: str
    supplier_and_lot: str
    converted: str = ""
    formula: str = ""
    reason: str = ""
    doubt: str = ""


def recipe_text(session: Session, code: str) -> str:
    """Return a recipe in words: ``IFN-γ 20 ng/mL + TNF-α 10 ng/mL, 24 h``.

    :raises NotFound: if there is none of that code.
    """
    return conditioning.recipe_text(_steps(session, code))


def step_lines(session: Session, code: str) -> tuple[StepLine, ...]:
    """Return the steps of a recipe in their order, each dose converted as far as it can be.

    :raises NotFound: if there is none of that code.
    """
    return tuple(_line(step) for step in _steps(session, code))


def _steps(session: Session, code: str) -> list[Values]:
    recipe_id = id_of_code(session, kind_of("recipe"), code)
    kind = kind_of("recipe_step")
    rows = rows_where(session, kind, "recipe_id", [recipe_id])
    steps: list[Values] = list(values_of(session, kind, rows))
    return sorted(steps, key=_number)


def _number(step: Values) -> int:
    number = step["step_number"]
    assert isinstance(number, int)  # noqa: S101 (a step without a number is never stored)
    return number


def _line(step: Values) -> StepLine:
    converted = formula = reason = ""
    dose, unit = step["dose"], str(step["dose_unit"])
    to_unit = conditioning.other_unit(unit)
    activity = step["specific_activity_iu_per_mg"]
    if isinstance(dose, int | float) and to_unit:
        stated = float(activity) if isinstance(activity, int | float) else None
        try:
            found = conditioning.conversion(dose, unit, to_unit, stated)
        except InputError as refusal:
            reason = f"{refusal.message} {refusal.hint}"
        else:
            converted, formula = found.text, found.formula
    lot = str(step["lot"])
    named = (str(step["supplier"]), f"lot {lot}" if lot else "")
    return StepLine(
        number=_number(step),
        text=conditioning.step_text(step),
        supplier_and_lot=", ".join(words for words in named if words),
        converted=converted,
        formula=formula,
        reason=reason,
        doubt=conditioning.dose_doubt(step),
    )
