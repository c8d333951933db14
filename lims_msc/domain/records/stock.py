"""Vials in the freezer and what became of them, and recipes of priming and arrest."""

from __future__ import annotations

from lims_msc.domain.records.common_fields import NOTE, YES_NO
from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.rules_of_stock import check_step, check_thaw, check_vial

VIAL_STATES = ("available", "reserved", "used", "destroyed")
VIABILITY_METHODS = ("trypan blue", "7-AAD", "AO/PI", "AO/DAPI", "propidium iodide", "Annexin V")
AGENTS = (
    "IFN-γ",
    "TNF-α",
    "IL-1β",
    "IL-17A",
    "IL-6",
    "poly(I:C)",
    "LPS",
    "hypoxia",
    "irradiation",
    "mitomycin C",
    "1-methyl-tryptophan",
    "indomethacin",
    "NS-398",
    "anti-TGF-β",
    "anti-HGF",
    "L-NMMA",
)
DOSE_UNITS = ("ng/mL", "µg/mL", "U/mL", "IU/mL", "µM", "nM", "Gy", "% O2")

VIAL = RecordKind(
    key="vial",
    title="Vial",
    plural="Vials",
    sheet="Vials",
    explanation="One frozen vial of a batch or of responders, and where it stands.",
    owner="batch_code",
    identity=("vial_code",),
    checks=(check_vial,),
    fields=(
        Field("vial_code", "Vial code", FieldKind.CODE, is_required=True, is_listed=True),
        Field("batch_code", "Batch code", FieldKind.REFERENCE, refers_to="batch", is_listed=True),
        Field(
            "responder_code",
            "Responder code",
            FieldKind.REFERENCE,
            refers_to="responder",
            is_listed=True,
        ),
        Field("frozen_on", "Frozen on", FieldKind.DATE, is_listed=True),
        Field(
            "viable_cells_per_vial",
            "Viable cells per vial",
            FieldKind.DECIMAL,
            low=0,
            is_above_low=True,
        ),
        Field("volume_ml", "Volume (mL)", FieldKind.DECIMAL, low=0, is_above_low=True, high=100),
        Field("cryomedium", "Cryomedium", max_length=120),
        Field("freezing_method", "Freezing method", max_length=120),
        Field("tank", "Tank", max_length=40, is_listed=True),
        Field("rack", "Rack", max_length=40, is_listed=True),
        Field("box", "Box", max_length=40, is_listed=True),
        Field("slot", "Slot", max_length=40, is_listed=True),
        Field(
            "vial_state",
            "State",
            FieldKind.CHOICE,
            True,
            VIAL_STATES,
            is_listed=True,
            hint="A new vial is 'available'; afterwards reserve, use or destroy it.",
        ),
        Field("reserved_for", "Reserved for", max_length=120),
    ),
)

THAW = RecordKind(
    key="thaw",
    title="Thaw",
    plural="Thaws",
    sheet="Thaws",
    explanation="What a vial gave when it was thawed; recovery follows from it.",
    owner="vial_code",
    identity=("vial_code",),
    checks=(check_thaw,),
    fields=(
        Field(
            "vial_code", "Vial code", FieldKind.REFERENCE, True, refers_to="vial", is_listed=True
        ),
        Field("thawed_on", "Thawed on", FieldKind.DATE, is_required=True, is_listed=True),
        Field(
            "viable_cells_recovered",
            "Viable cells recovered",
            FieldKind.DECIMAL,
            low=0,
            is_listed=True,
        ),
        Field(
            "viability_percent",
            "Viability (%)",
            FieldKind.DECIMAL,
            low=0,
            high=100,
            is_listed=True,
        ),
        Field(
            "viability_method",
            "Viability by",
            FieldKind.CHOICE,
            choices=VIABILITY_METHODS,
            allows_other=True,
            is_listed=True,
            max_length=60,
            hint="Methods are not interchangeable.",
        ),
        Field(
            "culture_rescue_hours",
            "Hours in culture before use",
            FieldKind.DECIMAL,
            low=0,
            hint="0: straight from the thaw.",
        ),
        Field("used_for", "Used for", max_length=120, is_listed=True, hint="Such as a plate code."),
    ),
)

RECIPE = RecordKind(
    key="recipe",
    title="Recipe",
    plural="Recipes",
    sheet="Recipes",
    explanation="How cells were primed, arrested or blocked: a name for a list of steps.",
    identity=("recipe_code",),
    fields=(
        Field("recipe_code", "Recipe code", FieldKind.CODE, is_required=True, is_listed=True),
        Field("title", "Title", is_required=True, is_listed=True),
        Field(
            "recipe_purpose",
            "Purpose",
            FieldKind.CHOICE,
            True,
            ("priming", "arrest", "blocking"),
            is_listed=True,
        ),
        NOTE,
    ),
)

RECIPE_STEP = RecordKind(
    key="recipe_step",
    title="Step of a recipe",
    plural="Steps of recipes",
    sheet="Recipe steps",
    explanation="One agent with dose, unit and time; a cocktail is a list of steps.",
    owner="recipe_code",
    identity=("recipe_code", "step_number"),
    checks=(check_step,),
    fields=(
        Field(
            "recipe_code",
            "Recipe code",
            FieldKind.REFERENCE,
            True,
            refers_to="recipe",
            is_listed=True,
        ),
        Field("step_number", "Step", FieldKind.WHOLE, True, low=1, high=50, is_listed=True),
        Field(
            "agent",
            "Agent",
            FieldKind.CHOICE,
            True,
            AGENTS,
            allows_other=True,
            is_listed=True,
            max_length=80,
        ),
        Field("dose", "Dose", FieldKind.DECIMAL, low=0, is_listed=True),
        Field(
            "dose_unit",
            "Unit",
            FieldKind.CHOICE,
            choices=DOSE_UNITS,
            allows_other=True,
            is_listed=True,
            max_length=40,
            hint="U/mL and ng/mL are never turned into each other without the lot's activity.",
        ),
        Field("duration_hours", "Hours", FieldKind.DECIMAL, low=0, is_listed=True),
        Field("supplier", "Supplier", max_length=120),
        Field("lot", "Lot", max_length=60),
        Field(
            "specific_activity_iu_per_mg",
            "Specific activity (IU/mg)",
            FieldKind.DECIMAL,
            low=0,
            is_above_low=True,
            hint="From the certificate of the lot.",
        ),
        Field("is_washed", "Washed afterwards", FieldKind.CHOICE, choices=YES_NO),
    ),
)
