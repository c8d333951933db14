"""Soluble factors in supernatants by ELISA, with and without MSC (DOMAIN 2.5).

MSC lower some factors (IFN-γ, TNF-α, IL-2): their suppression is computed.  They raise or make
others (IL-6, IL-10, PGE2, HGF, TGF-β1): their change and fold are given, never a suppression.  The
kit for PGE2 is competitive: a high signal is little of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lims_msc.assays.readouts import BULK, Readout, titles
from lims_msc.assays.sample_checks import MSC_ALONE
from lims_msc.assays.standard_curve_assay import Analyte, StandardCurveAssay, checks_of
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import BackgroundMode

_SIGNAL = "A higher {} means more {}; "
_LOWERED = "MSC that suppress it lower the concentration."
_RAISED = "MSC are expected to raise it: their effect is a change and a fold, never a suppression."


def _analyte(
    key: str,
    name: str,
    *,
    is_lowered: bool,
    is_competitive: bool = False,
    trap: str = "",
) -> Analyte:
    kind = "competitive" if is_competitive else "sandwich"
    what = "concentration (a lower signal)" if is_competitive else "signal or concentration"
    sentence = _SIGNAL.format(what, name) + (_LOWERED if is_lowered else _RAISED)
    readout = Readout(
        key,
        f"{name} by {kind} ELISA, signal read as concentration in the unit of the standards",
        BackgroundMode.NONE,
        sees_msc=False,
        rises_with=name,
        limits=BULK,
        trap=trap,
        any_sign=not is_lowered,
        direction_text=sentence,
    )
    return Analyte(readout, name, is_lowered, is_competitive)


class CytokineElisa(StandardCurveAssay):
    """Concentrations of soluble factors, and what MSC do to them."""

    key: ClassVar[str] = "cytokine_elisa"
    title: ClassVar[str] = "Soluble factors by ELISA"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = ("PBMC", "CD3", "CD4", "CD8", "CD14", "NK")
    higher_means: ClassVar[str] = (
        "A higher concentration means more of the factor. MSC lower IFN-γ, TNF-α and IL-2, and "
        "raise IL-6, IL-10, PGE2, HGF and TGF-β1."
    )
    analytes: ClassVar[Mapping[str, Analyte]] = {
        one.readout.key: one
        for one in (
            _analyte("ifn_gamma", "IFN-γ", is_lowered=True),
            _analyte("tnf_alpha", "TNF-α", is_lowered=True),
            _analyte(
                "il_2",
                "IL-2",
                is_lowered=True,
                trap="Responders use up IL-2: its concentration depends on when it was sampled.",
            ),
            _analyte("il_10", "IL-10", is_lowered=False),
            _analyte("il_6", "IL-6", is_lowered=False),
            _analyte("pge2", "PGE2", is_lowered=False, is_competitive=True),
            _analyte("hgf", "HGF", is_lowered=False),
            _analyte("tgf_beta_1", "TGF-β1", is_lowered=False),
        )
    }
    known_readouts = tuple(analyte.readout for analyte in analytes.values())
    readouts = titles(known_readouts)
    checks: ClassVar[tuple[Check, ...]] = checks_of(analytes, MSC_ALONE)
