"""Doses of glucocorticoids as mg of prednisolone per day, for swallowed or injected drugs.

The factors are the usual equivalents of 5 mg prednisolone as the British National Formulary has
them (specialist knowledge; for betamethasone American tables have 0.6 mg instead of 0.75 mg).
"""

from __future__ import annotations

from dataclasses import dataclass

# Milligrams that act against inflammation as 5 mg of prednisolone do.
MG_LIKE_5_MG_PREDNISOLONE: dict[str, float] = {
    "prednisolone": 5.0,
    "prednisone": 5.0,
    "methylprednisolone": 4.0,
    "triamcinolone": 4.0,
    "dexamethasone": 0.75,
    "betamethasone": 0.75,
    "deflazacort": 6.0,
    "hydrocortisone": 20.0,
    "cortisone": 25.0,
}
_PER_DAY = frozenset({"mg/day", "mg/d"})


@dataclass(frozen=True, slots=True)
class PrednisoloneEquivalent:
    """A dose in mg of prednisolone per day, or ``None`` with the reason in words."""

    mg_per_day: float | None
    reason: str = ""


def prednisolone_equivalent(drug: str, dose: float | None, unit: str) -> PrednisoloneEquivalent:
    """Return a dose as mg of prednisolone per day: ``dose · 5 / (mg like 5 mg prednisolone)``.

    Only doses in ``mg/day`` or ``mg/d`` are converted; generic names are taken in English and, with
    the ``e`` at their end left out, in German.
    """
    same = MG_LIKE_5_MG_PREDNISOLONE.get(_generic(drug))
    if same is None:
        known = ", ".join(MG_LIKE_5_MG_PREDNISOLONE)
        reason = f"no equivalent is kept for '{drug}', only for {known}"
    elif dose is None:
        reason = f"no dose of '{drug}' is recorded"
    elif unit.replace(" ", "").casefold() not in _PER_DAY:
        reason = f"the dose of '{drug}' is in '{unit}', not in mg/day"
    else:
        return PrednisoloneEquivalent(dose * 5.0 / same)
    return PrednisoloneEquivalent(None, reason)


def _generic(drug: str) -> str:
    name = drug.strip().casefold()
    return name if name in MG_LIKE_5_MG_PREDNISOLONE else f"{name}e"
