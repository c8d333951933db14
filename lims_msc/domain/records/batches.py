"""MSC batches, the growth of each passage, and what release tests found."""

from __future__ import annotations

from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.rules_of_batches import (
    check_batch,
    check_passage,
    check_release_test,
    check_rule,
)

YES_NO = ("yes", "no")
OPERATORS = (">=", ">", "<=", "<", "=", "text")
RULE_ROLES = ("release", "informative")
QUALIFIERS = ("=", "<", "<=", ">", ">=")
RELEASE_TESTS = (
    "CD73",
    "CD90",
    "CD105",
    "CD45",
    "CD34",
    "CD14",
    "CD11b",
    "CD79a",
    "CD19",
    "CD3",
    "CD31",
    "HLA-DR",
    "viability",
    "endotoxin",
    "sterility",
    "mycoplasma",
    "karyotype",
    "suppression",
    "plastic adherence",
    "differentiation bone",
    "differentiation fat",
    "differentiation cartilage",
)

BATCH = RecordKind(
    key="batch",
    title="MSC batch",
    plural="MSC batches",
    sheet="Batches",
    explanation="One expansion run of MSC to one passage.",
    owner="collection_code",
    identity=("batch_code",),
    checks=(check_batch,),
    fields=(
        Field("batch_code", "Batch code", FieldKind.CODE, is_required=True, is_listed=True),
        Field(
            "collection_code",
            "Collection code",
            FieldKind.REFERENCE,
            True,
            refers_to="collection",
            is_listed=True,
        ),
        Field(
            "parent_code",
            "Parent batch",
            FieldKind.REFERENCE,
            refers_to="batch",
            is_listed=True,
            hint="The batch that this one was expanded from.",
        ),
        Field("passage", "Passage", FieldKind.WHOLE, low=0, high=60, is_listed=True),
        Field(
            "isolation_method",
            "Isolation",
            FieldKind.CHOICE,
            choices=(
                "density gradient",
                "whole marrow adherence",
                "enzymatic digestion",
                "explant",
            ),
            allows_other=True,
        ),
        Field("enzyme", "Enzyme", max_length=120),
        Field("start_material", "Start material", max_length=120, hint="Such as 20 mL or 15 g."),
        Field(
            "nucleated_cells_seeded",
            "Nucleated cells seeded",
            FieldKind.DECIMAL,
            low=0,
            is_above_low=True,
        ),
        Field("isolated_on", "Isolated on", FieldKind.DATE, is_listed=True),
        Field("operator", "Operator", max_length=120),
        Field("medium", "Medium", max_length=120),
        Field(
            "serum_source",
            "Serum",
            FieldKind.CHOICE,
            choices=("FBS", "human platelet lysate", "human serum", "xeno-free", "serum-free"),
            allows_other=True,
            is_listed=True,
            max_length=60,
        ),
        Field("serum_lot", "Lot of the serum", max_length=60),
        Field("heparin", "Heparin", FieldKind.CHOICE, choices=YES_NO),
        Field("oxygen_percent", "Oxygen (%)", FieldKind.DECIMAL, low=0, high=100),
        Field("vessel", "Vessel", max_length=120, hint="Plastic, carrier or bioreactor."),
        Field("antibiotics", "Antibiotics", max_length=120),
        Field(
            "pdl_start",
            "PDL at the start",
            FieldKind.DECIMAL,
            low=0,
            high=200,
            hint="Population doublings before the first passage that is recorded here.",
        ),
        Field(
            "is_pdl_start_known",
            "PDL at the start known",
            FieldKind.CHOICE,
            choices=YES_NO,
            hint="'no': doublings of P0 are unknown unless CFU-F were counted.",
        ),
        Field(
            "recipe_code",
            "Primed by (recipe)",
            FieldKind.REFERENCE,
            refers_to="recipe",
            hint="Only where the batch itself was primed, not the cells of one assay.",
        ),
        Field("note", "Note", FieldKind.NOTE, max_length=2000),
    ),
)

