"""One plate for each check of an ELISA of supernatants, with what the assay says about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from elisa_plates import LADDER, co_cultures, kit, sample
from every_check import findings_of

from lims_msc.domain.assay import AssayType
from lims_msc.domain.curve import Signal
from lims_msc.domain.findings import Finding
from lims_msc.domain.layout import PlateConditions, WellRole
from lims_msc.domain.plate import Marker

Maker = Callable[[], Any]
RISING = ((2, 100), (5, 200), (10, 400), (20, 600))
FALLING = tuple((one_to, c) for (one_to, _), (_, c) in zip(RISING, RISING[::-1], strict=True))


class Plates:
    """Plates of one factor that MSC lower, with something wrong."""

    def __init__(self, new: Maker, assay: type[AssayType], readout: str, unit: str) -> None:
        self.new, self.assay, self.readout, self.unit = new, assay, readout, unit

    def said(self, plate: Any) -> list[Finding]:
        return findings_of(plate.analyse(self.readout, self.assay))

    def plate(
        self,
        doses: tuple[tuple[float | None, float], ...] = RISING,
        *,
        without: float = 800,
        unstimulated: float | None = 100,
        msc: bool = True,
        **kit_content: Any,
    ) -> Any:
        plate = kit(self.new(), **{"unit": self.unit, **kit_content})
        sample(plate, without, of=WellRole.RESP_STIM)
        if unstimulated is not None:
            sample(plate, unstimulated, of=WellRole.RESP_UNSTIM)
        if msc:
            sample(plate, 60, of=WellRole.MSC_ALONE, one_to=10)
        return co_cultures(plate, *doses)

    def moved(self, level: float, factor: float) -> Any:
        """Return a plate on which both wells of a standard read too much or too little."""
        plate = self.plate()
        for content in plate.contents:
            if content.standard_concentration == level:
                old = plate.signals[content.well]
                plate.signals[content.well] = replace(old, value=old.value * factor)
        return plate

    def replicated(self, role: WellRole, *concentrations: float) -> list[Finding]:
        """Return what is said where each culture of a role has a sample of its own."""
        plate = self.plate()
        for number, concentration in enumerate(concentrations):
            extra = {"one_to": 10} if role is WellRole.COCULT else {}
            sample(plate, concentration, of=role, sample_code=f"x{number}", **extra)
        return self.said(plate)

    def control(self) -> Any:
        plate = self.plate()
        sample(plate, 200, dilution=1, sample_code="high")
        plate.contents[-2:] = [
            replace(c, role=WellRole.QC, standard_concentration=100.0) for c in plate.contents[-2:]
        ]
        return plate

    def unlabelled(self) -> Any:
        plate = self.plate()
        plate.add(WellRole.STD, [0.5])
        return plate

    def single(self) -> Any:
        plate = self.plate()
        del plate.signals[sample(plate, 300, sample_code="A")[0]]
        return plate

    def unread(self) -> Any:
        plate = self.plate()
        for well in sample(plate, 300, sample_code="A"):
            plate.signals[well] = Signal(well, None, Marker.MISSING)
        return plate

    def full(self) -> Any:
        """Return a plate with three doses that have a background of their own, and one without."""
        plate = self.plate()
        for one_to in (2, 5, 10):
            sample(plate, 50, of=WellRole.COCULT_UNSTIM, one_to=one_to)
        return plate

    def controls(self, wells: tuple[float, ...], resting: tuple[float, ...]) -> list[Finding]:
        plate = kit(self.new(), unit=self.unit)
        for role, found in ((WellRole.RESP_STIM, wells), (WellRole.RESP_UNSTIM, resting)):
            for number, concentration in enumerate(found):
                sample(plate, concentration, of=role, sample_code=f"{role}{number}")
        return self.said(co_cultures(plate, *RISING))

    def drift(self) -> list[Finding]:
        plate = self.plate()
        plate.contents = [c for c in plate.contents if c.sample_of is not WellRole.RESP_STIM]
        for number, concentration in enumerate((800, 805, 400, 405)):
            if number == 2:
                plate._row += 3
            sample(plate, concentration, of=WellRole.RESP_STIM, sample_code=f"p{number}")
        return self.said(plate)


def plates_of_checks(plates: Plates, *, other_unit: str) -> dict[str, Sequence[Finding]]:
    """Return what is said of the plate that was made for each check, by its code."""
    plate, said = plates.plate, plates.said
    good = said(plate())
    negative, saturated, blank, missing = plate(), plate(), plate(), plate()
    first = negative.contents[-1].well
    negative.signals[first] = Signal(first, -0.05)
    saturated.signals[first] = Signal(first, 3.2)
    blank.blank(0.5, 0.5)
    misplaced = plate()
    misplaced.blank(2.9, 2.9)
    missing.conditions = PlateConditions()
    few = plate()
    few.contents = [c for c in few.contents if c.standard_concentration not in LADDER[:4]]
    hook = plates.moved(1000, 0.5)
    undiluted, disagree, imprecise = plate(), plate(), plate()
    sample(undiluted, 100, dilution=None, sample_code="A")
    sample(disagree, 300, dilution=2, sample_code="A")
    sample(disagree, 600, dilution=4, sample_code="A")
    sample(imprecise, 300, sample_code="A", spread=0.25)
    medium = plate()
    sample(medium, 300, of=WellRole.COCULT, one_to=None, treatment="conditioned medium 50 %")
    return {
        "role_missing": plates.assay().check_layout(plates.new().layout),
        "well_left_out": said(plates.single()),
        "negative_signals": said(negative),
        "signal_saturated": said(saturated),
        "unit_missing": said(missing),
        "standard_unlabelled": said(plates.unlabelled()),
        "direction_wrong": said(kit(plates.new(), falls=True, unit=plates.unit)),
        "standards_unusable": said(few),
        "standards_out_of_order": said(plates.moved(250, 0.5)),
        "standard_rejected": said(plates.moved(250, 0.7)),
        "curve_doubtful": said(hook),
        "lack_of_fit": said(plates.moved(250, 0.8)),
        "blank_high": said(blank),
        "blank_misplaced": said(misplaced),
        "unit_implausible": said(plate(unit=other_unit)),
        "dilution_missing": said(undiluted),
        "sample_without_reading": said(plates.unread()),
        "concentration_censored": said(plate(((2, 5), (5, 200)))),
        "sample_precision": said(imprecise),
        "single_well": said(plates.single()),
        "dilutions_disagree": said(disagree),
        "control_recovery": said(plates.control()),
        "dose_censored": said(plate(((2, 5), (5, 200)))),
        "replicate_cv": plates.replicated(WellRole.COCULT, 400, 650),
        "replicate_cv_failed": plates.replicated(WellRole.COCULT, 100, 800),
        "dose_missing": said(plate(((None, 100), (10, 300)))),
        "conditioned_medium": said(medium),
        "controls_missing": said(co_cultures(kit(plates.new(), unit=plates.unit), (10, 300))),
        "stimulation_failed": said(plate(without=150, unstimulated=160)),
        "single_control": good,
        "stimulation_weak": said(plate(without=300)),
        "z_prime_failed": plates.controls((800, 820, 810), (100, 500, 900)),
        "z_prime_low": plates.controls((800, 900, 700), (100, 150, 50)),
        "plate_drift": plates.drift(),
        "dose_without_reading": said(plate(((2, 5), (5, 200)))),
        "single_replicate": good,
        "dose_probably_reversed": said(plate(((0.2, 100),))),
        "no_dose_response": said(plate(((2, 760), (5, 750), (10, 740), (20, 730)))),
        "above_100_percent": said(plate(((2, 60), (5, 300)))),
        "dose_without_background": said(plates.full()),
        "mode_not_available": good,
        "outlier_suggested": plates.replicated(WellRole.COCULT, 400, 401, 402, 399, 398, 700),
    }
