"""Results of a plate that are not suppression curves: concentrations, lysis, activities, ratios.

A value says what it is of, how it was made, from which wells, and why it has no number where it has
none.  A concentration outside the range of its standards is a bound, never a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lims_msc.domain.fit import FitResult
from lims_msc.domain.layout import WellRole
from lims_msc.domain.plate import WellAddress


class ValueStatus(StrEnum):
    """Whether a value has a number, and if not, why."""

    OK = "ok"
    BELOW_RANGE = "below_range"
    """Less than ``bound``; how much is not known."""
    ABOVE_RANGE = "above_range"
    """More than ``bound``; how much is not known."""
    UNDEFINED = "undefined"
    """The wells are there, but the formula has no meaning for them."""
    WITHHELD = "withheld"
    """A number could be computed, but its conditions do not hold."""


@dataclass(frozen=True, slots=True)
class ValueKey:
    """What a value is of.  ``role`` is the role of the culture well, as in a layout."""

    role: WellRole
    batch_code: str = ""
    priming: str = ""
    responder_code: str = ""
    stimulus: str = ""
    treatment: str = ""
    sample_code: str = ""
    msc_per_responder: float | None = None
    effectors_per_target: float | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class AssayValue:
    """One value in its unit, with its interval where the wells allow one.

    ``name`` is stable (``concentration``, ``specific_lysis``), ``title`` is for people, and
    ``definition`` is the formula in words with its terms.  ``interval`` names how ``low`` and
    ``high`` were made; either is ``None`` where the data do not bound it.
    """

    key: ValueKey
    name: str
    title: str
    unit: str
    status: ValueStatus
    value: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    bound: float | None = None
    reason: str = ""
    interval: str = ""
    definition: str = ""
    wells: tuple[WellAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class StandardLevel:
    """One standard: what it holds, what was read, and what the fitted curve reads back.

    ``back_calculated`` and ``recovery_percent`` are ``None`` where the mean signal lies outside the
    plateaus; ``reason`` says so.  ``is_accepted`` tells whether the level may bound the range.
    """

    concentration: float
    wells: tuple[WellAddress, ...]
    signal_mean: float
    cv_percent: float | None
    back_calculated: float | None
    recovery_percent: float | None
    is_accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StandardCurveResult:
    """The standard curve of a plate with its range of quantitation.

    ``lowest`` and ``highest`` are the limits of quantitation in ``unit`` (LLOQ and ULOQ); both are
    ``None`` with a reason where no run of standards is accepted.
    """

    unit: str
    weighting: str
    fit: FitResult
    levels: tuple[StandardLevel, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    range_rule: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = field(default=())