PASSAGE = RecordKind(
    key="passage",
    title="Passage",
    plural="Passages",
    sheet="Passages",
    explanation="One culture from seeding to harvest; PD, PDL and doubling time follow from it.",
    owner="batch_code",
    identity=("batch_code", "passage"),
    checks=(check_passage,),
    fields=(
        Field(
            "batch_code", "Batch code", FieldKind.REFERENCE, True, refers_to="batch", is_listed=True
        ),
        Field("passage", "Passage", FieldKind.WHOLE, True, low=0, high=60, is_listed=True),
        Field("seeded_on", "Seeded on", FieldKind.DATE, is_listed=True),
        Field("harvested_on", "Harvested on", FieldKind.DATE, is_listed=True),
        Field(
            "seeded_viable_cells",
            "Viable cells seeded",
            FieldKind.DECIMAL,
            low=0,
            is_above_low=True,
            is_listed=True,
        ),
        Field(
            "harvested_viable_cells",
            "Viable cells harvested",
            FieldKind.DECIMAL,
            low=0,
            is_listed=True,
        ),
        Field("harvested_total_cells", "Total cells harvested", FieldKind.DECIMAL, low=0),
        Field(
            "harvest_volume_ml",
            "Volume of the harvest (mL)",
            FieldKind.DECIMAL,
            low=0,
            is_above_low=True,
        ),
        Field("culture_hours", "Hours of culture", FieldKind.DECIMAL, low=0, is_above_low=True),
        Field(
            "seeding_density_cells_per_cm2",
            "Seeding density (cells/cm²)",
            FieldKind.DECIMAL,
            low=0,
            is_above_low=True,
        ),
        Field(
            "confluence_percent", "Confluence at harvest (%)", FieldKind.DECIMAL, low=0, high=100
        ),
        Field("note", "Note", FieldKind.NOTE, max_length=2000),
    ),
)

RELEASE_TEST = RecordKind(
    key="release_test",
    title="Release test",
    plural="Release tests",
    sheet="Release tests",
    explanation="What one test of a batch found; the verdict comes from a rule set.",
    owner="batch_code",
    identity=("batch_code", "test_name", "tested_on"),
    checks=(check_release_test,),
    fields=(
        Field(
            "batch_code", "Batch code", FieldKind.REFERENCE, True, refers_to="batch", is_listed=True
        ),
        Field(
            "test_name",
            "Test",
            FieldKind.CHOICE,
            True,
            RELEASE_TESTS,
            allows_other=True,
            is_listed=True,
            max_length=80,
        ),
        Field(
            "qualifier",
            "Qualifier",
            FieldKind.CHOICE,
            choices=QUALIFIERS,
            hint="'<' where the result is only known to lie below the value; empty means '='.",
        ),
        Field("result", "Result", FieldKind.DECIMAL, is_listed=True),
        Field("unit", "Unit", max_length=40, is_listed=True, hint="%, EU/mL, IU/mL, EU/kg …"),
        Field(
            "result_text",
            "Result in words",
            is_listed=True,
            max_length=120,
            hint="Such as negative, no growth or no abnormality.",
        ),
        Field(
            "condition",
            "Condition",
            max_length=60,
            hint="For suppression the ratio, PBMC:MSC 10:1.",
        ),
        Field("method", "Method", max_length=120),
        Field("tested_on", "Tested on", FieldKind.DATE, is_listed=True),
    ),
)

RELEASE_RULE = RecordKind(
    key="release_rule",
    title="Release rule",
    plural="Release rules",
    sheet="Release rules",
    explanation="One limit of a rule set of the laboratory; the published ones are shipped.",
    identity=("rule_set", "rule_set_version", "test_name"),
    checks=(check_rule,),
    fields=(
        Field("rule_set", "Rule set", is_required=True, is_listed=True, max_length=80),
        Field("rule_set_version", "Version", is_required=True, is_listed=True, max_length=40),
        Field(
            "test_name",
            "Test",
            FieldKind.CHOICE,
            True,
            RELEASE_TESTS,
            allows_other=True,
            is_listed=True,
            max_length=80,
        ),
        Field("operator", "Operator", FieldKind.CHOICE, True, OPERATORS, is_listed=True),
        Field("limit", "Limit", FieldKind.DECIMAL, is_listed=True),
        Field("unit", "Unit", is_listed=True, max_length=40),
        Field(
            "limit_text",
            "Limit in words",
            is_listed=True,
            max_length=200,
            hint="For 'text': the accepted words, separated by ' / '.",
        ),
        Field("condition", "Condition", max_length=60),
        Field("rule_role", "Role", FieldKind.CHOICE, True, RULE_ROLES, is_listed=True),
        Field("source", "Source"),
    ),
)
