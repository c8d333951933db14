"""The columns of the sheet ``Wells`` of a plate map, in groups, each with a note for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ColumnGroup(StrEnum):
    """What a column is for; the template gives each group a colour."""

    WELL = "every plate"
    STANDARD_CURVE = "plates with standards and samples, such as an ELISA"
    KILLING = "killing assays"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its key, its heading, a note for people, and what it is for."""

    key: str
    title: str
    note: str
    group: ColumnGroup = ColumnGroup.WELL


WELL_COLUMNS: tuple[Column, ...] = (
    Column("well", "Well", "A1 to H12 on 96 wells."),
    Column("role", "Role", "What the well is for; choose from the list. Empty: unused."),
    Column("batch", "MSC batch", "The code of a registered batch."),
    Column("priming", "Priming", "How the MSC were conditioned; 'resting' for none."),
    Column("responder", "Responder", "The code of a registered responder; NK cells are one too."),
    Column("stimulus", "Stimulus", "What activates the responders; empty for none."),
    Column(
        "treatment",
        "Treatment",
        "Anything else added to the well. Medium that MSC have conditioned, in the place of MSC: "
        "begin with 'conditioned medium', such as 'conditioned medium 50 %', and write no MSC.",
    ),
    Column("msc_cells", "MSC per well", "Viable MSC, a whole number."),
    Column("responder_cells", "Responders per well", "Viable responders, a whole number."),
    Column("ratio", "Ratio", "Instead of the two numbers, such as 1:10; name the order once."),
    Column(
        "sample",
        "Sample",
        "The code of the sample or quality control. Wells of one supernatant have one code; each "
        "replicate culture has its own.",
        ColumnGroup.STANDARD_CURVE,
    ),
    Column(
        "sample_of",
        "Supernatant of",
        "The role of the culture well that a supernatant was taken from; choose from the list. "
        "The columns before then say what stood in that well.",
        ColumnGroup.STANDARD_CURVE,
    ),
    Column(
        "dilution",
        "Dilution factor",
        "How often the sample was diluted: 1 for undiluted, 2 for 1 + 1, 10 for 1 + 9.",
        ColumnGroup.STANDARD_CURVE,
    ),
    Column(
        "standard",
        "Standard concentration",
        "What a standard holds, in the unit of the sheet 'Plate'; 0 for the zero standard.",
        ColumnGroup.STANDARD_CURVE,
    ),
    Column(
        "effectors",
        "Effectors per target",
        "The E:T ratio as a number: 10 for 10:1. Viable effectors, counted after any co-culture.",
        ColumnGroup.KILLING,
    ),
    Column("note", "Note", "Anything worth knowing."),
)
