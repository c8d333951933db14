"""Curves of unlike shape may still be compared at one dose and over the doses they share."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lims_msc.domain.curve import BackgroundMode, SummaryStatus
from lims_msc.science.suppression import (
    ControlWells,
    DoseWells,
    SuppressionCurve,
    curve_of_percentages,
    suppression_curve,
)
from lims_msc.science.uncertainty import WellGroup
from lims_msc.science.unlike_curves import area_ratio, suppression_difference

CONTROLS = ControlWells([1.62, 1.58, 1.66], [0.20, 0.22, 0.21])
REFERENCE = {0.5: (0.55, 0.58), 0.2: (0.72, 0.70), 0.1: (0.95, 0.99), 0.02: (1.60, 1.72)}
TEST = {0.5: (0.85, 0.80), 0.25: (0.92, 0.97), 0.05: (1.25, 1.30)}


def curve(
    wells: dict[float, tuple[float, ...]], controls: ControlWells = CONTROLS
) -> SuppressionCurve:
    doses = [DoseWells(dose, values) for dose, values in wells.items()]
    return suppression_curve(doses, controls, BackgroundMode.UNSTIM)


def height(wells: dict[float, tuple[float, ...]], dose: float, p: float, n: float) -> float:
    """Suppression at a dose on the line over log dose, written out here."""
    doses = sorted(wells)
    means = [100 * (1 - (np.mean(wells[d]) - n) / (p - n)) for d in doses]
    return float(np.interp(math.log(dose), np.log(doses), means))


def by_shifting_groups(number: object) -> tuple[float, float]:
    """A number and its standard error, by moving the mean of every group of wells a little."""

    def moved(group: str, step: float) -> float:
        p = np.mean(CONTROLS.stimulated) + step * (group == "P")
        n = np.mean(CONTROLS.unstimulated) + step * (group == "N")
        wells = [
            {
                d: tuple(v + step * (group == f"{name}{d}") for v in values)
                for d, values in w.items()
            }
            for name, w in (("R", REFERENCE), ("T", TEST))
        ]
        return number(*wells, p, n)  # type: ignore[operator, no-any-return]

    groups = {"P": CONTROLS.stimulated, "N": CONTROLS.unstimulated}
    groups |= {f"R{d}": values for d, values in REFERENCE.items()}
    groups |= {f"T{d}": values for d, values in TEST.items()}
    variance = 0.0
    for name, values in groups.items():
        slope = (moved(name, 1e-6) - moved(name, -1e-6)) / 2e-6
        variance += slope**2 * np.var(values, ddof=1) / len(values)
    return moved("", 0.0), math.sqrt(variance)


def mean_height(wells: dict[float, tuple[float, ...]], p: float, n: float) -> float:
    stops = sorted({0.05, 0.5} | {d for d in wells if 0.05 < d < 0.5})
    x = np.log10(stops)
    y = [height(wells, d, p, n) for d in stops]
    return float(np.trapezoid(y, x) / (x[-1] - x[0]))


def test_difference_at_a_dose_takes_shared_controls_once() -> None:
    found = suppression_difference(curve(REFERENCE), curve(TEST), 0.1)
    value, se = by_shifting_groups(lambda r, t, p, n: height(t, 0.1, p, n) - height(r, 0.1, p, n))
    assert (found.status, found.unit) == (SummaryStatus.MEASURED, "points")
    assert found.value == pytest.approx(value)
    assert found.low is not None
    assert found.high is not None
    half = (found.high - found.low) / 2
    # Welch–Satterthwaite df are not recomputed here: the quantile lies between those of 1 and ∞.
    assert 1.96 * se < half < 12.8 * se
    assert "95 %, delta method" in found.interval


def test_difference_of_a_curve_from_itself_is_exactly_nothing_but_its_own_wells() -> None:
    found = suppression_difference(curve(REFERENCE), curve(REFERENCE), 0.2)
    assert found.value == 0
    assert found.low == pytest.approx(-(found.high or 0))


def test_ratio_of_areas_is_over_the_common_doses() -> None:
    found = area_ratio(curve(REFERENCE), curve(TEST))
    value, se = by_shifting_groups(lambda r, t, p, n: mean_height(t, p, n) / mean_height(r, p, n))
    assert found.value == pytest.approx(value)
    assert found.low is not None
    assert found.high is not None
    # The interval is symmetric on the log.
    assert found.low * found.high == pytest.approx(value**2)
    half = math.log(found.high / found.low) / 2
    assert 1.96 * se / value < half < 12.8 * se / value


def test_ratio_of_equal_windows_is_that_of_the_plain_areas() -> None:
    low = {dose: tuple(1.1 * v for v in values) for dose, values in REFERENCE.items()}
    found = area_ratio(curve(REFERENCE), curve(low))
    p, n = np.mean(CONTROLS.stimulated), np.mean(CONTROLS.unstimulated)
    x = np.log10(sorted(REFERENCE))
    areas = [np.trapezoid([height(w, d, p, n) for d in sorted(w)], x) for w in (REFERENCE, low)]
    assert found.value == pytest.approx(areas[1] / areas[0])


def test_single_wells_give_numbers_without_intervals() -> None:
    alone = {dose: values[:1] for dose, values in TEST.items()}
    for found in (
        suppression_difference(curve(REFERENCE), curve(alone), 0.1),
        area_ratio(curve(REFERENCE), curve(alone)),
        area_ratio(curve(alone), curve(REFERENCE)),
    ):
        assert found.value is not None
        assert (found.low, found.high) == (None, None)
        assert "single well" in found.interval


def test_wells_without_any_spread_have_no_interval() -> None:
    flat = ControlWells([2.0, 2.0], [0.0, 0.0])
    same = curve({0.1: (1.0, 1.0), 0.5: (0.5, 0.5)}, flat)
    for found in (suppression_difference(same, same, 0.1), area_ratio(same, same)):
        assert found.value in (0, 1)
        assert (found.low, found.high) == (None, None)
        assert "no spread" in found.interval


def test_a_stimulating_test_has_a_ratio_below_zero_without_an_interval() -> None:
    more = {0.5: (2.0, 2.1), 0.05: (1.9, 2.0)}
    found = area_ratio(curve(REFERENCE), curve(more))
    assert found.value is not None
    assert found.value < 0
    assert (found.low, found.high) == (None, None)
    assert "no logarithm" in found.interval


@pytest.mark.parametrize(
    "reference", [{0.5: (2.0, 2.1), 0.05: (1.9, 2.0)}, {0.5: (1.0, 1.9), 0.05: (1.5, 1.7)}]
)
def test_a_reference_that_does_not_suppress_is_no_denominator(
    reference: dict[float, tuple[float, ...]],
) -> None:
    found = area_ratio(curve(reference), curve(TEST))
    assert (found.status, found.value) == (SummaryStatus.UNDEFINED, None)
    assert "not clearly above 0" in found.reason


def test_doses_that_a_curve_does_not_cover_are_not_extrapolated() -> None:
    high = curve({0.5: (0.55, 0.58), 0.25: (0.7, 0.75)})
    assert "test curve does not cover the dose MSC:responder 1:10" in (
        suppression_difference(curve(REFERENCE), high, 0.1).reason
    )
    assert "reference curve does not cover" in (
        suppression_difference(high, curve(REFERENCE), 0.1).reason
    )
    low = curve({0.02: (1.5, 1.6), 0.05: (1.2, 1.3)})
    found = area_ratio(high, low)
    assert (found.value, found.reason) == (None, "the curves have no range of doses in common")


def test_curves_without_points_are_not_compared() -> None:
    nothing = curve({})
    assert suppression_difference(nothing, curve(TEST), 0.1).value is None
    assert area_ratio(curve(TEST), nothing).value is None


def test_curves_of_other_controls_are_a_mistake() -> None:
    other = curve(TEST, ControlWells([1.0, 1.1], [0.2, 0.21]))
    with pytest.raises(ValueError, match="do not share the control wells 'P'"):
        area_ratio(curve(REFERENCE), other)
    changed = replace(curve(TEST), groups={**curve(TEST).groups, "N": WellGroup((0.3,))})
    with pytest.raises(ValueError, match="'N'"):
        suppression_difference(curve(REFERENCE), changed, 0.1)


def test_percentages_without_controls_are_compared_by_their_own_spread() -> None:
    one = curve_of_percentages([(0.1, [40.0, 44.0]), (0.5, [80.0, 84.0])])
    other = curve_of_percentages([(0.1, [20.0, 22.0]), (0.5, [40.0, 42.0])])
    assert suppression_difference(one, other, 0.1).value == -21
    assert area_ratio(one, other).value == pytest.approx(0.5)
