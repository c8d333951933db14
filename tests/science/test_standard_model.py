"""Which curve stands for the standards: the plain one, unless they say otherwise for sure."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.fit import FitStatus
from lims_msc.science.curves import CurveModel
from lims_msc.science.standard_curve import StandardWeighting
from lims_msc.science.standard_model import standard_curve_of
from lims_msc.science.standard_range import Standard

LADDER = (7.8, 15.6, 31.2, 62.5, 125.0, 250.0, 500.0, 1000.0)
NOISE = (0.4, -0.7, 0.9, -0.2, -0.8, 0.6, 0.1, -0.5, 0.3, 0.7, -0.9, 0.2, 0.5, -0.4, -0.1, 0.8)


def standards(asymmetry: float, noise: float = 0.01, scale: float = 1.0) -> list[Standard]:
    found = []
    for index, x in enumerate(LADDER):
        y = 0.05 + 2.8 * (1 + (120 / x) ** 1.3) ** -asymmetry
        wells = tuple(scale * y * (1 + noise * NOISE[2 * index + k]) for k in (0, 1))
        found.append(Standard(x, wells))
    return found


def test_symmetric_standards_have_four_parameters_weighted_by_their_signals() -> None:
    curve = standard_curve_of(standards(1.0))
    assert (curve.model, curve.weighting) == (
        CurveModel.FOUR_PL,
        StandardWeighting.INVERSE_SQUARE,
    )


def test_standards_that_are_asymmetric_for_sure_have_five() -> None:
    curve = standard_curve_of(standards(0.3, noise=0.002))
    assert curve.model is CurveModel.FIVE_PL_R
    for level, standard in zip(curve.levels(), standards(0.3, noise=0.002), strict=True):
        assert level.back_calculated == pytest.approx(standard.concentration, rel=0.02)


def test_the_better_family_of_asymmetric_curves_is_taken() -> None:
    """A rising curve of family f is no curve of family r."""
    rising = []
    for index, x in enumerate(LADDER):
        y = 0.05 + 2.8 * (1 - (1 + (x / 120) ** 1.3) ** -0.3)
        wells = tuple(y * (1 + 0.001 * NOISE[2 * index + k]) for k in (0, 1))
        rising.append(Standard(x, wells))
    assert standard_curve_of(rising).model is CurveModel.FIVE_PL_F


def test_the_weights_may_be_chosen() -> None:
    curve = standard_curve_of(standards(1.0), StandardWeighting.NONE)
    assert curve.weighting is StandardWeighting.NONE


def test_a_deviation_that_no_fifth_parameter_mends_keeps_the_plain_curve() -> None:
    """One standard was pipetted wrongly: it lacks fit, and the 5PL does not help."""
    pipetted = standards(1.0, noise=0.002)
    pipetted[4] = Standard(pipetted[4].concentration, tuple(1.3 * y for y in pipetted[4].signals))
    curve = standard_curve_of(pipetted)
    assert curve.fit is not None
    assert curve.fit.lack_of_fit[1] < 0.05
    assert curve.model is CurveModel.FOUR_PL


def test_asymmetry_with_too_few_standards_for_five_parameters_keeps_the_plain_curve() -> None:
    curve = standard_curve_of(standards(0.3, noise=0.0005)[:5])
    assert (curve.status, curve.model) == (FitStatus.OK, CurveModel.FOUR_PL)


@pytest.mark.parametrize("nothing", [0.0, 1e-300, -0.001])
def test_a_signal_of_zero_has_no_weight_so_none_has(nothing: float) -> None:
    zero = Standard(0.0, (nothing, 0.01))
    curve = standard_curve_of([zero, *standards(1.0)])
    assert (curve.status, curve.weighting) == (FitStatus.OK, StandardWeighting.NONE)


def test_without_a_curve_the_reason_is_kept() -> None:
    curve = standard_curve_of(standards(1.0)[:3])
    assert curve.status is FitStatus.TOO_FEW_DOSES
    assert curve.reason


@settings(max_examples=5, deadline=None)
@given(scale=st.floats(1e-2, 1e4))
def test_the_unit_of_the_signal_chooses_no_other_curve(scale: float) -> None:
    one, other = (
        standard_curve_of(standards(0.3, 0.002)),
        standard_curve_of(standards(0.3, 0.002, scale)),
    )
    assert one.model is other.model
    for level, same in zip(one.levels(), other.levels(), strict=True):
        assert math.isclose(level.back_calculated or 0, same.back_calculated or 0, rel_tol=1e-6)
