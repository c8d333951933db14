"""What stands on the pages of donors and collections beside their fields."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lims_msc.domain.records.kinds import kind_of
from lims_msc.services.consents import findings_of_donors
from lims_msc.services.donor_facts import facts_of_collections
from lims_msc.services.donor_timelines import timeline
from lims_msc.services.record_tables import ids_of_codes
from lims_msc.services.register import Record
from lims_msc.web.state import State


def load_donor(session: Session, _lab: State, record: Record) -> dict[str, object]:
    """Return what the consents say, and everything dated in the order of time."""
    return {
        "consents": findings_of_donors(session, {record.record_id}),
        "events": timeline(session, record.record_id),
    }


def load_collection(session: Session, _lab: State, record: Record) -> dict[str, object]:
    """Return what follows for the collection, and what the consents of its donor say."""
    donors = ids_of_codes(session, kind_of("donor"), [str(record.values["donor_code"])])
    return {
        "consents": findings_of_donors(session, set(donors.values())),
        "collection_facts": facts_of_collections(session, {record.record_id})[record.record_id],
    }
