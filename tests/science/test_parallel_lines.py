"""Parallel-line assays: potency with both intervals, tests of the lines, refusals in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.domain.fit import FitStatus
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.parallel_lines import (
    LinePotency,
    ParallelLineAssay,
    parallel_line_assay,
)

SCATTER = (0.31, -0.22, 0.05, -0.4, 0.18, 0.27, -0.36)


def line(
    name: str,
    intercept: float,
    slope: float,
    *,
    doses: tuple[float, ...] = (1, 2, 4, 8),
    replicates: int = 3,
    scatter: float = 1.0,
    weights: tuple[float, ...] | None = None,
) -> DoseResponse:
    x = [dose for dose in doses for _ in range(replicates)]
    y = [
        intercept + slope * math.log(dose) + scatter * SCATTER[(i + 2 * len(name)) % 7]
        for i, dose in enumerate(x)
    ]
    w = None if weights is None else [weights[i % len(weights)] for i in range(len(x))]
    return DoseResponse.of(name, x, y, w)


def potency(assay: ParallelLineAssay) -> LinePotency:
    assert assay.potency is not None, assay.reason
    return assay.potency


def by_linear_algebra(reference: DoseResponse, test: DoseResponse) -> dict[str, Any]:
    """The same assay as one weighted linear model with three and with four columns."""
    x = np.log(np.array(reference.doses + test.doses))
    y = np.array(reference.responses + test.responses)
    root = np.sqrt(np.array(reference.all_weights + test.all_weights))
    is_test = np.arange(len(x)) >= reference.n

    def rss(*columns: Any) -> tuple[Any, Any, float]:
        design = root[:, None] * np.stack([np.broadcast_to(c, x.shape) for c in columns], -1)
        beta = np.linalg.lstsq(design, root * y, rcond=None)[0]
        rest = float(((root * y - design @ beta) ** 2).sum())
        return beta, np.linalg.inv(design.T @ design), rest

    beta, inverse, common = rss(~is_test, is_test, x)
    _, _, free = rss(~is_test, is_test, x * ~is_test, x * is_test)
    groups = [(x == d) & (is_test == t) for t in (False, True) for d in set(x[is_test == t])]
    _, _, pure = rss(*groups)
    return {
        "beta": beta,
        "covariance": inverse * common / (len(x) - 3),
        "common": common,
        "free": free,
        "pure": pure,
        "df_pure": len(x) - len(groups),
        "n": len(x),
        "groups": len(groups),
    }


@pytest.mark.parametrize(
    ("reference", "test"),
    [
        (line("ref", 20, 17), line("test", 17, 17)),
        (line("ref", 20, -17, scatter=6), line("test", 28, -15, doses=(0.5, 1, 2), replicates=4)),
        (
            line("ref", 20, 17, weights=(1, 0.3, 2.5)),
            line("test", 17, 18, doses=(1, 3, 9), replicates=5, weights=(0.7, 4)),
        ),
    ],
)
def test_assay_agrees_with_one_linear_model(reference: DoseResponse, test: DoseResponse) -> None:
    found, want = parallel_line_assay(reference, test), by_linear_algebra(reference, test)
    (a_ref, a_test, slope), v = want["beta"], want["covariance"]
    assert found.slope == pytest.approx(slope, rel=1e-10)
    assert found.slope_se == pytest.approx(math.sqrt(v[2, 2]), rel=1e-9)
    assert found.degrees_of_freedom == want["n"] - 3
    assert found.residual_sd == pytest.approx(math.sqrt(want["common"] / (want["n"] - 3)))
    one = potency(found)
    assert one.ln_value == pytest.approx((a_test - a_ref) / slope, rel=1e-9)
    assert one.value == pytest.approx(math.exp(one.ln_value))
    gradient = np.array([-1, 1, -one.ln_value]) / slope
    assert one.se_ln == pytest.approx(math.sqrt(gradient @ v @ gradient), rel=1e-8)
    t = stats.t.ppf(0.975, want["n"] - 3)
    assert one.log_interval.low == pytest.approx(one.value * math.exp(-t * one.se_ln))
    for end in (one.fieller.low, one.fieller.high):
        assert end is not None
        # At its ends, a_test − a_ref − ln ρ·slope is just t standard errors from zero.
        contrast = np.array([-1, 1, -math.log(end)])
        assert abs(contrast @ want["beta"]) == pytest.approx(
            t * math.sqrt(contrast @ v @ contrast), rel=1e-8
        )
    assert one.g == pytest.approx(t**2 * v[2, 2] / slope**2)


def test_tests_of_the_lines_agree_with_nested_models() -> None:
    reference = line("ref", 20, 17)
    test = line("test", 17, 21, doses=(1, 3, 9), replicates=4)
    found, want = parallel_line_assay(reference, test), by_linear_algebra(reference, test)
    residual, pure, linearity = (
        found.parallelism_residual,
        found.parallelism_pure_error,
        found.linearity,
    )
    assert residual is not None
    assert pure is not None
    assert linearity is not None
    extra = want["common"] - want["free"]
    df_free = want["n"] - 4
    assert residual.f == pytest.approx(extra / (want["free"] / df_free), rel=1e-8)
    assert residual.p == pytest.approx(stats.f.sf(residual.f, 1, df_free))
    assert pure.f == pytest.approx(extra / (want["pure"] / want["df_pure"]), rel=1e-8)
    assert (pure.df1, pure.df2) == (1, want["df_pure"])
    df1 = want["groups"] - 4
    f = (want["free"] - want["pure"]) / df1 / (want["pure"] / want["df_pure"])
    assert (linearity.f, linearity.df1) == (pytest.approx(f, rel=1e-8), df1)


def test_slope_ratio_is_that_of_the_free_lines() -> None:
    found = parallel_line_assay(line("ref", 5, 10, scatter=0.01), line("test", 5, 20, scatter=0.01))
    assert found.slope_ratio is not None
    assert found.slope_ratio.value == pytest.approx(2, rel=0.01)
    assert not found.slope_ratio.log_interval.is_inside(0.67, 1.5)


def test_more_potent_is_above_one_on_rising_and_falling_lines() -> None:
    for slope in (12.0, -12.0):
        reference = line("ref", 40, slope)
        # The test does with half the dose what the reference does.
        test = line("test", 40 + slope * math.log(2), slope)
        assert potency(parallel_line_assay(reference, test)).value == pytest.approx(2, rel=0.1)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(-100, 100))
def test_potency_does_not_depend_on_units(dose: float, factor: float, shift: float) -> None:
    def in_units(sample: DoseResponse) -> DoseResponse:
        return DoseResponse.of(
            sample.name,
            [dose * x for x in sample.doses],
            [factor * (y + shift) for y in sample.responses],
        )

    pair = line("ref", 20, 17), line("test", 17, 17)
    plain, scaled = parallel_line_assay(*pair), parallel_line_assay(*map(in_units, pair))
    assert potency(scaled).value == pytest.approx(potency(plain).value, rel=1e-9)
    assert potency(scaled).se_ln == pytest.approx(potency(plain).se_ln, rel=1e-8)


def test_reversed_order_gives_the_same_numbers_and_swapped_samples_the_reciprocal() -> None:
    reference, test = line("ref", 20, 17), line("test", 17, 17)
    backwards = [
        DoseResponse(one.name, one.doses[::-1], one.responses[::-1]) for one in (reference, test)
    ]
    assert parallel_line_assay(*backwards) == parallel_line_assay(reference, test)
    there, back = parallel_line_assay(reference, test), parallel_line_assay(test, reference)
    assert potency(there).ln_value == pytest.approx(-potency(back).ln_value, rel=1e-12)
    assert potency(there).fieller.low == pytest.approx(1 / (potency(back).fieller.high or 0))


def test_a_slope_that_may_be_zero_leaves_fieller_open_with_its_reason() -> None:
    found = parallel_line_assay(line("ref", 20, 0.05, scatter=5), line("test", 21, 0.1, scatter=5))
    one = potency(found)
    assert one.g is not None
    assert one.g >= 1
    assert (one.fieller.low, one.fieller.high) == (None, None)
    assert "does not differ from zero" in one.fieller.reason


def test_fieller_ends_beyond_all_numbers_are_open() -> None:
    # g is a trace below 1: the quadratic has roots, but one of them far beyond all potencies.
    for slope in np.linspace(0.2, 4, 2000):
        found = parallel_line_assay(
            line("ref", 20, slope, scatter=5), line("test", 90, slope, scatter=5)
        )
        one = found.potency
        if one is not None and one.g is not None and one.g < 1 and one.fieller.low is None:
            assert one.fieller.reason
            return
    pytest.fail("no slope has an end beyond all numbers")


@pytest.mark.parametrize("level", [0.1, 3.0, 1e9])
def test_equal_responses_have_no_potency(level: float) -> None:
    flat = [DoseResponse.of(name, [1, 2, 4] * 2, [level] * 6) for name in ("ref", "test")]
    found = parallel_line_assay(*flat)
    assert (found.status, found.potency) == (FitStatus.NOT_ESTIMABLE, None)
    assert "do not depend on the dose" in found.reason


def test_lines_a_world_apart_have_no_potency() -> None:
    found = parallel_line_assay(line("ref", 0, 1e-3, scatter=0), line("test", 1e6, 1e-3, scatter=0))
    assert (found.status, found.potency) == (FitStatus.NOT_ESTIMABLE, None)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (DoseResponse.of("T", [0, 1, 2], [1, 2, 3]), "'T' has the dose 0"),
        (DoseResponse.of("T", [1, 1], [1, 2]), "'T' has 1"),
        (DoseResponse.of("T", [], []), "'T' has 0"),
    ],
)
def test_samples_without_a_line_are_refused_by_name(test: DoseResponse, words: str) -> None:
    for pair in ((line("ref", 1, 2), test), (test, line("ref", 1, 2))):
        found = parallel_line_assay(*pair)
        assert (found.status, found.potency) == (FitStatus.TOO_FEW_DOSES, None)
        assert words in found.reason


def test_two_doses_each_have_a_potency_but_no_test_of_linearity() -> None:
    pair = [line(name, 5, 4, doses=(1, 4), replicates=2) for name in ("ref", "test")]
    found = parallel_line_assay(*pair)
    assert found.linearity is not None
    assert (found.linearity.f, found.linearity.p, found.linearity.df1) == (None, None, 0)
    assert found.parallelism_pure_error is not None
    assert found.parallelism_pure_error.f is not None


def test_four_single_wells_have_no_test_of_parallelism() -> None:
    pair = [line(name, 5, 4, doses=(1, 4), replicates=1) for name in ("ref", "test")]
    found = parallel_line_assay(*pair)
    assert found.status is FitStatus.OK
    assert found.slope_ratio is None
    assert found.parallelism_residual is not None
    assert found.parallelism_residual.p is None
