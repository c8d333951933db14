"""Cell counts: what a counter said about the samples of a batch.

Revision 20261123b, after 20261123c; written 2026-11-23.
Imports Alembic and SQLAlchemy only: what a revision does must never change with our code.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123b"
down_revision = "20261123c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "msc_cell_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("source_file_id", sa.Integer(), nullable=False),
        sa.Column("sample", sa.String(length=120), nullable=False),
        sa.Column("total_cells_per_ml", sa.Double(), nullable=True),
        sa.Column("viable_cells_per_ml", sa.Double(), nullable=True),
        sa.Column("viability_percent", sa.Double(), nullable=True),
        sa.Column("mean_diameter_um", sa.Double(), nullable=True),
        sa.Column("mean_circularity", sa.Double(), nullable=True),
        sa.Column("measured", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("importer_key", sa.String(length=60), nullable=False),
        sa.Column("importer_version", sa.String(length=20), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=False),
        sa.Column("accepted_by_id", sa.String(length=120), nullable=False),
        sa.Column("accepted_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["msc_batch.id"], name=op.f("fk_msc_cell_count_batch_id_msc_batch")
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["msc_source_file.id"],
            name=op.f("fk_msc_cell_count_source_file_id_msc_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_cell_count")),
        sa.UniqueConstraint(
            "batch_id",
            "source_file_id",
            "sample",
            name=op.f("uq_msc_cell_count_batch_id_source_file_id_sample"),
        ),
    )
    op.create_index(op.f("ix_msc_cell_count_source_file_id"), "msc_cell_count", ["source_file_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_msc_cell_count_source_file_id"), table_name="msc_cell_count")
    op.drop_table("msc_cell_count")
