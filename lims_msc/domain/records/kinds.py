"""All kinds of records, each after the kinds that it refers to."""

from __future__ import annotations

from lims_msc.domain.records.batches import BATCH, PASSAGE, RELEASE_RULE, RELEASE_TEST
from lims_msc.domain.records.donors import (
    ACTIVITY_SCORE,
    COLLECTION,
    CONSENT,
    DIAGNOSIS,
    DONOR,
)
from lims_msc.domain.records.fields import RecordKind
from lims_msc.domain.records.in_vivo import OUTCOME, USE
from lims_msc.domain.records.responders import BANK, POOL_MEMBER, RESPONDER
from lims_msc.domain.records.stock import RECIPE, RECIPE_STEP, THAW, VIAL
from lims_msc.domain.records.treatments import HSC_GRAFT, TRANSPLANT, TREATMENT
from lims_msc.errors import NotFound

KINDS: tuple[RecordKind, ...] = (
    DONOR,
    CONSENT,
    COLLECTION,
    DIAGNOSIS,
    ACTIVITY_SCORE,
    TREATMENT,
    HSC_GRAFT,
    TRANSPLANT,
    RECIPE,
    RECIPE_STEP,
    BATCH,
    PASSAGE,
    RELEASE_RULE,
    RELEASE_TEST,
    BANK,
    RESPONDER,
    POOL_MEMBER,
    VIAL,
    THAW,
    USE,
    OUTCOME,
)
_BY_KEY = {kind.key: kind for kind in KINDS}


def kind_of(key: str) -> RecordKind:
    """Return the kind of that key.

    :raises NotFound: if there is none.
    """
    try:
        return _BY_KEY[key]
    except KeyError:
        raise NotFound(f"There is no kind of records '{key}'.") from None
