"""The readouts of suppression assays: what each sees, its background, its limits (DOMAIN 2.1).

All of these fall where the MSC suppress.  The intensity of a division dye rises instead, and
there is no formula that makes a suppression of it: such readouts are refused in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from lims_msc.domain.curve import BackgroundMode
from lims_msc.errors import InputError
from lims_msc.science.dye_dilution import DivisionIndex
from lims_msc.science.suppression import DEFINITIONS, floor_definition


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a readout, defaults of DOMAIN 2.1 and 3.5; ``None`` where nothing is asked.

    Pairs are the limit of a warning and that of a failure.  ``index`` is the stimulation index;
    ``index_of_stimulus`` overrides its warning where the stimulus has that word in its name.
    ``lowest`` and ``highest`` are what a reading can be at all, ``saturated_above`` what the reader
    can measure, and a control below ``smallest_control`` was written in another unit.
    """

    index: tuple[float, float] | None = None
    index_of_stimulus: tuple[tuple[str, float], ...] = ()
    stimulated_percent: tuple[float, float] | None = None
    resting_percent: tuple[float, float] | None = None
    cv_warn: float = 20.0
    saturated_above: float | None = None
    lowest: float | None = None
    highest: float | None = None
    smallest_control: float | None = None

    def index_warn(self, stimulus: str) -> float | None:
        """Return below which stimulation index there is a warning for this stimulus."""
        if self.index is None:
            return None
        name = stimulus.casefold()
        return next(
            (limit for word, limit in self.index_of_stimulus if word in name), self.index[0]
        )


BULK = Limits(index=(5.0, 2.0))


@dataclass(frozen=True, slots=True)
class Readout:
    """One way to measure what MSC may suppress.

    ``sees_msc`` says that MSC give a signal of their own.  ``is_bulk`` is a signal of the whole
    well; otherwise it is a percentage or an index of gated cells.  ``floor`` is the reading where
    nothing divides.  ``trap`` is a sentence about what this readout does not show.  ``any_sign``
    says that MSC may as well raise it, so that no sign is taken for a mistake.  ``is_of_cultures``
    says that a reading is the concentration of a replicate culture, not the signal of a well.
    Readouts whose result is no suppression give a sentence and a formula of their own.
    """

    key: str
    title: str
    default_mode: BackgroundMode
    sees_msc: bool
    is_bulk: bool = True
    rises_with: str = "proliferation"
    floor: float = 0.0
    limits: Limits = field(default=BULK)
    trap: str = ""
    any_sign: bool = False
    is_of_cultures: bool = False
    direction_text: str = ""
    formula_text: str = ""

    @property
    def is_percent(self) -> bool:
        """Whether a reading is a percentage of cells."""
        return self.limits.highest == 100

    @property
    def direction(self) -> str:
        """What a higher reading means, in a sentence."""
        if self.direction_text:
            return self.direction_text
        sentence = f"A higher reading means more {self.rises_with}; suppression lowers it"
        return f"{sentence}, and MSC may raise it." if self.any_sign else f"{sentence}."

    @property
    def formula(self) -> str:
        """The formula of the mode that is shown first."""
        return self.formula_text or self.formula_in(self.default_mode)

    def formula_in(self, mode: BackgroundMode) -> str:
        """Return the formula of a mode."""
        if mode is BackgroundMode.NONE:
            return floor_definition(self.floor)
        return DEFINITIONS[mode]


OD_SATURATES = 3.0
_OD = Limits(index=(5.0, 2.0), saturated_above=OD_SATURATES)
PERCENT = Limits(lowest=0.0, highest=100.0)
_DIVIDED = Limits(
    lowest=0.0, highest=100.0, stimulated_percent=(50.0, 20.0), resting_percent=(5.0, 15.0)
)


def metabolic(key: str, title: str, *, limits: Limits = BULK, trap: str = "") -> Readout:
    """Return a readout of the whole well that also sees the MSC."""
    return Readout(key, title, BackgroundMode.FULL, sees_msc=True, limits=limits, trap=trap)


def of_responders(key: str, title: str, *, limits: Limits, trap: str = "") -> Readout:
    """Return a readout of the whole well that is blind to MSC which do not divide."""
    return Readout(key, title, BackgroundMode.UNSTIM, sees_msc=False, limits=limits, trap=trap)


def gated(
    key: str,
    title: str,
    *,
    limits: Limits = PERCENT,
    rises_with: str = "proliferation",
    trap: str = "",
) -> Readout:
    """Return a percentage of gated cells."""
    return Readout(
        key,
        title,
        BackgroundMode.NONE,
        sees_msc=False,
        is_bulk=False,
        rises_with=rises_with,
        limits=limits,
        trap=trap,
    )


def _index(index: DivisionIndex, title: str) -> Readout:
    return Readout(
        index.value,
        f"Dye dilution by flow, {title}",
        BackgroundMode.NONE,
        sees_msc=False,
        is_bulk=False,
        floor=index.floor,
        limits=Limits(lowest=index.floor),
        trap="Programs give the same name to different indices: compare the formula in the title.",
    )


