"""What lists and pages are shown: frozen dataclasses, complete, and free of tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lims_msc.domain.curve import CurveResult
from lims_msc.domain.review import ReviewAction
from lims_msc.domain.values import AssayValue


@dataclass(frozen=True, slots=True)
class PlateLine:
    """A plate in a list."""

    plate_id: int
    code: str
    study_id: int
    study_code: str
    experiment_code: str
    run_on: date
    assay_title: str
    analysis_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class CurveLine:
    """A curve in a list."""

    curve_id: int
    plate_id: int
    plate_code: str
    study_code: str
    assay_title: str
    batch_code: str
    donor_group: str
    priming: str
    responder_code: str
    role: str
    mode: str
    is_headline: bool
    state: str
    result: CurveResult


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A value that is no curve, in a list."""

    plate_id: int
    plate_code: str
    study_code: str
    assay_title: str
    state: str
    value: AssayValue


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One step of a review."""

    action: str
    actor_name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class AnalysisView:
    """An analysis with what the actor may do to it."""

    analysis_id: int
    plate_id: int
    plate_code: str
    study_id: int
    study_code: str
    study_title: str
    is_simulated: bool
    assay_title: str
    readout: str
    higher_means: str
    version: int
    state: str
    headline_mode: str
    read: str
    code_version: str
    importer: str
    file_id: int
    file_name: str
    file_sha256: str
    imported_by: str
    imported_at: datetime
    possible: tuple[ReviewAction, ...]
    is_own_work: bool
    events: tuple[ReviewLine, ...]


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study in a list."""

    study_id: int
    code: str
    title: str
    is_simulated: bool
    plates: int


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study with its plates and results, and what keeps it from being exported.

    ``curves`` are in the mode that each assay shows first.
    """

    study_id: int
    code: str
    title: str
    is_simulated: bool
    plates: tuple[PlateLine, ...]
    curves: tuple[CurveLine, ...]
    values: tuple[ValueLine, ...]
    blocking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One row of the audit trail."""

    number: int
    at: datetime
    actor_name: str
    action: str
    table_name: str
    record_id: int | None
    reason: str
    changes: str
