"""Lab formats: what a person chose for files of one shape.

Revision 20261123c, after 20261123a; written 2026-11-23.
Imports Alembic and SQLAlchemy only: what a revision does must never change with our code.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123c"
down_revision = "20261123a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "msc_lab_format",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("importer_key", sa.String(length=60), nullable=False),
        sa.Column("shape_sha256", sa.String(length=64), nullable=False),
        sa.Column("option_keys", sa.JSON(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.Column("chosen_by_id", sa.String(length=120), nullable=False),
        sa.Column("chosen_by_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_lab_format")),
        sa.UniqueConstraint(
            "importer_key",
            "shape_sha256",
            name=op.f("uq_msc_lab_format_importer_key_shape_sha256"),
        ),
    )


def downgrade() -> None:
    op.drop_table("msc_lab_format")
