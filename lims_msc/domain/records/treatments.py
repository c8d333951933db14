"""What a donor was given: drugs as intervals, transplants of stem cells, and the grafts."""

from __future__ import annotations

from lims_msc.domain.records.common_fields import NOTE, OF_DONOR
from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.rules_of_treatments import (
    check_graft,
    check_transplant,
    check_treatment,
)

TREATMENT_CLASSES = (
    "glucocorticoid",
    "csDMARD",
    "bDMARD",
    "tsDMARD",
    "anti-CD20",
    "anti-CD52",
    "IVIG",
    "TPO-receptor agonist",
    "cytotoxic",
    "other immunosuppressant",
    "disease-specific",
    "none",
)
TRANSPLANT_TYPES = ("autologous", "syngeneic", "allogeneic")
GRAFT_SOURCES = ("bone marrow", "mobilised peripheral blood", "cord blood")
GRAFT_RELATIONS = (
    "self",
    "identical twin",
    "HLA-identical sibling",
    "matched unrelated 10/10",
    "matched unrelated 9/10",
    "haploidentical",
    "other",
)
GRAFT_MANIPULATIONS = ("none", "CD34 selection", "T-cell depletion", "other")
INTENSITIES = ("high", "intermediate", "low")
REGIMENS = (
    "cyclophosphamide 200 mg/kg + ATG",
    "BEAM + ATG",
    "cyclophosphamide-based",
    "fludarabine-based",
    "busulfan-based",
    "TBI-based",
)
GVHD = ("none", "acute", "chronic", "acute and chronic")

TREATMENT = RecordKind(
    key="treatment",
    title="Treatment",
    plural="Treatments",
    sheet="Treatments",
    explanation="A drug from one day to another; what was ongoing at a collection is derived.",
    owner="donor_code",
    identity=("donor_code", "drug", "started_on"),
    checks=(check_treatment,),
    fields=(
        OF_DONOR,
        Field(
            "drug",
            "Drug",
            is_required=True,
            is_listed=True,
            max_length=120,
            hint="The generic name.",
        ),
        Field(
            "treatment_class",
            "Class",
            FieldKind.CHOICE,
            True,
            TREATMENT_CLASSES,
            is_listed=True,
        ),
        Field("atc_code", "ATC code", max_length=7),
        Field("dose", "Dose", FieldKind.DECIMAL, low=0, is_above_low=True),
        Field("dose_unit", "Unit of the dose", max_length=40, hint="Such as mg/day or g/m²."),
        Field("started_on", "Started on", FieldKind.PARTIAL_DATE, is_listed=True),
        Field(
            "stopped_on",
            "Stopped on",
            FieldKind.PARTIAL_DATE,
            is_listed=True,
            hint="Empty: not stopped as far as is known.",
        ),
    ),
)

HSC_GRAFT = RecordKind(
    key="hsc_graft",
    title="HSC graft",
    plural="HSC grafts",
    sheet="HSC grafts",
    explanation="Haematopoietic stem cells as a product: from whom, for whom, and how it was made.",
    owner="recipient_code",
    identity=("graft_code",),
    checks=(check_graft,),
    fields=(
        Field("graft_code", "Graft code", FieldKind.CODE, is_required=True, is_listed=True),
        Field(
            "recipient_code",
            "Recipient (donor code)",
            FieldKind.REFERENCE,
            True,
            refers_to="donor",
            is_listed=True,
        ),
        Field(
            "graft_donor_code",
            "Giver (donor code)",
            FieldKind.REFERENCE,
            refers_to="donor",
            hint="The recipient's own code for an autologous graft; empty where not known here.",
        ),
        Field("graft_source", "Source", FieldKind.CHOICE, True, GRAFT_SOURCES, is_listed=True),
        Field("collected_on", "Collected on", FieldKind.DATE),
        Field(
            "cd34_dose_e6_per_kg",
            "CD34+ dose (10⁶ per kg)",
            FieldKind.DECIMAL,
            low=0,
            high=1000,
            is_listed=True,
        ),
        Field(
            "graft_manipulation",
            "Manipulation",
            FieldKind.CHOICE,
            True,
            GRAFT_MANIPULATIONS,
            is_listed=True,
        ),
        Field(
            "conditioning_regimen",
            "Conditioning",
            FieldKind.CHOICE,
            choices=REGIMENS,
            allows_other=True,
        ),
        Field("infused_on", "Given on", FieldKind.PARTIAL_DATE, is_listed=True),
        NOTE,
    ),
)

TRANSPLANT = RecordKind(
    key="transplant",
    title="HSCT",
    plural="HSCT",
    sheet="HSCT",
    explanation="A transplant of haematopoietic stem cells that a donor of ours received.",
    owner="donor_code",
    identity=("donor_code", "transplant_number"),
    checks=(check_transplant,),
    fields=(
        OF_DONOR,
        Field(
            "transplant_number",
            "Number",
            FieldKind.WHOLE,
            True,
            low=1,
            high=9,
            is_listed=True,
            hint="1 for the first transplant of this person.",
        ),
        Field(
            "transplant_type",
            "Type",
            FieldKind.CHOICE,
            True,
            TRANSPLANT_TYPES,
            is_listed=True,
        ),
        Field(
            "performed_on",
            "Performed on",
            FieldKind.PARTIAL_DATE,
            is_listed=True,
            hint="A year is enough; or give months before a collection instead.",
        ),
        Field(
            "offset_collection_code",
            "Offset from collection",
            FieldKind.REFERENCE,
            refers_to="collection",
            hint="Only where the date may not be kept.",
        ),
        Field(
            "months_before_collection",
            "Months before that collection",
            FieldKind.DECIMAL,
            low=-1200,
            high=1200,
            hint="Negative: after the collection.",
        ),
        Field("graft_code", "Graft code", FieldKind.REFERENCE, refers_to="hsc_graft"),
        Field("graft_source", "Graft source", FieldKind.CHOICE, choices=GRAFT_SOURCES),
        Field("graft_relation", "Giver is", FieldKind.CHOICE, choices=GRAFT_RELATIONS),
        Field("mobilisation", "Mobilisation", hint="Such as cyclophosphamide + G-CSF."),
        Field("graft_manipulation", "Manipulation", FieldKind.CHOICE, choices=GRAFT_MANIPULATIONS),
        Field(
            "conditioning_regimen",
            "Conditioning",
            FieldKind.CHOICE,
            choices=REGIMENS,
            allows_other=True,
        ),
        Field("conditioning_intensity", "Intensity", FieldKind.CHOICE, choices=INTENSITIES),
        Field(
            "serotherapy",
            "Serotherapy",
            FieldKind.CHOICE,
            choices=("none", "ATG", "alemtuzumab"),
            allows_other=True,
        ),
        Field("tbi_dose_gy", "TBI dose (Gy)", FieldKind.DECIMAL, low=0, high=20),
        Field("gvhd", "GVHD", FieldKind.CHOICE, choices=GVHD),
        Field("relapse_on", "Relapse on", FieldKind.PARTIAL_DATE),
        Field("indication", "Indication", FieldKind.TERM, vocabulary="disease"),
        NOTE,
    ),
)
