"""Every check that a suppression assay declares, on a plate made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from every_check import assert_every_check_is_met, findings_of

from lims_msc.assays.b_cell import BCellProliferation
from lims_msc.assays.b_cell_plasmablasts import BCellPlasmablasts
from lims_msc.assays.nk_proliferation import NKProliferation
from lims_msc.assays.t_cell import TCellProliferation
from lims_msc.domain.assay import AssayType
from lims_msc.domain.curve import BackgroundMode
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import WellRole
from lims_msc.domain.plate import Marker, PlateFormat, WellAddress
from lims_msc.errors import InputError

Maker = Callable[[], Any]
PERCENT = "percent_divided"


class Plates:
    """One method a check; each returns what the plate says."""

    def __init__(self, new: Maker, assay: type[AssayType]) -> None:
        self.new = new
        self.assay = assay

    def said(self, plate: Any, readout: str = "brdu_od") -> list[Finding]:
        return findings_of(plate.analyse(readout, self.assay))

    def planned(self, plate: Any) -> list[Finding]:
        return list(self.assay().check_layout(plate.layout))

    def plate(self, stimulated: tuple[Any, ...], unstimulated: tuple[Any, ...], *doses: Any) -> Any:
        plate = self.new()
        plate.stimulated(*stimulated)
        if unstimulated:
            plate.unstimulated(*unstimulated)
        for index, values in enumerate(doses or ((0.4, 0.41),)):
            plate.coculture(2 * 2**index, *values)
        return plate

    def good(self, *doses: Any) -> Any:
        return self.plate((1.0, 1.05, 0.97), (0.11, 0.10, 0.12), *doses)

    def percent(self, *doses: Any) -> Any:
        return self.plate((80, 81, 82), (1, 2), *(doses or ((30, 31),)))

    def falling(self) -> Any:
        return self.good((0.95, 0.96), (0.8, 0.81), (0.6, 0.61), (0.3, 0.31))

    def falling_percent(self) -> Any:
        return self.percent((75, 76), (60, 61), (45, 46), (20, 21))

    def edge(self) -> Any:
        plate = self.good()
        plate.plate_format = PlateFormat.WELLS_96
        plate.contents[3:6] = [
            replace(c, well=WellAddress(3, 5 + i)) for i, c in enumerate(plate.contents[3:6])
        ]
        plate.contents[6:] = [
            replace(c, well=WellAddress(4, 5 + i)) for i, c in enumerate(plate.contents[6:])
        ]
        return plate

    def any_assay(self, readout: str, good: Any) -> Mapping[str, list[Finding]]:
        """Return the checks that do not depend on the readout, with a good plate of it."""
        empty, undosed, no_floor = self.new(), good(), self.plate((1.0, 1.1), ())
        undosed.coculture(None, 0.5)
        medium = good()
        medium.coculture(None, 0.5, treatment="conditioned medium 50 %")
        nameless = good()
        nameless.coculture(64, 0.5, 0.5, batch_code="")
        lost, overflow, single = good(), good(), self.plate((1.0,), (0.1,), (0.5,))
        lost.coculture(64, None)
        overflow.stimulated(Marker.OVERFLOW)
        drift, large, above = good(), good(), good()
        first = drift.signals[WellAddress(1, 1)].value
        drift.stimulated(1.5 * first if first < 60 else first / 1.5)
        drift.stimulated(1.5 * first if first < 60 else first / 1.5)
        large.coculture(0.2, 0.5, 0.51)
        above.coculture(1, 0.05, 0.06)
        controlless = self.new()
        controlless.coculture(10, 0.5, 0.5)
        background = good()
        for one_to in (2, 4, 8):
            background.coculture(one_to, first / 2, first / 2.02)
            background.background(WellRole.COCULT_UNSTIM, one_to, first / 20, first / 20.1)
        background.coculture(100, first / 2, first / 2)
        flat = self.plate(
            tuple(s.value for w, s in good().signals.items() if w.row == 1),
            tuple(s.value for w, s in good().signals.items() if w.row == 2),
            *(((share * first),) for share in (0.93, 0.92, 0.91, 0.90)),
        )
        failed = self.plate((0.20, 0.21), (0.25, 0.26), (0.1, 0.1))
        wild = tuple(share * first for share in (0.50, 0.51, 0.49, 0.505, 0.495, 0.8))
        return {
            "role_missing": self.planned(empty),
            "dose_missing": self.said(undosed, readout),
            "conditioned_medium": self.said(medium, readout),
            "floor_missing": self.planned(no_floor),
            "batch_missing": self.planned(nameless),
            "edge_only": self.planned(self.edge()),
            "well_left_out": self.said(lost, readout),
            "controls_missing": self.said(controlless, readout),
            "stimulation_failed": self.said(failed, readout),
            "already_normalised": self.said(self.plate((100, 100), (1, 2), (40, 41)), readout),
            "control_overflow": self.said(overflow, readout),
            "single_control": self.said(single, readout),
            "replicate_cv": self.said(good((0.9 * first, 0.5 * first, 0.7 * first)), readout),
            "replicate_cv_failed": self.said(good((0.9 * first, 0.2 * first)), readout),
            "plate_drift": self.said(drift, readout),
            "outlier_suggested": self.said(good(wild), readout),
            "dose_without_reading": self.said(lost, readout),
            "single_replicate": self.said(single, readout),
            "dose_probably_reversed": self.said(large, readout),
            "no_dose_response": self.said(flat, readout),
            "above_100_percent": self.said(above, readout),
            "dose_without_background": self.said(background, readout),
            "mode_not_available": self.said(good(), readout),
        }

    def percentages(self, readout: str) -> Mapping[str, list[Finding]]:
        return {
            "value_impossible": self.said(self.percent((101, 102)), readout),
            "fraction_not_percent": self.said(
                self.plate((0.5, 0.6), (0.01, 0.02), (0.3, 0.31)), readout
            ),
        }

    def proliferation(self) -> Mapping[str, list[Finding]]:
        negative, kilo = self.good((-0.02, 0.5)), self.plate((45, 46), (2, 3), (20, 21))
        return {
            **self.any_assay("brdu_od", self.good),
            **self.percentages(PERCENT),
            "negative_signals": self.said(negative),
            "signal_saturated": self.said(self.plate((3.1, 3.2), (0.3, 0.31), (0.9, 0.91))),
            "counts_in_thousands": self.said(kilo, "thymidine_cpm"),
            "readout_trap": self.said(self.percent(), PERCENT),
            "stimulation_weak": self.said(self.plate((1.0, 1.1), (0.4, 0.41))),
            "z_prime_low": self.said(self.plate((1.8, 1.7, 1.9), (0.01, 0.2, 0.5))),
            "z_prime_failed": self.said(self.plate((1.8, 1.7, 1.9), (0.01, 0.1, 0.9))),
            "few_divided": self.said(self.plate((45, 46), (6, 7), (20, 21)), PERCENT),
            "few_divided_failed": self.said(self.plate((19, 18), (16, 17), (9, 10)), PERCENT),
            "resting_divide": self.said(self.plate((45, 46), (6, 7), (20, 21)), PERCENT),
            "resting_divide_failed": self.said(self.plate((19, 18), (16, 17), (9, 10)), PERCENT),
            "no_msc_background": self.said(self.good(), "wst_od"),
            "other_mode_shown": self.said(self.good(), "wst_od"),
        }


def test_every_check_of_t_cell_proliferation_is_met(new_plate: Maker) -> None:
    plates = Plates(new_plate, TCellProliferation)
    met = plates.proliferation()
    met |= {"order_probably_reversed": plates.said(plates.falling())}  # type: ignore[operator]
    assert_every_check_is_met(TCellProliferation, met)


@pytest.mark.parametrize(
    ("reading", "said"), [(-2e-6, set()), (-0.004, set()), (-0.02, {"negative_signals"})]
)
def test_scatter_around_zero_is_not_called_a_second_subtraction(
    new_plate: Maker, reading: float, said: set[str]
) -> None:
    plates = Plates(new_plate, TCellProliferation)
    codes = {finding.code for finding in plates.said(plates.good((reading, 0.5)))}
    assert codes & {"negative_signals"} == said


def test_every_check_of_nk_proliferation_is_met(new_plate: Maker) -> None:
    plates = Plates(new_plate, NKProliferation)
    met = plates.proliferation()
    met |= {  # type: ignore[operator]
        "order_probably_reversed": plates.said(plates.falling()),
        "assay_note": plates.said(plates.good()),
    }
    assert_every_check_is_met(NKProliferation, met)


def test_every_check_of_b_cell_proliferation_is_met(new_plate: Maker) -> None:
    plates = Plates(new_plate, BCellProliferation)
    met = plates.proliferation()
    met |= {  # type: ignore[operator]
        "support_rises_with_dose": plates.said(plates.falling()),
        "assay_note": plates.said(plates.good()),
    }
    assert_every_check_is_met(BCellProliferation, met)


def test_every_check_of_plasmablasts_is_met(new_plate: Maker) -> None:
    plates, readout = Plates(new_plate, BCellPlasmablasts), "plasmablast_percent"
    met = {
        **plates.any_assay(readout, plates.percent),
        **plates.percentages(readout),
        "support_rises_with_dose": plates.said(plates.falling_percent(), readout),
        "assay_note": plates.said(plates.percent(), readout),
    }
    assert_every_check_is_met(BCellPlasmablasts, met)


def test_plasmablasts_are_suppressed_by_what_is_lost_of_the_control(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(18, 18)
    plate.coculture(10, 9, 9)
    plate.coculture(20, 27, 27)
    analysis = plate.analyse("plasmablast_percent", BCellPlasmablasts)
    (curve,) = (c for c in analysis.curves if c.key.mode is BackgroundMode.NONE)
    assert [p.suppression_percent for p in curve.points] == [-50, 50]
    assert analysis.headline_mode is BackgroundMode.NONE


@pytest.mark.parametrize(
    ("stimulus", "said"),
    [("PHA 5 µg/mL", {"stimulation_weak"}), ("MLR", set()), ("OKT3", set())],
)
def test_thymidine_with_pha_must_rise_tenfold_and_otherwise_fivefold(
    new_plate: Maker, stimulus: str, said: set[str]
) -> None:
    plate = new_plate()
    plate.stimulated(7000, 7100, stimulus=stimulus)
    plate.unstimulated(1000, 1010)
    plate.coculture(10, 3000, 3100, stimulus=stimulus)
    codes = {f.code for f in findings_of(plate.analyse("thymidine_cpm"))}
    assert codes & {"stimulation_weak", "stimulation_failed"} == said


@pytest.mark.parametrize(
    ("readout", "stimulated", "coculture", "suppression_percent"),
    [
        ("division_index", 2.0, 0.5, 75.0),
        ("proliferation_index_flowjo", 3.0, 2.0, 50.0),
        ("expansion_index", 5.0, 2.0, 75.0),
        ("replication_index", 6.0, 3.0, 75.0),
        ("precursor_frequency", 80.0, 20.0, 75.0),
    ],
)
def test_the_floor_of_a_division_index_is_no_proliferation(
    new_plate: Maker,
    readout: str,
    stimulated: float,
    coculture: float,
    suppression_percent: float,
) -> None:
    plate = new_plate()
    plate.stimulated(stimulated, stimulated)
    plate.coculture(10, coculture, coculture)
    analysis = plate.analyse(readout)
    (curve,) = analysis.curves
    assert curve.points[0].suppression_percent == pytest.approx(suppression_percent)
    assert curve.definition == TCellProliferation().formula(readout)


def test_an_index_below_its_floor_is_another_index_and_gives_no_number(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(2.0, 2.1)
    (well, _) = plate.coculture(10, 0.92, 1.2)
    analysis = plate.analyse("expansion_index")
    (finding,) = (f for f in analysis.findings if f.code == "value_impossible")
    assert (finding.level, finding.well) == (Level.ERROR, str(well))
    (curve,) = analysis.curves
    assert (curve.status, curve.points) == ("undefined", ())
    assert "'0.92' is below '1'" in curve.reason
    assert "(T − 1)/(P − 1)" in curve.definition


@pytest.mark.parametrize("readout", ["dye_mfi", "percent_undivided"])
def test_what_rises_with_less_proliferation_is_refused_in_words(
    good_plate: Maker, readout: str
) -> None:
    with pytest.raises(InputError, match="rises with less proliferation"):
        good_plate().analyse(readout)


@pytest.mark.parametrize("assay", [BCellProliferation, BCellPlasmablasts])
def test_no_sign_is_wrong_for_b_cells(assay: type[AssayType]) -> None:
    for readout in assay.readouts:
        assert assay().direction(readout).endswith("and MSC may raise it.")
