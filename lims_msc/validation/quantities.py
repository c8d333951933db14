"""What is compared in each kind of reference case, and how exact it must be.

The table is data: a quantity has a name for the record, a pattern of the places where its values
stand in ``expected`` (names and list positions, joined by ``/``), and a rule of tolerance.  The
first pattern that fits counts.  What fits none, explanations, and values that lims-msc does not
show people (``certified_F`` is a rounded copy; p by a normal approximation is not used) are not
compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ToleranceRule(StrEnum):
    """The sorts of numbers that differ in how exact they can be."""

    ESTIMATE = "estimate"
    STANDARD_ERROR = "standard error or plain interval"
    PROFILE_LIMIT = "limit of a profile interval"
    P_VALUE = "p"
    VARIANCE = "variance component"
    DEGREES_OF_FREEDOM = "approximate degrees of freedom"
    VARIANCE_SHARE = "share of a variance"
    ODDS_RATIO_LIMIT = "exact limit of an odds ratio"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A group of values that the record has in one line."""

    name: str
    pattern: re.Pattern[str]
    rule: ToleranceRule


def _table(*rows: tuple[str, str, ToleranceRule]) -> tuple[Quantity, ...]:
    return tuple(Quantity(name, re.compile(pattern), rule) for name, pattern, rule in rows)


_NOT_COMPARED = re.compile(
    r"(.+/)?(notes?|definition|method|routes|rule)(/.+)?|certified_F|(.+/)?p_asymptotic[^/]*"
)
_ESTIMATE = ToleranceRule.ESTIMATE
_ERROR = ToleranceRule.STANDARD_ERROR
_PROFILE = ToleranceRule.PROFILE_LIMIT
_P = ToleranceRule.P_VALUE
_VARIANCE = ToleranceRule.VARIANCE
_DF = ToleranceRule.DEGREES_OF_FREEDOM

