"""The contract of assay types: roles, direction, checks, and the way from signals to results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, PlateAnalysis, Signal
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.domain.plate import WellAddress


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that an assay looks at: the code of its finding and what it says, with its limit.

    ``level`` is the most serious level that the finding may have.
    """

    code: str
    level: Level
    says: str


class AssayType(Protocol):
    """One kind of assay (entry-point group ``lims_msc.assay_types``).

    ``readouts`` maps the key of each readout to its title with its unit; ``higher_means`` says in
    words what a higher reading means, :meth:`direction` says it of one readout.  ``checks`` are
    all findings that the assay may return.  ``version`` changes whenever any number may change.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[str]
    responder_cell_types: ClassVar[tuple[str, ...]]
    required_roles: ClassVar[tuple[WellRole, ...]]
    readouts: ClassVar[Mapping[str, str]]
    higher_means: ClassVar[str]
    checks: ClassVar[tuple[Check, ...]]

    def default_mode(self, readout: str) -> BackgroundMode:
        """Return the background mode that is shown first for this readout."""
        ...

    def formula(self, readout: str) -> str:
        """Return the formula of the result that is shown first, in words with its terms."""
        ...

    def direction(self, readout: str) -> str:
        """Return in a sentence what a higher reading means and how an effect of the MSC shows."""
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
        """Return the curves and values of the plate; what has no number says why."""
        ...
