"""The line that a page draws for a fit: on the fitted curve, and never beyond the tested doses."""

from __future__ import annotations

import pytest

from lims_msc.domain.fit import Estimate, FitResult, FitStatus
from lims_msc.science.fitted_line import fitted_line


def fit_of(**values: float) -> FitResult:
    parameters = tuple((name, Estimate(value)) for name, value in values.items())
    return FitResult("4pl", "", FitStatus.OK, parameters=parameters)


def test_the_line_spans_the_tested_doses_and_lies_on_the_curve() -> None:
    line = fitted_line(fit_of(y_zero=0, y_inf=100, ec50=0.1, hill=1), 0.01, 1.0, steps=2)
    assert [dose for dose, _ in line] == pytest.approx([0.01, 0.1, 1.0])
    assert [y for _, y in line] == pytest.approx([100 / 11, 50.0, 1000 / 11])


@pytest.mark.parametrize(
    ("fit", "lowest", "highest"),
    [
        (FitResult("4pl", "", FitStatus.NOT_ESTIMABLE, reason="flat"), 0.01, 1.0),
        (fit_of(y_zero=0, y_inf=100, ec50=0.1), 0.01, 1.0),
        (fit_of(y_zero=0, y_inf=100, ec50=0.1, hill=1), 0.1, 0.1),
        (fit_of(y_zero=0, y_inf=100, ec50=0.1, hill=1), 0.0, 1.0),
    ],
)
def test_there_is_no_line_without_numbers_or_without_a_span(
    fit: FitResult, lowest: float, highest: float
) -> None:
    assert fitted_line(fit, lowest, highest) == []
