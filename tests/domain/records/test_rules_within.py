"""Rules within one record: what contradicts itself, at which field, and how serious it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from lims_msc.domain.records.checking import problems_of
from lims_msc.domain.records.fields import Problem, RecordKind, Value
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.registry_example import example_records

TODAY = date(2026, 3, 14)
Changes = Mapping[str, Value]

GOOD: Mapping[str, Changes] = {key: rows[0] for key, rows in example_records().items()}
PATIENT: Changes = {
    "recipient_kind": "patient",
    "recipient": "PT-x7",
    "species": "",
    "animal_model": "",
    "given_on": None,
}
OFFSET: Changes = {
    "performed_on": "",
    "offset_collection_code": "C-1",
    "months_before_collection": 8.0,
}
IRRADIATED: Changes = {"agent": "irradiation", "dose": 25.0, "dose_unit": "Gy"}


def found(kind_key: str, changes: Changes) -> tuple[Problem, ...]:
    """Return the problems of a good record with these changes."""
    return problems(kind_key, {**GOOD[kind_key], **changes})


def problems(kind_key: str, values: Changes) -> tuple[Problem, ...]:
    kind = kind_of(kind_key)
    return problems_of(kind, {**{f.name: f.empty for f in kind.fields}, **values}, TODAY)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_good_record_has_no_problem(kind: RecordKind) -> None:
    rows = example_records()[kind.key]
    assert rows
    assert [problems(kind.key, row) for row in rows] == [()] * len(rows)


# Kind, changes to a good record, level, field, and words of the message or the hint.
WRONG: tuple[tuple[str, Changes, str, str, str], ...] = (
    ("donor", {"donor_code": "AW-120480"}, "warning", "donor_code", "initials and a birth date"),
    ("donor", {"donor_code": "SEPT2"}, "error", "donor_code", "'SEPT2' is not safe"),
    ("donor", {"sex": ""}, "error", "sex", "is empty"),
    ("consent", {"withdrawn_on": date(2024, 5, 1)}, "error", "withdrawn_on", "before it was given"),
    ("consent", {"given_on": date(2026, 3, 15)}, "error", "given_on", "'2026-03-15' lies in the"),
    ("consent", {"given_on": date(1900, 1, 2)}, "error", "given_on", "too long ago"),
    ("collection", {"collected_on": date(2062, 5, 14)}, "error", "collected_on", "in the future"),
    ("collection", {"health_status": "healthy"}, "warning", "health_criteria", "by which criteria"),
    ("collection", {"health_criteria": "fit"}, "warning", "health_criteria", "criteria of health"),
    ("collection", {"age_at_collection_years": 121.0}, "error", "age_at_collection_years", "120"),
    ("collection", {"age_at_collection_years": -0.5}, "error", "age_at_collection_years", "0 to"),
    ("collection", {"age_at_collection_years": 111.0}, "warning", "age_at_collection_years", "111"),
    ("collection", {"age_at_collection_years": 90.0}, "note", "age_at_collection_years", "'90+'"),
    ("collection", {"tissue": "UC"}, "warning", "age_at_collection_years", "umbilical cord"),
    ("diagnosis", {"other_disease": "gout"}, "error", "other_disease", "Two diseases"),
    ("diagnosis", {"disease": ""}, "error", "disease", "No disease is named"),
    ("diagnosis", {"onset": "2027"}, "error", "onset", "'2027' lies in the future"),
    ("diagnosis", {"onset": "2019-13"}, "error", "onset", "'2019-13' is no date"),
    *(
        ("diagnosis", {"disease": "", "other_disease": words}, level, "other_disease", said)
        for words, level, said in (
            ("Systemic Sclerosis", "error", "'systemic sclerosis' (MONDO:0005100)"),
            ("SLE", "error", "systemic lupus erythematosus"),
            ("MS", "error", "mass spectrometry"),
            ("MS?", "error", "marked as doubtful"),
            ("UC", "error", "umbilical cord"),
            ("SS", "error", "Sjögren syndrome"),
            ("PM", "error", "polymyositis"),
            ("gout", "warning", "kept in these words"),
            ("systemic lupus erythematodes", "warning", "Perhaps 'systemic lupus erythematosus'"),
        )
    ),
    *(
        ("activity_score", {"score_name": name, "score": score}, "error", "score", said)
        for name, score, said in (
            ("EDSS", 3.25, "0, 1, 1.5"),
            ("EDSS", 0.5, "0, 1, 1.5"),
            ("EDSS", 10.5, "0 to 10"),
            ("mRSS", 52.0, "0 to 51"),
            ("SLEDAI-2K", 106.0, "0 to 105"),
            ("DAS28-CRP", 10.1, "0 to 10"),
            ("CDAI", 77.0, "0 to 76"),
            ("JADAS27", 58.0, "0 to 57"),
            ("HBI", -1.0, "at least 0"),
            ("Mayo score", 13.0, "0 to 12"),
            ("PASI", 72.1, "0 to 72"),
            ("BVAS", 64.0, "0 to 63"),
        )
    ),
    ("activity_score", {"score_name": "own"}, "note", "score_name", "nothing was checked"),
    ("treatment", {"stopped_on": "2023-12"}, "error", "stopped_on", "before it was started"),
    ("treatment", {"dose_unit": ""}, "error", "dose_unit", "has no unit"),
    ("treatment", {"dose": None}, "warning", "dose", "without a dose"),
    ("treatment", {"treatment_class": "none"}, "error", "treatment_class", "a dose of"),
    ("treatment", {"atc_code": "H2AB06"}, "warning", "atc_code", "H02AB06"),
    ("hsc_graft", {"infused_on": "2024-07"}, "error", "infused_on", "before it was collected"),
    ("hsc_graft", {"graft_source": "cord blood"}, "warning", "graft_source", "'D-EX-A'"),
    *(
        (
            "transplant",
            {"transplant_type": kind, "graft_relation": giver},
            "error",
            "graft_relation",
            f"'{giver}'",
        )
        for kind, giver in (
            ("autologous", "HLA-identical sibling"),
            ("autologous", "identical twin"),
            ("syngeneic", "self"),
            ("syngeneic", "haploidentical"),
            ("allogeneic", "self"),
            ("allogeneic", "identical twin"),
        )
    ),
    ("transplant", {"gvhd": "chronic"}, "warning", "gvhd", "'autologous'"),
    ("transplant", {"performed_on": ""}, "warning", "performed_on", "A year is enough"),
    ("transplant", {**OFFSET, "performed_on": "2024"}, "error", "months_before_collection", "2024"),
    (
        "transplant",
        {**OFFSET, "offset_collection_code": ""},
        "error",
        "offset_collection_code",
        "only '8' months",
    ),
    (
        "transplant",
        {**OFFSET, "months_before_collection": None},
        "error",
        "months_before_collection",
        "only the collection 'C-1'",
    ),
    ("transplant", {"relapse_on": "2024-08"}, "error", "relapse_on", "before the transplant"),
    (
        "transplant",
        {"conditioning_regimen": "TBI-based", "serotherapy": ""},
        "warning",
        "tbi_dose_gy",
        "is empty",
    ),
    ("transplant", {"serotherapy": "none"}, "error", "serotherapy", "'BEAM + ATG'"),
    ("transplant", {"tbi_dose_gy": 1200.0}, "error", "tbi_dose_gy", "0 to 20"),
    ("recipe_step", {"dose_unit": ""}, "error", "dose_unit", "has no unit"),
    ("recipe_step", {"lot": ""}, "warning", "lot", "specific activity"),
    ("recipe_step", {"dose_unit": "Gy"}, "error", "dose_unit", "a unit of radiation"),
    (
        "recipe_step",
        {"agent": "mitomycin C", "is_washed": ""},
        "warning",
        "is_washed",
        "responders",
    ),
    ("recipe_step", {**IRRADIATED, "dose": None}, "warning", "dose", "in Gy"),
    ("recipe_step", {**IRRADIATED, "dose": 2500.0}, "error", "dose", "write 25 if it was cGy"),
    ("recipe_step", {**IRRADIATED, "dose_unit": "rad"}, "error", "dose_unit", "Write 0.25 Gy"),
    (
        "recipe_step",
        {**IRRADIATED, "dose_unit": "ng/mL"},
        "error",
        "dose_unit",
        "'ng/mL' is no unit",
    ),
    ("recipe_step", {**IRRADIATED, "dose": 2.0}, "warning", "dose", "15 to 30 Gy"),
    ("recipe_step", {**IRRADIATED, "dose": 80.0}, "note", "dose", "15 to 30 Gy"),
    ("batch", {"enzyme": "collagenase"}, "warning", "enzyme", "'density gradient'"),
    ("batch", {"isolation_method": "enzymatic digestion"}, "warning", "enzyme", "is empty"),
    ("batch", {"is_pdl_start_known": "yes"}, "error", "pdl_start", "is empty"),
    ("batch", {"pdl_start": 3.4}, "error", "is_pdl_start_known", "said to be unknown"),
    (
        "batch",
        {"pdl_start": 3.4, "is_pdl_start_known": ""},
        "warning",
        "is_pdl_start_known",
        "not said to be known",
    ),
    ("batch", {"serum_source": "serum-free"}, "warning", "serum_lot", "'HPL-7'"),
    ("batch", {"oxygen_percent": 0.05}, "warning", "oxygen_percent", "Write 5"),
    ("passage", {"harvested_on": date(2024, 5, 27)}, "error", "harvested_on", "before they were"),
    ("passage", {"harvested_total_cells": 4.1e6}, "error", "harvested_total_cells", "swapped"),
    ("passage", {"harvested_viable_cells": -5.0}, "error", "harvested_viable_cells", "'-5' is out"),
    ("passage", {"seeded_viable_cells": 0.0}, "error", "seeded_viable_cells", "more than 0"),
    ("passage", {"seeded_viable_cells": None}, "warning", "seeded_viable_cells", "not known"),
    ("passage", {"culture_hours": 14.4}, "warning", "culture_hours", "144 hours from"),
    (
        "passage",
        {"seeded_viable_cells": 1000.0, "harvested_viable_cells": 4.2e6},
        "warning",
        "harvested_viable_cells",
        "12.0 doublings",
    ),
    (
        "passage",
        {"seeded_viable_cells": 600.0, "harvested_viable_cells": 4200.0},
        "warning",
        "seeded_viable_cells",
        "not thousands",
    ),
    ("release_rule", {"limit": None}, "error", "limit", "is empty"),
    ("release_rule", {"unit": ""}, "error", "unit", "has no unit"),
    ("release_rule", {"limit": 101.0}, "error", "limit", "0 to 100"),
    ("release_rule", {"limit_text": "negative"}, "error", "limit_text", "'negative'"),
    ("release_rule", {"operator": "text", "limit": None}, "error", "limit_text", "' / '"),
    ("release_rule", {"operator": "text", "limit_text": "no growth"}, "error", "limit", "'80'"),
    ("release_test", {"result": None, "unit": ""}, "error", "result", "has no result"),
    ("release_test", {"unit": ""}, "error", "unit", "has no unit"),
    ("release_test", {"result_text": "good"}, "error", "result_text", "'94.5 %' and 'good'"),
    (
        "release_test",
        {"result": None, "qualifier": "<", "result_text": "low"},
        "error",
        "qualifier",
        "without a number",
    ),
    ("release_test", {"result": 100.5}, "error", "result", "0 to 100"),
    ("release_test", {"result": 0.95}, "warning", "result", "Write 95"),
    (
        "responder",
        {"pool_size": 3, "collection_code": ""},
        "error",
        "donor_code",
        "A pool of 3 persons",
    ),
    (
        "responder",
        {"pool_size": 3, "donor_code": ""},
        "error",
        "collection_code",
        "no single collection",
    ),
    (
        "responder",
        {"cell_type": "K562", "collection_code": ""},
        "error",
        "donor_code",
        "'K562' is a cell line",
    ),
    (
        "responder",
        {"cell_type": "K562", "collection_code": "", "donor_code": "", "pool_size": 8},
        "error",
        "pool_size",
        "no pool of 8 persons",
    ),
    ("responder", {"purity_percent": 0.98}, "warning", "purity_percent", "Write 98"),
    ("vial", {"volume_ml": 101.0}, "error", "volume_ml", "more than 0 and at most 100"),
    ("vial", {"tank": "x" * 41}, "error", "tank", "41 characters is too long"),
    ("responder", {"cell_type": "stromal cell"}, "error", "cell_type", "mesenchymal stromal cell"),
    ("responder", {"cell_type": "PBMCs"}, "error", "cell_type", "is not a term of the list"),
    ("vial", {"vial_state": "gone"}, "error", "vial_state", "'gone' is not one of the choices"),
    ("passage", {"culture_hours": float("inf")}, "error", "culture_hours", "'inf' is no number"),
    ("vial", {"responder_code": "R-1"}, "error", "responder_code", "'MSC-EX-P2'"),
    ("vial", {"batch_code": ""}, "error", "batch_code", "what is in the vial"),
    ("vial", {"box": ""}, "error", "box", "The slot 'C7' is in no box"),
    ("vial", {"rack": ""}, "warning", "rack", "'B11'"),
    ("vial", {"vial_state": "reserved"}, "error", "reserved_for", "for whom"),
    (
        "vial",
        {"vial_state": "available", "reserved_for": "S-1"},
        "error",
        "reserved_for",
        "kept for 'S-1'",
    ),
    ("vial", {"viable_cells_per_vial": 1.0}, "warning", "viable_cells_per_vial", "1000000"),
    ("thaw", {"viability_method": ""}, "warning", "viability_method", "not interchangeable"),
    ("thaw", {"viability_percent": 0.91}, "warning", "viability_percent", "Write 91"),
    ("thaw", {"viability_percent": 140.0}, "error", "viability_percent", "0 to 100"),
    ("in_vivo_use", {"species": ""}, "error", "species", "is empty"),
    ("in_vivo_use", {"animal_model": ""}, "error", "animal_model", "EAE"),
    ("in_vivo_use", {"dose": 1.0}, "warning", "dose", "1000000"),
    (
        "in_vivo_use",
        {**PATIENT, "recipient": "Anna Weiss"},
        "warning",
        "recipient",
        "name of a person",
    ),
    ("in_vivo_use", {**PATIENT, "recipient": "12.04.1980"}, "warning", "recipient", "like a date"),
    ("in_vivo_use", {**PATIENT, "given_on": TODAY}, "warning", "given_on", "may identify"),
    ("in_vivo_use", {**PATIENT, "species": "Mus musculus"}, "error", "species", "with a patient"),
    (
        "outcome",
        {"measure": "Survival", "unit": "%", "outcome": 101.0},
        "error",
        "outcome",
        "0 to 100",
    ),
)


@pytest.mark.parametrize(("kind", "changes", "level", "field", "words"), WRONG)
def test_what_contradicts_itself_is_named_at_its_field(
    kind: str, changes: Changes, level: str, field: str, words: str
) -> None:
    (problem,) = found(kind, changes)
    assert (problem.level.value, problem.field_name) == (level, field)
    assert words in f"{problem.message} {problem.hint}"
    assert problem.message[-1] == "."
    assert problem.hint


# What looks odd and is right.
RIGHT: tuple[tuple[str, Changes], ...] = (
    ("collection", {"age_at_collection_years": 0.83}),
    ("collection", {"tissue": "UCB", "age_at_collection_years": 0.0}),
    ("collection", {"collected_on": TODAY}),
    ("diagnosis", {"onset": "2026"}),
    ("activity_score", {"score": 0.0}),
    ("activity_score", {"score_name": "platelets 10*9/L", "score": 12.0}),
    ("treatment", {"started_on": "2024", "stopped_on": "2024-02"}),
    ("treatment", {"drug": "none", "treatment_class": "none", "dose": None, "dose_unit": ""}),
    ("treatment", {"atc_code": "H02"}),
    ("hsc_graft", {"infused_on": "2024"}),
    ("transplant", OFFSET),
    ("transplant", {"relapse_on": "2024"}),
    ("transplant", {"transplant_type": "allogeneic", "graft_relation": "haploidentical"}),
    ("transplant", {"transplant_type": "syngeneic", "graft_relation": "identical twin"}),
    ("transplant", {"graft_relation": ""}),
    ("recipe_step", IRRADIATED),
    ("recipe_step", {"agent": "hypoxia", "dose": 1.0, "dose_unit": "% O2"}),
    ("batch", {"pdl_start": 0.0, "is_pdl_start_known": "yes"}),
    ("passage", {"harvested_viable_cells": 0.0}),
    ("passage", {"culture_hours": 120.0}),
    ("passage", {"harvested_on": date(2024, 5, 28), "culture_hours": 20.0}),
    ("release_rule", {"operator": "text", "limit": None, "unit": "", "limit_text": "negative"}),
    ("release_test", {"result": None, "unit": "", "result_text": "no growth"}),
    ("release_test", {"test_name": "suppression", "result": -12.0}),
    ("release_test", {"test_name": "CD45", "result": 0.4}),
    ("release_test", {"test_name": "endotoxin", "unit": "EU/mL", "qualifier": "<", "result": 0.5}),
    ("bank", {"valid_until": date(2040, 1, 1)}),
    ("responder", {"donor_code": "", "collection_code": ""}),
    ("responder", {"cell_type": "K562", "donor_code": "", "collection_code": ""}),
    ("vial", {"tank": "", "rack": "", "box": "", "slot": ""}),
    ("vial", {"vial_state": "reserved", "reserved_for": "study S-1"}),
    ("in_vivo_use", PATIENT),
    ("outcome", {"measured_on_day": -3}),
    ("outcome", {"measure": "body weight", "unit": "%", "outcome": 104.0}),
)


@pytest.mark.parametrize(("kind", "changes"), RIGHT)
def test_what_only_looks_odd_is_taken(kind: str, changes: Changes) -> None:
    assert found(kind, changes) == ()


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("donor", {"note": "one\x0btwo"}, "the control character U+000B, after 'one'."),
        ("donor", {"note": "\ud800"}, "the control character U+D800 at its beginning."),
        ("donor", {"note": 5}, "'5' is not text, as 'Note' is."),
        ("collection", {"age_at_collection_years": "12,5"}, "'12,5' is not a number"),
        ("collection", {"age_at_collection_years": True}, "'True' is not a number"),
        ("batch", {"passage": 2.5}, "'2.5' is not a whole number"),
        ("consent", {"given_on": "2024-05-01"}, "'2024-05-01' is not a day"),
        ("consent", {"given_on": datetime(2024, 5, 1, tzinfo=UTC)}, "+00:00' is not a day"),
    ],
)
def test_a_value_that_cannot_be_kept_or_exported_is_named(
    kind: str, changes: Changes, said: str
) -> None:
    (problem,) = found(kind, changes)
    assert problem.field_name in changes
    assert said in problem.message


def test_today_decides_what_lies_ahead() -> None:
    kind = kind_of("consent")
    values = {**{field.name: field.empty for field in kind.fields}, **GOOD["consent"]}
    (early,) = problems_of(kind, values, date(2024, 5, 1))
    assert "today is 2024-05-01" in early.hint
    assert problems_of(kind, values, date(2024, 5, 2)) == ()


def test_a_field_is_found_by_its_name() -> None:
    kind = kind_of("donor")
    assert kind.field("sex").title == "Sex"
    with pytest.raises(KeyError):
        kind.field("name")
