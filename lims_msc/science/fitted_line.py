"""Points of a fitted curve for drawing: over the tested doses, and never beyond them."""

from __future__ import annotations

import math

from lims_msc.domain.fit import FitResult


def fitted_line(
    fit: FitResult, lowest_dose: float, highest_dose: float, steps: int = 120
) -> list[tuple[float, float]]:
    """Return ``(MSC per responder, suppression in %)``, evenly spaced over the log of the dose.

    Empty where the fit has no numbers or the doses span nothing.
    """
    if not 0 < lowest_dose < highest_dose:
        return []
    ratio = math.log(highest_dose / lowest_dose) / steps
    doses = [lowest_dose * math.exp(ratio * step) for step in range(steps)]
    line = []
    for dose in (*doses, highest_dose):
        value = fit.value_at(dose)
        if value is not None:
            line.append((dose, value))
    return line
