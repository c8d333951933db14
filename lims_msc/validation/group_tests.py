"""Answers the reference cases of tests between groups, pairs, tables and lists of p values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lims_msc.science.contingency import fisher_numbers
from lims_msc.science.exact_ranks import normal_p
from lims_msc.science.moments import moments
from lims_msc.science.multiplicity import benjamini_hochberg, bonferroni, hochberg, holm
from lims_msc.science.paired import signed_rank_numbers
from lims_msc.science.several_groups import (
    VarianceRatio,
    kruskal_numbers,
    variance_table,
    welch_ratio,
)
from lims_msc.science.t_tests import (
    TEstimate,
    cohens_d,
    hedges_g,
    paired_estimate,
    student_estimate,
    welch_estimate,
)
from lims_msc.science.two_groups import mann_whitney_numbers

Answer = dict[str, Any]


def answer(case: Mapping[str, Any]) -> Answer:
    """Return the numbers of a case of the kind ``group_tests``.

    :raises ValueError: if the names of what is asked belong to no test that is known.
    """
    given, asked = case["input"], case["expected"]
    for name, compute in _BY_A_NAME_THAT_IS_ASKED.items():
        if name in asked:
            return compute(given)
    raise ValueError(f"No test is known that gives '{', '.join(asked)}'.")


def _two_groups(given: Mapping[str, Any]) -> Answer:
    one, two = moments(given["x"]), moments(given["y"])
    return {
        "student": _t(student_estimate(one, two)),
        "mean_difference": float(one.exact_mean - two.exact_mean),
        "welch": _t(welch_estimate(one, two)),
        "cohens_d": cohens_d(one, two),
        "hedges_g_exact": hedges_g(one, two),
    }


def _pairs(given: Mapping[str, Any]) -> Answer:
    estimate = paired_estimate(given["x"], given["y"])
    number = len(given["x"])
    return {
        "paired": {
            **_t(estimate),
            "mean_difference": float(
                moments(given["x"]).exact_mean - moments(given["y"]).exact_mean
            ),
            "cohens_dz": None if estimate is None else estimate.t / number**0.5,
        }
    }


def _mann_whitney(given: Mapping[str, Any]) -> Answer:
    found = mann_whitney_numbers(given["x"], given["y"])
    return {
        "U_x": found.u_first,
        "U_y": found.u_second,
        "rank_sum_x": found.rank_sum_first,
        "ties": found.has_ties,
        "p_exact_two_sided_doubled": found.test.p_doubled,
        "p_exact_two_sided_by_distance": found.test.p_by_distance,
        "p_exact_less": found.test.p_less,
        "p_exact_greater": found.test.p_greater,
        "p_asymptotic": _normal(found.test.z),
        "p_asymptotic_continuity": _normal(found.test.z_corrected),
        "hodges_lehmann_x_minus_y": found.shift,
        "prob_x_greater": found.probability_first_greater,
    }


def _signed_rank(given: Mapping[str, Any]) -> Answer:
    found = signed_rank_numbers(given["x"], given["y"])
    return {
        "n_nonzero": found.n_nonzero,
        "zeros": found.n_zero,
        "V_plus": found.sum_plus,
        "V_minus": found.sum_minus,
        "ties": found.has_ties,
        "p_exact_two_sided": found.test.p_doubled,
        "p_asymptotic": _normal(found.test.z),
        "p_asymptotic_continuity": _normal(found.test.z_corrected),
    }


def _fisher(given: Mapping[str, Any]) -> Answer:
    found = fisher_numbers(given["table"])
    return {
        "p_two_sided": found.p_two_sided,
        "p_less": found.p_less,
        "p_greater": found.p_greater,
        "odds_ratio_sample": found.odds_ratio,
        "odds_ratio_conditional_mle": found.conditional_odds_ratio,
        "or_ci95_exact_conditional": [found.lower, found.upper],
    }


def _adjusted(given: Mapping[str, Any]) -> Answer:
    p: Sequence[float] = given["p"]
    return {
        "holm": list(holm(p)),
        "benjamini_hochberg": list(benjamini_hochberg(p)),
        "bonferroni": list(bonferroni(p)),
        "hochberg": list(hochberg(p)),
    }


def _several_groups(given: Mapping[str, Any]) -> Answer:
    groups = given["groups"]
    table, ranks = variance_table(groups), kruskal_numbers(groups)
    return {
        **_f(table.ratio),
        "ss_between": table.between,
        "ss_within": table.within,
        "welch": _f(welch_ratio(groups)),
        "kruskal_wallis": None
        if ranks is None
        else {
            "H": ranks.h,
            "df": ranks.df,
            "p": ranks.p_chi_squared,
            "p_exact": ranks.p_exact,
        },
    }


_BY_A_NAME_THAT_IS_ASKED: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = {
    "paired": _pairs,
    "student": _two_groups,
    "U_x": _mann_whitney,
    "V_plus": _signed_rank,
    "odds_ratio_sample": _fisher,
    "holm": _adjusted,
    "F": _several_groups,
}


def _t(estimate: TEstimate | None) -> Answer:
    if estimate is None:
        return {"t": None, "df": None, "p": None, "ci95": None}
    return {
        "t": estimate.t,
        "df": estimate.degrees_of_freedom,
        "p": estimate.p(),
        "ci95": list(estimate.interval()),
    }


def _f(ratio: VarianceRatio | None) -> Answer:
    if ratio is None:
        return {"F": None, "df1": None, "df2": None, "p": None}
    return {"F": ratio.f, "df1": ratio.df_between, "df2": ratio.df_within, "p": ratio.p}


def _normal(z: float | None) -> float | None:
    return None if z is None else normal_p(z)
