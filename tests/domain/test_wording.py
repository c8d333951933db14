"""How numbers are said: with their sign, their open ends, and the reason where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lims_msc.domain.curve import Summary, SummaryStatus
from lims_msc.domain.wording import interval_text, percent_text, r50_interval_text, r50_text

MEASURED = Summary("suppression", "%", SummaryStatus.MEASURED)
HALF = Summary("R50", "MSC per responder", SummaryStatus.INTERPOLATED)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (49.25, "49.2 %"),
        (0.0, "0.0 %"),
        (-0.04, "0.0 %"),
        (-7.35, "−7.3 %"),
        (-0.06, "−0.1 %"),
        (112.0, "112.0 %"),
        (-250.0, "−250.0 %"),
    ],
)
def test_a_percentage_is_neither_clipped_nor_loses_its_sign(value: float, text: str) -> None:
    assert percent_text(replace(MEASURED, value=value)) == text


@pytest.mark.parametrize("say", [percent_text, r50_text])
def test_a_missing_number_is_said_in_words(say: object) -> None:
    assert callable(say)
    assert say(None) == "not computed"
    why = Summary("x", "%", SummaryStatus.UNDEFINED, reason="the controls are equal")
    assert say(why) == "the controls are equal"
    assert say(replace(why, reason="")) == "undefined"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (41.2, 56.7, "41.2 to 56.7 %"),
        (-3.0, 4.0, "−3.0 to 4.0 %"),
        (None, 56.7, "no lower bound to 56.7 %"),
        (41.2, None, "41.2 to no upper bound"),
        (None, None, ""),
    ],
)
def test_an_interval_says_its_open_ends(low: float | None, high: float | None, text: str) -> None:
    assert interval_text(replace(MEASURED, value=50.0, low=low, high=high)) == text


@pytest.mark.parametrize("interval", [interval_text, r50_interval_text])
def test_there_is_no_interval_without_a_number(interval: object) -> None:
    assert callable(interval)
    assert interval(None) == ""
    assert interval(replace(HALF, low=0.1, high=0.2)) == ""


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        (replace(HALF, value=1 / 9.6), "1:9.6"),
        (replace(HALF, value=1.5), "1.5:1"),
        (
            replace(HALF, status=SummaryStatus.NON_MONOTONE, value=0.1, all_values=(0.1, 0.2, 0.4)),
            "1:10.0 (lowest of 3 crossings)",
        ),
        (
            replace(HALF, status=SummaryStatus.ABOVE_HIGHEST_DOSE, bound=0.5),
            "not reached up to 1:2",
        ),
        (
            replace(HALF, status=SummaryStatus.BELOW_LOWEST_DOSE, bound=0.02),
            "reached at 1:50 already",
        ),
        (replace(HALF, status=SummaryStatus.UNDEFINED, bound=0.5, reason="why"), "why"),
    ],
)
def test_half_suppression_is_a_dose_or_a_bound_never_an_extrapolation(
    summary: Summary, text: str
) -> None:
    assert r50_text(summary) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (1 / 12, 1 / 8, "1:8.0 to 1:12.0"),
        (None, 1 / 8, "1:8.0 to no bound"),
        (1 / 12, None, "no bound to 1:12.0"),
        (None, None, ""),
    ],
)
def test_the_interval_of_half_suppression_runs_from_more_msc_to_fewer(
    low: float | None, high: float | None, text: str
) -> None:
    assert r50_interval_text(replace(HALF, value=0.1, low=low, high=high)) == text
