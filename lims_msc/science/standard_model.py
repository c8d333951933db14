"""Which sigmoid stands for the standards of an immunoassay: 4PL, or 5PL where they are asymmetric.

The rule is fixed before the data are seen, so that nobody chooses the curve by its result.
"""

from __future__ import annotations

from collections.abc import Sequence

from lims_msc.science.curves import CurveModel
from lims_msc.science.dose_effect import f_test
from lims_msc.science.fitting import CurveFit
from lims_msc.science.standard_curve import StandardCurve, StandardWeighting, fit_standard_curve
from lims_msc.science.standard_range import Standard

_LACK_OF_FIT_P, _FIFTH_PARAMETER_P = 0.05, 0.01
# Such a well would outweigh all others by twelve decades, and is no reading.
_SMALLEST_SHARE, _TINY = 1e-6, 1e-100


def standard_curve_of(
    standards: Sequence[Standard],
    weighting: StandardWeighting = StandardWeighting.INVERSE_SQUARE,
) -> StandardCurve:
    """Return the curve of the standards by the rule for model and weights.

    ::

        w = 1/y² (or as asked), but 1 where a well is not above a millionth of the highest
        F = (RSS₄ − RSS₅) / (RSS₅/(n − 5))
        5PL if the 4PL deviates from the means of the standards (lack of fit, p < 0.05) and
        p(F; 1, n − 5) < 0.01, otherwise 4PL

    RSS₄ and RSS₅ weighted residual sums of squares of the 4PL and of the better 5PL family, n
    wells.

    :raises ValueError: as ``fit_standard_curve``.

    Source: DOMAIN 2.5; Gottschalk and Dunn 2005, doi 10.1016/j.ab.2005.04.035.
    """
    signals = [signal for standard in standards for signal in standard.signals]
    is_weighable = min(signals, default=1.0) > _SMALLEST_SHARE * max(signals, default=1.0) > _TINY
    weighting = weighting if is_weighable else StandardWeighting.NONE
    four = fit_standard_curve(standards, weighting=weighting)
    if four.fit is None or not _lacks_fit(four.fit):
        return four
    better = four
    for model in (CurveModel.FIVE_PL_R, CurveModel.FIVE_PL_F):
        five = fit_standard_curve(standards, model=model, weighting=weighting)
        if five.fit is not None and better.fit is not None and five.fit.rss < better.fit.rss:
            better = five
    return better if better.fit is not None and _is_better(better.fit, four.fit) else four


def _lacks_fit(fit: CurveFit) -> bool:
    p = fit.lack_of_fit[1]
    return p is not None and p < _LACK_OF_FIT_P


def _is_better(five: CurveFit, four: CurveFit) -> bool:
    _, p = f_test(four.rss - five.rss, 1, five.rss, five.degrees_of_freedom)
    return p is not None and p < _FIFTH_PARAMETER_P
