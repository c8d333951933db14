"""Straight standard lines: by hand, against scipy, and lines that are none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.domain.fit import FitStatus
from lims_msc.domain.values import ValueStatus
from lims_msc.science.reading_back import ReadBackStatus, reportable
from lims_msc.science.standard_line import StandardLine, fit_standard_line
from lims_msc.science.standard_range import Standard, quantitation_range

KYNURENINE = (
    Standard(0.0, (0.051, 0.055)),
    Standard(12.5, (0.098, 0.104)),
    Standard(25.0, (0.149, 0.155)),
    Standard(50.0, (0.247, 0.259)),
    Standard(100.0, (0.452, 0.448)),
    Standard(200.0, (0.861, 0.843)),
)


@pytest.fixture(scope="module")
def line() -> StandardLine:
    return fit_standard_line(KYNURENINE)


def test_the_line_is_that_of_scipy(line: StandardLine) -> None:
    x = [s.concentration for s in KYNURENINE for _ in s.signals]
    y = [signal for s in KYNURENINE for signal in s.signals]
    other = stats.linregress(x, y)
    assert line.slope == pytest.approx(other.slope, rel=1e-12)
    assert line.intercept == pytest.approx(other.intercept, rel=1e-12)
    assert line.slope_se == pytest.approx(other.stderr, rel=1e-9)
    assert line.intercept_se == pytest.approx(other.intercept_stderr, rel=1e-9)
    assert line.r_squared == pytest.approx(other.rvalue**2)
    assert line.degrees_of_freedom == 10


def test_a_line_by_hand() -> None:
    """y = 1, 3, 4 at x = 0, 1, 2: slope 1.5, intercept 7/6, s² = 1/6."""
    found = fit_standard_line([Standard(float(x), (y,)) for x, y in ((0, 1.0), (1, 3.0), (2, 4.0))])
    # One degree of freedom: this slope of 5.2 standard errors is not significant.
    assert found.status is FitStatus.NOT_ESTIMABLE
    doubled = [Standard(float(x), (y, y)) for x, y in ((0, 1.0), (1, 3.0), (2, 4.0))]
    found = fit_standard_line(doubled)
    assert (found.slope, found.intercept) == (pytest.approx(1.5), pytest.approx(7 / 6))
    assert found.residual_sd == pytest.approx(math.sqrt(2 * (1 / 6) / 4))


def test_reading_back_inverts_the_line_and_multiplies_by_the_dilution(line: StandardLine) -> None:
    signal = line.intercept + 40 * line.slope
    read = line.read_back([signal - 0.01, signal + 0.01], dilution_factor=2.6)
    assert read.status is ReadBackStatus.IN_RANGE
    assert read.in_well == pytest.approx(40)
    assert read.concentration == pytest.approx(104)
    assert read.mean_of_wells == pytest.approx(104)
    assert read.errors is not None
    assert (read.errors.se_ln, read.errors.se_ln_curve_only) == (None, None)


def test_the_ends_of_fieller_are_where_the_t_test_just_rejects(line: StandardLine) -> None:
    """An independent statement of the interval: |ȳ₀ − line(x)| = t·s·sqrt(1/m + 1/n + …)."""
    signals = (0.33, 0.36, 0.35)
    read = line.read_back(signals)
    assert read.errors is not None
    t = stats.t.ppf(0.975, 10)
    for end in (read.errors.low, read.errors.high):
        assert end is not None
        distance = abs(sum(signals) / 3 - line.intercept - line.slope * end)
        parts = 1 / 3 + 1 / 12 + (end - line.mean_concentration) ** 2 / line.sum_of_squares
        assert distance == pytest.approx(t * line.residual_sd * math.sqrt(parts))
    by_hand = (read.in_well or 0) - t * read.errors.se, (read.in_well or 0) + t * read.errors.se
    assert (read.errors.low_linear, read.errors.high_linear) == pytest.approx(by_hand)
    assert (read.errors.low, read.errors.high) == pytest.approx(by_hand, rel=1e-2)


def test_fieller_holds_the_truth_in_95_of_100_plates() -> None:
    import numpy as np

    random, hits = np.random.default_rng(11), 0
    for _ in range(400):
        standards = [
            Standard(x, tuple(0.05 + 0.004 * x + random.normal(0, 0.05, 2)))
            for x in (0.0, 25.0, 50.0, 100.0, 200.0)
        ]
        read = fit_standard_line(standards).read_back(0.05 + 0.4 + random.normal(0, 0.05, 2))
        assert read.errors is not None
        low, high = read.errors.low, read.errors.high
        hits += (low is None or low <= 100) and (high is None or high >= 100)
    assert 368 <= hits <= 392


def test_readings_outside_the_standards_are_bounds_in_a_report(line: StandardLine) -> None:
    limits = quantitation_range(line.levels())
    assert (limits.lowest, limits.highest) == (12.5, 200)
    below, above = line.read_back([0.03, 0.04], dilution_factor=2), line.read_back([1.2, 1.3])
    assert below.status is ReadBackStatus.BELOW_LOWEST_STANDARD
    assert (below.concentration or 0) < 0
    assert above.status is ReadBackStatus.ABOVE_HIGHEST_STANDARD
    assert reportable(below, limits).status is ValueStatus.BELOW_RANGE
    assert reportable(below, limits).bound == 25
    assert reportable(above, limits).bound == 200


def test_levels_have_recoveries(line: StandardLine) -> None:
    zero, *others = line.levels()
    assert zero.recovery_percent is None
    for level in others:
        assert level.recovery_percent == pytest.approx(100, abs=10)


def test_standards_exactly_on_a_line_have_no_error() -> None:
    exact = fit_standard_line([Standard(float(x), (x / 4,)) for x in (0, 1, 2, 4)])
    assert exact.status is FitStatus.OK
    read = exact.read_back([0.75, 0.5])
    assert (read.in_well, read.errors) == (pytest.approx(2.5), None)


def test_a_confidence_at_which_the_slope_could_be_zero_leaves_the_interval_open() -> None:
    noisy = fit_standard_line(
        [Standard(float(x), (x + 1.5, x - 1.5)) for x in (0.0, 2.0, 4.0, 6.0)]
    )
    assert noisy.status is FitStatus.OK
    errors = noisy.read_back([3.0], confidence=0.99999).errors
    assert errors is not None
    assert (errors.low, errors.high) == (None, None)
    with pytest.raises(ValueError, match="confidence"):
        noisy.read_back([3.0], confidence=95)


@pytest.mark.parametrize(
    ("standards", "status", "word"),
    [
        ([Standard(0.0, (1.0, 1.1)), Standard(1.0, (2.0,))], FitStatus.TOO_FEW_DOSES, "3"),
        (
            [Standard(float(x), (2.0 - x, 2.1 - x)) for x in range(4)],
            FitStatus.NOT_ESTIMABLE,
            "rise",
        ),
        (
            [Standard(float(x), (1.0, 2.0)) for x in range(4)],
            FitStatus.NOT_ESTIMABLE,
            "rise",
        ),
        ([Standard(float(x), (1.0,)) for x in range(4)], FitStatus.NOT_ESTIMABLE, "rise"),
    ],
)
def test_standards_without_a_line_have_a_reason_and_read_nothing(
    standards: list[Standard], status: FitStatus, word: str
) -> None:
    found = fit_standard_line(standards)
    assert found.status is status
    assert word in found.reason
    assert found.levels() == ()
    read = found.read_back([1.5])
    assert (read.status, read.concentration) == (ReadBackStatus.NO_CURVE, None)
    assert read.reason == found.reason


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.permutations(KYNURENINE))
def test_units_and_order_change_nothing(
    signal_unit: float, concentration_unit: float, order: list[Standard]
) -> None:
    plain = fit_standard_line(KYNURENINE).read_back([0.3, 0.31])
    changed = fit_standard_line(
        [
            Standard(
                concentration_unit * s.concentration, tuple(signal_unit * y for y in s.signals)
            )
            for s in order
        ]
    ).read_back([signal_unit * 0.3, signal_unit * 0.31])
    assert changed.in_well == pytest.approx(concentration_unit * (plain.in_well or 0))
    assert changed.errors is not None
    assert plain.errors is not None
    assert changed.errors.low == pytest.approx(concentration_unit * (plain.errors.low or 0))
    assert changed.errors.se == pytest.approx(concentration_unit * plain.errors.se)


def test_a_signal_far_off_the_line_has_a_number_for_checking_and_no_errors(
    line: StandardLine,
) -> None:
    read = line.read_back([1e60])
    assert read.concentration == pytest.approx(1e60 / line.slope)
    assert read.errors is None


def test_a_concentration_beyond_all_numbers_is_none() -> None:
    flat = fit_standard_line(
        [Standard(x * 1e95, (y * 1e-95,)) for x, y in ((1, 1), (2, 2.1), (3, 2.9), (4, 4.1))]
    )
    read = flat.read_back([1e99], dilution_factor=1e90)
    assert (read.concentration, read.of_wells, read.errors) == (None, (None,), None)
