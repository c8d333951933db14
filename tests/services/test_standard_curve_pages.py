"""The line of a standard curve for drawing: on the fitted curve, and never beyond the standards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_assays import LINE

from lims_msc.domain.fit import Estimate, FitResult, FitStatus
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import StandardCurveResult, StandardLevel
from lims_msc.services.standard_curve_pages import _chart, standard_line


def fit_of(model: str, **values: float) -> FitResult:
    parameters = tuple((name, Estimate(value)) for name, value in values.items())
    return FitResult(model, LINE, FitStatus.OK, parameters=parameters)


def share(x: float) -> float:
    return 1 / (1 + (50 / x) ** 1.5)


SIGMOIDS: dict[str, Callable[[float], float]] = {
    "4pl": lambda x: 0.1 + 2.9 * share(x),
    "5pl-r": lambda x: 0.1 + 2.9 * share(x) ** 0.7,
    "5pl-f": lambda x: 0.1 + 2.9 * (1 - (1 - share(x)) ** 0.7),
}


@pytest.mark.parametrize("model", SIGMOIDS)
@given(st.floats(0.01, 10), st.floats(11, 1e4))
def test_a_sigmoid_is_drawn_on_its_own_equation_between_the_standards(
    model: str, lowest: float, highest: float
) -> None:
    values = {"y_zero": 0.1, "y_inf": 3.0, "hill": 1.5}
    values |= {"ec50": 50.0} if model == "4pl" else {"c": 50.0, "asym": 0.7}
    line = standard_line(fit_of(model, **values), lowest, highest)
    assert (line[0][0], line[-1][0]) == (pytest.approx(lowest), pytest.approx(highest))
    for x, y in line:
        assert y == pytest.approx(SIGMOIDS[model](x), rel=1e-9)


def test_a_straight_line_is_drawn_by_its_two_ends_and_may_begin_at_zero() -> None:
    line = standard_line(fit_of("line", intercept=0.05, slope=0.004), 0.0, 200.0)
    assert line == [(0.0, 0.05), (200.0, pytest.approx(0.85))]


@pytest.mark.parametrize(
    ("fit", "lowest", "highest"),
    [
        (FitResult("4pl", LINE, FitStatus.TOO_FEW_DOSES), 1.0, 10.0),
        (fit_of("4pl", y_zero=0.0, y_inf=1.0, ec50=5.0), 1.0, 10.0),
        (fit_of("4pl", y_zero=0.0, y_inf=1.0, hill=1.0), 1.0, 10.0),
        (fit_of("5pl-r", y_zero=0.0, y_inf=1.0, hill=1.0, c=5.0), 1.0, 10.0),
        (fit_of("spline", y_zero=0.0, y_inf=1.0, hill=1.0, ec50=5.0), 1.0, 10.0),
        (fit_of("4pl", y_zero=0.0, y_inf=1.0, hill=1.0, ec50=5.0), 0.0, 10.0),
        (fit_of("line", intercept=0.0, slope=1.0), 10.0, 10.0),
    ],
)
def test_nothing_is_drawn_where_there_is_no_curve(
    fit: FitResult, lowest: float, highest: float
) -> None:
    assert standard_line(fit, lowest, highest) == []


def test_the_zero_standard_stands_on_a_linear_axis_only() -> None:
    levels = tuple(
        StandardLevel(held, (WellAddress(1, 1),), 0.1, None, None, None, is_accepted=True)
        for held in (0.0, 100.0)
    )
    of_line = StandardCurveResult("µM", "none", fit_of("line", intercept=0.1, slope=0.1), levels)
    chart = _chart(of_line, {})
    assert not chart["is_log"]
    assert [level["concentration"] for level in chart["levels"]] == [0.0, 100.0]
    assert chart["levels"][0]["wells"] == [{"well": "A1", "signal": None, "sheet": "", "cell": ""}]
    none = _chart(StandardCurveResult("µM", "none", fit_of("4pl"), levels[:1]), {})
    assert (none["levels"], none["line"]) == ([], [])
