"""The invented donors' batches, and the responders: what is registered before any plate."""

from __future__ import annotations

from datetime import date

from lims_msc.services.materials import NewBatch, NewResponder

IFN_GAMMA = "IFN-γ 20 ng/mL 24 h"
_LUPUS = "systemic lupus erythematosus"
_SCLEROSIS = "systemic sclerosis"


def _batch(
    name: str, sex: str, age_years: float, day: date, passage: int, *, diagnosis: str = ""
) -> NewBatch:
    return NewBatch(
        batch_code=f"SIM-MSC-{name}",
        donor_code=f"SIM-DONOR-{name}",
        sex=sex,
        tissue="BM",
        health_status="patient" if diagnosis else "healthy",
        diagnosis=diagnosis,
        collected_on=day,
        age_at_collection_years=age_years,
        passage=passage,
        medium="alpha-MEM, 8 % platelet lysate, heparin (simulated)",
    )


BATCHES: tuple[NewBatch, ...] = (
    _batch("H1", "female", 31, date(2025, 11, 4), 3),
    _batch("H2", "male", 44, date(2025, 12, 9), 3),
    _batch("H3", "female", 52, date(2026, 1, 20), 4),
    _batch("L1", "female", 29, date(2025, 11, 25), 3, diagnosis=_LUPUS),
    _batch("L2", "female", 38, date(2026, 2, 3), 4, diagnosis=_LUPUS),
    _batch("L3", "male", 46, date(2026, 2, 24), 3, diagnosis=_LUPUS),
    _batch("S1", "female", 57, date(2025, 10, 14), 4, diagnosis=_SCLEROSIS),
    _batch("S2", "male", 49, date(2026, 1, 13), 3, diagnosis=_SCLEROSIS),
    _batch("S3", "female", 41, date(2026, 3, 3), 3, diagnosis=_SCLEROSIS),
)

RESPONDERS: tuple[NewResponder, ...] = (
    NewResponder("SIM-PBMC-POOL", "PBMC", pool_size=8),
    NewResponder("SIM-PBMC-1", "PBMC", donor_code="SIM-DONOR-R1"),
    NewResponder("SIM-B-1", "B cell", donor_code="SIM-DONOR-R2"),
    NewResponder("SIM-NK-1", "NK cell", donor_code="SIM-DONOR-R3"),
    NewResponder("SIM-NK-2", "NK cell", donor_code="SIM-DONOR-R4"),
)
