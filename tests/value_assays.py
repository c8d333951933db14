# ruff: noqa: ARG002 (an assay type is asked more than this one needs to know)
"""An assay type without curves, for tests: it has a value of every kind and is plain to check.

A concentration is 100 times mean reading and dilution factor, from 10 to 150 in the well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from statistics import fmean
from typing import ClassVar

from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, PlateAnalysis, Signal
from lims_msc.domain.findings import Finding
from lims_msc.domain.fit import Estimate, FitResult, FitStatus
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, WellAddress
from lims_msc.domain.plate_map import PlateMap
from lims_msc.domain.values import (
    AssayValue,
    StandardCurveResult,
    StandardLevel,
    ValueKey,
    ValueStatus,
)
from lims_msc.registry import Registry

KEY = "plain_elisa"
PLATE = "ELISA-1"
LOWEST, HIGHEST = 10.0, 150.0
DEFINITION = "concentration = 100 · mean OD · dilution factor"
LINE = "y = y_zero + (y_inf − y_zero)/(1 + (ec50/x)^hill)"


class PlainElisa:
    """Values and a standard curve, and no suppression curve."""

    key: ClassVar[str] = KEY
    title: ClassVar[str] = "Plain ELISA"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = ()
    required_roles: ClassVar[tuple[WellRole, ...]] = (WellRole.STD, WellRole.SAMPLE)
    readouts: ClassVar[Mapping[str, str]] = {"od": "OD 450 nm"}
    higher_means: ClassVar[str] = "A higher reading means more analyte."
    checks: ClassVar[tuple[object, ...]] = ()

    def default_mode(self, readout: str) -> BackgroundMode:
        return BackgroundMode.NONE

    def formula(self, readout: str) -> str:
        return DEFINITION

    def direction(self, readout: str) -> str:
        return self.higher_means

    def check_layout(self, layout: PlateLayout) -> tuple[Finding, ...]:
        return ()

    def analyse(
        self,
        layout: PlateLayout,
        signals: Mapping[WellAddress, Signal],
        readout: str,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        unit = layout.conditions.concentration_unit
        samples: dict[ValueKey, list[WellContent]] = {}
        for content in layout.with_role(WellRole.SAMPLE):
            samples.setdefault(_key(content), []).append(content)
        return PlateAnalysis(
            assay_key=self.key,
            headline_mode=BackgroundMode.NONE,
            curves=(),
            settings=settings,
            values=tuple(_value(k, wells, signals, unit) for k, wells in samples.items()),
            standard_curves=(_standard_curve(layout, signals, unit),),
        )


def _key(content: WellContent) -> ValueKey:
    return ValueKey(
        role=content.sample_of or content.role,
        batch_code=content.batch_code,
        priming=content.priming,
        responder_code=content.responder_code,
        stimulus=content.stimulus,
        sample_code=content.sample_code,
        msc_per_responder=content.dose.msc_per_responder if content.dose else None,
    )


def _value(
    key: ValueKey,
    contents: list[WellContent],
    signals: Mapping[WellAddress, Signal],
    unit: str,
) -> AssayValue:
    wells = tuple(content.well for content in contents)
    readings = [signals[well].value for well in wells]
    dilution = contents[0].dilution_factor or 1.0
    blank = AssayValue(
        key, "concentration", "IFN-γ", unit, ValueStatus.UNDEFINED, definition=DEFINITION
    )
    blank = replace(blank, wells=wells)
    if None in readings:
        return replace(blank, status=ValueStatus.WITHHELD, reason="a well has no number")
    in_well = 100 * fmean(reading for reading in readings if reading is not None)
    if in_well < LOWEST:
        return replace(blank, status=ValueStatus.BELOW_RANGE, bound=LOWEST * dilution)
    if in_well > HIGHEST:
        return replace(blank, status=ValueStatus.ABOVE_RANGE, bound=HIGHEST * dilution)
    found = in_well * dilution
    return replace(
        blank,
        status=ValueStatus.OK,
        value=found,
        se=found / 20,
        low=found * 0.9,
        high=found * 1.1,
        interval="95 %, made up",
    )


def _standard_curve(
    layout: PlateLayout, signals: Mapping[WellAddress, Signal], unit: str
) -> StandardCurveResult:
    wells: dict[float, list[WellAddress]] = {}
    for content in layout.with_role(WellRole.STD):
        wells.setdefault(content.standard_concentration or 0.0, []).append(content.well)
    levels = []
    for concentration, of_level in sorted(wells.items()):
        mean = fmean(signals[well].value or 0.0 for well in of_level)
        is_accepted = LOWEST <= concentration <= HIGHEST
        levels.append(
            StandardLevel(
                concentration,
                tuple(of_level),
                mean,
                cv_percent=None if len(of_level) == 1 else 1.5,
                back_calculated=None if concentration == 0 else 100 * mean,
                recovery_percent=None if concentration == 0 else 1e4 * mean / concentration,
                is_accepted=is_accepted,
                reason="" if is_accepted else "outside 80 to 120 % of what it holds",
            )
        )
    parameters = {"y_zero": 0.0, "y_inf": 4.0, "ec50": 300.0, "hill": 1.0}
    fit = FitResult(
        "4pl",
        LINE,
        FitStatus.OK,
        parameters=tuple((name, Estimate(value, 0.1)) for name, value in parameters.items()),
        warnings=("the upper plateau is not supported by the standards",),
        n_values=sum(map(len, wells.values())),
    )
    return StandardCurveResult(
        unit=unit,
        weighting="1/y²",
        fit=fit,
        levels=tuple(levels),
        lowest=LOWEST,
        highest=HIGHEST,
        range_rule="levels within 80 to 120 %",
    )


def with_plain_elisa(registry: Registry) -> Registry:
    """Return the plugins with the assay type of this module among them."""
    return replace(registry, assay_types={**registry.assay_types, KEY: PlainElisa()})


STANDARDS = {0.0: 0.01, 5.0: 0.06, 10.0: 0.1, 50.0: 0.5, 150.0: 1.5, 400.0: 2.2}
SAMPLES = {"S-007": (0.5, 0.54), "low": (0.02, 0.03), "high": (2.5, 2.7), "lost": (0.4, None)}


def plain_elisa_map(study_code: str = "S-1") -> PlateMap:
    """Return the plate map: standards in the columns 1 and 2, samples in 3 and 4."""
    standards = (
        WellContent(WellAddress(row, column), WellRole.STD, standard_concentration=concentration)
        for row, concentration in enumerate(STANDARDS, 1)
        for column in (1, 2)
    )
    samples = (
        WellContent(
            WellAddress(row, column), WellRole.SAMPLE, sample_code=code, dilution_factor=10.0
        )
        for row, code in enumerate(SAMPLES, 1)
        for column in (3, 4)
    )
    conditions = PlateConditions("pg/mL", 0.2, 24.0)
    return PlateMap(
        study_code=study_code,
        experiment_code="RUN-9",
        plate_code=PLATE,
        run_on=date(2026, 3, 20),
        operator="Anna Weiss",
        assay_key=KEY,
        readout="od",
        arrest="",
        layout=PlateLayout.of(PlateFormat.WELLS_96, [*standards, *samples], conditions),
    )


def plain_elisa_readings() -> dict[str, object]:
    """Return the reading of each well; the well that is lost shows that it overflowed."""
    values: dict[str, object] = {}
    for row, reading in zip("ABCDEFGH", STANDARDS.values(), strict=False):
        values |= {f"{row}1": reading, f"{row}2": reading}
    for row, (left, right) in zip("ABCDEFGH", SAMPLES.values(), strict=False):
        values |= {f"{row}3": left, f"{row}4": "OVER" if right is None else right}
    return values
