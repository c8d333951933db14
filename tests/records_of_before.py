"""Donors, collections, batches and responders as they were kept before registered records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, column, insert, table

WITHOUT_RECORDS = "20261126b"
"""The last revision that kept a diagnosis and a responder's donor as text."""

_COLLECTION = {"tissue": "BM", "health_status": "patient", "age_at_collection_years": 44.5}
_BATCH = {"passage": 3, "medium": "alpha-MEM"}
ROWS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "msc_donor": (
        {"code": "D-1", "sex": "female", "note": ""},
        {"code": "007", "sex": "male", "note": "of before codes were checked"},
    ),
    "msc_collection": (
        {**_COLLECTION, "donor_id": 1, "collected_on": "2026-01-02", "diagnosis": "SSc"},
        {**_COLLECTION, "donor_id": 1, "collected_on": None, "diagnosis": ""},
        {**_COLLECTION, "donor_id": 2, "collected_on": None, "diagnosis": "Käse; \"x\" 'y'"},
    ),
    "msc_batch": (
        {**_BATCH, "code": "B-1", "collection_id": 1},
        {**_BATCH, "code": "B-2", "collection_id": 3},
    ),
    "msc_responder": (
        {"code": "R-1", "cell_type": "PBMC", "donor_code": "D-1", "pool_size": 1},
        {"code": "R-2", "cell_type": "PBMC", "donor_code": "D-NEW", "pool_size": 1},
        {"code": "R-3", "cell_type": "NK cell", "donor_code": "D-NEW", "pool_size": 1},
        {"code": "R-POOL", "cell_type": "PBMC", "donor_code": "", "pool_size": 8},
    ),
}


def add_rows_of_before(engine: Engine) -> None:
    """Store rows in a database at the revision :data:`WITHOUT_RECORDS`."""
    with engine.begin() as connection:
        for name, rows in ROWS.items():
            for row in rows:
                connection.execute(insert(table(name, *map(column, row))).values(**row))
