"""Regulatory T cells: within responders, with the published table laid on a plate."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from every_check import assert_every_check_is_met, findings_of
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.assays.treg_induction import TregInduction
from lims_msc.domain.curve import BackgroundMode, PlateAnalysis, Signal
from lims_msc.domain.layout import WellRole
from lims_msc.domain.values import AssayValue, ValueStatus
from lims_msc.errors import InputError

Maker = Callable[[], Any]
MEDIUM = "conditioned medium of adipose MSC"
CD25_POSITIVE = (
    (3.45, 4.42), (2.19, 2.91), (5.04, 5.52), (1.47, 2.48), (3.95, 5.73), (2.87, 4.55),
    (5.80, 7.65), (5.69, 5.81), (1.30, 3.33), (1.77, 2.03), (1.90, 5.39), (2.92, 5.06),
)  # fmt: skip
CD25_NEGATIVE = (
    (2.12, 4.12), (1.72, 2.37), (1.74, 2.26), (2.84, 3.06), (1.88, 2.25), (1.01, 1.95),
    (2.84, 4.32), (3.13, 3.78), (1.41, 2.32), (0.70, 1.10), (0.70, 0.92), (1.60, 1.70),
)  # fmt: skip
"""Percent of cells without and with medium conditioned by MSC, 12 responders (DOMAIN 5.2)."""


def table(plate: Any, pairs: tuple[tuple[float, float], ...]) -> Any:
    without = plate.stimulated(*(pair[0] for pair in pairs))
    with_msc = plate.coculture(None, *(pair[1] for pair in pairs), treatment=MEDIUM)
    for wells in (without, with_msc):
        for number, well in enumerate(wells):
            index = next(i for i, c in enumerate(plate.contents) if c.well == well)
            plate.contents[index] = replace(
                plate.contents[index], responder_code=f"R{number + 1:02}"
            )
    return plate


def by_name(analysis: PlateAnalysis) -> dict[str, AssayValue]:
    """The values over responders; those of single responders name them."""
    return {v.name: v for v in analysis.values if not v.key.responder_code}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (
            CD25_POSITIVE,
            {
                "mean_difference": (1.3775, 5e-5),
                "paired_t": (4.9275, 5e-5),
                "paired_t_p": (0.000451, 5e-7),
                "signed_rank_p": (0.000488, 5e-7),
                "geometric_fold": (1.5102, 5e-5),
                "responders": (12, 0),
            },
        ),
        (
            CD25_NEGATIVE,
            {
                "mean_difference": (0.7050, 5e-5),
                "paired_t": (4.3564, 5e-5),
                "paired_t_p": (0.001143, 5e-7),
                "responders": (12, 0),
            },
        ),
    ],
)
def test_the_published_table_comes_out_digit_for_digit(
    new_plate: Maker,
    pairs: tuple[tuple[float, float], ...],
    expected: dict[str, tuple[float, float]],
) -> None:
    analysis = table(new_plate(), pairs).analyse("cd25_foxp3_percent", TregInduction)
    values = by_name(analysis)
    for name, (number, half_a_digit) in expected.items():
        assert values[name].value == pytest.approx(number, abs=half_a_digit), name
    assert len(values["responders"].wells) == 24
    logs = [math.log(b / a) for a, b in pairs]
    assert values["geometric_fold"].value == pytest.approx(math.exp(sum(logs) / 12))


@pytest.mark.parametrize(
    ("pairs", "interval"),
    [(CD25_POSITIVE, (0.7622, 1.9928)), (CD25_NEGATIVE, (0.3488, 1.0612))],
)
def test_the_published_table_has_the_interval_of_its_responders(
    new_plate: Maker, pairs: tuple[tuple[float, float], ...], interval: tuple[float, float]
) -> None:
    analysis = table(new_plate(), pairs).analyse("cd25_foxp3_percent", TregInduction)
    mean = by_name(analysis)["mean_difference"]
    assert (mean.low, mean.high) == pytest.approx(interval, abs=5e-5)
    assert mean.unit == "percentage points"
    assert "between responders" in mean.interval


def test_each_responder_has_its_difference_and_its_fold(new_plate: Maker) -> None:
    analysis = table(new_plate(), CD25_POSITIVE).analyse("cd25_foxp3_percent", TregInduction)
    first = {v.name: v for v in analysis.values if v.key.responder_code == "R01"}
    assert first["difference"].value == pytest.approx(0.97)
    assert first["fold"].value == pytest.approx(4.42 / 3.45)
    assert first["difference"].se is None
    assert "single well" in first["difference"].interval
    assert first["difference"].key.treatment == MEDIUM
    assert first["difference"].key.msc_per_responder is None
    assert (analysis.curves, analysis.headline_mode) == ((), BackgroundMode.NONE)


def test_wells_are_no_responders(new_plate: Maker) -> None:
    """Twelve wells of one responder stay one responder, without a test."""
    plate = new_plate()
    plate.stimulated(3.0, 3.1, 3.2)
    plate.coculture(10, 5.0, 5.2, 5.4)
    analysis = plate.analyse("foxp3_percent", TregInduction)
    (pair, fold) = (v for v in analysis.values if v.key.responder_code)
    assert (pair.value, fold.value) == pytest.approx((2.1, 5.2 / 3.1))
    assert pair.se == pytest.approx(math.hypot(0.1, 0.2) / math.sqrt(3))
    assert pair.low < pair.value < pair.high
    assert fold.low * fold.high == pytest.approx(fold.value**2)
    for name in ("mean_difference", "paired_t", "paired_t_p", "signed_rank_p", "geometric_fold"):
        value = by_name(analysis)[name]
        assert (value.status, value.value) == (ValueStatus.WITHHELD, None)
        assert value.reason
    assert by_name(analysis)["responders"].value == 1


def test_a_responder_without_its_pair_has_no_number(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(3.0, responder_code="R2")
    plate.coculture(10, 5.0)
    analysis = plate.analyse("foxp3_percent", TregInduction)
    assert [v.status for v in analysis.values] == [ValueStatus.UNDEFINED] * 2
    assert "without MSC" in analysis.values[0].reason


def test_a_responder_without_regulatory_cells_has_a_difference_and_no_fold(
    new_plate: Maker,
) -> None:
    plate = new_plate()
    plate.stimulated(0.0, 0.0)
    plate.coculture(10, 5.0, 5.2)
    difference, fold = plate.analyse("foxp3_percent", TregInduction).values[:2]
    assert difference.value == pytest.approx(5.1)
    assert (fold.status, fold.value) == (ValueStatus.UNDEFINED, None)
    assert "not above zero" in fold.reason


def test_a_control_with_the_same_treatment_is_the_pair(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(3.0)
    blocked = plate.stimulated(2.0, treatment="anti-TGF-β")
    (well,) = plate.coculture(10, 2.5, treatment="anti-TGF-β")
    values = plate.analyse("foxp3_percent", TregInduction).values
    assert values[0].wells == (*blocked, well)
    assert values[0].value == 0.5


def test_resting_cells_are_compared_with_resting_cells(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(9.0)
    plate.unstimulated(1.0)
    plate.background(WellRole.COCULT_UNSTIM, 10, 4.0)
    (difference, fold, *_) = plate.analyse("foxp3_percent", TregInduction).values
    assert (difference.value, fold.value) == (3.0, 4.0)
    assert difference.key.role is WellRole.COCULT_UNSTIM


def test_it_is_never_called_suppression(new_plate: Maker) -> None:
    assay = TregInduction()
    analysis = table(new_plate(), CD25_POSITIVE).analyse("foxp3_percent", TregInduction)
    words = [f"{v.name} {v.title} {v.definition}" for v in analysis.values]
    assert not any("suppression" in text.casefold() for text in [*words, assay.higher_means])
    for readout in assay.readouts:
        assert "raise" in assay.direction(readout)
        assert "never a suppression" in assay.direction(readout)
        assert "suppression" not in assay.formula(readout)
        assert assay.default_mode(readout) is BackgroundMode.NONE
    with pytest.raises(InputError, match="no readout 'wst_od'"):
        assay.formula("wst_od")


def test_a_percentage_above_a_hundred_stops_all_values(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(3.0)
    plate.coculture(10, 103.0)
    analysis = plate.analyse("foxp3_percent", TregInduction)
    assert analysis.values == ()


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(12)), scale=st.floats(0.1, 8))
def test_the_order_of_responders_and_the_unit_change_nothing_but_the_unit(
    new_plate: Maker, order: list[int], scale: float
) -> None:
    one = by_name(table(new_plate(), CD25_POSITIVE).analyse("foxp3_percent", TregInduction))
    moved = table(new_plate(), tuple(CD25_POSITIVE[i] for i in order))
    for well, signal in moved.signals.items():
        moved.signals[well] = Signal(well, scale * signal.value)
    other = by_name(moved.analyse("foxp3_percent", TregInduction))
    for name in ("paired_t", "paired_t_p", "signed_rank_p", "geometric_fold"):
        assert other[name].value == pytest.approx(one[name].value)
    assert other["mean_difference"].value == pytest.approx(scale * one["mean_difference"].value)


def test_every_check_is_met(new_plate: Maker) -> None:
    def said(plate: Any) -> list[Any]:
        return findings_of(plate.analyse("foxp3_percent", TregInduction))

    def plate(with_msc: tuple[float | None, ...] = (5.0, 5.1), **content: Any) -> Any:
        made = new_plate()
        made.stimulated(3.0, 3.1)
        made.coculture(content.pop("one_to", 10), *with_msc, **content)
        return made

    unpaired, high = new_plate(), plate()
    unpaired.coculture(10, 5.0)
    high.add(WellRole.FMO, [3.2])
    good = said(plate())
    assert_every_check_is_met(
        TregInduction,
        {
            "role_missing": TregInduction().check_layout(new_plate().layout),
            "dose_missing": said(plate(one_to=None)),
            "pair_missing": said(unpaired),
            "batch_missing": said(plate(batch_code="")),
            "dose_probably_reversed": said(plate(one_to=0.2)),
            "conditioned_medium": said(plate(one_to=None, treatment=MEDIUM)),
            "few_responders": good,
            "well_left_out": said(plate((5.0, None))),
            "value_impossible": said(plate((5.0, -1.0))),
            "fraction_not_percent": said(table(new_plate(), ((0.03, 0.05),))),
            "replicate_cv": said(plate((5.0, 7.0))),
            "replicate_cv_failed": said(plate((5.0, 10.0))),
            "fmo_missing": good,
            "fmo_high": said(high),
            "readout_trap": good,
        },
    )


def test_a_low_fmo_control_says_nothing(new_plate: Maker) -> None:
    plate = table(new_plate(), CD25_POSITIVE)
    plate.add(WellRole.FMO, [0.1, 0.2])
    codes = {f.code for f in findings_of(plate.analyse("foxp3_percent", TregInduction))}
    assert codes == {"conditioned_medium", "readout_trap"}
