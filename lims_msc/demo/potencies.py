"""How strong each invented MSC batch is, and on which responders; drawn by hand, not measured.

The three groups of donors overlap.  Some batches are there to show what real curves do: one never
reaches half suppression, one stimulates at low doses, one is above half suppression at every dose
once it is primed, and priming helps some batches, hardly touches others and harms one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Potency:
    """The strength of a batch: a Hill curve over MSC per responder.

    ``top`` is the largest share that it suppresses, ``half_dose`` where half of that is reached
    with resting MSC, ``priming_gain`` how many times fewer primed MSC do the same, and
    ``stimulation`` the share by which very few MSC stimulate.
    """

    top: float
    half_dose: float
    steepness: float
    priming_gain: float = 1.0
    stimulation: float = 0.0

    def half_dose_of(self, priming: str) -> float:
        """Return the dose of half the largest effect under a priming."""
        return self.half_dose if priming == RESTING else self.half_dose / self.priming_gain


POTENCIES: Mapping[str, Potency] = {
    "SIM-MSC-H1": Potency(top=0.94, half_dose=0.060, steepness=1.1, priming_gain=1.4),
    "SIM-MSC-H2": Potency(top=0.95, half_dose=0.028, steepness=1.2, priming_gain=5.0),
    "SIM-MSC-H3": Potency(top=0.85, half_dose=0.110, steepness=1.0, priming_gain=1.8),
    "SIM-MSC-L1": Potency(top=0.90, half_dose=0.050, steepness=1.2, priming_gain=0.8),
    "SIM-MSC-L2": Potency(top=0.88, half_dose=0.150, steepness=1.4, stimulation=0.25),
    "SIM-MSC-L3": Potency(top=0.93, half_dose=0.075, steepness=1.0, priming_gain=1.3),
    "SIM-MSC-S1": Potency(top=0.42, half_dose=0.120, steepness=1.1, priming_gain=1.2),
    "SIM-MSC-S2": Potency(top=0.92, half_dose=0.120, steepness=1.1, priming_gain=4.0),
    "SIM-MSC-S3": Potency(top=0.90, half_dose=0.042, steepness=1.0, priming_gain=1.1),
}

_PERSONAL_SCATTER = 0.25


def potencies_on(cell_type: str) -> dict[str, Potency]:
    """Return the strength of every batch on responders of a cell type.

    T cells of PBMC are the measure; B cells need more MSC, NK cells differ by batch.
    """
    if cell_type == "PBMC":
        return dict(POTENCIES)
    factor = {"B cell": 1.8, "NK cell": 1.2}[cell_type]
    changed = {}
    for code, potency in POTENCIES.items():
        random = Random(f"{code} on {cell_type}")  # noqa: S311 (no secret is kept)
        personal = math.exp(random.gauss(0, _PERSONAL_SCATTER))
        changed[code] = replace(potency, half_dose=potency.half_dose * factor * personal)
    return changed
