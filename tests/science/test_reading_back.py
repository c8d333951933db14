"""What a report may show of a sample: numbers within the range, bounds outside of it."""

from __future__ import annotations

import math

import pytest

from lims_msc.domain.values import ValueStatus
from lims_msc.science.reading_back import (
    ReadBack,
    ReadBackStatus,
    ReadingErrors,
    no_curve,
    reportable,
    sample_mean,
)
from lims_msc.science.standard_range import RECOVERY_AND_CV_20, QuantitationRange

RANGE = QuantitationRange(
    RECOVERY_AND_CV_20, (True,) * 4, lowest=2.0, highest=16.0, run=(2.0, 4.0, 8.0, 16.0)
)
ERRORS = ReadingErrors(se=4.0, low=42.0, high=60.0, low_linear=41.0, high_linear=59.0)


def _read(
    in_well: float | None,
    *wells: float | None,
    status: ReadBackStatus = ReadBackStatus.IN_RANGE,
    is_falling: bool = False,
) -> ReadBack:
    return ReadBack(
        status,
        is_falling=is_falling,
        signal_mean=1.0,
        n_wells=len(wells) or 2,
        dilution_factor=10.0,
        in_well=in_well,
        concentration=None if in_well is None else 10 * in_well,
        errors=None if in_well is None else ERRORS,
        of_wells=wells or (49.0, 51.0),
    )


def test_within_the_range_a_report_shows_the_number_with_its_interval() -> None:
    found = reportable(_read(5.0), RANGE)
    assert (found.status, found.value, found.bound) == (ValueStatus.OK, 50.0, None)
    assert (found.se, found.low, found.high, found.warnings) == (4.0, 42.0, 60.0, ())


@pytest.mark.parametrize("in_well", [2.0, 16.0])
def test_the_limits_belong_to_the_range(in_well: float) -> None:
    assert reportable(_read(in_well), RANGE).value == 10 * in_well


def test_below_the_range_there_is_only_the_bound_times_the_dilution() -> None:
    found = reportable(_read(1.999), RANGE)
    assert (found.status, found.bound) == (ValueStatus.BELOW_RANGE, 20.0)
    assert (found.value, found.se, found.low, found.high) == (None, None, None, None)
    assert "LLOQ" in found.reason


def test_above_the_range_there_is_only_the_bound_times_the_dilution() -> None:
    found = reportable(_read(16.001), RANGE)
    assert (found.status, found.value, found.bound) == (ValueStatus.ABOVE_RANGE, None, 160.0)
    assert "ULOQ" in found.reason


@pytest.mark.parametrize(
    ("status", "is_falling", "expected"),
    [
        (ReadBackStatus.BELOW_LOWER_ASYMPTOTE, False, ValueStatus.BELOW_RANGE),
        (ReadBackStatus.ABOVE_UPPER_ASYMPTOTE, False, ValueStatus.ABOVE_RANGE),
        (ReadBackStatus.BELOW_LOWER_ASYMPTOTE, True, ValueStatus.ABOVE_RANGE),
        (ReadBackStatus.ABOVE_UPPER_ASYMPTOTE, True, ValueStatus.BELOW_RANGE),
        (ReadBackStatus.BELOW_LOWEST_STANDARD, False, ValueStatus.BELOW_RANGE),
        (ReadBackStatus.ABOVE_HIGHEST_STANDARD, True, ValueStatus.ABOVE_RANGE),
    ],
)
def test_a_signal_beyond_a_plateau_is_a_bound_of_the_right_side(
    status: ReadBackStatus, expected: ValueStatus, *, is_falling: bool
) -> None:
    """On a falling curve a high signal is little analyte."""
    found = reportable(_read(None, status=status, is_falling=is_falling), RANGE)
    assert found.status is expected
    assert found.bound == (20.0 if expected is ValueStatus.BELOW_RANGE else 160.0)


def test_nothing_is_reported_without_a_range_or_a_curve() -> None:
    nothing = QuantitationRange(RECOVERY_AND_CV_20, (), reason="no standard is accepted")
    found = reportable(_read(5.0), nothing)
    assert (found.status, found.value, found.bound) == (ValueStatus.WITHHELD, None, None)
    assert found.reason == "no standard is accepted"
    found = reportable(no_curve(1.0, 2, 10.0, "all responses are equal"), RANGE)
    assert (found.status, found.reason) == (ValueStatus.WITHHELD, "all responses are equal")


def test_a_number_without_errors_is_shown_without_an_interval() -> None:
    bare = ReadBack(ReadBackStatus.IN_RANGE, False, 1.0, 1, 1.0, 5.0, 5.0, of_wells=(5.0,))
    found = reportable(bare, RANGE)
    assert (found.value, found.se, found.low, found.high) == (5.0, None, None, None)
    assert "single well" in found.warnings[0]


def test_replicates_that_disagree_are_warned_about_with_more_room_at_the_limits() -> None:
    """Wells of 1 ± 0.16: CV 22.6 %, which passes at a limit and not within."""
    apart = (84.0, 116.0)
    assert "22.6 %, above 20 %" in reportable(_read(5.0, *apart), RANGE).warnings[0]
    assert reportable(_read(2.5, *apart), RANGE).warnings == ()
    assert reportable(_read(14.0, *apart), RANGE).warnings == ()
    assert "above 25 %" in reportable(_read(2.5, 50.0, 150.0), RANGE).warnings[0]
    assert "above 20 %" in reportable(_read(4.1, *apart), RANGE).warnings[0]


def test_the_mean_and_cv_of_wells_need_a_number_for_every_well() -> None:
    read = _read(5.0, 40.0, 60.0)
    assert read.mean_of_wells == 50
    assert read.cv_percent.value == pytest.approx(100 * math.sqrt(200) / 50)
    half = _read(5.0, 40.0, None)
    assert (half.mean_of_wells, half.cv_percent.value) == (None, None)
    assert "beyond the standard curve" in reportable(half, RANGE).warnings[0]
    single = _read(5.0, 50.0)
    assert (single.mean_of_wells, single.cv_percent.value) == (None, None)
    assert "two wells" in single.cv_percent.reason


def test_every_status_has_words() -> None:
    assert len({status.words for status in ReadBackStatus}) == len(ReadBackStatus)


@pytest.mark.parametrize(
    ("signals", "dilution", "word"),
    [
        ((), 1.0, "at least one well"),
        ((math.nan,), 1.0, "signal"),
        ((1.0,), 0.0, "dilution"),
        ((1.0,), math.inf, "dilution"),
    ],
)
def test_samples_that_make_no_sense_are_refused(
    signals: tuple[float, ...], dilution: float, word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        sample_mean(signals, dilution)


def test_signals_and_dilutions_that_make_no_sense_are_refused() -> None:
    for signals, dilution in (([1e101], 1.0), ([], 1.0), ([math.nan], 1.0)):
        with pytest.raises(ValueError, match=r"Not a signal|at least one well"):
            sample_mean(signals, dilution)
    for dilution in (0.0, -2.0, math.inf, math.nan, 1e-300, 1e300):
        with pytest.raises(ValueError, match="Not a dilution factor"):
            sample_mean([1.0], dilution)
    assert sample_mean([1e-300], 1.0) == 1e-300
