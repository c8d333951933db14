"""How far an answer may be from the number of a reference case.

A case names its tolerances.  Where it has none for standard errors or p, that for estimates counts;
what it does not name at all has the default of its rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lims_msc.validation.quantities import ToleranceRule

_RELATIVE: Mapping[ToleranceRule, tuple[tuple[str, ...], float]] = {
    ToleranceRule.ESTIMATE: (("estimate_rel", "rel"), 1e-6),
    ToleranceRule.STANDARD_ERROR: (("se_rel", "rel"), 1e-5),
    ToleranceRule.PROFILE_LIMIT: (("profile_rel",), 1e-4),
    ToleranceRule.P_VALUE: (("p_rel", "se_rel", "rel"), 1e-5),
    ToleranceRule.VARIANCE: (("variance_rel",), 1e-3),
    ToleranceRule.DEGREES_OF_FREEDOM: (("df_rel",), 1e-3),
    ToleranceRule.VARIANCE_SHARE: (("icc_rel",), 1e-3),
    ToleranceRule.ODDS_RATIO_LIMIT: (("or_ci_rel", "rel"), 1e-5),
}
_IN_VARIANCE_UNITS = frozenset({ToleranceRule.VARIANCE, ToleranceRule.VARIANCE_SHARE})
_ILL_CONDITIONED = 20.0


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The two parts of a tolerance: relative to the wanted number, and in its own unit."""

    relative: float
    absolute: float

    def width(self, wanted: float) -> float:
        """Return the largest difference that passes::

        absolute + relative · |wanted|
        """
        return self.absolute + self.relative * abs(wanted)


def tolerance_of(
    rule: ToleranceRule, named: Mapping[str, Any], condition_number: float | None = None
) -> Tolerance:
    """Return the tolerance of a number, from the rule and from what its case names.

    ``condition_number`` is that of the scaled Jacobian of the fit that the number comes from.  From
    20 on rounding moves estimates visibly, and ``ill_conditioned_rel`` counts where it is named.

    p has no absolute part: against one of 1e-9 every smaller p would pass, zero too.
    """
    keys, default = _RELATIVE[rule]
    relative = next((float(named[key]) for key in keys if key in named), default)
    if condition_number is not None and condition_number >= _ILL_CONDITIONED:
        relative = max(relative, float(named.get("ill_conditioned_rel", 0.0)))
    if rule is ToleranceRule.P_VALUE:
        return Tolerance(relative, 0.0)
    absolute = named.get("abs", 0.0)
    if rule in _IN_VARIANCE_UNITS:
        absolute = named.get("variance_abs", absolute)
    return Tolerance(relative, float(absolute))
