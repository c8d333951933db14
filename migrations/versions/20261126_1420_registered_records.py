"""The lab's own things: consent, diagnoses, treatments, transplants, passages, vials, release, use.

Revision 20261126c, after 20261126b; written 2026-11-26.
Imports Alembic and SQLAlchemy only: what a revision does must never change with our code.

Columns are added where they are, with their foreign keys in the same statement: SQLite cannot add
a key later without copying the table, and with it what refers to it.

It is long, as the first tables are: one statement for each table and column, written once and read
as a list.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126c"
down_revision = "20261126b"
branch_labels = None
depends_on = None

REFERENCES = (
    ("msc_batch", "recipe_id", "msc_recipe"),
    ("msc_batch", "parent_id", "msc_batch"),
    ("msc_cell_count", "passage_id", "msc_passage"),
    ("msc_responder", "collection_id", "msc_collection"),
    ("msc_responder", "bank_id", "msc_bank"),
    ("msc_responder", "donor_id", "msc_donor"),
)
ADDED = (
    (
        "msc_batch",
        (
            "isolation_method",
            "enzyme",
            "start_material",
            "nucleated_cells_seeded",
            "isolated_on",
            "operator",
            "serum_source",
            "serum_lot",
            "heparin",
            "oxygen_percent",
            "vessel",
            "antibiotics",
            "pdl_start",
            "is_pdl_start_known",
            "note",
        ),
    ),
    (
        "msc_collection",
        (
            "code",
            "health_criteria",
            "bmi_kg_per_m2",
            "smoking",
            "hiv_screen",
            "hbv_screen",
            "hcv_screen",
            "syphilis_screen",
            "htlv_screen",
            "note",
        ),
    ),
    ("msc_responder", ("isolation_method", "purity_percent", "note")),
)

# What lists are narrowed and sorted by.
LISTED = (
    ("msc_donor", "sex"),
    ("msc_collection", "collected_on"),
    ("msc_batch", "serum_source"),
    ("msc_responder", "cell_type"),
    ("msc_responder", "bank_id"),
    ("msc_responder", "collection_id"),
    ("msc_diagnosis", "disease_status"),
    ("msc_activity_score", "score_name"),
    ("msc_treatment", "treatment_class"),
    ("msc_hsc_graft", "graft_source"),
    ("msc_transplant", "transplant_type"),
    ("msc_release_test", "test_name"),
    ("msc_vial", "vial_state"),
    ("msc_vial", "frozen_on"),
    ("msc_thaw", "thawed_on"),
    ("msc_in_vivo_use", "disease"),
)


def refer(table: str, column: str, other: str) -> None:
    key = f"fk_{table}_{column}_{other}"
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {key} REFERENCES {other} (id)"
    )


def upgrade() -> None:
    op.create_table(
        "msc_bank",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_bank")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_bank_code")),
    )
    op.create_table(
        "msc_recipe",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("recipe_purpose", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_recipe")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_recipe_code")),
    )
    op.create_table(
        "msc_release_rule",
        sa.Column("rule_set", sa.String(length=80), nullable=False),
        sa.Column("rule_set_version", sa.String(length=40), nullable=False),
        sa.Column("test_name", sa.String(length=80), nullable=False),
        sa.Column("operator", sa.String(length=4), nullable=False),
        sa.Column("limit", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(length=40), server_default="", nullable=False),
        sa.Column("limit_text", sa.String(length=200), server_default="", nullable=False),
        sa.Column("condition", sa.String(length=60), server_default="", nullable=False),
        sa.Column("rule_role", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=200), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_release_rule")),
        sa.UniqueConstraint(
            "rule_set",
            "rule_set_version",
            "test_name",
            name=op.f("uq_msc_release_rule_rule_set_rule_set_version_test_name"),
        ),
    )
    op.create_table(
        "msc_consent",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("consent_version", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=200), server_default="", nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("permits_genetics", sa.String(length=20), server_default="", nullable=False),
        sa.Column("permits_commercial", sa.String(length=20), server_default="", nullable=False),
        sa.Column("permits_sharing", sa.String(length=20), server_default="", nullable=False),
        sa.Column("permits_export", sa.String(length=20), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["msc_donor.id"], name=op.f("fk_msc_consent_donor_id_msc_donor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_consent")),
        sa.UniqueConstraint(
            "donor_id", "consent_version", name=op.f("uq_msc_consent_donor_id_consent_version")
        ),
    )
    op.create_table(
        "msc_hsc_graft",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("graft_donor_id", sa.Integer(), nullable=True),
        sa.Column("graft_source", sa.String(length=40), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=True),
        sa.Column("cd34_dose_e6_per_kg", sa.Double(), nullable=True),
        sa.Column("graft_manipulation", sa.String(length=40), nullable=False),
        sa.Column("conditioning_regimen", sa.String(length=200), server_default="", nullable=False),
        sa.Column("infused_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["graft_donor_id"],
            ["msc_donor.id"],
            name=op.f("fk_msc_hsc_graft_graft_donor_id_msc_donor"),
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["msc_donor.id"], name=op.f("fk_msc_hsc_graft_recipient_id_msc_donor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_hsc_graft")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_hsc_graft_code")),
    )
    op.create_index(
        op.f("ix_msc_hsc_graft_graft_donor_id"), "msc_hsc_graft", ["graft_donor_id"], unique=False
    )
    op.create_index(
        op.f("ix_msc_hsc_graft_recipient_id"), "msc_hsc_graft", ["recipient_id"], unique=False
    )
    op.create_table(
        "msc_recipe_step",
        sa.Column("recipe_id", sa.Integer(), nullable=False),
        sa.Column("step_number", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=80), nullable=False),
        sa.Column("dose", sa.Double(), nullable=True),
        sa.Column("dose_unit", sa.String(length=40), server_default="", nullable=False),
        sa.Column("duration_hours", sa.Double(), nullable=True),
        sa.Column("supplier", sa.String(length=120), server_default="", nullable=False),
        sa.Column("lot", sa.String(length=60), server_default="", nullable=False),
        sa.Column("specific_activity_iu_per_mg", sa.Double(), nullable=True),
        sa.Column("is_washed", sa.String(length=20), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["msc_recipe.id"], name=op.f("fk_msc_recipe_step_recipe_id_msc_recipe")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_recipe_step")),
        sa.UniqueConstraint(
            "recipe_id", "step_number", name=op.f("uq_msc_recipe_step_recipe_id_step_number")
        ),
    )
    op.create_table(
        "msc_treatment",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("drug", sa.String(length=120), nullable=False),
        sa.Column("treatment_class", sa.String(length=40), nullable=False),
        sa.Column("atc_code", sa.String(length=7), server_default="", nullable=False),
        sa.Column("dose", sa.Double(), nullable=True),
        sa.Column("dose_unit", sa.String(length=40), server_default="", nullable=False),
        sa.Column("started_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("stopped_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["msc_donor.id"], name=op.f("fk_msc_treatment_donor_id_msc_donor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_treatment")),
        sa.UniqueConstraint(
            "donor_id", "drug", "started_on", name=op.f("uq_msc_treatment_donor_id_drug_started_on")
        ),
    )
    op.create_table(
        "msc_activity_score",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("score_name", sa.String(length=60), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["msc_collection.id"],
            name=op.f("fk_msc_activity_score_collection_id_msc_collection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_activity_score")),
        sa.UniqueConstraint(
            "collection_id",
            "score_name",
            "assessed_on",
            name=op.f("uq_msc_activity_score_collection_id_score_name_assessed_on"),
        ),
    )
    op.create_table(
        "msc_diagnosis",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("disease", sa.String(length=40), server_default="", nullable=False),
        sa.Column("other_disease", sa.String(length=120), server_default="", nullable=False),
        sa.Column("onset", sa.String(length=10), server_default="", nullable=False),
        sa.Column("disease_status", sa.String(length=20), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["msc_collection.id"],
            name=op.f("fk_msc_diagnosis_collection_id_msc_collection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_diagnosis")),
        sa.UniqueConstraint(
            "collection_id",
            "disease",
            "other_disease",
            name=op.f("uq_msc_diagnosis_collection_id_disease_other_disease"),
        ),
    )
    op.create_index(op.f("ix_msc_diagnosis_disease"), "msc_diagnosis", ["disease"], unique=False)
    op.create_table(
        "msc_transplant",
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("transplant_number", sa.Integer(), nullable=False),
        sa.Column("transplant_type", sa.String(length=20), nullable=False),
        sa.Column("performed_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("offset_collection_id", sa.Integer(), nullable=True),
        sa.Column("months_before_collection", sa.Double(), nullable=True),
        sa.Column("graft_id", sa.Integer(), nullable=True),
        sa.Column("graft_source", sa.String(length=40), server_default="", nullable=False),
        sa.Column("graft_relation", sa.String(length=40), server_default="", nullable=False),
        sa.Column("mobilisation", sa.String(length=200), server_default="", nullable=False),
        sa.Column("graft_manipulation", sa.String(length=40), server_default="", nullable=False),
        sa.Column("conditioning_regimen", sa.String(length=200), server_default="", nullable=False),
        sa.Column(
            "conditioning_intensity", sa.String(length=20), server_default="", nullable=False
        ),
        sa.Column("serotherapy", sa.String(length=200), server_default="", nullable=False),
        sa.Column("tbi_dose_gy", sa.Double(), nullable=True),
        sa.Column("gvhd", sa.String(length=40), server_default="", nullable=False),
        sa.Column("relapse_on", sa.String(length=10), server_default="", nullable=False),
        sa.Column("indication", sa.String(length=40), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["msc_donor.id"], name=op.f("fk_msc_transplant_donor_id_msc_donor")
        ),
        sa.ForeignKeyConstraint(
            ["graft_id"],
            ["msc_hsc_graft.id"],
            name=op.f("fk_msc_transplant_graft_id_msc_hsc_graft"),
        ),
        sa.ForeignKeyConstraint(
            ["offset_collection_id"],
            ["msc_collection.id"],
            name=op.f("fk_msc_transplant_offset_collection_id_msc_collection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_transplant")),
        sa.UniqueConstraint(
            "donor_id",
            "transplant_number",
            name=op.f("uq_msc_transplant_donor_id_transplant_number"),
        ),
    )
    op.create_table(
        "msc_in_vivo_use",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("recipient_kind", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("species", sa.String(length=60), server_default="", nullable=False),
        sa.Column("animal_model", sa.String(length=120), server_default="", nullable=False),
        sa.Column("disease", sa.String(length=40), server_default="", nullable=False),
        sa.Column("study_arm", sa.String(length=60), server_default="", nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("dose", sa.Double(), nullable=False),
        sa.Column("dose_unit", sa.String(length=20), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("given_on_day", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["msc_batch.id"], name=op.f("fk_msc_in_vivo_use_batch_id_msc_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_in_vivo_use")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_in_vivo_use_code")),
    )
    op.create_index(
        op.f("ix_msc_in_vivo_use_batch_id"), "msc_in_vivo_use", ["batch_id"], unique=False
    )
    op.create_table(
        "msc_passage",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("passage", sa.Integer(), nullable=False),
        sa.Column("seeded_on", sa.Date(), nullable=True),
        sa.Column("harvested_on", sa.Date(), nullable=True),
        sa.Column("seeded_viable_cells", sa.Double(), nullable=True),
        sa.Column("harvested_viable_cells", sa.Double(), nullable=True),
        sa.Column("harvested_total_cells", sa.Double(), nullable=True),
        sa.Column("harvest_volume_ml", sa.Double(), nullable=True),
        sa.Column("culture_hours", sa.Double(), nullable=True),
        sa.Column("seeding_density_cells_per_cm2", sa.Double(), nullable=True),
        sa.Column("confluence_percent", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["msc_batch.id"], name=op.f("fk_msc_passage_batch_id_msc_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_passage")),
        sa.UniqueConstraint("batch_id", "passage", name=op.f("uq_msc_passage_batch_id_passage")),
    )
    op.create_table(
        "msc_pool_member",
        sa.Column("responder_id", sa.Integer(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["msc_donor.id"], name=op.f("fk_msc_pool_member_donor_id_msc_donor")
        ),
        sa.ForeignKeyConstraint(
            ["responder_id"],
            ["msc_responder.id"],
            name=op.f("fk_msc_pool_member_responder_id_msc_responder"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_pool_member")),
        sa.UniqueConstraint(
            "responder_id", "donor_id", name=op.f("uq_msc_pool_member_responder_id_donor_id")
        ),
    )
    op.create_index(
        op.f("ix_msc_pool_member_donor_id"), "msc_pool_member", ["donor_id"], unique=False
    )
    op.create_table(
        "msc_release_decision",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("rule_set", sa.String(length=80), nullable=False),
        sa.Column("rule_set_version", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("code_version", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.String(length=120), nullable=False),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["msc_batch.id"], name=op.f("fk_msc_release_decision_batch_id_msc_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_release_decision")),
    )
    op.create_index(
        op.f("ix_msc_release_decision_batch_id"), "msc_release_decision", ["batch_id"], unique=False
    )
    op.create_table(
        "msc_release_test",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("test_name", sa.String(length=80), nullable=False),
        sa.Column("qualifier", sa.String(length=4), server_default="", nullable=False),
        sa.Column("result", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(length=40), server_default="", nullable=False),
        sa.Column("result_text", sa.String(length=120), server_default="", nullable=False),
        sa.Column("condition", sa.String(length=60), server_default="", nullable=False),
        sa.Column("method", sa.String(length=120), server_default="", nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["msc_batch.id"], name=op.f("fk_msc_release_test_batch_id_msc_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_release_test")),
        sa.UniqueConstraint(
            "batch_id",
            "test_name",
            "tested_on",
            name=op.f("uq_msc_release_test_batch_id_test_name_tested_on"),
        ),
    )
    op.create_table(
        "msc_vial",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("responder_id", sa.Integer(), nullable=True),
        sa.Column("frozen_on", sa.Date(), nullable=True),
        sa.Column("viable_cells_per_vial", sa.Double(), nullable=True),
        sa.Column("volume_ml", sa.Double(), nullable=True),
        sa.Column("cryomedium", sa.String(length=120), server_default="", nullable=False),
        sa.Column("freezing_method", sa.String(length=120), server_default="", nullable=False),
        sa.Column("tank", sa.String(length=40), server_default="", nullable=False),
        sa.Column("rack", sa.String(length=40), server_default="", nullable=False),
        sa.Column("box", sa.String(length=40), server_default="", nullable=False),
        sa.Column("slot", sa.String(length=40), server_default="", nullable=False),
        sa.Column("vial_state", sa.String(length=20), nullable=False),
        sa.Column("reserved_for", sa.String(length=120), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["msc_batch.id"], name=op.f("fk_msc_vial_batch_id_msc_batch")
        ),
        sa.ForeignKeyConstraint(
            ["responder_id"],
            ["msc_responder.id"],
            name=op.f("fk_msc_vial_responder_id_msc_responder"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_vial")),
        sa.UniqueConstraint("code", name=op.f("uq_msc_vial_code")),
    )
    op.create_index(
        "ix_msc_vial_batch_id_vial_state", "msc_vial", ["batch_id", "vial_state"], unique=False
    )
    op.create_index(
        "ix_msc_vial_place",
        "msc_vial",
        ["tank", "rack", "box", "slot"],
        unique=True,
        sqlite_where=sa.text("slot <> '' AND vial_state IN ('available', 'reserved')"),
        postgresql_where=sa.text("slot <> '' AND vial_state IN ('available', 'reserved')"),
    )
    op.create_index(
        "ix_msc_vial_responder_id_vial_state",
        "msc_vial",
        ["responder_id", "vial_state"],
        unique=False,
    )
    op.create_table(
        "msc_outcome",
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("measured_on_day", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.Double(), nullable=False),
        sa.Column("unit", sa.String(length=40), server_default="", nullable=False),
        sa.Column("better_is", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["use_id"], ["msc_in_vivo_use.id"], name=op.f("fk_msc_outcome_use_id_msc_in_vivo_use")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_outcome")),
        sa.UniqueConstraint(
            "use_id",
            "measure",
            "measured_on_day",
            name=op.f("uq_msc_outcome_use_id_measure_measured_on_day"),
        ),
    )
    op.create_table(
        "msc_thaw",
        sa.Column("vial_id", sa.Integer(), nullable=False),
        sa.Column("thawed_on", sa.Date(), nullable=False),
        sa.Column("viable_cells_recovered", sa.Double(), nullable=True),
        sa.Column("viability_percent", sa.Double(), nullable=True),
        sa.Column("viability_method", sa.String(length=60), server_default="", nullable=False),
        sa.Column("culture_rescue_hours", sa.Double(), nullable=True),
        sa.Column("used_for", sa.String(length=120), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vial_id"], ["msc_vial.id"], name=op.f("fk_msc_thaw_vial_id_msc_vial")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_msc_thaw")),
        sa.UniqueConstraint("vial_id", name=op.f("uq_msc_thaw_vial_id")),
    )

    op.create_index("ix_msc_audit_table_name_record_id", "msc_audit", ["table_name", "record_id"])
    op.add_column(
        "msc_collection", sa.Column("code", sa.String(length=40), server_default="", nullable=False)
    )
    op.add_column(
        "msc_collection",
        sa.Column("health_criteria", sa.String(length=200), server_default="", nullable=False),
    )
    op.add_column("msc_collection", sa.Column("bmi_kg_per_m2", sa.Double(), nullable=True))
    op.add_column(
        "msc_collection",
        sa.Column("smoking", sa.String(length=20), server_default="", nullable=False),
    )
    op.add_column(
        "msc_collection",
        sa.Column("hiv_screen", sa.String(length=20), server_default="", nullable=False),
    )
    op.add_column(
        "msc_collection",
        sa.Column("hbv_screen", sa.String(length=20), server_default="", nullable=False),
    )
    op.add_column(
        "msc_collection",
        sa.Column("hcv_screen", sa.String(length=20), server_default="", nullable=False),
    )
    op.add_column(
        "msc_collection",
        sa.Column("syphilis_screen", sa.String(length=20), server_default="", nullable=False),
    )
    op.add_column(
        "msc_collection",
        sa.Column("htlv_screen", sa.String(length=20), server_default="", nullable=False),
    )
    op.add_column("msc_collection", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "msc_batch",
        sa.Column("isolation_method", sa.String(length=200), server_default="", nullable=False),
    )
    op.add_column(
        "msc_batch", sa.Column("enzyme", sa.String(length=120), server_default="", nullable=False)
    )
    op.add_column(
        "msc_batch",
        sa.Column("start_material", sa.String(length=120), server_default="", nullable=False),
    )
    op.add_column("msc_batch", sa.Column("nucleated_cells_seeded", sa.Double(), nullable=True))
    op.add_column("msc_batch", sa.Column("isolated_on", sa.Date(), nullable=True))
    op.add_column(
        "msc_batch", sa.Column("operator", sa.String(length=120), server_default="", nullable=False)
    )
    op.add_column(
        "msc_batch",
        sa.Column("serum_source", sa.String(length=60), server_default="", nullable=False),
    )
    op.add_column(
        "msc_batch", sa.Column("serum_lot", sa.String(length=60), server_default="", nullable=False)
    )
    op.add_column(
        "msc_batch", sa.Column("heparin", sa.String(length=20), server_default="", nullable=False)
    )
    op.add_column("msc_batch", sa.Column("oxygen_percent", sa.Double(), nullable=True))
    op.add_column(
        "msc_batch", sa.Column("vessel", sa.String(length=120), server_default="", nullable=False)
    )
    op.add_column(
        "msc_batch",
        sa.Column("antibiotics", sa.String(length=120), server_default="", nullable=False),
    )
    op.add_column("msc_batch", sa.Column("pdl_start", sa.Double(), nullable=True))
    op.add_column(
        "msc_batch",
        sa.Column("is_pdl_start_known", sa.String(length=20), server_default="", nullable=False),
    )
    op.add_column("msc_batch", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "msc_responder",
        sa.Column("isolation_method", sa.String(length=120), server_default="", nullable=False),
    )
    op.add_column("msc_responder", sa.Column("purity_percent", sa.Double(), nullable=True))
    op.add_column("msc_responder", sa.Column("note", sa.Text(), server_default="", nullable=False))
    for table, column, other in REFERENCES:
        refer(table, column, other)
    op.create_index("ix_msc_batch_isolated_on", "msc_batch", ["isolated_on"], unique=False)
    op.create_index("ix_msc_batch_parent_id", "msc_batch", ["parent_id"], unique=False)
    op.create_index("ix_msc_batch_passage", "msc_batch", ["passage"], unique=False)
    op.create_index(
        "ix_msc_collection_health_status", "msc_collection", ["health_status"], unique=False
    )
    op.create_index("ix_msc_collection_tissue", "msc_collection", ["tissue"], unique=False)
    op.create_index("ix_msc_responder_donor_id", "msc_responder", ["donor_id"], unique=False)
    for table, column in LISTED:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, column in LISTED:
        op.drop_index(f"ix_{table}_{column}")
    for index in (
        "ix_msc_responder_donor_id",
        "ix_msc_collection_tissue",
        "ix_msc_collection_health_status",
        "ix_msc_batch_passage",
        "ix_msc_batch_parent_id",
        "ix_msc_batch_isolated_on",
        "ix_msc_audit_table_name_record_id",
    ):
        op.drop_index(index)
    for table, column, _ in REFERENCES:
        op.drop_column(table, column)
    for table, columns in ADDED:
        for column in columns:
            op.drop_column(table, column)
    for table in (
        "msc_thaw",
        "msc_outcome",
        "msc_vial",
        "msc_release_test",
        "msc_release_decision",
        "msc_pool_member",
        "msc_passage",
        "msc_in_vivo_use",
        "msc_transplant",
        "msc_diagnosis",
        "msc_activity_score",
        "msc_treatment",
        "msc_recipe_step",
        "msc_hsc_graft",
        "msc_consent",
        "msc_release_rule",
        "msc_recipe",
        "msc_bank",
    ):
        op.drop_table(table)
