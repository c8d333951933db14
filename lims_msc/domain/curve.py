"""Suppression curves as results: points, controls, summaries and the status of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lims_msc.domain.findings import Finding
from lims_msc.domain.fit import FitResult
from lims_msc.domain.layout import WellRole
from lims_msc.domain.plate import Marker, SourceCell, WellAddress
from lims_msc.domain.values import AssayValue, StandardCurveResult


class BackgroundMode(StrEnum):
    """What is subtracted before suppression is computed (DOMAIN 2.0).

    The mode is part of the identity of a result; results of two modes are never compared.
    """

    NONE = "NONE"
    UNSTIM = "UNSTIM"
    FULL = "FULL"
    BLANK = "BLANK"


class SummaryStatus(StrEnum):
    """Whether a summary has a number, and if not, why."""

    MEASURED = "measured"
    INTERPOLATED = "interpolated"
    BRACKETED = "bracketed"
    ABOVE_HIGHEST_DOSE = "above_highest_dose"
    BELOW_LOWEST_DOSE = "below_lowest_dose"
    NON_MONOTONE = "non_monotone"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class ReferenceSubtraction:
    """The two readings of a well whose difference is its signal, ``measured - reference``.

    Either is ``None`` where the file has a marker.
    """

    measured: float | None
    reference: float | None
    reference_source: SourceCell | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """The reading of a well that an analysis uses: a value or the marker in its place.

    Where a reference read was subtracted, ``source`` is the cell of the signal read, and
    ``subtraction`` has both readings with the cell of the reference.
    """

    well: WellAddress
    value: float | None
    marker: Marker | None = None
    source: SourceCell | None = None
    subtraction: ReferenceSubtraction | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """One summary of a curve with its 95 % interval.

    ``value`` is ``None`` unless the status says that there is a number; ``reason`` then says why in
    words.  ``low`` or ``high`` is ``None`` where the data do not bound it.  ``interval`` names how
    the interval was made.  For the dose of half suppression that is censored, ``bound`` is the
    highest or lowest tested dose.  ``all_values`` lists every crossing of
    a curve that is not monotone.
    """

    name: str
    unit: str
    status: SummaryStatus
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    interval: str = ""
    bound: float | None = None
    all_values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Replicate:
    """One well of a dose: its signal and the suppression it shows by itself."""

    well: WellAddress
    signal: float
    suppression_percent: float


@dataclass(frozen=True, slots=True)
class DosePoint:
    """One dose of a curve: suppression of the mean signal, its standard error, and the wells."""

    msc_per_responder: float
    suppression_percent: float
    se_percent: float | None
    signal_mean: float
    background_mean: float
    replicates: tuple[Replicate, ...]


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """The control wells that a curve used: role, wells, mean, standard deviation, number."""

    role: WellRole
    wells: tuple[WellAddress, ...]
    mean: float
    sd: float | None
    msc_per_responder: float | None = None


@dataclass(frozen=True, slots=True)
class CurveKey:
    """What a curve is of; with the plate and the mode it is the curve's identity."""

    batch_code: str
    priming: str
    responder_code: str
    stimulus: str
    treatment: str
    role: WellRole
    mode: BackgroundMode


@dataclass(frozen=True, slots=True)
class CurveResult:
    """One suppression curve: all numbers, or the reason why there are none.

    ``points`` rise by dose.  ``definition`` is the formula in words with its background terms.
    ``missing_wells`` are wells of the curve whose reading has a marker instead of a value.
    """

    key: CurveKey
    status: str
    reason: str
    definition: str
    points: tuple[DosePoint, ...] = ()
    controls: tuple[ControlGroup, ...] = ()
    missing_wells: tuple[WellAddress, ...] = ()
    suppression_at_anchor: Summary | None = None
    normalised_auc: Summary | None = None
    r50: Summary | None = None
    maximum: Summary | None = None
    fit: FitResult | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether the curve has points."""
        return self.status == "ok"


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """What a person may choose about an analysis; stored with every result.

    Curves are similar, and a relative potency may be given, where the 90 % interval of their slope
    ratio lies within ``similarity_slope_ratio`` and those of their plateau differences within
    ``similarity_points`` percentage points of zero.  ``standard_weighting`` is how sigmoid standard
    curves weight the squared residuals of their wells: ``none``, ``1/y`` or ``1/y^2``.
    """

    anchor_msc_per_responder: float = 0.1
    confidence: float = 0.95
    similarity_slope_ratio: tuple[float, float] = (0.67, 1.5)
    similarity_points: float = 15.0
    standard_weighting: str = "1/y^2"


@dataclass(frozen=True, slots=True)
class PlateAnalysis:
    """All curves of a plate in all modes that its wells allow, and what the checks said.

    ``headline_mode`` is the mode that the assay shows first.  ``values`` are results that are no
    curve (a concentration, a specific lysis, a relative potency); an assay may have only those.
    """

    assay_key: str
    headline_mode: BackgroundMode
    curves: tuple[CurveResult, ...]
    findings: tuple[Finding, ...] = ()
    settings: AnalysisSettings = field(default_factory=AnalysisSettings)
    values: tuple[AssayValue, ...] = ()
    standard_curves: tuple[StandardCurveResult, ...] = ()
