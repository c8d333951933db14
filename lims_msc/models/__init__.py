"""The tables, one subject per module; importing this package makes all of them known."""

from lims_msc.models.base import Base
from lims_msc.models.clinical import (
    ActivityScore,
    Consent,
    Diagnosis,
    HscGraft,
    Transplant,
    Treatment,
)
from lims_msc.models.counts import CellCount
from lims_msc.models.formats import LabFormat
from lims_msc.models.materials import (
    Bank,
    Batch,
    Collection,
    Donor,
    Passage,
    PoolMember,
    Responder,
)
from lims_msc.models.plates import (
    Experiment,
    Import,
    Plate,
    Reading,
    SourceFile,
    Study,
    Well,
)
from lims_msc.models.records import AuditRow, Export, ReviewEvent, User
from lims_msc.models.results import Analysis, Curve
from lims_msc.models.stock import (
    InVivoUse,
    Outcome,
    Recipe,
    RecipeStep,
    ReleaseDecision,
    ReleaseRule,
    ReleaseTest,
    Thaw,
    Vial,
)

__all__ = [
    "ActivityScore",
    "Analysis",
    "AuditRow",
    "Bank",
    "Base",
    "Batch",
    "CellCount",
    "Collection",
    "Consent",
    "Curve",
    "Diagnosis",
    "Donor",
    "Experiment",
    "Export",
    "HscGraft",
    "Import",
    "InVivoUse",
    "LabFormat",
    "Outcome",
    "Passage",
    "Plate",
    "PoolMember",
    "Reading",
    "Recipe",
    "RecipeStep",
    "ReleaseDecision",
    "ReleaseRule",
    "ReleaseTest",
    "Responder",
    "ReviewEvent",
    "SourceFile",
    "Study",
    "Thaw",
    "Transplant",
    "Treatment",
    "User",
    "Vial",
    "Well",
]
