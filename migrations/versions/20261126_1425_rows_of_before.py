"""Rows of before as registered records: collections get codes, responders donors, diagnoses rows.

Revision 20261126d, after 20261126c; written 2026-11-26.
Imports Alembic and SQLAlchemy only: what a revision does must never change with our code.

A diagnosis that was text stays the text it was, in a row of its own; which term it means is for a
person to say.  A responder's donor who was not registered is registered with the sex ``unknown``.
Each step finds what is left to do, so that it can be repeated.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126d"
down_revision = "20261126c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE msc_collection SET code = 'COLL-' || id WHERE code = ''")
    op.execute(
        "INSERT INTO msc_diagnosis (collection_id, disease, other_disease, onset, disease_status, note) "
        "SELECT id, '', diagnosis, '', '', '' FROM msc_collection WHERE diagnosis <> '' "
        "AND NOT EXISTS (SELECT 1 FROM msc_diagnosis d WHERE d.collection_id = msc_collection.id)"
    )
    op.execute(
        "INSERT INTO msc_donor (code, sex, note) "
        "SELECT DISTINCT donor_code, 'unknown', 'Registered by the update from a responder.' "
        "FROM msc_responder WHERE donor_code <> '' "
        "AND donor_code NOT IN (SELECT code FROM msc_donor)"
    )
    op.execute(
        "UPDATE msc_responder SET donor_id = "
        "(SELECT d.id FROM msc_donor d WHERE d.code = msc_responder.donor_code) "
        "WHERE donor_code <> '' AND donor_id IS NULL"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE msc_responder SET donor_code = coalesce("
        "(SELECT d.code FROM msc_donor d WHERE d.id = msc_responder.donor_id), '')"
    )
    joined = (
        sa.func.string_agg(sa.column("words"), sa.literal("; "))
        if op.get_bind().dialect.name == "postgresql"
        else sa.func.group_concat(sa.column("words"), sa.literal("; "))
    )
    diagnoses = sa.table(
        "msc_diagnosis",
        *(sa.column(name) for name in ("collection_id", "disease", "other_disease")),
    )
    collections = sa.table("msc_collection", sa.column("id"), sa.column("diagnosis"))
    words = (
        sa.select(diagnoses.c.disease.concat(diagnoses.c.other_disease).label("words"))
        .where(diagnoses.c.collection_id == collections.c.id)
        .correlate(collections)
        .subquery()
    )
    text = sa.select(sa.func.coalesce(joined, "")).select_from(words).scalar_subquery()
    op.execute(collections.update().values(diagnosis=text))
