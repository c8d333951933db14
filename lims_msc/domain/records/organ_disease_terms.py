"""Autoimmune diseases of blood, bowel, glands, vessels and skin, and graft-versus-host disease."""

from __future__ import annotations

from lims_msc.domain.records.disease_codes import (
    MONDO_RELEASE,
    cm,
    cm_unread,
    disease,
)
from lims_msc.domain.records.terms import ExternalCode, Term

_GVHD_IN_GENERAL = ExternalCode(
    "DOID", f"mapped by MONDO {MONDO_RELEASE}", "DOID:0081267", is_exact=False
)
_ALLOIMMUNE = "Alloimmune, not autoimmune."

_BLOOD = (
    disease(
        "0008558",
        "immune thrombocytopenia",
        "ITP ICP",
        "8924",
        (cm("D69.3"),),
        (
            "idiopathic thrombocytopenic purpura",
            "immune thrombocytopenic purpura",
            "autoimmune thrombocytopenic purpura",
            "autoimmune thrombocytopenia",
            "idiopathic cytopenic purpura",
            "Immunthrombozytopenie",
            "idiopathische thrombozytopenische Purpura",
            "Morbus Werlhof",
        ),
        "The series of EBMT once called it 'idiopathic cytopenic purpura' (ICP).",
    ),
    disease(
        "0020108",
        "autoimmune haemolytic anaemia",
        "AIHA",
        "718",
        (cm_unread("D59.1-", is_exact=False),),
        ("autoimmunhämolytische Anämie", "autoimmune hämolytische Anämie"),
    ),
    disease(
        "0016030",
        "Evans syndrome",
        "ES",
        "8931",
        (cm("D69.41"),),
        ("Evans' syndrome", "Evans-Syndrom", "Fisher-Evans syndrome"),
    ),
    disease(
        "0015909",
        "acquired aplastic anaemia",
        "AA",
        "12449",
        (cm_unread("D61.-", is_exact=False),),
        ("aplastic anaemia", "erworbene aplastische Anämie", "aplastische Anämie"),
    ),
)

_BOWEL_AND_LIVER = (
    disease(
        "0005011",
        "Crohn disease",
        "CD",
        "8778",
        (cm("K50"),),
        ("Crohn's disease", "Crohn", "regional enteritis", "Morbus Crohn", "Crohn-Krankheit"),
    ),
    disease(
        "0005101",
        "ulcerative colitis",
        "UC UC-IBD",
        "8577",
        (cm("K51"),),
        ("Colitis ulcerosa",),
        "UC is also the code of the tissue umbilical cord.",
    ),
    disease(
        "0005130",
        "coeliac disease",
        "CeD CD",
        "10608",
        (cm("K90.0"),),
        ("coeliac sprue", "gluten-sensitive enteropathy", "Zöliakie", "einheimische Sprue"),
    ),
    disease(
        "0016264",
        "autoimmune hepatitis",
        "AIH",
        "2048",
        (cm("K75.4"),),
        ("Autoimmunhepatitis", "autoimmune Hepatitis"),
    ),
)

_GLANDS = (
    disease(
        "0005147",
        "type 1 diabetes",
        "T1D T1DM IDDM",
        "9744",
        (cm("E10"),),
        (
            "type 1 diabetes mellitus",
            "diabetes type 1",
            "diabetes mellitus type 1",
            "insulin-dependent diabetes mellitus",
            "Diabetes mellitus Typ 1",
            "Typ-1-Diabetes",
            "Diabetes Typ 1",
        ),
    ),
    disease(
        "0007699",
        "Hashimoto thyroiditis",
        "HT",
        "7188",
        (cm_unread("E06.3"),),
        ("Hashimoto's thyroiditis", "Hashimoto disease", "Hashimoto-Thyreoiditis", "Hashimoto"),
    ),
    disease(
        "0005364",
        "Graves disease",
        "GD",
        "12361",
        (cm_unread("E05.0"),),
        ("Graves' disease", "Basedow disease", "Morbus Basedow", "Basedow"),
    ),
)

_VESSELS = (
    disease(
        "0012105",
        "granulomatosis with polyangiitis",
        "GPA",
        "12132",
        (cm("M31.3"),),
        (
            "Wegener granulomatosis",
            "Wegener's granulomatosis",
            "Granulomatose mit Polyangiitis",
            "Morbus Wegener",
        ),
    ),
    disease(
        "0015943",
        "eosinophilic granulomatosis with polyangiitis",
        "EGPA",
        "3049",
        (cm("M30.1"),),
        (
            "Churg-Strauss syndrome",
            "Churg-Strauss-Syndrom",
            "eosinophile Granulomatose mit Polyangiitis",
        ),
    ),
    disease(
        "0017991",
        "Takayasu arteritis",
        "TA",
        "2508",
        (cm("M31.4"),),
        ("Takayasu disease", "Takayasu's arteritis", "Takayasu-Arteriitis", "pulseless disease"),
    ),
    disease(
        "0007191",
        "Behçet disease",
        "BD",
        "13241",
        (cm_unread("M35.2"),),
        ("Behçet's disease", "Behçet syndrome", "Morbus Behçet", "Behçet-Krankheit"),
    ),
)

_SKIN = (
    disease(
        "0005083",
        "psoriasis",
        "PsO",
        "8893",
        (cm("L40"),),
        ("Schuppenflechte",),
    ),
    disease(
        "0008219",
        "pemphigus vulgaris",
        "PV",
        "0060851",
        (cm("L10.0"),),
    ),
    disease(
        "0008661",
        "vitiligo",
        "VIT",
        "12306",
        (cm("L80"),),
        ("Weißfleckenkrankheit",),
    ),
)

_GRAFT_VERSUS_HOST = (
    disease(
        "0020546",
        "acute graft-versus-host disease",
        "aGVHD GVHD",
        codes=(_GVHD_IN_GENERAL, cm("D89.810")),
        synonyms=(
            "acute graft versus host disease",
            "acute GVHD",
            "graft-versus-host disease",
            "akute Graft-versus-Host-Erkrankung",
            "akute GvHD",
        ),
        warning=_ALLOIMMUNE,
    ),
    disease(
        "0020547",
        "chronic graft-versus-host disease",
        "cGVHD GVHD",
        codes=(_GVHD_IN_GENERAL, cm("D89.811")),
        synonyms=(
            "chronic graft versus host disease",
            "chronic GVHD",
            "graft-versus-host disease",
            "chronische Graft-versus-Host-Erkrankung",
            "chronische GvHD",
        ),
        warning=_ALLOIMMUNE,
    ),
)

ORGAN_DISEASES: tuple[Term, ...] = (
    *_BLOOD,
    *_BOWEL_AND_LIVER,
    *_GLANDS,
    *_VESSELS,
    *_SKIN,
    *_GRAFT_VERSUS_HOST,
)
