"""Responders: cells of one person or a pool of several, and the banks they are kept in."""

from __future__ import annotations

from lims_msc.domain.records.common_fields import NOTE, OF_DONOR, OF_RESPONDER
from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.rules_of_responders import check_responder

BANK = RecordKind(
    key="bank",
    title="Bank",
    plural="Banks",
    sheet="Banks",
    explanation="A set of responders that are used again and again, as long as they are valid.",
    identity=("bank_code",),
    fields=(
        Field("bank_code", "Bank code", FieldKind.CODE, is_required=True, is_listed=True),
        Field("title", "Title", is_required=True, is_listed=True),
        Field("valid_until", "Valid until", FieldKind.DATE, is_listed=True, may_lie_ahead=True),
        NOTE,
    ),
)

RESPONDER = RecordKind(
    key="responder",
    title="Responder",
    plural="Responders",
    sheet="Responders",
    explanation="The immune cells of a person, a pool of several persons, or a cell line.",
    owner="donor_code",
    identity=("responder_code",),
    checks=(check_responder,),
    fields=(
        Field("responder_code", "Responder code", FieldKind.CODE, is_required=True, is_listed=True),
        Field("cell_type", "Cells", FieldKind.TERM, True, vocabulary="cell", is_listed=True),
        Field(
            "donor_code",
            "Donor code",
            FieldKind.REFERENCE,
            refers_to="donor",
            is_listed=True,
            hint="Empty for a pool or a cell line.",
        ),
        Field(
            "collection_code",
            "Collection of the blood",
            FieldKind.REFERENCE,
            refers_to="collection",
            hint="Its date decides whether blood was taken before or after a transplant.",
        ),
        Field(
            "pool_size",
            "Persons in the pool",
            FieldKind.WHOLE,
            low=1,
            high=1000,
            is_listed=True,
            hint="1 for one person; a pool is one material and one experimental unit.",
        ),
        Field("bank_code", "Bank code", FieldKind.REFERENCE, refers_to="bank", is_listed=True),
        Field("isolation_method", "Isolation", max_length=120),
        Field("purity_percent", "Purity (%)", FieldKind.DECIMAL, low=0, high=100),
        NOTE,
    ),
)

POOL_MEMBER = RecordKind(
    key="pool_member",
    title="Member of a pool",
    plural="Members of pools",
    sheet="Pool members",
    explanation="Which donors a pool was made from, as far as they are known.",
    owner="responder_code",
    identity=("responder_code", "donor_code"),
    fields=(
        OF_RESPONDER,
        OF_DONOR,
    ),
)
