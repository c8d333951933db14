"""Donors, their consent, collections of tissue, and what was true of the donor on that day.

Health status, diagnoses and scores belong to a collection, because they change between two
collections of one person.  Consent belongs to the person.
"""

from __future__ import annotations

from lims_msc.domain.records.common_fields import NOTE, OF_COLLECTION, OF_DONOR, YES_NO
from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.rules_of_donors import (
    check_age,
    check_consent,
    check_diagnosis,
    check_donor,
    check_health,
    check_score,
)

SEXES = ("female", "male", "intersex", "unknown", "not collected")
HEALTH_STATUSES = ("healthy", "patient", "other", "deceased donor", "unknown")
SCREENS = ("negative", "positive", "not tested")
DISEASE_STATUSES = ("active", "remission", "flare", "unknown")
ACTIVITY_SCORES = (
    "EDSS",
    "mRSS",
    "SLEDAI-2K",
    "DAS28-CRP",
    "DAS28-ESR",
    "CDAI",
    "JADAS27",
    "platelets 10*9/L",
    "HBI",
    "Mayo score",
    "BVAS",
    "PASI",
)

DONOR = RecordKind(
    key="donor",
    title="Donor",
    plural="Donors",
    sheet="Donors",
    explanation="A person, known by an opaque code and by nothing that identifies them.",
    identity=("donor_code",),
    checks=(check_donor,),
    fields=(
        Field(
            "donor_code",
            "Donor code",
            FieldKind.CODE,
            is_required=True,
            is_listed=True,
            hint="Opaque: never initials, birth dates or hospital numbers.",
        ),
        Field("sex", "Sex", FieldKind.CHOICE, True, SEXES, is_listed=True),
        Field("note", "Note", FieldKind.NOTE, hint="No names, no birth dates.", max_length=2000),
    ),
)

CONSENT = RecordKind(
    key="consent",
    title="Consent",
    plural="Consents",
    sheet="Consents",
    explanation="What a donor agreed to, and whether that was withdrawn.",
    owner="donor_code",
    identity=("donor_code", "consent_version"),
    checks=(check_consent,),
    fields=(
        OF_DONOR,
        Field(
            "consent_version",
            "Version of the form",
            is_required=True,
            is_listed=True,
            max_length=60,
        ),
        Field("scope", "Scope", hint="What the form says it is for."),
        Field("given_on", "Given on", FieldKind.DATE, is_required=True, is_listed=True),
        Field(
            "withdrawn_on",
            "Withdrawn on",
            FieldKind.DATE,
            is_listed=True,
            hint="From this day nothing of the donor is exported, and results are flagged.",
        ),
        Field("permits_genetics", "Permits genetics", FieldKind.CHOICE, choices=YES_NO),
        Field("permits_commercial", "Permits commercial use", FieldKind.CHOICE, choices=YES_NO),
        Field("permits_sharing", "Permits sharing", FieldKind.CHOICE, choices=YES_NO),
        Field("permits_export", "Permits export", FieldKind.CHOICE, choices=YES_NO),
    ),
)

COLLECTION = RecordKind(
    key="collection",
    title="Collection",
    plural="Collections",
    sheet="Collections",
    explanation="Tissue or blood taken from a donor on one day, and what was true on that day.",
    owner="donor_code",
    identity=("collection_code",),
    checks=(check_health, check_age),
    fields=(
        Field(
            "collection_code", "Collection code", FieldKind.CODE, is_required=True, is_listed=True
        ),
        OF_DONOR,
        Field("collected_on", "Collected on", FieldKind.DATE, is_listed=True),
        Field("tissue", "Tissue", FieldKind.TERM, True, vocabulary="tissue", is_listed=True),
        Field(
            "health_status",
            "Health status",
            FieldKind.CHOICE,
            True,
            HEALTH_STATUSES,
            is_listed=True,
            hint="Always said by a person; an empty cell is never 'healthy'.",
        ),
        Field("health_criteria", "Criteria of health", hint="Why the donor counts as healthy."),
        Field(
            "age_at_collection_years",
            "Age at collection (years)",
            FieldKind.DECIMAL,
            low=0,
            high=120,
            is_listed=True,
            hint="Decimals for infants: 10 months are 0.83.",
        ),
        Field("bmi_kg_per_m2", "BMI (kg/m²)", FieldKind.DECIMAL, low=5, high=100),
        Field(
            "smoking",
            "Smoking",
            FieldKind.CHOICE,
            choices=("never", "former", "current", "unknown"),
        ),
        *(
            Field(f"{virus}_screen", f"{title} screen", FieldKind.CHOICE, choices=SCREENS)
            for virus, title in (
                ("hiv", "HIV"),
                ("hbv", "HBV"),
                ("hcv", "HCV"),
                ("syphilis", "Syphilis"),
                ("htlv", "HTLV"),
            )
        ),
        NOTE,
    ),
)

DIAGNOSIS = RecordKind(
    key="diagnosis",
    title="Diagnosis",
    plural="Diagnoses",
    sheet="Diagnoses",
    explanation="A disease of the donor at a collection; several may stand beside each other.",
    owner="collection_code",
    identity=("collection_code", "disease", "other_disease"),
    checks=(check_diagnosis,),
    fields=(
        OF_COLLECTION,
        Field(
            "disease",
            "Disease",
            FieldKind.TERM,
            vocabulary="disease",
            is_listed=True,
            hint="Written out, or an identifier; two-letter abbreviations mean several things.",
        ),
        Field(
            "other_disease",
            "Other disease",
            is_listed=True,
            max_length=120,
            hint="Only for a disease that the list does not have.",
        ),
        Field("onset", "Onset", FieldKind.PARTIAL_DATE, is_listed=True),
        Field(
            "disease_status",
            "Status at collection",
            FieldKind.CHOICE,
            choices=DISEASE_STATUSES,
            is_listed=True,
        ),
        NOTE,
    ),
)

ACTIVITY_SCORE = RecordKind(
    key="activity_score",
    title="Activity score",
    plural="Activity scores",
    sheet="Activity scores",
    explanation="How active a disease was around a collection, by a named score.",
    owner="collection_code",
    identity=("collection_code", "score_name", "assessed_on"),
    checks=(check_score,),
    fields=(
        OF_COLLECTION,
        Field(
            "score_name",
            "Score",
            FieldKind.CHOICE,
            True,
            ACTIVITY_SCORES,
            allows_other=True,
            is_listed=True,
            max_length=60,
        ),
        Field("score", "Value", FieldKind.DECIMAL, is_required=True, is_listed=True),
        Field("assessed_on", "Assessed on", FieldKind.DATE, is_listed=True),
    ),
)
