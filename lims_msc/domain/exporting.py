"""The contract of exporters, and the frozen bundle that every export is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from lims_msc.domain.collection_facts import CollectionFacts
from lims_msc.domain.curve import AnalysisSettings, CurveResult
from lims_msc.domain.layout import PlateConditions, WellContent
from lims_msc.domain.plate import WellReading
from lims_msc.domain.relations import Relation
from lims_msc.domain.values import AssayValue, StandardCurveResult


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file exactly as it was uploaded."""

    file_name: str
    sha256: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What an export says about an MSC batch and the collection it came from."""

    batch_code: str
    donor_code: str
    sex: str
    tissue: str
    health_status: str
    diagnosis: str
    age_at_collection_years: float | None
    passage: int | None


@dataclass(frozen=True, slots=True)
class ResponderRecord:
    """What an export says about a responder: a person's cells or a pool of several persons."""

    responder_code: str
    cell_type: str
    donor_code: str
    pool_size: int


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """One step of a review: who did what, when, and why."""

    action: str
    actor_name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PlateRecord:
    """One plate with everything that was read from it and computed on it.

    ``read_label`` and ``read_time_s`` name the read that the results were computed from;
    ``reference_read_label`` the one that was subtracted from it in each well, or ``None``.
    ``file_sha256`` and ``file_name`` name the raw file; ``importer`` is key and version.
    """

    plate_code: str
    experiment_code: str
    run_date: str
    operator: str
    assay_key: str
    assay_title: str
    readout: str
    arrest: str
    file_name: str
    file_sha256: str
    importer: str
    read_label: str
    read_time_s: float | None
    analysis_version: int
    code_version: str
    headline_mode: str
    wells: tuple[WellContent, ...]
    readings: tuple[WellReading, ...]
    curves: tuple[CurveResult, ...]
    reviews: tuple[ReviewRecord, ...]
    settings: AnalysisSettings = field(default_factory=AnalysisSettings)
    values: tuple[AssayValue, ...] = ()
    standard_curves: tuple[StandardCurveResult, ...] = ()
    conditions: PlateConditions = field(default_factory=PlateConditions)
    reference_read_label: str | None = None


@dataclass(frozen=True, slots=True)
class PublicationBundle:
    """The frozen input of all exports of one study.

    ``is_simulated`` must be said on every figure and table that leaves.  ``relations`` has the
    codes of every batch and responder that stand in a well together; the facts are those of the
    collections that batches and responders come from, by their codes.
    """

    study_code: str
    study_title: str
    is_simulated: bool
    created_at: datetime
    created_by: str
    software_version: str
    plates: tuple[PlateRecord, ...]
    batches: tuple[BatchRecord, ...]
    responders: tuple[ResponderRecord, ...]
    raw_files: tuple[RawFile, ...]
    relations: Mapping[tuple[str, str], Relation] = field(default_factory=dict)
    batch_facts: Mapping[str, CollectionFacts] = field(default_factory=dict)
    responder_facts: Mapping[str, CollectionFacts] = field(default_factory=dict)


class Exporter(Protocol):
    """Writes one format (entry-point group ``lims_msc.exporters``)."""

    key: ClassVar[str]
    title: ClassVar[str]
    media_type: ClassVar[str]
    suffix: ClassVar[str]

    def write(self, bundle: PublicationBundle, options: Mapping[str, str]) -> bytes:
        """Return the bytes of the export; the same bundle gives the same bytes."""
        ...
