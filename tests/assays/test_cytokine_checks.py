"""Every check that an ELISA of soluble factors declares, on a plate made for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from elisa_checks import FALLING, Plates, plates_of_checks
from every_check import assert_every_check_is_met, findings_of

from lims_msc.assays.cytokine_elisa import CytokineElisa

Maker = Callable[[], Any]


def test_every_check_of_soluble_factors_is_met(new_plate: Maker) -> None:
    plates = Plates(new_plate, CytokineElisa, "ifn_gamma", "pg/mL")
    assert_every_check_is_met(
        CytokineElisa,
        {
            **plates_of_checks(plates, other_unit="µg/mL"),
            "msc_alone_missing": plates.said(plates.plate(msc=False)),
            "order_probably_reversed": plates.said(plates.plate(FALLING)),
            "readout_trap": findings_of(plates.plate().analyse("il_2", CytokineElisa)),
        },
    )
