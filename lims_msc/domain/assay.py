"""The contract of assay types: roles, direction, checks, and the way from signals to curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, PlateAnalysis, Signal
from lims_msc.domain.findings import Finding
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.domain.plate import WellAddress


class AssayType(Protocol):
    """One kind of assay (entry-point group ``lims_msc.assay_types``).

    ``readouts`` maps the key of each readout to its title; ``higher_means`` says in words what a
    higher reading means.  ``version`` changes whenever any number may change.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[str]
    responder_cell_types: ClassVar[tuple[str, ...]]
    required_roles: ClassVar[tuple[WellRole, ...]]
    readouts: ClassVar[Mapping[str, str]]
    higher_means: ClassVar[str]

    def default_mode(self, readout: str) -> BackgroundMode:
        """Return the background mode that is shown first for this readout."""
        ...

    def check_layout(self, layout: PlateLayout) -> tuple[Finding, ...]:
        """Return what is wrong or doubtful about a layout before anything is measured."""
        ...

    def analyse(
        self,
        layout: PlateLayout,
        signals: Mapping[WellAddress, Signal],
        readout: str,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        """Return the curves of the plate; a curve that has no number says why."""
        ...
