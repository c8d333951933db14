"""What makes a mixed model: terms, levels and columns, and the words when they make none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from mixed_designs import donors, fitted

from lims_msc.errors import InputError
from lims_msc.science.mixed_design import mixed_design
from lims_msc.science.mixed_terms import (
    FixedTerm,
    RandomTerm,
    UnusableDesign,
    fixed_terms,
    random_terms,
)

DESIGN = donors()
COLUMNS = DESIGN["columns"]
N = len(COLUMNS["y"])


def built(**changes: Any) -> Any:
    given = {**DESIGN, **changes}
    columns, levels = given["columns"], given["factor_levels"]
    return mixed_design(
        columns, given.get("response", "y"), given["fixed"], given["random"], levels
    )


def with_column(name: str, values: list[Any]) -> dict[str, Any]:
    return {**COLUMNS, name: values}


def with_priming_and_covariate(fixed: list[str]) -> Any:
    columns = {
        **COLUMNS,
        "priming": [("none", "IFNg", "TNF")[i % 3] for i in range(N)],
        "x": [float(i % 5) for i in range(N)],
    }
    levels = {**DESIGN["factor_levels"], "priming": ["none", "IFNg", "TNF"]}
    return built(columns=columns, fixed=fixed, factor_levels=levels)


def test_random_effects_are_written_as_in_lme4() -> None:
    assert RandomTerm.parse("(1 | donor)") == (RandomTerm(("donor",)),)
    assert RandomTerm.parse("(1|donor/batch)") == (
        RandomTerm(("donor",)),
        RandomTerm(("donor", "batch")),
    )
    assert RandomTerm.parse("(1 | donor:batch)") == (RandomTerm(("donor", "batch")),)
    (slope,) = RandomTerm.parse("( 1 + log2_ratio | donor )")
    assert slope == RandomTerm(("donor",), ("log2_ratio",))
    assert RandomTerm.parse("(log2_ratio | donor)") == (slope,)
    (alone,) = RandomTerm.parse("(0 + log2_ratio | donor)")
    assert (alone.has_intercept, alone.text) == (False, "(0 + log2_ratio | donor)")
    assert slope.text == "(1 + log2_ratio | donor)"


@pytest.mark.parametrize("text", ["donor", "(1 | )", "(0 | donor)", "(1 | a | b)", "(1 | a*b)"])
def test_anything_else_is_no_random_effect(text: str) -> None:
    with pytest.raises(UnusableDesign, match="Not a random effect") as told:
        RandomTerm.parse(text)
    assert f'"{text}"' in str(told.value)
    assert "(1 | donor/batch)" in told.value.hint


@pytest.mark.parametrize("text", ["", "cohort*priming", "a:", "a:a", "a + b"])
def test_anything_else_is_no_fixed_effect(text: str) -> None:
    with pytest.raises(UnusableDesign, match="Not a fixed effect"):
        FixedTerm.parse(text)


def test_main_effects_come_before_interactions() -> None:
    terms = fixed_terms(["1", "a:b", "a", FixedTerm(("b",))])
    assert [term.name for term in terms] == ["a", "b", "a:b"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (["cohort"], "no intercept"),
        (["1", "cohort", "cohort"], "there twice"),
        (["1", "1"], "there twice"),
        (["1", "a", "b", "a:b", "b:a"], "there twice"),
        (["1", "a", "a:b"], '"a:b" stands without "b"'),
        (["1", "a", "b", "c", "a:b", "a:c", "a:b:c"], '"a:b:c" stands without "b:c"'),
    ],
)
def test_fixed_effects_that_make_no_model_are_refused(written: list[str], message: str) -> None:
    with pytest.raises(UnusableDesign, match=message):
        fixed_terms(written)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([], "no random effect"),
        (["(1 | donor)", "(1 + x | donor)"], '"1" of "donor" is there twice'),
        (["(1 | a/b)", "(1 | b:a)"], '"1" of "a:b" is there twice'),
        (["(1 + x + x | donor)"], '"x" of "donor" is there twice'),
    ],
)
def test_random_effects_that_make_no_model_are_refused(written: list[str], message: str) -> None:
    with pytest.raises(UnusableDesign, match=message):
        random_terms(written)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fixed": ["1", "tissue"]}, 'no column "tissue"'),
        ({"columns": {**COLUMNS, "donor": ["D1"]}}, "not of one length"),
        ({"response": "donor"}, '"donor" is among the effects'),
        ({"response": "cohort", "fixed": ["1", "age"]}, '"cohort" is declared as a factor'),
        ({"factor_levels": {}}, 'column "cohort" has "healthy" in row 1, which is not a number'),
        ({"factor_levels": {"cohort": ["healthy"]}}, 'the unknown level "SLE" in row 4'),
        ({"factor_levels": {"cohort": ["healthy", "SLE", "RA"]}}, 'No row has the level "RA"'),
        ({"factor_levels": {"cohort": ["SLE", "healthy", "SLE"]}}, "declared twice"),
        ({"random": ["(1 | cohort)"], "fixed": ["1", "cohort"]}, "told apart from the fixed"),
    ],
)
def test_columns_that_make_no_model_are_refused_in_words(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnusableDesign, match=message):
        fitted({**DESIGN, **changes})


def test_a_refused_design_is_an_input_error_for_pages_and_a_value_error_for_code() -> None:
    with pytest.raises(InputError):
        built(random=[])
    with pytest.raises(ValueError, match="no random effect"):
        built(random=[])


@pytest.mark.parametrize("missing", [None, math.nan, math.inf, ""])
def test_rows_with_missing_values_are_named_and_never_dropped(missing: Any) -> None:
    y = list(COLUMNS["y"])
    y[2] = y[7] = missing
    with pytest.raises(UnusableDesign, match='"y" has no usable value in row 3, 8') as told:
        built(columns=with_column("y", y))
    assert "leave these rows out and say so" in told.value.hint


def test_of_many_missing_rows_the_first_ten_are_named() -> None:
    donor = [None] * 12 + COLUMNS["donor"][12:]
    with pytest.raises(UnusableDesign, match="row 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"):
        built(columns=with_column("donor", donor))


def test_a_factor_of_one_level_and_a_group_of_one_level_are_refused() -> None:
    columns = with_column("cohort", ["healthy"] * N)
    with pytest.raises(UnusableDesign, match='one level only, "healthy"'):
        built(columns=columns, factor_levels={"cohort": ["healthy"]})
    with pytest.raises(UnusableDesign, match='group "donor" has one level only'):
        built(columns=with_column("donor", ["D1"] * N))


def test_a_group_with_as_many_levels_as_rows_is_refused() -> None:
    columns = with_column("well", list(range(N)))
    with pytest.raises(UnusableDesign, match=r"\(1 \| well\) has 24 unknowns for 24 rows"):
        built(columns=columns, random=["(1 | well)"])
    slope = with_column("x", [float(i % 3) for i in range(N)])
    with pytest.raises(UnusableDesign, match="unknowns"):
        built(columns=slope, random=["(1 + x + age | donor)"])


def test_fixed_effects_that_determine_each_other_are_named() -> None:
    same = ["yes" if cohort == "SLE" else "no" for cohort in COLUMNS["cohort"]]
    with pytest.raises(UnusableDesign, match='"ill" is determined by the terms before it') as told:
        built(
            columns=with_column("ill", same),
            fixed=["1", "cohort", "ill"],
            factor_levels={**DESIGN["factor_levels"], "ill": ["no", "yes"]},
        )
    assert 'Leave out "ill"' in told.value.hint


def test_an_empty_cell_of_an_interaction_is_named() -> None:
    priming = [
        "IFNg" if cohort == "healthy" and i % 3 == 0 else "none"
        for i, cohort in enumerate(COLUMNS["cohort"])
    ]
    with pytest.raises(UnusableDesign, match='no row has cohort "SLE" and priming "IFNg"'):
        built(
            columns=with_column("priming", priming),
            fixed=["1", "cohort", "priming", "cohort:priming"],
            factor_levels={**DESIGN["factor_levels"], "priming": ["none", "IFNg"]},
        )


def test_a_covariate_of_zeros_and_too_many_fixed_effects_are_refused() -> None:
    with pytest.raises(UnusableDesign, match="it is 0 in every row"):
        built(columns=with_column("zero", [0] * N), fixed=["1", "zero"])
    with pytest.raises(UnusableDesign, match="There are 2 fixed effects for 2 rows"):
        mixed_design(
            {"y": [1.0, 2.0, 3.0][:2], "x": [1.0, 2.0], "g": ["a", "b"]},
            "y",
            ["1", "x"],
            ["(1 | g)"],
            {},
        )


def test_random_effects_that_group_alike_are_named() -> None:
    columns = with_column("person", [f"P{donor}" for donor in COLUMNS["donor"]])
    with pytest.raises(UnusableDesign, match=r"\(1 \| donor\) and \(1 \| person\) cannot be told"):
        fitted(DESIGN, columns=columns, random=["(1 | donor)", "(1 | person)"])


def test_a_donor_for_each_cohort_cannot_carry_a_comparison() -> None:
    with pytest.raises(UnusableDesign, match="cannot be told apart from the fixed effects") as told:
        fitted(donors(n=2))
    assert "more levels are needed" in told.value.hint


def test_a_slope_that_does_not_vary_is_refused() -> None:
    with pytest.raises(UnusableDesign, match='slope of "one"'):
        fitted(DESIGN, columns=with_column("one", [1.0] * N), random=["(1 + one | donor)"])
    with pytest.raises(UnusableDesign, match='slope of "none"'):
        fitted(DESIGN, columns=with_column("none", [0.0] * N), random=["(1 + none | donor)"])


def test_columns_are_named_and_ordered_as_in_r() -> None:
    design = with_priming_and_covariate(
        ["1", "cohort", "priming", "x", "cohort:priming", "priming:x"],
    )
    assert [column.name for column in design.fixed] == [
        "(Intercept)",
        "cohortSLE",
        "primingIFNg",
        "primingTNF",
        "x",
        "cohortSLE:primingIFNg",
        "cohortSLE:primingTNF",
        "primingIFNg:x",
        "primingTNF:x",
    ]
    assert design.formula == (
        "y ~ 1 + cohort + priming + x + cohort:priming + priming:x + (1 | donor)"
    )
    product = design.fixed[7].values
    assert np.array_equal(product, design.fixed[2].values * design.fixed[4].values)


def test_a_main_effect_is_tested_as_the_mean_over_the_levels_it_interacts_with() -> None:
    design = with_priming_and_covariate(
        ["1", "cohort", "priming", "x", "cohort:priming", "cohort:x"],
    )
    by_name = dict(zip([column.name for column in design.fixed], range(9), strict=False))
    cohort = design.term_contrasts(FixedTerm(("cohort",)))[0]
    assert cohort[by_name["cohortSLE"]] == 1
    assert cohort[by_name["cohortSLE:primingIFNg"]] == pytest.approx(1 / 3)
    assert cohort[by_name["cohortSLE:primingTNF"]] == pytest.approx(1 / 3)
    assert cohort[by_name["cohortSLE:x"]] == 0
    slope = design.term_contrasts(FixedTerm(("x",)))[0]
    assert (slope[by_name["x"]], slope[by_name["cohortSLE:x"]]) == (1, 0.5)
    interaction = design.term_contrasts(FixedTerm(("cohort", "priming")))
    assert interaction.sum(axis=1) == pytest.approx([1, 1])
