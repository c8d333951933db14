"""A plate with reference MSC gives the relative potency of its batches, or says why it does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from lims_msc.domain.curve import BackgroundMode, PlateAnalysis
from lims_msc.domain.layout import WellRole
from lims_msc.domain.values import AssayValue, ValueStatus
from lims_msc.errors import InputError
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.potency import relative_potency

Maker = Callable[[], Any]
ONE_TO = (1, 2, 4, 8, 16, 32, 64)
NOISE = (0.012, -0.02, 0.008, 0.017, -0.011, -0.006, 0.004)


def add_curve(
    plate: Any,
    midpoint_one_to: float,
    *,
    highest: float = 85.0,
    one_to: Sequence[float] = ONE_TO,
    noise: float = 1.0,
    **content: Any,
) -> None:
    """Add triplicates whose suppression rises to ``highest`` percent with slope 1.4.

    Signals lie between 0.2 (unstimulated) and 1.6 (stimulated).
    """
    for row, n in enumerate(one_to):
        suppression = highest / (1 + (n / midpoint_one_to) ** 1.4)
        signal = 0.2 + 1.4 * (1 - suppression / 100)
        shift = 3 * row + len(content.get("batch_code", "B1"))
        wells = [signal + noise * NOISE[(shift + i) % 7] for i in range(3)]
        plate.coculture(n, *wells, **content)


@pytest.fixture
def plate(new_plate: Maker) -> Any:
    """Controls and a reference batch whose midpoint is 1:8."""
    one = new_plate()
    one.stimulated(1.62, 1.58, 1.6)
    one.unstimulated(0.2, 0.21, 0.19)
    add_curve(one, 8, role=WellRole.REF_MSC, batch_code="REF")
    return one


def values(
    analysis: PlateAnalysis, name: str, mode: BackgroundMode = BackgroundMode.UNSTIM
) -> list[AssayValue]:
    return [one for one in analysis.values if one.name == name and one.key.mode == mode]


def the(
    analysis: PlateAnalysis, name: str, mode: BackgroundMode = BackgroundMode.UNSTIM
) -> AssayValue:
    (one,) = values(analysis, name, mode)
    return one


def test_a_batch_that_needs_half_the_msc_has_the_potency_two(plate: Any) -> None:
    add_curve(plate, 16, batch_code="B1", priming="IFN-γ")
    found = the(plate.analyse(), "relative_potency")
    assert (found.status, found.reason) == (ValueStatus.OK, "")
    assert found.value == pytest.approx(2, rel=0.1)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2 < found.high
    assert found.se == pytest.approx(
        found.value * math.log(found.high / found.low) / 2 / 2.0262, rel=1e-3
    )
    assert (found.unit, found.title) == ("fold", "Relative potency against reference batch 'REF'")
    key = found.key
    assert (key.role, key.batch_code, key.priming) == (WellRole.COCULT, "B1", "IFN-γ")
    assert (key.responder_code, key.stimulus, key.mode) == ("R1", "PHA", "UNSTIM")
    assert "95 %, delta method on the log, Student's t with 37 degrees" in found.interval
    assert "by profile likelihood" in found.interval
    assert "Fieller" in found.interval


def test_definition_says_formula_limits_and_which_error_the_interval_holds(plate: Any) -> None:
    add_curve(plate, 16)
    found = the(plate.analyse(), "relative_potency")
    for words in (
        "RP = ec50 of the reference / ec50 of the test",
        "(T − N)/(P − N)",
        "slope ratio within 0.67 to 1.5",
        "plateau differences within ±15 points",
        "moves both alike and does not change the ratio",
        "one plate, not of runs or donors",
    ):
        assert words in found.definition


def test_number_is_that_of_the_suppression_of_single_wells(plate: Any) -> None:
    add_curve(plate, 16)
    analysis = plate.analyse()
    samples = [
        DoseResponse.of(
            curve.key.batch_code,
            [p.msc_per_responder for p in curve.points for _ in p.replicates],
            [well.suppression_percent for p in curve.points for well in p.replicates],
        )
        for role in (WellRole.REF_MSC, WellRole.COCULT)
        for curve in analysis.curves
        if curve.key.role is role and curve.key.mode is BackgroundMode.UNSTIM
    ]
    want = relative_potency(*samples)
    assert want.estimate is not None
    found = the(analysis, "relative_potency")
    assert found.value == want.estimate.value
    assert (found.low, found.high) == (
        want.estimate.log_interval.low,
        want.estimate.log_interval.high,
    )


def test_shared_controls_do_not_move_the_potency(plate: Any, new_plate: Maker) -> None:
    other = new_plate()
    other.stimulated(1.9, 1.8)
    other.unstimulated(0.11, 0.12)
    add_curve(other, 8, role=WellRole.REF_MSC, batch_code="REF")
    for one in (plate, other):
        add_curve(one, 16)
    limits = {"similarity_points": 40.0}
    plain, moved = (the(one.analyse(**limits), "relative_potency") for one in (plate, other))
    assert moved.value == pytest.approx(plain.value, rel=1e-8)
    assert moved.low == pytest.approx(plain.low, rel=1e-7)


def test_every_mode_that_both_curves_have_gets_its_own_value(plate: Any) -> None:
    add_curve(plate, 16)
    modes = [one.key.mode for one in plate.analyse().values if one.name == "relative_potency"]
    assert modes == ["NONE", "UNSTIM"]


def test_full_mode_takes_its_own_backgrounds_and_says_so(plate: Any) -> None:
    add_curve(plate, 16)
    for batch, n in [(b, n) for b in ("REF", "B1") for n in ONE_TO]:
        plate.background(WellRole.COCULT_UNSTIM, n, 0.2, 0.21, batch_code=batch)
    plate.blank(0.05, 0.05)
    analysis = plate.analyse("atp_rlu")
    full = the(analysis, "relative_potency", BackgroundMode.FULL)
    assert full.status is ValueStatus.OK
    assert "not the error of the background of each dose" in full.definition
    unstimulated = {w for w, c in plate.layout.contents.items() if c.role.value == "COCULT_UNSTIM"}
    blanks = {w for w, c in plate.layout.contents.items() if c.role is WellRole.BLANK}
    assert unstimulated <= set(full.wells)
    assert not blanks & set(full.wells)
    blank = the(analysis, "relative_potency", BackgroundMode.BLANK)
    assert blanks <= set(blank.wells)
    assert not unstimulated & set(blank.wells)


def test_wells_without_a_reading_are_not_among_the_wells(plate: Any) -> None:
    add_curve(plate, 16)
    lost = plate.coculture(2, None)
    found = the(plate.analyse(), "relative_potency")
    assert not set(lost) & set(found.wells)
    assert len(found.wells) == 3 + 3 + 2 * 7 * 3


def test_comparisons_of_shape_stand_beside_the_potency(plate: Any) -> None:
    add_curve(plate, 16)
    analysis = plate.analyse()
    slope = the(analysis, "slope_ratio")
    assert slope.value == pytest.approx(1, abs=0.3)
    assert "90 %, delta method on the log, Student's t with 34 degrees" in slope.interval
    assert slope.definition.endswith("within 0.67 to 1.5")
    for name in ("plateau_at_no_msc_difference", "plateau_at_high_msc_difference"):
        plateau = the(analysis, name)
        assert (plateau.unit, plateau.status) == ("percentage points", ValueStatus.OK)
        assert plateau.low is not None
        assert plateau.low < 0 < plateau.high  # type: ignore[operator]
        assert "on the log" not in plateau.interval
    assert values(analysis, "suppression_difference_at_anchor") == []


def test_another_plateau_withholds_the_potency_and_gives_what_needs_no_shape(plate: Any) -> None:
    add_curve(plate, 16, highest=45)
    analysis = plate.analyse()
    found = the(analysis, "relative_potency")
    assert (found.status, found.value, found.low, found.high) == (
        ValueStatus.WITHHELD,
        None,
        None,
        None,
    )
    assert "not shown to have one shape: difference of the plateaus at high dose" in found.reason
    assert "not within -15 to 15" in found.reason
    difference = the(analysis, "suppression_difference_at_anchor")
    assert difference.title == (
        "Difference of suppression at MSC:responder 1:10 against reference batch 'REF' "
        "(not a relative potency)"
    )
    anchors = {
        curve.key.role: curve.suppression_at_anchor
        for curve in analysis.curves
        if curve.key.mode is BackgroundMode.UNSTIM
    }
    assert difference.value == pytest.approx(
        anchors[WellRole.COCULT].value - anchors[WellRole.REF_MSC].value
    )
    ratio = the(analysis, "normalised_auc_ratio")
    areas = {
        curve.key.role: curve.normalised_auc.value
        for curve in analysis.curves
        if curve.key.mode is BackgroundMode.UNSTIM
    }
    assert ratio.value == pytest.approx(areas[WellRole.COCULT] / areas[WellRole.REF_MSC])
    for one in (difference, ratio):
        assert one.status is ValueStatus.OK
        assert "not a relative potency" in one.title
        assert "not a relative potency" in one.definition
        assert one.low is not None
        assert "shared controls included" in one.interval


def test_a_batch_without_a_dose_effect_has_none(plate: Any) -> None:
    add_curve(plate, 16, highest=0)
    found = the(plate.analyse(), "relative_potency")
    assert (found.status, found.value) == (ValueStatus.UNDEFINED, None)
    assert "'test B1' do not depend on the dose" in found.reason


def test_few_doses_have_none_but_the_numbers_in_its_place(plate: Any) -> None:
    add_curve(plate, 16, one_to=(4, 16, 64))
    analysis = plate.analyse()
    found = the(analysis, "relative_potency")
    assert found.status is ValueStatus.WITHHELD
    assert "'test B1' has no curve of its own" in found.reason
    assert the(analysis, "suppression_difference_at_anchor").value is not None
    assert the(analysis, "normalised_auc_ratio").value is not None


def test_an_anchor_dose_that_was_not_covered_has_no_difference(plate: Any) -> None:
    add_curve(plate, 16, one_to=(2, 4, 8), highest=40)
    found = the(plate.analyse(), "suppression_difference_at_anchor")
    assert (found.status, found.value) == (ValueStatus.UNDEFINED, None)
    assert "test curve does not cover the dose MSC:responder 1:10" in found.reason


def test_an_interval_without_ends_says_why(plate: Any) -> None:
    add_curve(plate, 16, noise=7)
    wide = {"similarity_slope_ratio": (1e-9, 1e9), "similarity_points": 1e9}
    found = the(plate.analyse(confidence=0.9999999999999, **wide), "relative_potency")
    assert found.status is ValueStatus.OK
    assert "by Fieller open to open" in found.interval
    assert "the denominator does not differ from zero" in found.interval


def test_only_curves_with_the_same_responder_stimulus_and_treatment_are_compared(
    plate: Any,
) -> None:
    plate.stimulated(1.6, 1.62, 1.58, responder_code="R2")
    plate.unstimulated(0.2, 0.21, responder_code="R2")
    plate.stimulated(1.6, 1.62, 1.58, treatment="1-MT")
    for content in (
        {"responder_code": "R2"},
        {"treatment": "1-MT"},
        {"role": WellRole.NEG_STROMA, "batch_code": "FIB"},
    ):
        add_curve(plate, 16, one_to=ONE_TO[:6], **content)
    assert plate.analyse().values == ()


def test_every_reference_and_every_batch_gets_a_value(plate: Any) -> None:
    add_curve(plate, 4, role=WellRole.REF_MSC, batch_code="REF", priming="TNF")
    for batch in ("B1", "B22"):
        add_curve(plate, 16, batch_code=batch)
    found = values(plate.analyse(), "relative_potency")
    assert sorted((one.key.batch_code, one.title) for one in found) == [
        (batch, f"Relative potency against reference batch 'REF'{priming}")
        for batch in ("B1", "B22")
        for priming in ("", ", TNF")
    ]
    by_title = {one.title: one.value for one in found}
    assert by_title["Relative potency against reference batch 'REF', TNF"] == pytest.approx(
        4, rel=0.2
    )


def test_controls_that_allow_no_curve_allow_no_potency(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(0.2, 0.21)
    plate.unstimulated(1.6, 1.61)
    add_curve(plate, 8, role=WellRole.REF_MSC, batch_code="REF")
    add_curve(plate, 16)
    found = the(plate.analyse(), "relative_potency")
    assert (found.status, found.value) == (ValueStatus.UNDEFINED, None)
    assert found.reason
    assert values(plate.analyse(), "normalised_auc_ratio") == []


def test_a_reference_without_a_reading_says_so(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.62, 1.58, 1.6)
    plate.unstimulated(0.2, 0.21, 0.19)
    plate.coculture(2, None, None, role=WellRole.REF_MSC, batch_code="REF")
    add_curve(plate, 16)
    found = the(plate.analyse(), "relative_potency")
    assert (found.status, found.reason) == (
        ValueStatus.UNDEFINED,
        "there is no reading of a co-culture",
    )


def test_limits_are_settings_and_nonsense_is_refused(plate: Any) -> None:
    add_curve(plate, 16)
    strict = plate.analyse(similarity_points=0.001)
    assert the(strict, "relative_potency").status is ValueStatus.WITHHELD
    assert "±0.001 points" in the(strict, "relative_potency").definition
    for settings in (
        {"similarity_points": 0.0},
        {"similarity_points": math.inf},
        {"similarity_slope_ratio": (1.1, 1.5)},
        {"similarity_slope_ratio": (0.0, 1.5)},
        {"similarity_slope_ratio": (0.5, 0.9)},
    ):
        with pytest.raises(InputError, match="do not enclose equal curves"):
            plate.analyse(**settings)
