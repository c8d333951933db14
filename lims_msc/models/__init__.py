"""The tables, one subject per module; importing this package makes all of them known."""

from lims_msc.models.base import Base
from lims_msc.models.counts import CellCount
from lims_msc.models.formats import LabFormat
from lims_msc.models.materials import Batch, Collection, Donor, Responder
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

__all__ = [
    "Analysis",
    "AuditRow",
    "Base",
    "Batch",
    "CellCount",
    "Collection",
    "Curve",
    "Donor",
    "Experiment",
    "Export",
    "Import",
    "LabFormat",
    "Plate",
    "Reading",
    "Responder",
    "ReviewEvent",
    "SourceFile",
    "Study",
    "User",
    "Well",
]
