"""Points of a fitted curve for drawing: over the tested doses, and never beyond them."""

from __future__ import annotations

from lims_msc.domain.fit import FitResult

_NAMES = ("y_zero", "y_inf", "ec50", "hill")


def fitted_line(
    fit: FitResult, lowest_dose: float, highest_dose: float, steps: int = 120
) -> list[tuple[float, float]]:
    """Return ``(MSC per responder, suppression in %)``, evenly spaced over the log of the dose.

    Empty where the fit has no numbers or the doses span nothing.
    """
    values = {name: estimate.value for name, estimate in fit.parameters}
    if not values.keys() >= set(_NAMES) or not 0 < lowest_dose < highest_dose:
        return []
    import numpy as np

    from lims_msc.science.curves import CurveModel, curve_value

    ln_dose = np.linspace(np.log(lowest_dose), np.log(highest_dose), steps + 1)
    parameters = np.array(
        [values["y_zero"], values["y_inf"], np.log(values["ec50"]), values["hill"]]
    )
    suppression = curve_value(CurveModel.FOUR_PL, ln_dose, parameters)
    return [(float(x), float(y)) for x, y in zip(np.exp(ln_dose), suppression, strict=True)]
