"""An invented record or two of each kind, to show in the template how rows are filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lims_msc.domain.records.fields import Values


def example_records() -> Mapping[str, tuple[Values, ...]]:
    """Return the invented records by kind; they can be imported together as they are."""
    return {**_DONORS, **_TREATMENTS, **_RECIPES, **_BATCHES, **_RESPONDERS, **_STOCK, **_IN_VIVO}


_DONORS: Mapping[str, tuple[Values, ...]] = {
    "donor": (
        {"donor_code": "D-EX-A", "sex": "female", "note": "Invented, as all rows of the example."},
        {"donor_code": "D-EX-B", "sex": "male"},
    ),
    "consent": (
        {
            "donor_code": "D-EX-A",
            "consent_version": "v2.1",
            "scope": "research on immunomodulation",
            "given_on": date(2024, 5, 2),
            "permits_genetics": "no",
            "permits_commercial": "no",
            "permits_sharing": "yes",
            "permits_export": "yes",
        },
        {
            "donor_code": "D-EX-B",
            "consent_version": "v2.1",
            "scope": "research on immunomodulation",
            "given_on": date(2024, 6, 3),
            "permits_genetics": "yes",
            "permits_commercial": "no",
            "permits_sharing": "yes",
            "permits_export": "yes",
        },
    ),
    "collection": (
        {
            "collection_code": "C-EX-A",
            "donor_code": "D-EX-A",
            "collected_on": date(2024, 5, 14),
            "tissue": "BM",
            "health_status": "patient",
            "age_at_collection_years": 34.5,
            "bmi_kg_per_m2": 22.4,
            "smoking": "never",
            "hiv_screen": "negative",
            "hbv_screen": "negative",
            "hcv_screen": "negative",
            "syphilis_screen": "negative",
            "htlv_screen": "not tested",
        },
        {
            "collection_code": "C-EX-B",
            "donor_code": "D-EX-B",
            "collected_on": date(2024, 6, 4),
            "tissue": "PB",
            "health_status": "healthy",
            "health_criteria": "no chronic disease, no drugs",
            "age_at_collection_years": 29.0,
        },
    ),
    "diagnosis": (
        {
            "collection_code": "C-EX-A",
            "disease": "MONDO:0005301",
            "onset": "2019-05",
            "disease_status": "active",
        },
    ),
    "activity_score": (
        {
            "collection_code": "C-EX-A",
            "score_name": "EDSS",
            "score": 3.5,
            "assessed_on": date(2024, 5, 13),
        },
    ),
}
_TREATMENTS: Mapping[str, tuple[Values, ...]] = {
    "treatment": (
        {
            "donor_code": "D-EX-A",
            "drug": "prednisolone",
            "treatment_class": "glucocorticoid",
            "atc_code": "H02AB06",
            "dose": 10.0,
            "dose_unit": "mg/day",
            "started_on": "2024-01",
            "stopped_on": "2024-03-31",
        },
    ),
    "hsc_graft": (
        {
            "graft_code": "G-EX-A",
            "recipient_code": "D-EX-A",
            "graft_donor_code": "D-EX-A",
            "graft_source": "mobilised peripheral blood",
            "collected_on": date(2024, 8, 6),
            "cd34_dose_e6_per_kg": 5.2,
            "graft_manipulation": "CD34 selection",
            "conditioning_regimen": "BEAM + ATG",
            "infused_on": "2024-09-10",
        },
    ),
    "transplant": (
        {
            "donor_code": "D-EX-A",
            "transplant_number": 1,
            "transplant_type": "autologous",
            "performed_on": "2024-09-10",
            "graft_code": "G-EX-A",
            "graft_source": "mobilised peripheral blood",
            "graft_relation": "self",
            "mobilisation": "cyclophosphamide + G-CSF",
            "graft_manipulation": "CD34 selection",
            "conditioning_regimen": "BEAM + ATG",
            "conditioning_intensity": "intermediate",
            "serotherapy": "ATG",
            "gvhd": "none",
            "indication": "MONDO:0005301",
        },
    ),
}
_RECIPES: Mapping[str, tuple[Values, ...]] = {
    "recipe": (
        {"recipe_code": "IFNG-EX", "title": "IFN-γ 10 ng/mL 24 h", "recipe_purpose": "priming"},
    ),
    "recipe_step": (
        {
            "recipe_code": "IFNG-EX",
            "step_number": 1,
            "agent": "IFN-γ",
            "dose": 10.0,
            "dose_unit": "ng/mL",
            "duration_hours": 24.0,
            "supplier": "invented",
            "lot": "L-4711",
            "specific_activity_iu_per_mg": 2.0e7,
            "is_washed": "yes",
        },
    ),
}
_BATCHES: Mapping[str, tuple[Values, ...]] = {
    "batch": (
        {
            "batch_code": "MSC-EX-P1",
            "collection_code": "C-EX-A",
            "passage": 1,
            "isolation_method": "density gradient",
            "start_material": "20 mL",
            "nucleated_cells_seeded": 5.0e7,
            "isolated_on": date(2024, 5, 14),
            "operator": "A. Weiss",
            "medium": "DMEM low glucose",
            "serum_source": "human platelet lysate",
            "serum_lot": "HPL-7",
            "heparin": "yes",
            "oxygen_percent": 5.0,
            "vessel": "T175",
            "antibiotics": "none",
            "is_pdl_start_known": "no",
        },
        {
            "batch_code": "MSC-EX-P2",
            "collection_code": "C-EX-A",
            "parent_code": "MSC-EX-P1",
            "passage": 2,
            "medium": "DMEM low glucose",
            "serum_source": "human platelet lysate",
            "serum_lot": "HPL-7",
            "heparin": "yes",
        },
    ),
    "passage": (
        {
            "batch_code": "MSC-EX-P1",
            "passage": 1,
            "seeded_on": date(2024, 5, 28),
            "harvested_on": date(2024, 6, 3),
            "seeded_viable_cells": 6.0e5,
            "harvested_viable_cells": 4.2e6,
            "harvested_total_cells": 4.4e6,
            "harvest_volume_ml": 10.0,
            "culture_hours": 144.0,
            "seeding_density_cells_per_cm2": 4000.0,
            "confluence_percent": 80.0,
        },
    ),
    "release_rule": (
        {
            "rule_set": "own release",
            "rule_set_version": "v1.0",
            "test_name": "viability",
            "operator": ">=",
            "limit": 80.0,
            "unit": "%",
            "rule_role": "release",
            "source": "invented",
        },
    ),
    "release_test": (
        {
            "batch_code": "MSC-EX-P2",
            "test_name": "viability",
            "result": 94.5,
            "unit": "%",
            "method": "7-AAD",
            "tested_on": date(2024, 6, 12),
        },
    ),
}
_RESPONDERS: Mapping[str, tuple[Values, ...]] = {
    "bank": (
        {
            "bank_code": "PB-EX",
            "title": "PBMC bank of the example",
            "valid_until": date(2026, 1, 31),
        },
    ),
    "responder": (
        {
            "responder_code": "PBMC-EX-B",
            "cell_type": "PBMC",
            "donor_code": "D-EX-B",
            "collection_code": "C-EX-B",
            "pool_size": 1,
            "bank_code": "PB-EX",
            "isolation_method": "density gradient",
            "purity_percent": 98.0,
        },
        {"responder_code": "PBMC-EX-POOL", "cell_type": "PBMC", "pool_size": 8},
    ),
    "pool_member": ({"responder_code": "PBMC-EX-POOL", "donor_code": "D-EX-B"},),
}
_STOCK: Mapping[str, tuple[Values, ...]] = {
    "vial": (
        {
            "vial_code": "V-EX-A",
            "batch_code": "MSC-EX-P2",
            "frozen_on": date(2024, 6, 12),
            "viable_cells_per_vial": 1.0e6,
            "volume_ml": 1.0,
            "cryomedium": "10 % DMSO in albumin",
            "freezing_method": "controlled rate",
            "tank": "T2",
            "rack": "R4",
            "box": "B11",
            "slot": "C7",
            "vial_state": "used",
        },
    ),
    "thaw": (
        {
            "vial_code": "V-EX-A",
            "thawed_on": date(2024, 7, 1),
            "viable_cells_recovered": 8.3e5,
            "viability_percent": 91.0,
            "viability_method": "7-AAD",
            "culture_rescue_hours": 24.0,
            "used_for": "plate P-EX",
        },
    ),
}
_IN_VIVO: Mapping[str, tuple[Values, ...]] = {
    "in_vivo_use": (
        {
            "use_code": "U-EX-A",
            "batch_code": "MSC-EX-P2",
            "recipient_kind": "animal model",
            "recipient": "mouse-ex-12",
            "species": "Mus musculus",
            "animal_model": "EAE",
            "disease": "MONDO:0005301",
            "study_arm": "MSC",
            "route": "intravenous",
            "dose": 1.0e6,
            "dose_unit": "cells",
            "given_on": date(2024, 7, 2),
            "given_on_day": 10,
        },
    ),
    "outcome": (
        {
            "use_code": "U-EX-A",
            "measured_on_day": 21,
            "measure": "clinical score",
            "outcome": 1.5,
            "unit": "score",
            "better_is": "lower",
        },
    ),
}
