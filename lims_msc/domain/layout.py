"""Well roles and the layout of a plate: what stands in which well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lims_msc.domain.dose import Dose
from lims_msc.domain.plate import PlateFormat, SourceCell, WellAddress


class WellRole(StrEnum):
    """What a well is for; every well has exactly one role (DOMAIN 2.0)."""

    BLANK = "BLANK"
    RESP_UNSTIM = "RESP_UNSTIM"
    RESP_STIM = "RESP_STIM"
    COCULT = "COCULT"
    COCULT_UNSTIM = "COCULT_UNSTIM"
    MSC_ALONE = "MSC_ALONE"
    REF_MSC = "REF_MSC"
    POS_SUPPR = "POS_SUPPR"
    NEG_STROMA = "NEG_STROMA"
    STD = "STD"
    QC = "QC"
    SAMPLE = "SAMPLE"
    TGT_SPONT = "TGT_SPONT"
    TGT_MAX = "TGT_MAX"
    EFF_SPONT = "EFF_SPONT"
    VOL_CORR = "VOL_CORR"
    E_T = "E_T"
    UNSTAINED = "UNSTAINED"
    FMO = "FMO"
    COMP = "COMP"
    DAY0 = "DAY0"
    EMPTY = "EMPTY"
    EDGE_FILL = "EDGE_FILL"
    EXCLUDED = "EXCLUDED"

    @property
    def meaning(self) -> str:
        """What the well holds, in a few words."""
        return _MEANINGS[self]

    @property
    def short(self) -> str:
        """The letter that formulas use for the role, or the role itself where there is none."""
        return _LETTERS.get(self, self.value.replace("_", " ").lower())

    @property
    def has_msc(self) -> bool:
        """Whether a well of this role holds MSC of a batch."""
        return self in _WITH_MSC

    @property
    def has_responders(self) -> bool:
        """Whether a well of this role holds responder cells."""
        return self in _WITH_RESPONDERS

    @property
    def has_dose(self) -> bool:
        """Whether a well of this role has a ratio of MSC to responders."""
        return self in _WITH_DOSE

    @property
    def is_read(self) -> bool:
        """Whether a reading is expected of a well of this role."""
        return self not in {WellRole.EMPTY, WellRole.EDGE_FILL, WellRole.EXCLUDED}


_MEANINGS: Mapping[WellRole, str] = {
    WellRole.BLANK: "medium and dye or substrate, no cells",
    WellRole.RESP_UNSTIM: "responders without stimulus, no MSC: the floor",
    WellRole.RESP_STIM: "responders with stimulus, no MSC: the control",
    WellRole.COCULT: "responders with stimulus and MSC: the test",
    WellRole.COCULT_UNSTIM: "responders with MSC, no stimulus: background of the test",
    WellRole.MSC_ALONE: "MSC alone at a dose: background of the test",
    WellRole.REF_MSC: "co-culture with the reference MSC batch",
    WellRole.POS_SUPPR: "responders with stimulus and a suppressing drug",
    WellRole.NEG_STROMA: "co-culture with cells expected not to suppress",
    WellRole.STD: "standard of a standard curve",
    WellRole.QC: "quality control of a kit",
    WellRole.SAMPLE: "unknown of a standard-curve assay",
    WellRole.TGT_SPONT: "targets alone: spontaneous release",
    WellRole.TGT_MAX: "targets lysed: maximum release",
    WellRole.EFF_SPONT: "effectors alone: spontaneous release",
    WellRole.VOL_CORR: "medium with lysis solution: volume correction",
    WellRole.E_T: "effectors with targets: the test of a killing assay",
    WellRole.UNSTAINED: "unstained cells",
    WellRole.FMO: "fluorescence minus one",
    WellRole.COMP: "single stain for compensation",
    WellRole.DAY0: "cells of day 0: undivided peak",
    WellRole.EMPTY: "unused",
    WellRole.EDGE_FILL: "water or buffer against evaporation",
    WellRole.EXCLUDED: "excluded with a reason",
}
_CONDITIONED_MEDIUM = re.compile(r"(MSC[- ])?conditioned medium\b", re.IGNORECASE)
_LETTERS: Mapping[WellRole, str] = {
    WellRole.BLANK: "B",
    WellRole.RESP_UNSTIM: "N",
    WellRole.RESP_STIM: "P",
    WellRole.COCULT: "T",
    WellRole.COCULT_UNSTIM: "U",
    WellRole.MSC_ALONE: "M",
    WellRole.REF_MSC: "R",
    WellRole.EDGE_FILL: "fill",
    WellRole.E_T: "E",
    WellRole.EFF_SPONT: "F",
    WellRole.TGT_SPONT: "S",
    WellRole.TGT_MAX: "X",
    WellRole.VOL_CORR: "V",
}
_WITH_DOSE = frozenset(
    {
        WellRole.COCULT,
        WellRole.COCULT_UNSTIM,
        WellRole.MSC_ALONE,
        WellRole.REF_MSC,
        WellRole.NEG_STROMA,
    }
)
_WITH_MSC = _WITH_DOSE - {WellRole.NEG_STROMA}
_WITH_RESPONDERS = (_WITH_DOSE - {WellRole.MSC_ALONE}) | {
    WellRole.RESP_UNSTIM,
    WellRole.RESP_STIM,
    WellRole.POS_SUPPR,
    WellRole.NEG_STROMA,
}


@dataclass(frozen=True, slots=True)
class WellContent:
    """What stands in one well.

    ``priming`` is how the MSC were conditioned (``resting``, ``IFN-γ 20 ng/mL 24 h``), ``stimulus``
    what activates the responders and ``treatment`` anything else added to the well; all three are
    empty where there is none.  ``msc_cells_per_well`` and ``responder_cells_per_well`` are viable
    cells, known or ``None``.  ``source`` is the line of the plate map that says so.

    Wells that are measured on another plate than the cells grew on say more: ``sample_code`` names
    a sample or a standard, ``sample_of`` the role of the culture well whose supernatant it is,
    ``dilution_factor`` how often it was diluted (2 for 1 + 1) and ``standard_concentration`` what a
    standard holds, in the unit of the plate.  ``effectors_per_target`` is the E:T ratio of a
    killing assay, which is another ratio than MSC to responders.
    """

    well: WellAddress
    role: WellRole
    batch_code: str = ""
    priming: str = ""
    responder_code: str = ""
    stimulus: str = ""
    treatment: str = ""
    dose: Dose | None = None
    msc_cells_per_well: int | None = None
    responder_cells_per_well: int | None = None
    sample_code: str = ""
    sample_of: WellRole | None = None
    dilution_factor: float | None = None
    standard_concentration: float | None = None
    effectors_per_target: float | None = None
    note: str = ""
    source: SourceCell | None = None

    @property
    def is_conditioned_medium(self) -> bool:
        """Whether medium that MSC have conditioned stands here in the place of MSC (DOMAIN 2.7)."""
        return names_conditioned_medium(self.sample_of or self.role, self.treatment)


def names_conditioned_medium(culture: WellRole, treatment: str) -> bool:
    """Whether a culture well has conditioned medium and no MSC, so no ratio of cells.

    Its treatment says so by its first words: ``conditioned medium 50 %``.
    """
    has_place = culture.has_dose and culture.has_responders
    return has_place and _CONDITIONED_MEDIUM.match(treatment) is not None


@dataclass(frozen=True, slots=True)
class PlateConditions:
    """What holds for the whole plate and enters formulas; ``None`` or empty where not stated.

    ``concentration_unit`` is the unit of the standards (``pg/mL``, ``µM``).  The cells of the
    supernatants grew in ``supernatant_volume_ml`` for ``culture_hours``.
    """

    concentration_unit: str = ""
    supernatant_volume_ml: float | None = None
    culture_hours: float | None = None


@dataclass(frozen=True, slots=True)
class PlateLayout:
    """The layout of one plate; wells that are not listed are unused."""

    plate_format: PlateFormat
    contents: Mapping[WellAddress, WellContent] = field(repr=False)
    conditions: PlateConditions = field(default_factory=PlateConditions)

    @classmethod
    def of(
        cls,
        plate_format: PlateFormat,
        contents: Iterable[WellContent],
        conditions: PlateConditions | None = None,
    ) -> PlateLayout:
        """Build a layout from the contents of its wells."""
        by_well = {content.well: content for content in contents}
        return cls(plate_format, by_well, conditions or PlateConditions())

    def with_role(self, *roles: WellRole) -> tuple[WellContent, ...]:
        """Return the wells of these roles in plate order."""
        return tuple(c for _, c in sorted(self.contents.items()) if c.role in roles)