BRDU = of_responders(
    "brdu_od",
    "BrdU ELISA, optical density",
    limits=Limits(index=(3.0, 2.0), saturated_above=OD_SATURATES),
)
THYMIDINE = of_responders(
    "thymidine_cpm",
    "³H-thymidine, counts per minute",
    limits=Limits(
        index=(5.0, 2.0),
        index_of_stimulus=(("mlr", 5.0), ("pha", 10.0)),
        cv_warn=25.0,
        smallest_control=100.0,
    ),
    trap="MSC that were not arrested take up thymidine too.",
)
ATP = metabolic("atp_rlu", "ATP luminescence, relative light units")
RESAZURIN = metabolic(
    "resazurin_rfu",
    "Resazurin (AlamarBlue), relative fluorescence units",
    trap="Over-reduced resazurin turns colourless and the signal falls: read it while it rises.",
)
RESAZURIN_PERCENT = metabolic(
    "resazurin_percent_reduced",
    "Resazurin (AlamarBlue), % reduced",
    trap="Over-reduced resazurin turns colourless and the signal falls: read it while it rises.",
)
WST = metabolic("wst_od", "WST-1 / WST-8, optical density", limits=_OD)
MTS = metabolic("mts_od", "MTS / XTT, optical density", limits=_OD)
MTT = metabolic(
    "mtt_od",
    "MTT, optical density",
    limits=_OD,
    trap="Cells in suspension are lost where the medium was removed before the crystals dissolved.",
)
PERCENT_DIVIDED = gated(
    "percent_divided",
    "Dye dilution by flow, % divided of the final cells",
    limits=_DIVIDED,
    trap="The percentage of the final cells saturates: one precursor that divides five times gives "
    "32 of them. Fewer than 100 events in a divided gate are too few.",
)
PRECURSOR_FREQUENCY = gated(
    "precursor_frequency",
    "Dye dilution by flow, % of the starting cells that divided (FlowJo: % Divided)",
    trap="This is a percentage of starting cells; '% divided' of other programs is of final ones.",
)
DIVISION_INDEX = _index(
    DivisionIndex.DIVISION_INDEX, "divisions per starting cell (division index)"
)
PROLIFERATION_INDEX = _index(
    DivisionIndex.PROLIFERATION_INDEX_FLOWJO,
    "divisions per starting cell that divided (FlowJo proliferation index)",
)
EXPANSION_INDEX = _index(
    DivisionIndex.EXPANSION_INDEX,
    "final cells per starting cell (expansion index; ModFit and flowFit: proliferation index)",
)
REPLICATION_INDEX = _index(
    DivisionIndex.REPLICATION_INDEX,
    "final divided cells per starting cell that divided (replication index)",
)
BRDU_PERCENT = gated(
    "brdu_percent_positive",
    "BrdU by flow, % positive",
    limits=Limits(lowest=0.0, highest=100.0, index=(3.0, 2.0)),
)
KI67_PERCENT = gated("ki67_percent_positive", "Ki-67 by flow, % positive")

PROLIFERATION = (
    BRDU,
    THYMIDINE,
    ATP,
    RESAZURIN,
    RESAZURIN_PERCENT,
    WST,
    MTS,
    MTT,
    PERCENT_DIVIDED,
    PRECURSOR_FREQUENCY,
    DIVISION_INDEX,
    PROLIFERATION_INDEX,
    EXPANSION_INDEX,
    REPLICATION_INDEX,
    BRDU_PERCENT,
    KI67_PERCENT,
)

_EARLY = "Early activation may be unaffected although division is arrested."
ACTIVATION = tuple(
    gated(
        f"{key}_percent_positive",
        f"Activation marker {marker} by flow, % positive",
        rises_with="activation",
        trap=trap,
    )
    for key, marker, trap in (
        ("cd25", "CD25", _EARLY),
        ("cd69", "CD69", _EARLY),
        ("cd38", "CD38", ""),
        ("hla_dr", "HLA-DR", ""),
    )
)

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "dye_mfi": "The intensity of a division dye rises with less proliferation, and its change "
        "is no suppression: take the % divided or a division index of the same gate.",
        "percent_undivided": "The % undivided rises with less proliferation: take the % divided, "
        "which is 100 % minus it.",
    }
)
"""Readouts that people may look for, and why there is no suppression of them."""


def of_any_sign(readouts: tuple[Readout, ...]) -> tuple[Readout, ...]:
    """Return the readouts for cells that MSC may support as well as suppress."""
    return tuple(replace(readout, any_sign=True) for readout in readouts)


def titles(readouts: tuple[Readout, ...]) -> Mapping[str, str]:
    """Return key → title, in order, for pages and contracts."""
    return MappingProxyType({readout.key: readout.title for readout in readouts})


def readout_named(known: tuple[Readout, ...], key: str, assay_title: str) -> Readout:
    """Return the readout of that key.

    :raises InputError: if the assay has none, or there is no suppression of it; says why.
    """
    for readout in known:
        if readout.key == key:
            return readout
    names = ", ".join(f"'{readout.key}'" for readout in known)
    message = f"The assay '{assay_title}' has no readout '{key}'."
    if key in REFUSED:
        raise InputError(f"{message} {REFUSED[key]}", hint=f"It knows {names}.")
    raise InputError(message, hint=f"It knows {names}.")
