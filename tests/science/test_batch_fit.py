"""Thousands of curves in one call: each as a fit by itself, in any order, with missing wells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sigmoid_data import DOSES, plates, wells

from lims_msc.domain.fit import FitStatus, FitVerdict
from lims_msc.science import batch_fit, curve_optimum
from lims_msc.science.batch_fit import CurveFits, fit_curves
from lims_msc.science.curves import CurveModel
from lims_msc.science.fitting import fit_curve


def some_missing(count: int = 12) -> np.ndarray:
    y = plates(count)
    y[np.random.default_rng(3).uniform(size=y.shape) < 0.12] = np.nan
    y[0, 0] = np.nan
    return y


def single(y: np.ndarray, weights: np.ndarray | None = None, **options: Any) -> Any:
    dose, replicate = np.nonzero(~np.isnan(y))
    if weights is not None:
        options["weights"] = weights[dose, replicate].tolist()
    return fit_curve(np.array(DOSES)[dose].tolist(), y[dose, replicate].tolist(), **options)


def assert_same(fits: CurveFits, index: int, alone: Any) -> None:
    assert fits.verdict[index] is alone.verdict
    assert (fits.status[index], fits.n[index]) == (alone.status, alone.n)
    if alone.status is FitStatus.OK:
        found = fits.parameters.tolist()[index]
        assert found == pytest.approx(alone.numbers[0].tolist(), rel=1e-6)
        assert fits.rss[index] == pytest.approx(alone.rss, rel=1e-10)
        assert fits.degrees_of_freedom[index] == alone.degrees_of_freedom
        errors = np.sqrt(alone.numbers[1].diagonal()).tolist()
        assert fits.se.tolist()[index] == pytest.approx(errors, rel=1e-6)
    else:
        assert fits.parameters[index].tolist() == [None] * len(fits.model.names)
        assert fits.rss.tolist()[index] is None


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"fixed": {"y_zero": 0.0}},
        {"fixed": {"hill": 1.0}},
        {"bounds": {"y_zero": (0.0, None), "y_inf": (None, 100.0)}},
        {"model": CurveModel.FIVE_PL_F},
    ],
)
def test_a_curve_of_many_is_fitted_as_it_would_be_alone(options: dict[str, Any]) -> None:
    y = some_missing()
    shared = fit_curves(DOSES, y, **options)
    own = fit_curves(np.tile(DOSES, (len(y), 1)), y, **options)
    for index in range(len(y)):
        alone = single(y[index], **options)
        assert_same(shared, index, alone)
        assert_same(own, index, alone)


def test_weights_of_many_are_those_of_one() -> None:
    y = some_missing(6)
    weights = np.random.default_rng(8).uniform(0.5, 2.0, y.shape)
    fits = fit_curves(DOSES, y, weights=weights)
    for index in range(len(y)):
        assert_same(fits, index, single(y[index], weights[index]))


def test_the_order_of_doses_and_the_size_of_blocks_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    y = plates(9)
    weights = np.random.default_rng(8).uniform(0.5, 2.0, y.shape)
    whole = fit_curves(DOSES, y, weights=weights)
    monkeypatch.setattr(batch_fit, "_BLOCK", 4)
    monkeypatch.setattr(curve_optimum, "_BLOCK", 2)
    order = [3, 1, 0, 2, 7, 6, 5, 4]
    parts = fit_curves(np.array(DOSES)[order], y[:, order], weights=weights[:, order])
    assert len(parts) == len(whole) == 9
    assert list(parts.verdict) == list(whole.verdict)
    assert parts.parameters.filled(0) == pytest.approx(whole.parameters.filled(0), rel=1e-9)


def test_single_wells_may_come_without_an_axis_of_replicates() -> None:
    y = plates(3)[:, :, 0]
    fits = fit_curves(DOSES, y)
    assert list(fits.n) == [8, 8, 8]
    assert fits.lack_of_fit_p.tolist() == [None] * 3


def test_every_verdict_has_its_status_and_its_sentence() -> None:
    kinds = {
        FitVerdict.OK: wells((2.0, 92.0, 0.1, 1.6), scatter=2.0)[1],
        FitVerdict.FLAT: wells((30.0, 30.0, 0.1, 1.6), scatter=2.0)[1],
        FitVerdict.SLOPE_NOT_IDENTIFIED: wells((2.0, 92.0, 0.09, 90.0))[1],
        FitVerdict.NOT_BRACKETED: [5 * dose**0.8 + e for dose in DOSES for e in (0.1, 0, -0.1)],
        FitVerdict.EXTRAPOLATED: wells((2.0, 92.0, 2.0, 1.6), scatter=0.01)[1],
        FitVerdict.LACK_OF_FIT: [
            v - 40 * (k == 2)
            for k in range(8)
            for v in wells((2.0, 92.0, 0.1, 1.6), scatter=0.1)[1][3 * k : 3 * k + 3]
        ],
    }
    fits = fit_curves(DOSES, np.array(list(kinds.values())).reshape(-1, 8, 3))
    assert list(fits.verdict) == list(kinds)
    assert [status is FitStatus.OK for status in fits.status] == [
        True,
        False,
        False,
        False,
        True,
        True,
    ]
    reasons = fits.reasons()
    assert reasons[0] == ""
    assert len(set(reasons)) == len(kinds)
    assert all(verdict.sentence == "" or verdict.sentence[0].islower() for verdict in FitVerdict)


def test_a_curve_with_too_few_doses_is_refused_beside_good_ones() -> None:
    y = plates(2)
    y[1, 4:] = np.nan
    fits = fit_curves(DOSES, y)
    assert fits.verdict[1] is FitVerdict.TOO_FEW_DOSES
    assert fits.se.tolist()[1] == [None] * 4
    assert len(fit_curves(DOSES, np.empty((0, 8, 3)))) == 0


def test_a_search_that_does_not_come_to_rest_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curve_optimum, "_STEPS_BEFORE_LIMITS", 1)
    monkeypatch.setattr(curve_optimum, "MOST_STEPS", 0)
    fit = fit_curve(*wells((2.0, 92.0, 0.1, 1.6)))
    assert (fit.status, fit.verdict) == (FitStatus.NOT_CONVERGED, FitVerdict.NOT_CONVERGED)


@pytest.mark.parametrize(
    ("doses", "responses", "weights", "words"),
    [
        (DOSES[:-1], np.zeros((1, 8)), None, "do not match"),
        (DOSES, np.zeros(8), None, "do not match"),
        ([*DOSES[:-1], -1.0], np.zeros((1, 8)), None, "Doses must be"),
        ([*DOSES[:-1], np.nan], np.zeros((1, 8)), None, "Doses must be"),
        ([*DOSES[:-1], DOSES[0]], np.zeros((1, 8)), None, "Doses must be"),
        (DOSES, np.full((1, 8), np.inf), None, "infinite"),
        (DOSES, np.zeros((1, 8)), np.zeros((1, 8)), "Weights must be"),
    ],
)
def test_what_makes_no_sense_is_refused(
    doses: Any, responses: Any, weights: Any, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        fit_curves(doses, responses, weights=weights)
