"""What else the invented laboratory registers: consents, treatments, HSCT, passages, vials, use.

Everything is simulated; no donor, no animal and no vial of it ever was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from lims_msc.demo.materials import BATCHES
from lims_msc.domain.records.fields import Entry, Value
from lims_msc.services.materials import NewBatch

_HAEMOCYTOMETER = "trypan blue"
_GROWTH_HOURS = 120.0
# Doublings of one passage at P1; each further passage loses a part of them.
_DOUBLINGS_AT_P1 = {"H": 3.1, "L": 2.5, "S": 2.7}
_RELEASE_PERCENTS = {
    "CD73": 98.7,
    "CD90": 99.1,
    "CD105": 97.4,
    "CD45": 0.6,
    "CD34": 0.4,
    "CD14": 0.8,
    "CD19": 0.2,
    "HLA-DR": 1.1,
    "viability": 91.0,
}
_RELEASE_WORDS = {
    "plastic adherence": "adherent",
    "differentiation bone": "positive",
    "differentiation fat": "positive",
    "differentiation cartilage": "positive",
    "sterility": "no growth",
    "mycoplasma": "negative",
}
# Days of an invented model; the dose is given on day 11.
_SCORED_ON_DAYS = (10, 20, 30)
_CLINICAL_SCORES = {
    "H1": (2.5, 1.4, 0.9),
    "H3": (2.6, 1.7, 1.2),
    "L2": (2.4, 2.3, 2.2),
    "S1": (2.5, 1.9, 1.6),
}


def demo_records() -> tuple[Entry, ...]:
    """Return the records of the demonstration, each after those that it refers to."""
    return tuple(
        Entry(kind_key, values)
        for kind_key, values in (
            *_recipes(),
            *(record for batch in BATCHES for record in _of_batch(batch)),
            *_treatments(),
            *_transplants(),
            *_in_vivo(),
        )
    )


_Record = tuple[str, Mapping[str, Value]]


def _recipes() -> Iterator[_Record]:
    yield (
        "recipe",
        {
            "recipe_code": "SIM-IFNG-20",
            "title": "IFN-γ 20 ng/mL 24 h",
            "recipe_purpose": "priming",
        },
    )
    yield (
        "recipe_step",
        {
            "recipe_code": "SIM-IFNG-20",
            "step_number": 1,
            "agent": "IFN-γ",
            "dose": 20.0,
            "dose_unit": "ng/mL",
            "duration_hours": 24.0,
            "lot": "SIM-LOT-7",
            "specific_activity_iu_per_mg": 2.0e7,
            "is_washed": "yes",
        },
    )
    yield (
        "recipe",
        {"recipe_code": "SIM-25-GY", "title": "irradiation 25 Gy", "recipe_purpose": "arrest"},
    )
    yield (
        "recipe_step",
        {
            "recipe_code": "SIM-25-GY",
            "step_number": 1,
            "agent": "irradiation",
            "dose": 25.0,
            "dose_unit": "Gy",
        },
    )


def _of_batch(batch: NewBatch) -> Iterable[_Record]:
    collected_on = batch.collected_on or date(2026, 1, 1)
    yield (
        "consent",
        {
            "donor_code": batch.donor_code,
            "consent_version": "2025-1 (simulated)",
            "scope": "immunomodulation by MSC",
            "given_on": collected_on - timedelta(days=1),
            "permits_genetics": "no",
            "permits_sharing": "yes",
            "permits_export": "yes",
        },
    )
    yield from _passages(batch, collected_on)
    yield from _vials(batch, collected_on)
    yield from _release_tests(batch, collected_on)


def _passages(batch: NewBatch, collected_on: date) -> Iterator[_Record]:
    yield (
        "batch",
        {
            "batch_code": batch.batch_code,
            "isolation_method": "density gradient",
            "isolated_on": collected_on,
            "serum_source": "human platelet lysate",
            "serum_lot": "SIM-HPL-3",
            "heparin": "yes",
            "oxygen_percent": 21.0,
            "is_pdl_start_known": "no",
        },
    )
    doublings = _DOUBLINGS_AT_P1[batch.batch_code.removeprefix("SIM-MSC-")[0]]
    seeded_on = collected_on + timedelta(days=12)
    for number in range(1, (batch.passage or 1) + 1):
        harvested = round(6e5 * 2 ** (doublings * 0.93 ** (number - 1)), -4)
        harvested_on = seeded_on + timedelta(hours=_GROWTH_HOURS)
        yield (
            "passage",
            {
                "batch_code": batch.batch_code,
                "passage": number,
                "seeded_on": seeded_on,
                "harvested_on": harvested_on,
                "seeded_viable_cells": 6e5,
                "harvested_viable_cells": harvested,
                "culture_hours": _GROWTH_HOURS,
                "seeding_density_cells_per_cm2": 4000.0,
                "confluence_percent": 80.0,
            },
        )
        seeded_on = harvested_on


def _vials(batch: NewBatch, collected_on: date) -> Iterator[_Record]:
    box = f"SIM-{batch.batch_code.removeprefix('SIM-MSC-')}"
    for number in range(1, 5):
        yield (
            "vial",
            {
                "vial_code": f"{batch.batch_code}-V{number:02d}",
                "batch_code": batch.batch_code,
                "frozen_on": collected_on + timedelta(days=30),
                "viable_cells_per_vial": 1e6,
                "volume_ml": 1.0,
                "cryomedium": "10 % DMSO (simulated)",
                "tank": "Tank 1",
                "rack": "R1",
                "box": box,
                "slot": f"A{number}",
                "vial_state": "used" if number == 1 else "available",
            },
        )
    yield (
        "thaw",
        {
            "vial_code": f"{batch.batch_code}-V01",
            "thawed_on": collected_on + timedelta(days=45),
            "viable_cells_recovered": 8.2e5,
            "viability_percent": 88.0,
            "viability_method": _HAEMOCYTOMETER,
            "culture_rescue_hours": 48.0,
            "used_for": "simulated plates",
        },
    )


def _release_tests(batch: NewBatch, collected_on: date) -> Iterator[_Record]:
    tested_on = collected_on + timedelta(days=32)
    is_weak = batch.batch_code == "SIM-MSC-L2"
    for test_name, percent in _RELEASE_PERCENTS.items():
        yield (
            "release_test",
            {
                "batch_code": batch.batch_code,
                "test_name": test_name,
                "result": 93.0 if is_weak and test_name == "CD105" else percent,
                "unit": "%",
                "method": "flow cytometry" if test_name != "viability" else _HAEMOCYTOMETER,
                "tested_on": tested_on,
            },
        )
    for test_name, result_text in _RELEASE_WORDS.items():
        yield (
            "release_test",
            {
                "batch_code": batch.batch_code,
                "test_name": test_name,
                "result_text": result_text,
                "tested_on": tested_on,
            },
        )


def _treatments() -> Iterator[_Record]:
    for donor, drug, treatment_class, dose, started, stopped in (
        ("L1", "prednisolone", "glucocorticoid", 7.5, "2025-02", ""),
        ("L1", "hydroxychloroquine", "csDMARD", 400.0, "2023", ""),
        ("L2", "mycophenolate mofetil", "csDMARD", 2000.0, "2024-09", "2025-12"),
        ("S1", "mycophenolate mofetil", "csDMARD", 1000.0, "2024-01-15", ""),
        ("S2", "cyclophosphamide", "cytotoxic", None, "2023-03", "2023-09"),
    ):
        yield (
            "treatment",
            {
                "donor_code": f"SIM-DONOR-{donor}",
                "drug": drug,
                "treatment_class": treatment_class,
                "dose": dose,
                "dose_unit": "mg/day" if dose else "",
                "started_on": started,
                "stopped_on": stopped,
            },
        )


def _transplants() -> Iterator[_Record]:
    yield (
        "hsc_graft",
        {
            "graft_code": "SIM-GRAFT-S2",
            "recipient_code": "SIM-DONOR-S2",
            "graft_donor_code": "SIM-DONOR-S2",
            "graft_source": "mobilised peripheral blood",
            "cd34_dose_e6_per_kg": 5.4,
            "graft_manipulation": "CD34 selection",
            "conditioning_regimen": "cyclophosphamide 200 mg/kg + ATG",
            "infused_on": "2024-02",
        },
    )
    yield (
        "transplant",
        {
            "donor_code": "SIM-DONOR-S2",
            "transplant_number": 1,
            "transplant_type": "autologous",
            "performed_on": "2024-02",
            "graft_code": "SIM-GRAFT-S2",
            "graft_source": "mobilised peripheral blood",
            "graft_relation": "self",
            "mobilisation": "cyclophosphamide + G-CSF",
            "graft_manipulation": "CD34 selection",
            "conditioning_regimen": "cyclophosphamide 200 mg/kg + ATG",
            "conditioning_intensity": "intermediate",
            "serotherapy": "ATG",
            "gvhd": "none",
            "indication": "MONDO:0005100",
        },
    )


def _in_vivo() -> Iterator[_Record]:
    for number, (batch, scores) in enumerate(_CLINICAL_SCORES.items(), start=1):
        code = f"SIM-USE-{number}"
        yield (
            "in_vivo_use",
            {
                "use_code": code,
                "batch_code": f"SIM-MSC-{batch}",
                "recipient_kind": "animal model",
                "recipient": f"SIM-GROUP-{number}",
                "species": "Mus musculus",
                "animal_model": "EAE (simulated)",
                "disease": "MONDO:0005301",
                "study_arm": "MSC",
                "route": "intravenous",
                "dose": 1e6,
                "dose_unit": "cells",
                "given_on_day": 11,
            },
        )
        for day, score in zip(_SCORED_ON_DAYS, scores, strict=True):
            yield (
                "outcome",
                {
                    "use_code": code,
                    "measured_on_day": day,
                    "measure": "clinical score",
                    "outcome": score,
                    "better_is": "lower",
                },
            )
