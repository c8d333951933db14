"""Whether curves have one shape: equivalence of parameters within limits, F for information."""

from __future__ import annotations

import math

import numpy as np
import pytest
from curve_pairs import DOSES, four_pl_sample
from scipy import stats

from lims_msc.domain.fit import FitStatus
from lims_msc.science.common_shape import fit_common_shape
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.equivalence import EstimatePair, ratio_estimate
from lims_msc.science.fitting import fit_curve
from lims_msc.science.similarity import (
    SeparateFits,
    ShapeComparison,
    SimilarityLimits,
    compare_shapes,
    extra_sum_of_squares,
    fit_separately,
)

REFERENCE = four_pl_sample("ref", 3, 91, 0.11, 1.7, scatter=2)
TEST = four_pl_sample("test", 1, 94, 0.05, 1.6, scatter=2, replicates=(2, 4))


def comparisons(
    reference: DoseResponse, test: DoseResponse, limits: SimilarityLimits | None = None
) -> dict[str, ShapeComparison]:
    fits = fit_separately(reference, test)
    return {one.name: one for one in compare_shapes(fits, limits or SimilarityLimits())}


def test_separate_fits_share_the_pooled_variance() -> None:
    found = fit_separately(REFERENCE, TEST)
    own = [fit_curve(one.doses, one.responses) for one in (REFERENCE, TEST)]
    assert found.rss == pytest.approx(own[0].rss + own[1].rss)
    assert found.degrees_of_freedom == REFERENCE.n + TEST.n - 8
    variance = found.rss / found.degrees_of_freedom
    reference, test, *covariances = found.numbers
    for fit, parameters, covariance in zip(own, (reference, test), covariances, strict=True):
        assert parameters == pytest.approx(fit.numbers[0])
        by_own = fit.numbers[1] * variance / (fit.rss / fit.degrees_of_freedom)
        assert covariance == pytest.approx(by_own, rel=1e-8)


def test_weights_take_part_in_the_separate_fits() -> None:
    weighted = four_pl_sample("ref", 3, 91, 0.11, 1.7, scatter=2, weights=(0.2, 3, 1))
    own = fit_curve(weighted.doses, weighted.responses, weights=weighted.weights)
    assert fit_separately(weighted, TEST).numbers[0] == pytest.approx(own.numbers[0])


def test_curves_without_any_scatter_have_no_error() -> None:
    exact = [four_pl_sample(name, 3, 91, 0.11, 1.7, scatter=0) for name in ("ref", "test")]
    found = comparisons(*exact)
    assert found["hill"].estimate.value == pytest.approx(1)
    assert found["hill"].is_equivalent
    assert found["hill"].interval.low == pytest.approx(1, abs=1e-6)


def test_comparisons_are_worked_out_from_the_parameters() -> None:
    fits = fit_separately(REFERENCE, TEST)
    (a0, a1, _, ah), (b0, b1, _, bh), v, w = fits.numbers
    found = {one.name: one for one in compare_shapes(fits, SimilarityLimits())}
    t = stats.t.ppf(0.95, fits.degrees_of_freedom)
    assert list(found) == ["hill", "y_zero_difference", "y_inf_difference", "y_inf", "range"]
    assert found["hill"].estimate.value == pytest.approx(bh / ah)
    se_ln = math.sqrt(v[3, 3] / ah**2 + w[3, 3] / bh**2)
    assert found["hill"].interval.low == pytest.approx(bh / ah * math.exp(-t * se_ln))
    assert found["y_zero_difference"].estimate.value == pytest.approx(b0 - a0)
    se = math.sqrt(v[1, 1] + w[1, 1])
    assert found["y_inf_difference"].interval.high == pytest.approx(b1 - a1 + t * se)
    assert found["y_inf"].estimate.value == pytest.approx(b1 / a1)
    assert found["range"].estimate.value == pytest.approx((b1 - b0) / (a1 - a0))
    of = np.array([-1, 1, 0, 0])
    se_ln = math.sqrt(of @ v @ of / (a1 - a0) ** 2 + of @ w @ of / (b1 - b0) ** 2)
    ratio = (b1 - b0) / (a1 - a0)
    assert found["range"].interval.high == pytest.approx(ratio * math.exp(t * se_ln))


def test_default_limits_are_those_of_the_domain_and_judge_three_parameters() -> None:
    limits = SimilarityLimits()
    assert limits.hill_ratio == (0.67, 1.5)
    assert limits.y_zero_difference == limits.y_inf_difference == (-15, 15)
    assert limits.confidence == 0.9
    judged = [one.name for one in comparisons(REFERENCE, TEST).values() if one.limits is not None]
    assert judged == ["hill", "y_zero_difference", "y_inf_difference"]


