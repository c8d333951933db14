"""Samples, standards, E:T ratios, what holds for a plate, and results that are no curve.

Revision 20261126a, after 20261123b; written 2026-11-26.
Imports Alembic and SQLAlchemy only: what a revision does must never change with our code.

Columns are added and dropped where they are.  Alembic's batch mode would copy each table and drop
the old one, and with it, while keys are enforced, what refers to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126a"
down_revision = "20261123b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = {"nullable": False, "server_default": ""}
    op.add_column("msc_well", sa.Column("sample_code", sa.String(length=120), **text))
    op.add_column("msc_well", sa.Column("sample_of", sa.String(length=20), nullable=True))
    op.add_column("msc_well", sa.Column("dilution_factor", sa.Double(), nullable=True))
    op.add_column("msc_well", sa.Column("standard_concentration", sa.Double(), nullable=True))
    op.add_column("msc_well", sa.Column("effectors_per_target", sa.Double(), nullable=True))
    op.add_column("msc_plate", sa.Column("concentration_unit", sa.String(length=40), **text))
    op.add_column("msc_plate", sa.Column("supernatant_volume_ml", sa.Double(), nullable=True))
    op.add_column("msc_plate", sa.Column("culture_hours", sa.Double(), nullable=True))
    none = {"nullable": False, "server_default": "[]"}
    op.add_column("msc_analysis", sa.Column("values", sa.JSON(), **none))
    op.add_column("msc_analysis", sa.Column("standard_curves", sa.JSON(), **none))


def downgrade() -> None:
    op.drop_column("msc_analysis", "standard_curves")
    op.drop_column("msc_analysis", "values")
    op.drop_column("msc_plate", "culture_hours")
    op.drop_column("msc_plate", "supernatant_volume_ml")
    op.drop_column("msc_plate", "concentration_unit")
    op.drop_column("msc_well", "effectors_per_target")
    op.drop_column("msc_well", "standard_concentration")
    op.drop_column("msc_well", "dilution_factor")
    op.drop_column("msc_well", "sample_of")
    op.drop_column("msc_well", "sample_code")
