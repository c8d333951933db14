"""First tables: materials, plates, files, readings, results, reviews, audit trail, users.

The first revision; written 2026-11-23.
Imports Alembic and SQLAlchemy only: what a revision does must never change with our code.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123a"
down_revision = None
branch_labels = ("lims_msc",)
depends_on = None

# Rows of these tables are only ever added; the database itself refuses the rest.
ONLY_ADDED = ("msc_audit", "msc_review_event")


def upgrade() -> None:
    op.create_table(
        "msc_audit",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(length=120), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=False),
        sa.Column("row_sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_audit")),
        sa.UniqueConstraint("row_sha256", name=op.f("uq_msc_audit_row_sha256")),
    )
    op.create_index(op.f("ix_msc_audit_table_name"), "msc_audit", ["table_name"])

    op.create_table(
        "msc_donor",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("sex", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_donor")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_donor_code")),
    )
    op.create_table(
        "msc_responder",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("cell_type", sa.String(length=40), nullable=False),
        sa.Column("donor_code", sa.String(length=40), nullable=False),
        sa.Column("pool_size", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_responder")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_responder_code")),
    )
    op.create_table(
        "msc_source_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("uploaded_by_id", sa.String(length=120), nullable=False),
        sa.Column("uploaded_by_name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_source_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_msc_source_file_sha256")),
    )
    op.create_table(
        "msc_study",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_study")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_study_code")),
    )
    op.create_table(
        "msc_user",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_user")),
        sa.UniqueConstraint("login", name=op.f("uq_msc_user_login")),
    )
    op.create_table(
        "msc_collection",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=True),
        sa.Column("tissue", sa.String(length=40), nullable=False),
        sa.Column("health_status", sa.String(length=20), nullable=False),
        sa.Column("diagnosis", sa.String(length=120), nullable=False),
        sa.Column("age_at_collection_years", sa.Double(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["msc_donor.id"], name=op.f("fk_msc_collection_donor_id_msc_donor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_collection")),
    )
    op.create_index(op.f("ix_msc_collection_donor_id"), "msc_collection", ["donor_id"])

    op.create_table(
        "msc_experiment",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False),
        sa.Column("operator", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["msc_study.id"], name=op.f("fk_msc_experiment_study_id_msc_study")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_experiment")),
        sa.UniqueConstraint("study_id", "code", name=op.f("uq_msc_experiment_study_id_code")),
    )
    op.create_table(
        "msc_export",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("format_key", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("exported_at", sa.DateTime(), nullable=False),
        sa.Column("exported_by_id", sa.String(length=120), nullable=False),
        sa.Column("exported_by_name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["msc_study.id"], name=op.f("fk_msc_export_study_id_msc_study")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_export")),
    )
    op.create_index(op.f("ix_msc_export_study_id"), "msc_export", ["study_id"])

    op.create_table(
        "msc_batch",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("passage", sa.Integer(), nullable=True),
        sa.Column("medium", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["msc_collection.id"],
            name=op.f("fk_msc_batch_collection_id_msc_collection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_batch")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_batch_code")),
    )
    op.create_index(op.f("ix_msc_batch_collection_id"), "msc_batch", ["collection_id"])

    op.create_table(
        "msc_plate",
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("plate_format", sa.Integer(), nullable=False),
        sa.Column("assay_key", sa.String(length=60), nullable=False),
        sa.Column("readout", sa.String(length=60), nullable=False),
        sa.Column("arrest", sa.String(length=120), nullable=False),
        sa.Column("map_file_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.String(length=120), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["msc_experiment.id"],
            name=op.f("fk_msc_plate_experiment_id_msc_experiment"),
        ),
        sa.ForeignKeyConstraint(
            ["map_file_id"],
            ["msc_source_file.id"],
            name=op.f("fk_msc_plate_map_file_id_msc_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_plate")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_plate_code")),
    )
    op.create_index(op.f("ix_msc_plate_experiment_id"), "msc_plate", ["experiment_id"])

    op.create_table(
        "msc_import",
        sa.Column("plate_id", sa.Integer(), nullable=False),
        sa.Column("source_file_id", sa.Integer(), nullable=False),
        sa.Column("file_plate_index", sa.Integer(), nullable=False),
        sa.Column("file_plate", sa.String(length=200), nullable=False),
        sa.Column("importer_key", sa.String(length=60), nullable=False),
        sa.Column("importer_version", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(), nullable=False),
        sa.Column("accepted_by_id", sa.String(length=120), nullable=False),
        sa.Column("accepted_by_name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plate_id"], ["msc_plate.id"], name=op.f("fk_msc_import_plate_id_msc_plate")
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["msc_source_file.id"],
            name=op.f("fk_msc_import_source_file_id_msc_source_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_import")),
        sa.UniqueConstraint("plate_id", name=op.f("uq_msc_import_plate_id")),
        sa.UniqueConstraint(
            "source_file_id",
            "file_plate_index",
            name=op.f("uq_msc_import_source_file_id_file_plate_index"),
        ),
    )
    op.create_table(
        "msc_well",
        sa.Column("plate_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("responder_id", sa.Integer(), nullable=True),
        sa.Column("priming", sa.String(length=120), nullable=False),
        sa.Column("stimulus", sa.String(length=120), nullable=False),
        sa.Column("treatment", sa.String(length=120), nullable=False),
        sa.Column("dose_msc", sa.String(length=40), nullable=True),
        sa.Column("dose_responder", sa.String(length=40), nullable=True),
        sa.Column("msc_cells_per_well", sa.Integer(), nullable=True),
        sa.Column("responder_cells_per_well", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("map_sheet", sa.String(length=120), nullable=False),
        sa.Column("map_cell", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["msc_batch.id"], name=op.f("fk_msc_well_batch_id_msc_batch")
        ),
        sa.ForeignKeyConstraint(
            ["plate_id"], ["msc_plate.id"], name=op.f("fk_msc_well_plate_id_msc_plate")
        ),
        sa.ForeignKeyConstraint(
            ["responder_id"],
            ["msc_responder.id"],
            name=op.f("fk_msc_well_responder_id_msc_responder"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_well")),
        sa.UniqueConstraint(
            "plate_id", "row", "column", name=op.f("uq_msc_well_plate_id_row_column")
        ),
    )
    op.create_index(op.f("ix_msc_well_batch_id"), "msc_well", ["batch_id"])
    op.create_index(op.f("ix_msc_well_responder_id"), "msc_well", ["responder_id"])

    op.create_table(
        "msc_analysis",
        sa.Column("plate_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("assay_key", sa.String(length=60), nullable=False),
        sa.Column("assay_version", sa.String(length=20), nullable=False),
        sa.Column("readout", sa.String(length=60), nullable=False),
        sa.Column("headline_mode", sa.String(length=10), nullable=False),
        sa.Column("read_label", sa.String(length=200), nullable=False),
        sa.Column("read_time_s", sa.Double(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("code_version", sa.String(length=40), nullable=False),
        sa.Column("input_sha256", sa.String(length=64), nullable=False),
        sa.Column("result_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.String(length=120), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("submitted_by_id", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["msc_import.id"], name=op.f("fk_msc_analysis_import_id_msc_import")
        ),
        sa.ForeignKeyConstraint(
            ["plate_id"], ["msc_plate.id"], name=op.f("fk_msc_analysis_plate_id_msc_plate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_analysis")),
        sa.UniqueConstraint("plate_id", "version", name=op.f("uq_msc_analysis_plate_id_version")),
    )
    op.create_index(op.f("ix_msc_analysis_import_id"), "msc_analysis", ["import_id"])
    op.create_index(op.f("ix_msc_analysis_state"), "msc_analysis", ["state"])

    op.create_table(
        "msc_reading",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("column", sa.Integer(), nullable=True),
        sa.Column("sample", sa.String(length=120), nullable=False),
        sa.Column("read_label", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("wavelength_nm", sa.Double(), nullable=True),
        sa.Column("emission_nm", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("time_s", sa.Double(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("marker", sa.String(length=20), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("sheet", sa.String(length=120), nullable=False),
        sa.Column("cell", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(value IS NULL) <> (marker IS NULL)", name=op.f("ck_msc_reading_value_or_marker")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["msc_import.id"], name=op.f("fk_msc_reading_import_id_msc_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_reading")),
        sa.UniqueConstraint(
            "import_id", "position", name=op.f("uq_msc_reading_import_id_position")
        ),
    )
    op.create_table(
        "msc_curve",
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("responder_id", sa.Integer(), nullable=True),
        sa.Column("priming", sa.String(length=120), nullable=False),
        sa.Column("stimulus", sa.String(length=120), nullable=False),
        sa.Column("treatment", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("is_headline", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suppression_at_anchor_percent", sa.Double(), nullable=True),
        sa.Column("normalised_auc_percent", sa.Double(), nullable=True),
        sa.Column("r50_msc_per_responder", sa.Double(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["analysis_id"], ["msc_analysis.id"], name=op.f("fk_msc_curve_analysis_id_msc_analysis")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["msc_batch.id"], name=op.f("fk_msc_curve_batch_id_msc_batch")
        ),
        sa.ForeignKeyConstraint(
            ["responder_id"],
            ["msc_responder.id"],
            name=op.f("fk_msc_curve_responder_id_msc_responder"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_curve")),
        sa.UniqueConstraint(
            "analysis_id", "position", name=op.f("uq_msc_curve_analysis_id_position")
        ),
    )
    op.create_index(op.f("ix_msc_curve_batch_id"), "msc_curve", ["batch_id"])
    op.create_index(op.f("ix_msc_curve_responder_id"), "msc_curve", ["responder_id"])

    op.create_table(
        "msc_review_event",
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=False),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=120), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("result_sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["analysis_id"],
            ["msc_analysis.id"],
            name=op.f("fk_msc_review_event_analysis_id_msc_analysis"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_review_event")),
    )
    op.create_index(op.f("ix_msc_review_event_analysis_id"), "msc_review_event", ["analysis_id"])
    for table in ONLY_ADDED:
        for operation in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END"
            )


def downgrade() -> None:
    for table in ONLY_ADDED:
        for operation in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{operation}")
    op.drop_index(op.f("ix_msc_review_event_analysis_id"), table_name="msc_review_event")

    op.drop_table("msc_review_event")
    op.drop_index(op.f("ix_msc_curve_responder_id"), table_name="msc_curve")
    op.drop_index(op.f("ix_msc_curve_batch_id"), table_name="msc_curve")

    op.drop_table("msc_curve")
    op.drop_table("msc_reading")
    op.drop_index(op.f("ix_msc_analysis_state"), table_name="msc_analysis")
    op.drop_index(op.f("ix_msc_analysis_import_id"), table_name="msc_analysis")

    op.drop_table("msc_analysis")
    op.drop_index(op.f("ix_msc_well_responder_id"), table_name="msc_well")
    op.drop_index(op.f("ix_msc_well_batch_id"), table_name="msc_well")

    op.drop_table("msc_well")
    op.drop_table("msc_import")
    op.drop_index(op.f("ix_msc_plate_experiment_id"), table_name="msc_plate")

    op.drop_table("msc_plate")
    op.drop_index(op.f("ix_msc_batch_collection_id"), table_name="msc_batch")

    op.drop_table("msc_batch")
    op.drop_index(op.f("ix_msc_export_study_id"), table_name="msc_export")

    op.drop_table("msc_export")
    op.drop_table("msc_experiment")
    op.drop_index(op.f("ix_msc_collection_donor_id"), table_name="msc_collection")

    op.drop_table("msc_collection")
    op.drop_table("msc_user")
    op.drop_table("msc_study")
    op.drop_table("msc_source_file")
    op.drop_table("msc_responder")
    op.drop_table("msc_donor")
    op.drop_index(op.f("ix_msc_audit_table_name"), table_name="msc_audit")

    op.drop_table("msc_audit")
