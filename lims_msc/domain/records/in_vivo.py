"""A batch given to an animal model or a patient, and what was measured afterwards."""

from __future__ import annotations

from lims_msc.domain.records.common_fields import NOTE, OF_BATCH
from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.rules_of_in_vivo import check_outcome, check_use

ROUTES = (
    "intravenous",
    "intraperitoneal",
    "intra-arterial",
    "intrathecal",
    "intra-articular",
    "intramuscular",
    "subcutaneous",
    "local",
)

USE = RecordKind(
    key="in_vivo_use",
    title="In-vivo use",
    plural="In-vivo uses",
    sheet="In-vivo uses",
    explanation="A dose of a batch for one animal, one group of animals, or one patient.",
    owner="batch_code",
    identity=("use_code",),
    checks=(check_use,),
    fields=(
        Field("use_code", "Use code", FieldKind.CODE, is_required=True, is_listed=True),
        OF_BATCH,
        Field(
            "recipient_kind",
            "Recipient",
            FieldKind.CHOICE,
            True,
            ("animal model", "patient"),
            is_listed=True,
        ),
        Field(
            "recipient",
            "Pseudonym of the recipient",
            is_required=True,
            is_listed=True,
            max_length=40,
            hint="An opaque code; never a name, birth date or hospital number.",
        ),
        Field(
            "species", "Species", max_length=60, hint="Needed for animals, such as Mus musculus."
        ),
        Field("animal_model", "Animal model", max_length=120, hint="Such as EAE or DSS colitis."),
        Field("disease", "Disease", FieldKind.TERM, vocabulary="disease", is_listed=True),
        Field(
            "study_arm",
            "Arm",
            max_length=60,
            is_listed=True,
            hint="MSC, or the control that it is compared with.",
        ),
        Field("route", "Route", FieldKind.CHOICE, True, ROUTES, allows_other=True, is_listed=True),
        Field("dose", "Dose", FieldKind.DECIMAL, True, low=0, is_above_low=True, is_listed=True),
        Field(
            "dose_unit",
            "Unit of the dose",
            FieldKind.CHOICE,
            True,
            ("cells", "cells/kg"),
            is_listed=True,
        ),
        Field("given_on", "Given on", FieldKind.DATE, hint="For patients better left empty."),
        Field(
            "given_on_day",
            "Day of the model",
            FieldKind.WHOLE,
            low=-1000,
            high=10000,
            is_listed=True,
            hint="Days since induction or inclusion; day 0 is the day itself.",
        ),
        NOTE,
    ),
)

OUTCOME = RecordKind(
    key="outcome",
    title="Outcome",
    plural="Outcomes",
    sheet="Outcomes",
    explanation="One measure of the recipient on one day.",
    owner="use_code",
    identity=("use_code", "measure", "measured_on_day"),
    checks=(check_outcome,),
    fields=(
        Field(
            "use_code",
            "Use code",
            FieldKind.REFERENCE,
            True,
            refers_to="in_vivo_use",
            is_listed=True,
        ),
        Field(
            "measured_on_day",
            "Day",
            FieldKind.WHOLE,
            True,
            low=-1000,
            high=10000,
            is_listed=True,
            hint="Counted as the day of the dose is.",
        ),
        Field(
            "measure",
            "Measure",
            is_required=True,
            is_listed=True,
            max_length=80,
            hint="Such as clinical score, EDSS or body weight.",
        ),
        Field("outcome", "Value", FieldKind.DECIMAL, is_required=True, is_listed=True),
        Field("unit", "Unit", max_length=40, is_listed=True),
        Field(
            "better_is",
            "Better is",
            FieldKind.CHOICE,
            True,
            ("lower", "higher"),
            is_listed=True,
        ),
    ),
)
