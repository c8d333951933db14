"""The reference read that was subtracted from the signal read of an analysis.

Revision 20261126b, after 20261126a; written 2026-11-26.
Imports Alembic and SQLAlchemy only: what a revision does must never change with our code.

An analysis of before has none: its results are from one read.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126b"
down_revision = "20261126a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("reference_read_label", sa.String(length=200), nullable=True)
    op.add_column("msc_analysis", column)


def downgrade() -> None:
    op.drop_column("msc_analysis", "reference_read_label")