def test_alike_curves_are_equivalent_and_steeper_or_lower_ones_are_not() -> None:
    alike = comparisons(REFERENCE, TEST)
    assert [one.is_equivalent for one in alike.values()] == [True, True, True, None, None]
    steep = comparisons(REFERENCE, four_pl_sample("test", 3, 91, 0.05, 4, scatter=1))
    assert steep["hill"].is_equivalent is False
    low = comparisons(REFERENCE, four_pl_sample("test", 3, 65, 0.05, 1.7, scatter=1))
    assert low["y_inf_difference"].is_equivalent is False
    assert low["hill"].is_equivalent


def test_much_noise_is_no_similarity_though_the_f_test_passes() -> None:
    pair = [four_pl_sample(name, 3, 91, 0.11, 1.7, scatter=25) for name in ("ref", "test")]
    assert comparisons(*pair)["hill"].is_equivalent is False
    found = extra_sum_of_squares(fit_common_shape(pair), fit_separately(*pair))
    assert found.p is not None
    assert found.p > 0.05


def test_limits_and_confidence_are_those_of_the_lab() -> None:
    strict = SimilarityLimits(hill_ratio=(0.999, 1.001), range_ratio=(0.8, 1.25), confidence=0.99)
    found, default = comparisons(REFERENCE, TEST, strict), comparisons(REFERENCE, TEST)
    assert found["hill"].is_equivalent is False
    assert found["range"].is_equivalent
    assert found["hill"].interval.low < default["hill"].interval.low  # type: ignore[operator]
    with pytest.raises(ValueError, match="confidence"):
        comparisons(REFERENCE, TEST, SimilarityLimits(confidence=1.0))


def test_extra_sum_of_squares_compares_the_two_models() -> None:
    common, separate = fit_common_shape([REFERENCE, TEST]), fit_separately(REFERENCE, TEST)
    found = extra_sum_of_squares(common, separate)
    f = (common.rss - separate.rss) / 3 / (separate.rss / separate.degrees_of_freedom)
    assert (found.df1, found.df2) == (3, separate.degrees_of_freedom)
    assert found.f == pytest.approx(f)
    assert found.p == pytest.approx(stats.f.sf(f, 3, found.df2))
    assert found.chi2 == pytest.approx(3 * f)
    assert found.chi2_p == pytest.approx(stats.chi2.sf(3 * f, 3))


def test_without_residuals_there_is_no_f() -> None:
    common = fit_common_shape([REFERENCE, TEST])
    exact = SeparateFits(FitStatus.OK, rss=0.0, degrees_of_freedom=common.degrees_of_freedom - 3)
    found = extra_sum_of_squares(common, exact)
    assert (found.f, found.p, found.chi2, found.chi2_p) == (None, 0.0, None, None)


def test_a_sample_without_a_curve_of_its_own_is_named() -> None:
    short = four_pl_sample("test", 3, 91, 0.11, 1.7, doses=DOSES[:4])
    for pair in ((REFERENCE, short), (short, REFERENCE)):
        fits = fit_separately(*pair)
        assert fits.status is FitStatus.TOO_FEW_DOSES
        assert fits.reason.startswith("the sample 'test' has no curve of its own: the model needs")
        with pytest.raises(ValueError, match="have no numbers: the sample 'test'"):
            _ = fits.numbers


def test_words_name_parameter_interval_and_limits() -> None:
    found = comparisons(REFERENCE, four_pl_sample("test", 3, 65, 0.05, 1.7, scatter=1))
    words = str(found["y_inf_difference"])
    assert words.startswith("difference of the plateaus at high dose (test − reference) -2")
    assert "90 % interval" in words
    assert words.endswith("not within -15 to 15")
    assert str(found["hill"]).endswith(", within 0.67 to 1.5")
    assert "within" not in str(found["range"])


def test_words_say_why_a_ratio_has_no_interval() -> None:
    rising = four_pl_sample("ref", 3, 91, 0.11, 1.7)
    falling = four_pl_sample("test", 91, 3, 0.11, 1.7)
    limits = SimilarityLimits(range_ratio=(0.8, 1.25))
    found = comparisons(rising, falling, limits)["range"]
    assert found.is_equivalent is False
    assert "open to open (the ratio is not above zero" in str(found)
    nothing = ratio_estimate(EstimatePair(1.0, 0.0, 1.0, 1.0), 2.0)
    words = str(ShapeComparison("range", "ratio of the ranges", nothing, None, 0.9))
    assert words.startswith("ratio of the ranges has no value")
