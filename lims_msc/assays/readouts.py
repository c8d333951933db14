"""The readouts of proliferation: what each sees, and which background it needs (DOMAIN 2.0, 2.1).

All of these rise with proliferation.  Readouts that rise with less proliferation (dye intensity)
or with effector functions are not in here: they need formulas of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lims_msc.domain.curve import BackgroundMode


@dataclass(frozen=True, slots=True)
class Readout:
    """One way to measure proliferation.

    ``sees_msc`` says that MSC give a signal of their own.  ``is_bulk`` is a signal of the whole
    well; otherwise it is a percentage of gated cells.
    """

    key: str
    title: str
    default_mode: BackgroundMode
    sees_msc: bool
    is_bulk: bool = True


def _metabolic(key: str, title: str) -> Readout:
    return Readout(key, title, BackgroundMode.FULL, sees_msc=True)


def _of_responders(key: str, title: str) -> Readout:
    return Readout(key, title, BackgroundMode.UNSTIM, sees_msc=False)


def _gated(key: str, title: str) -> Readout:
    return Readout(key, title, BackgroundMode.NONE, sees_msc=False, is_bulk=False)


BRDU = _of_responders("brdu_od", "BrdU ELISA, optical density")
THYMIDINE = _of_responders("thymidine_cpm", "³H-thymidine, counts per minute")
ATP = _metabolic("atp_rlu", "ATP luminescence, relative light units")
RESAZURIN = _metabolic("resazurin_rfu", "Resazurin (AlamarBlue), relative fluorescence units")
WST = _metabolic("wst_od", "WST-1 / WST-8, optical density")
MTS = _metabolic("mts_od", "MTS / XTT, optical density")
MTT = _metabolic("mtt_od", "MTT, optical density")
PERCENT_DIVIDED = _gated("percent_divided", "Dye dilution by flow, % divided")
BRDU_PERCENT = _gated("brdu_percent_positive", "BrdU by flow, % positive")
KI67_PERCENT = _gated("ki67_percent_positive", "Ki-67 by flow, % positive")

ALL_READOUTS = (
    BRDU,
    THYMIDINE,
    ATP,
    RESAZURIN,
    WST,
    MTS,
    MTT,
    PERCENT_DIVIDED,
    BRDU_PERCENT,
    KI67_PERCENT,
)


def titles(readouts: tuple[Readout, ...]) -> Mapping[str, str]:
    """Return key → title, in order, for pages and contracts."""
    return MappingProxyType({readout.key: readout.title for readout in readouts})
