"""What a row of an exported table knows, and the columns that several tables share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lims_msc.domain.curve import CurveResult, DosePoint
from lims_msc.domain.exporting import PlateRecord, PublicationBundle
from lims_msc.domain.layout import WellContent
from lims_msc.domain.review import ReviewAction, ReviewState, rule_for
from lims_msc.exports.columns import Cell, Column, ColumnType


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A row of a table of a study."""

    bundle: PublicationBundle


@dataclass(frozen=True, slots=True)
class PlateRow(StudyRow):
    """A row that belongs to a plate."""

    plate: PlateRecord


@dataclass(frozen=True, slots=True)
class WellRow(PlateRow):
    """A well of the plate map; without content for a reading of a well that the map lacks."""

    content: WellContent | None


@dataclass(frozen=True, slots=True)
class CurveRow(PlateRow):
    """One curve of a plate in one background mode."""

    curve: CurveResult


@dataclass(frozen=True, slots=True)
class PointRow(CurveRow):
    """One dose of a curve."""

    point: DosePoint


def origin(bundle: PublicationBundle) -> str:
    """Return whether the data are simulated or measured, in one word."""
    return "simulated" if bundle.is_simulated else "measured"


def review_state(plate: PlateRecord) -> str:
    """Return the state that the last step of the review led to; ``draft`` before the first."""
    steps = [ReviewAction(r.action) for r in plate.reviews if r.action in set(ReviewAction)]
    return (rule_for(steps[-1]).to_state if steps else ReviewState.DRAFT).value


def is_headline(plate: PlateRecord, curve: CurveResult) -> bool:
    """Return whether the curve is in the background mode that its assay shows first."""
    return curve.key.mode.value == plate.headline_mode


def of_well(cell: Callable[[WellContent], Cell]) -> Callable[[WellRow], Cell]:
    """Return the cell of a row from the content of its well; empty where there is none."""
    return lambda row: None if row.content is None else cell(row.content)


STUDY_COLUMNS: tuple[Column[StudyRow], ...] = (
    Column("study", "code of the study", lambda r: r.bundle.study_code),
    Column(
        "data_origin",
        "measured, or simulated for numbers that no instrument measured",
        lambda r: origin(r.bundle),
    ),
)
PLATE_COLUMNS: tuple[Column[PlateRow], ...] = (
    *STUDY_COLUMNS,
    Column("experiment", "code of the experiment: one run", lambda r: r.plate.experiment_code),
    Column("plate", "code of the plate", lambda r: r.plate.plate_code),
)
ASSAY_COLUMNS: tuple[Column[PlateRow], ...] = (
    Column("assay", "what was measured", lambda r: r.plate.assay_title),
    Column("readout", "how it was measured", lambda r: r.plate.readout),
)
REVIEW_STATE: Column[PlateRow] = Column(
    "review_state",
    "where the analysis of the plate stood in the review when the table was written",
    lambda r: review_state(r.plate),
)
SOURCE_COLUMNS: tuple[Column[PlateRow], ...] = (
    Column("read_label", "the read that was used", lambda r: r.plate.read_label),
    Column(
        "reference_read_label",
        "the read that was subtracted from read_label in each well; empty where none was",
        lambda r: r.plate.reference_read_label,
    ),
    Column(
        "read_time_s",
        "the time of the read that was used; empty for endpoint reads",
        lambda r: r.plate.read_time_s,
        ColumnType.NUMBER,
        "s",
    ),
    Column("file_sha256", "SHA-256 of the instrument file", lambda r: r.plate.file_sha256),
    Column(
        "analysis_version",
        "version of the analysis of this plate",
        lambda r: r.plate.analysis_version,
        ColumnType.INTEGER,
        "1",
    ),
    Column("code_version", "version of the program", lambda r: r.plate.code_version),
    REVIEW_STATE,
)
WELL_COLUMNS: tuple[Column[WellRow], ...] = (
    Column(
        "role",
        "what the well is for; empty where the plate map does not have the well",
        of_well(lambda c: c.role.value),
    ),
    Column("batch", "code of the MSC batch", of_well(lambda c: c.batch_code)),
    Column(
        "priming", "how the MSC were conditioned before the assay", of_well(lambda c: c.priming)
    ),
    Column(
        "responder",
        "code of the responder: the cells of one person or of a pool",
        of_well(lambda c: c.responder_code),
    ),
    Column("stimulus", "what activates the responders", of_well(lambda c: c.stimulus)),
    Column("treatment", "anything else added to the well", of_well(lambda c: c.treatment)),
    Column(
        "msc_per_responder",
        "dose: viable MSC per responder cell; larger is more MSC; empty where the role has none",
        of_well(lambda c: c.dose.msc_per_responder if c.dose else None),
        ColumnType.NUMBER,
        "1",
    ),
)
