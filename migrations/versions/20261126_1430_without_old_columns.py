"""What rows and keys have taken the place of: the text of a diagnosis and of a responder's donor.

Revision 20261126e, after 20261126d; written 2026-11-26.
Imports Alembic and SQLAlchemy only: what a revision does must never change with our code.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126e"
down_revision = "20261126d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_msc_collection_code", "msc_collection", ["code"], unique=True)
    op.drop_column("msc_collection", "diagnosis")
    op.drop_column("msc_responder", "donor_code")


def downgrade() -> None:
    text = {"nullable": False, "server_default": ""}
    op.add_column("msc_responder", sa.Column("donor_code", sa.String(length=40), **text))
    op.add_column("msc_collection", sa.Column("diagnosis", sa.String(length=120), **text))
    op.drop_index("ix_msc_collection_code")