QUANTITIES: Mapping[str, Sequence[Quantity]] = {
    "percent_suppression": _table(
        ("status", r"status", _ESTIMATE),
        ("suppression of single wells (%)", r"per_well(/\d+)?", _ESTIMATE),
        ("mean suppression (%)", r"(full_correction/)?mean", _ESTIMATE),
        ("its standard error", r"(full_correction/)?se_delta_all_sources", _ERROR),
    ),
    "zprime": _table(
        ("status", r"status", _ESTIMATE),
        ("Z′", r"zprime", _ESTIMATE),
        ("robust Z′", r"robust_zprime", _ESTIMATE),
        ("SSMD", r"ssmd", _ESTIMATE),
        ("signal to background", r"signal_to_background", _ESTIMATE),
        ("signal window", r"signal_window", _ESTIMATE),
        ("CV of the controls (%)", r"cv_(high|low)_percent", _ESTIMATE),
    ),
    "cv": _table(
        ("mean and standard deviation", r"mean|sd", _ESTIMATE),
        ("CV (%)", r"cv_percent", _ESTIMATE),
        ("geometric mean and CV", r"geometric_(mean|cv_percent)", _ESTIMATE),
    ),
    "grubbs": _table(
        ("status", r"status", _ESTIMATE),
        ("Grubbs' G", r"G", _ESTIMATE),
        ("critical value and decision", r"two_sided/(critical|outlier)", _ESTIMATE),
        ("critical values of a table", r"table/\d+/(one|two)_sided", _ESTIMATE),
        ("suspect well", r"suspect_index", _ESTIMATE),
        ("steps of the generalised ESD test", r"steps/\d+/(R|lambda|index)", _ESTIMATE),
        ("outliers", r"outliers|outlier_indices(/\d+)?", _ESTIMATE),
    ),
    "suppression_curves": _table(
        (
            "area under the means, nAUC",
            r"descriptive/(auc_log2|auc_log10|mean_suppression)",
            _ESTIMATE,
        ),
        ("suppression at 1:10 (%)", r"descriptive/suppression_at_dose_0\.1", _ESTIMATE),
        ("mean of each dose (%)", r"descriptive/means(/.+)?", _ESTIMATE),
        ("maximum and its dose", r"descriptive/max_suppression(/.+)?", _ESTIMATE),
        ("R50 between the means", r"descriptive/r50_abs_interpolated(/.+)?", _ESTIMATE),
        ("p of a dose effect", r"dose_effect/anova_p", _P),
        ("4PL: status, RSS, df", r"fit_4pl/(status|rss|df)", _ESTIMATE),
        ("4PL: parameters", r"fit_4pl/params(/.+)?", _ESTIMATE),
        ("4PL: standard errors", r"fit_4pl/se(/.+)?", _ERROR),
        ("4PL: profile interval of ec50", r"fit_4pl/ci95_profile/ec50(/\d+)?", _PROFILE),
        ("4PL: Wald interval of ec50", r"fit_4pl/ci95_wald/ec50_from_log(/\d+)?", _ERROR),
        ("4PL: dose of 50 % suppression", r"fit_4pl/ic50_absolute/(status|value)", _ESTIMATE),
        (
            "4PL: its error and interval",
            r"fit_4pl/ic50_absolute/(se|ci95_wald_from_log)(/\d+)?",
            _ERROR,
        ),
        ("4PL: dose of the midpoint", r"fit_4pl/ic50_relative/(status|value)", _ESTIMATE),
        ("4PL: lack of fit, F", r"fit_4pl/lack_of_fit/F", _ESTIMATE),
        ("4PL: lack of fit, p", r"fit_4pl/lack_of_fit/p", _P),
    ),
    "dose_response": _table(
        ("status, RSS, df", r"((curves/)?[^/]+/)?(status|rss|df)", _ESTIMATE),
        ("parameters", r"(curves/)?[^/]+/params(/.+)?", _ESTIMATE),
        ("standard errors", r"(curves/)?[^/]+/se(/.+)?", _ERROR),
        ("effective doses", r"(curves/)?[^/]+/effective_dose/ED(10|50|90)/value", _ESTIMATE),
        (
            "their errors and intervals",
            r"(curves/)?[^/]+/effective_dose/ED(10|50|90)/(se|ci95_log)(/\d+)?",
            _ERROR,
        ),
        ("profile interval of c", r"(curves/)?[^/]+/ci95_profile_c(/.+)?", _PROFILE),
        ("ratios of ec50", r"ratios/.+/ec50_ratio", _ESTIMATE),
        ("errors and intervals of ratios", r"ratios/.+/(se|ci95_log)(/\d+)?", _ERROR),
    ),
    "elisa": _table(
        ("status, RSS, df", r"[^/]+/(status|rss|weighted_rss|df)", _ESTIMATE),
        ("parameters", r"[^/]+/params(/.+)?", _ESTIMATE),
        ("standard errors", r"[^/]+/se(/.+)?", _ERROR),
        (
            "standards read back",
            r"[^/]+/standards/\d+/(back_calculated|status|recovery_percent)",
            _ESTIMATE,
        ),
        ("unknowns", r"[^/]+/unknowns/\d+/(status|concentration)", _ESTIMATE),
        ("intervals of unknowns", r"[^/]+/unknowns/\d+/ci95(_linear)?(/\d+)?", _ERROR),
        ("range of quantitation", r"[^/]+/quantitation_range/(lloq|uloq)", _ESTIMATE),
        ("limits from the zero standard", r"[^/]+/lo[dq]_\d+sd/(signal|conc|status)", _ESTIMATE),
    ),
    "relative_potency": _table(
        ("relative potency", r"relative_potency/value", _ESTIMATE),
        (
            "its error and Wald or Fieller interval",
            r"relative_potency/(se_ln|ci95_(?!profile).+)",
            _ERROR,
        ),
        ("its profile interval", r"relative_potency/ci95_profile.*", _PROFILE),
        (
            "parallelism, linearity: F and df",
            r"(parallelism|linearity)/(F|df[12])(_(residual|pure_error))?",
            _ESTIMATE,
        ),
        ("parallelism, linearity: p", r"(parallelism|linearity)/p(_(residual|pure_error))?", _P),
        (
            "equivalence: estimates and decision",
            r"equivalence/[^/]+/(ratio|difference|equivalent.*)",
            _ESTIMATE,
        ),
        ("equivalence: intervals", r"equivalence/[^/]+/ci90.*", _ERROR),
        ("common slope", r"slope", _ESTIMATE),
        ("parameters of the parallel curves", r"constrained/params(/.+)?", _ESTIMATE),
    ),
    "mixed_effects": _table(
        ("fixed effects", r"fixed/[^/]+/estimate", _ESTIMATE),
        ("their standard errors", r"fixed/[^/]+/(kenward_roger/)?se", _ERROR),
        ("degrees of freedom", r"fixed/[^/]+/(satterthwaite|kenward_roger)/df", _DF),
        ("t", r"fixed/[^/]+/(satterthwaite|kenward_roger)/t", _ERROR),
        ("p", r"fixed/[^/]+/(satterthwaite|kenward_roger)/p", _P),
        ("tests of terms: df", r"term_tests/.+df", _DF),
        ("tests of terms: F", r"term_tests/.+/F", _ERROR),
        ("tests of terms: p", r"term_tests/.+/p", _P),
        ("variance components", r"variance(/.+)?", _VARIANCE),
        ("shares of the variance (ICC)", r"icc(/.+)?", ToleranceRule.VARIANCE_SHARE),
        ("variance on the boundary", r"singular", _ESTIMATE),
    ),
    "group_tests": _table(
        ("adjusted p", r"(holm|hochberg|bonferroni|benjamini_hochberg)(/\d+)?", _P),
        (
            "limits of the odds ratio",
            r"or_ci95_exact_conditional(/\d+)?",
            ToleranceRule.ODDS_RATIO_LIMIT,
        ),
        ("intervals", r"(.+/)?ci9[^/]*(/\d+)?", _ERROR),
        ("p", r"(.+/)?p(_(exact|two_sided|less|greater)[^/]*)?", _P),
        ("statistics, df and effect sizes", r".+", _ESTIMATE),
    ),
    "nist_nonlinear": _table(
        ("as a 4PL: parameters", r"as_4pl/(y_inf|ec50|hill)", _ESTIMATE),
    ),
}


def quantity_at(kind: str, place: str) -> Quantity | None:
    """Return the quantity whose value stands at a place of ``expected``, if it is compared."""
    if _NOT_COMPARED.fullmatch(place):
        return None
    for quantity in QUANTITIES[kind]:
        if quantity.pattern.fullmatch(place):
            return quantity
    return None
