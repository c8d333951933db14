"""Percent bound of competitive immunoassays, where the signal falls with the analyte (DOMAIN 2.5).

The curve itself needs nothing of this: ``standard_curve`` fits falling signals as they are, and a
fit without weights of percent bound reads back the same concentrations.
"""

from __future__ import annotations

from lims_msc.science.propagation import WellNumber, WellResult, defined, undefined


def percent_bound(
    signal: WellNumber, maximum_binding: WellNumber, nonspecific_binding: WellNumber
) -> WellResult:
    """Return %B/B₀, the share of label that the analyte of a sample leaves bound.

    ::

        %B/B₀ = 100 · (y − NSB) / (B₀ − NSB)

    y signal of the sample, B₀ maximum binding (the zero standard), NSB nonspecific binding (wells
    without antibody), each the mean of wells.  High is *little* analyte.  Undefined where B₀ is
    not above NSB.

    Source: DOMAIN 2.5.
    """
    window = maximum_binding - nonspecific_binding
    if window.value <= 0:
        return undefined("the maximum binding (B₀) is not above the nonspecific binding (NSB)")
    return defined(100 * ((signal - nonspecific_binding) / window))
