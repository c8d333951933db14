"""What all assay types share: their readouts, and what settings they accept."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from lims_msc.assays.layout_checks import missing_roles
from lims_msc.assays.readouts import Readout, readout_named
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, PlateAnalysis, Signal
from lims_msc.domain.findings import Finding
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.errors import InputError
from lims_msc.science.standard_curve import StandardWeighting


class PlateAssay(ABC):
    """Base of all assay types; ``known_readouts`` say everything that depends on the readout."""

    key: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[str]
    responder_cell_types: ClassVar[tuple[str, ...]]
    required_roles: ClassVar[tuple[WellRole, ...]]
    readouts: ClassVar[Mapping[str, str]]
    higher_means: ClassVar[str]
    known_readouts: ClassVar[tuple[Readout, ...]]
    checks: ClassVar[tuple[Check, ...]]

    def default_mode(self, readout: str) -> BackgroundMode:
        """Return the background mode that is shown first for this readout.

        :raises InputError: if the assay has no such readout.
        """
        return self.readout(readout).default_mode

    def formula(self, readout: str) -> str:
        """Return the formula of the result that is shown first.

        :raises InputError: if the assay has no such readout.
        """
        return self.readout(readout).formula

    def direction(self, readout: str) -> str:
        """Return what a higher reading means and how an effect of the MSC shows.

        :raises InputError: if the assay has no such readout.
        """
        return self.readout(readout).direction

    def check_layout(self, layout: PlateLayout) -> tuple[Finding, ...]:
        """Return what is wrong or doubtful about a layout before anything is measured."""
        return (*missing_roles(layout, self.required_roles), *self.layout_findings(layout))

    def analyse(
        self,
        layout: PlateLayout,
        signals: Mapping[WellAddress, Signal],
        readout: str,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        """Return the curves and values of the plate; what has no number says why.

        :raises InputError: if the assay has no such readout, or a setting makes no sense.
        """
        kind = self.readout(readout)
        check_settings(settings)
        return self.compute(layout, WellReadings(signals), kind, settings)

    @abstractmethod
    def layout_findings(self, layout: PlateLayout) -> list[Finding]:
        """Return what this assay says of a layout beyond its missing roles."""

    @abstractmethod
    def compute(
        self,
        layout: PlateLayout,
        readings: WellReadings,
        readout: Readout,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        """Return the results of a plate, of a readout and settings that make sense."""

    def readout(self, key: str) -> Readout:
        """Return the readout of that key.

        :raises InputError: if the assay has no such readout.
        """
        return readout_named(self.known_readouts, key, self.title)


def check_settings(settings: AnalysisSettings) -> None:
    """Refuse settings that make no sense.

    :raises InputError: if the confidence is not between 0 and 1, the anchor dose not above 0, the
        limits of similarity do not enclose equal curves, or the weighting is not known.
    """
    if not 0 < settings.confidence < 1:
        raise InputError(
            f"A confidence of '{settings.confidence}' is not between 0 and 1.",
            hint="Write 0.95 for 95 %.",
        )
    if not (
        math.isfinite(settings.anchor_msc_per_responder) and settings.anchor_msc_per_responder > 0
    ):
        raise InputError(
            f"An anchor dose of '{settings.anchor_msc_per_responder}' is not above zero.",
            hint="Write the MSC per responder, such as 0.1 for MSC:responder 1:10.",
        )
    if settings.standard_weighting not in set(StandardWeighting):
        known = ", ".join(f"'{weighting}'" for weighting in StandardWeighting)
        raise InputError(
            f"'{settings.standard_weighting}' is no weighting of standards.", hint=f"Write {known}."
        )
    low, high = settings.similarity_slope_ratio
    if not (0 < low < 1 < high < math.inf and 0 < settings.similarity_points < math.inf):
        raise InputError(
            f"Limits of similarity of '{low:g}' to '{high:g}' for the slope ratio and "
            f"'{settings.similarity_points:g}' points for plateaus do not enclose equal curves.",
            hint="Write a slope ratio below 1, one above 1, and points above 0.",
        )
