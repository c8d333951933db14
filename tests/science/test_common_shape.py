"""Curves of one shape: the least-squares answer, found from nothing, and honest refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from curve_pairs import DOSES, four_pl_sample, shared_fit_by_scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.fit import FitStatus
from lims_msc.science.common_shape import (
    CommonShapeFit,
    fit_common_shape,
    is_degenerate,
)
from lims_msc.science.common_shape_search import (
    Points,
    SharedOptimum,
    shape_hessian,
    shape_jacobian,
    shape_values,
    sharpen_shape,
    weighted_ss,
)
from lims_msc.science.dose_response import DoseResponse


def agrees_with_scipy(samples: list[DoseResponse], start: list[float]) -> CommonShapeFit:
    fit = fit_common_shape(samples)
    parameters, covariance = fit.numbers
    want, rss, unscaled = shared_fit_by_scipy(samples, start)
    df = sum(one.n for one in samples) - 3 - len(samples)
    assert fit.rss == pytest.approx(rss, rel=1e-9)
    assert fit.degrees_of_freedom == df
    assert fit.residual_sd == pytest.approx(math.sqrt(rss / df), rel=1e-9)
    errors = np.sqrt(unscaled.diagonal() * rss / df)
    assert np.abs((parameters - want) / errors).max() < 1e-4
    assert np.sqrt(covariance.diagonal()) == pytest.approx(errors, rel=1e-4)
    return fit


def test_curves_without_scatter_come_back() -> None:
    fit = fit_common_shape(
        [
            four_pl_sample("ref", 3, 91, 0.11, 1.7, scatter=0),
            four_pl_sample("test", 3, 91, 0.05, 1.7, scatter=0),
        ]
    )
    assert fit.names == ("y_zero", "y_inf", "hill", "ln_c_ref", "ln_c_test")
    assert fit.numbers[0][:3] == pytest.approx([3, 91, 1.7], rel=1e-8)
    assert (fit.ec50(0), fit.ec50(1)) == (pytest.approx(0.11), pytest.approx(0.05))


def test_rising_curves_agree_with_an_independent_fit() -> None:
    pair = [
        four_pl_sample("ref", 3, 91, 0.11, 1.7, scatter=3),
        four_pl_sample("test", 0, 95, 0.05, 1.5, scatter=3),
    ]
    agrees_with_scipy(pair, [2, 90, 1.5, math.log(0.1), math.log(0.05)])


def test_falling_curves_with_dose_0_and_unequal_replicates_agree() -> None:
    pair = [
        four_pl_sample("ref", 95, 4, 0.2, 1.1, doses=(0, *DOSES), replicates=(1, 4, 2), scatter=2),
        four_pl_sample("test", 97, 0, 0.08, 1.3, doses=DOSES[:6], replicates=(2, 5), scatter=2),
    ]
    agrees_with_scipy(pair, [95, 3, 1.2, math.log(0.2), math.log(0.1)])


def test_weighted_curves_agree_whatever_the_scale_of_the_weights() -> None:
    weights = (0.5, 2, 1, 3.5, 0.25)
    pair = [
        four_pl_sample("ref", 3, 91, 0.11, 1.7, scatter=4, weights=weights),
        four_pl_sample("test", 0, 95, 0.05, 1.5, scatter=4, weights=weights[::-1]),
    ]
    fit = agrees_with_scipy(pair, [2, 90, 1.5, math.log(0.1), math.log(0.05)])
    heavier = fit_common_shape(
        [
            DoseResponse(one.name, one.doses, one.responses, tuple(1e4 * w for w in one.weights))
            for one in pair
        ]
    )
    assert heavier.numbers[0] == pytest.approx(fit.numbers[0], rel=1e-9)
    assert heavier.numbers[1].diagonal() == pytest.approx(fit.numbers[1].diagonal(), rel=1e-8)
    assert heavier.rss == pytest.approx(1e4 * fit.rss, rel=1e-9)


def test_three_samples_share_one_shape() -> None:
    samples = [
        four_pl_sample("a", 3, 91, 0.11, 1.7, scatter=3),
        four_pl_sample("bc", 0, 95, 0.03, 1.5, scatter=3),
        four_pl_sample("def", 2, 92, 0.3, 1.6, doses=DOSES[:5], scatter=3),
    ]
    agrees_with_scipy(samples, [2, 90, 1.5, *map(math.log, (0.1, 0.03, 0.3))])


@settings(max_examples=20, deadline=None)
@given(
    st.floats(1e-5, 1e5),
    st.floats(1e-5, 1e5),
    st.floats(-1e3, 1e3),
    st.randoms(use_true_random=False),
)
def test_units_and_order_of_the_wells_change_nothing(
    dose: float, factor: float, shift: float, random: object
) -> None:
    pair = [
        four_pl_sample("ref", 3, 91, 0.11, 1.7, scatter=3),
        four_pl_sample("test", 0, 95, 0.05, 1.5, scatter=3),
    ]
    changed = []
    for one in pair:
        wells = list(zip(one.doses, one.responses, strict=True))
        random.shuffle(wells)  # type: ignore[attr-defined]
        changed.append(
            DoseResponse.of(
                one.name, [dose * x for x, _ in wells], [factor * (y + shift) for _, y in wells]
            )
        )
    (plain, v), (other, w) = fit_common_shape(pair).numbers, fit_common_shape(changed).numbers
    assert other[:2] / factor - shift == pytest.approx(plain[:2], rel=1e-6, abs=1e-6)
    assert other[2] == pytest.approx(plain[2], rel=1e-8)
    assert other[3:] - math.log(dose) == pytest.approx(plain[3:], rel=1e-8)
    assert w[3:, 3:] == pytest.approx(v[3:, 3:], rel=1e-6)


def test_derivatives_are_those_of_the_curve() -> None:
    ln_doses = np.array([-math.inf, -3, -1, 0.5, -2, 0, 1])
    means = np.array([1.0, 2, 5, 9, 1, 4, 8])
    points = Points(ln_doses, means, np.linspace(1, 2, 7), np.array([0, 0, 0, 0, 1, 1, 1]), 2)
    at, step = np.array([1.5, 8.0, 1.2, -0.7, 0.4]), 1e-6
    nudges = step * np.eye(5)
    by_difference = np.stack(
        [
            (shape_values(points, at + n) - shape_values(points, at - n)) / (2 * step)
            for n in nudges
        ],
        axis=-1,
    )
    assert shape_jacobian(points, at) == pytest.approx(by_difference, abs=1e-8)

    def gradient(p: np.ndarray) -> np.ndarray:
        pull = points.weights * (shape_values(points, p) - means)
        return pull @ shape_jacobian(points, p)

    curvature = [(gradient(at + n) - gradient(at - n)) / (2 * step) for n in nudges]
    assert shape_hessian(points, at) == pytest.approx(np.array(curvature), abs=1e-6)


def test_the_last_digits_are_not_sought_where_there_are_none() -> None:
    points = Points(np.zeros(2), np.zeros(2), np.ones(2), np.array([0, 1]), 2)
    flat = SharedOptimum(np.array([1.0, 1.0, 2.0, 0.0, 0.0]), 2.0)
    assert sharpen_shape(points, flat) is flat


def test_newton_steps_that_lead_uphill_are_taken_back() -> None:
    ln_doses = np.tile(np.linspace(-3, 0, 5), 2)
    truth = np.array([0.0, 1.0, 2.0, -1.5, -1.0])
    points = Points(ln_doses, np.zeros(10), np.ones(10), np.repeat([0, 1], 5), 2)
    points = Points(ln_doses, shape_values(points, truth), points.weights, points.sample, 2)
    start = SharedOptimum(truth, -1.0)
    assert sharpen_shape(points, start) is start
    assert weighted_ss(points, truth) == pytest.approx(0, abs=1e-20)


def test_a_curve_on_one_plateau_is_degenerate() -> None:
    points = Points(np.arange(6.0), np.zeros(6), np.ones(6), np.zeros(6, dtype=int), 1)
    assert not is_degenerate(points, np.array([0.0, 1.0, 1.0, 2.0]))
    assert is_degenerate(points, np.array([0.0, 0.0, 1.0, 1.0]))
    assert is_degenerate(points, np.array([0.0, 1.0, 1.0, 40.0]))


def test_a_degenerate_optimum_has_no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lims_msc.science.common_shape.LARGEST_CONDITION", 1.0)
    pair = [four_pl_sample(name, 3, 91, 0.11, 1.7) for name in ("ref", "test")]
    fit = fit_common_shape(pair)
    assert fit.status is FitStatus.NOT_ESTIMABLE
    assert "do not tell the shared shape and the midpoints apart" in fit.reason


@pytest.mark.parametrize(
    "samples", [[], [four_pl_sample("a", 0, 1, 0.1, 1)], [four_pl_sample("a", 0, 1, 0.1, 1)] * 2]
)
def test_fewer_than_two_samples_or_equal_names_are_a_mistake(samples: list[DoseResponse]) -> None:
    with pytest.raises(ValueError, match="two or more samples with different names"):
        fit_common_shape(samples)


def test_few_doses_are_refused_in_words() -> None:
    short = [four_pl_sample(name, 0, 90, 0.3, 1, doses=DOSES[:4]) for name in ("ref", "test")]
    fit = fit_common_shape(short)
    assert fit.status is FitStatus.TOO_FEW_DOSES
    assert "5 different doses above zero in one sample or more" in fit.reason
    two = four_pl_sample("test", 0, 90, 0.3, 1, doses=DOSES[1:3])
    fit = fit_common_shape([four_pl_sample("ref", 0, 90, 0.3, 1), two])
    assert fit.status is FitStatus.TOO_FEW_DOSES
    assert "'test' has 2 different doses" in fit.reason
    for ask in (lambda: fit.numbers, lambda: fit.search, lambda: fit.ec50(0)):
        with pytest.raises(ValueError, match="has no numbers: the sample 'test'"):
            ask()


def test_a_sample_that_does_not_respond_is_named() -> None:
    flat = four_pl_sample("test", 40, 40, 0.1, 1)
    fit = fit_common_shape([four_pl_sample("ref", 3, 91, 0.11, 1.7), flat])
    assert fit.status is FitStatus.NOT_ESTIMABLE
    assert "'test' do not depend on the dose" in fit.reason


NO_OPTIMUM = [
    # Steps between two plateaus, with and without a dose of the test on the edge.
    ([0, 0, 0, 90, 90, 90], [0, 0, 90, 90, 90, 90]),
    ([0, 0, 0, 90, 90, 90], [0, 0, 47, 90, 90, 90]),
    # Both follow one power of the dose, so that no plateau is in sight.
    ([1, 2, 4, 8, 16, 32], [2, 4, 8, 16, 32, 64]),
    # Parallel straight lines over ln dose.
    ([10, 20, 30, 40, 50, 60], [15, 25, 35, 45, 55, 65]),
    # Falling from a plateau that is not reached at low doses.
    ([32, 16, 8, 4, 2, 1], [64, 32, 16, 8, 4, 2]),
]


@pytest.mark.parametrize(("reference", "test"), NO_OPTIMUM)
@pytest.mark.parametrize("wobble", [0.0, 0.01])
def test_samples_whose_best_curve_is_a_limit_have_no_number(
    reference: list[float], test: list[float], wobble: float
) -> None:
    doses = [2.0**k for k in range(6) for _ in range(2)]

    def sample(name: str, means: list[float]) -> DoseResponse:
        wells = [mean * (1 + sign * wobble) for mean in means for sign in (-1, 1)]
        return DoseResponse.of(name, doses, wells)

    fit = fit_common_shape([sample("ref", reference), sample("test", test)])
    assert fit.status is FitStatus.NO_FINITE_OPTIMUM
    assert "infinite slope or a midpoint beyond all doses" in fit.reason


def test_a_sample_that_only_begins_to_rise_beside_a_full_curve_has_a_midpoint_of_its_own() -> None:
    reference = four_pl_sample("ref", 3, 91, 0.06, 1.7, scatter=1)
    weak = four_pl_sample("test", 3, 91, 2.0, 1.7, scatter=1)
    fit = agrees_with_scipy([reference, weak], [3, 91, 1.7, math.log(0.06), math.log(2)])
    assert fit.ec50(1) > 1


def test_a_sample_that_stays_on_the_plateau_of_the_other_has_no_midpoint() -> None:
    reference = four_pl_sample("ref", 3, 91, 0.06, 1.7, scatter=1)
    # It falls a trace with the dose, which no curve that rises can follow.
    falling = [3 - dose + error for error in (0.01, -0.01) for dose in DOSES]
    weak = DoseResponse.of("test", DOSES * 2, falling)
    fit = fit_common_shape([reference, weak])
    assert fit.status is FitStatus.NO_FINITE_OPTIMUM
