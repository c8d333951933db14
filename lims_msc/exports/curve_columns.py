"""The columns of a curve's summaries and of its fit."""

from __future__ import annotations

from collections.abc import Callable

from lims_msc.domain.curve import CurveResult, Summary, SummaryStatus
from lims_msc.domain.dose import half_suppression_text, ratio_text
from lims_msc.domain.fit import Estimate, FitResult
from lims_msc.exports.columns import Cell, Column, ColumnType, number_list
from lims_msc.exports.rows import CurveRow

NUMBER, INTEGER = ColumnType.NUMBER, ColumnType.INTEGER


def r50_text(summary: Summary) -> str:
    """Return the dose of half suppression in words, also where it has only a bound."""
    if summary.status is SummaryStatus.ABOVE_HIGHEST_DOSE and summary.bound is not None:
        return f"not reached up to MSC:responder {ratio_text(summary.bound)}"
    if summary.status is SummaryStatus.BELOW_LOWEST_DOSE and summary.bound is not None:
        return f"passed already at MSC:responder {ratio_text(summary.bound)}"
    if summary.value is None:
        return ""
    return f"MSC:responder {half_suppression_text(summary.value)}"


def _of_summary(
    summary: Callable[[CurveResult], Summary | None], cell: Callable[[Summary], Cell]
) -> Callable[[CurveRow], Cell]:
    def cell_of(row: CurveRow) -> Cell:
        found = summary(row.curve)
        return None if found is None else cell(found)

    return cell_of


def _summary_columns(
    name: str,
    meaning: str,
    suffix: str,
    unit: str,
    ontology_id: str,
    *,
    summary: Callable[[CurveResult], Summary | None],
) -> tuple[Column[CurveRow], ...]:
    """Return value, interval, status, reason and kind of interval of one summary."""
    interval = (
        f"end of the interval of {name} with the confidence of this row; empty if not bounded"
    )

    def column(
        end: str, words: str, cell: Callable[[Summary], Cell], *, is_number: bool = False
    ) -> Column[CurveRow]:
        return Column(
            f"{name}{end}",
            words,
            _of_summary(summary, cell),
            NUMBER if is_number else ColumnType.TEXT,
            unit if is_number else "",
            ontology_id if is_number else "",
        )

    return (
        column(suffix, meaning, lambda s: s.value, is_number=True),
        column(f"_low{suffix}", f"lower {interval}", lambda s: s.low, is_number=True),
        column(f"_high{suffix}", f"upper {interval}", lambda s: s.high, is_number=True),
        column("_status", f"how {name} was found, or why not", lambda s: s.status.value),
        column("_reason", f"the same for {name} in words", lambda s: s.reason),
        column("_interval", f"how the interval of {name} was made", lambda s: s.interval),
    )


SUMMARY_COLUMNS: tuple[Column[CurveRow], ...] = (
    Column(
        "anchor_msc_per_responder",
        "the anchor dose of suppression_at_anchor",
        lambda r: r.plate.settings.anchor_msc_per_responder,
        NUMBER,
        "1",
    ),
    Column(
        "confidence",
        "confidence of all intervals of this row",
        lambda r: r.plate.settings.confidence,
        NUMBER,
        "1",
    ),
    *_summary_columns(
        "suppression_at_anchor",
        "suppression at the anchor dose: measured, or log-linear between its neighbours",
        "_percent",
        "%",
        "BAO:0000201",
        summary=lambda c: c.suppression_at_anchor,
    ),
    *_summary_columns(
        "normalised_auc",
        "area under suppression over log10 dose, divided by the width of the tested doses",
        "_percent",
        "%",
        "BAO:0002120",
        summary=lambda c: c.normalised_auc,
    ),
    *_summary_columns(
        "r50",
        "dose of 50 % suppression on the line through the means; lower is more potent",
        "_msc_per_responder",
        "1",
        "BAO:0000197",
        summary=lambda c: c.r50,
    ),
    Column(
        "r50_ratio",
        "r50 as a ratio in the named order, or its bound in words",
        _of_summary(lambda c: c.r50, r50_text),
    ),
    Column(
        "r50_bound_msc_per_responder",
        "highest or lowest tested dose where r50 lies beyond it; r50_status says on which side",
        _of_summary(lambda c: c.r50, lambda s: s.bound),
        NUMBER,
        "1",
    ),
    Column(
        "r50_all_crossings",
        "every dose at which the line through the means crosses 50 %",
        _of_summary(lambda c: c.r50, lambda s: number_list(s.all_values)),
        ColumnType.NUMBERS,
        "1",
    ),
    *_summary_columns(
        "maximum",
        "highest mean suppression of a tested dose",
        "_percent",
        "%",
        "BAO:0000201",
        summary=lambda c: c.maximum,
    ),
)


def _of_fit(cell: Callable[[FitResult], Cell]) -> Callable[[CurveRow], Cell]:
    return lambda row: None if row.curve.fit is None else cell(row.curve.fit)


def _estimate_columns(
    name: str,
    meaning: str,
    unit: str,
    ontology_id: str,
    estimate: Callable[[FitResult], Estimate | None],
) -> tuple[Column[CurveRow], ...]:
    """Return value, standard error and interval of one number of the fit."""

    def column(end: str, words: str, cell: Callable[[Estimate], Cell]) -> Column[CurveRow]:
        def cell_of(fit: FitResult) -> Cell:
            found = estimate(fit)
            return None if found is None else cell(found)

        return Column(f"{name}{end}", words, _of_fit(cell_of), NUMBER, unit, ontology_id)

    return (
        column("", f"{meaning}; empty unless fit_status is ok", lambda e: e.value),
        column("_se", f"standard error of {name}", lambda e: e.se),
        column("_low", f"lower end of the interval of {name}; empty if open", lambda e: e.low),
        column("_high", f"upper end of the interval of {name}; empty if open", lambda e: e.high),
    )


def _parameter_columns(
    parameter: str, meaning: str, unit: str, ontology_id: str = ""
) -> tuple[Column[CurveRow], ...]:
    return _estimate_columns(
        f"fit_{parameter}", meaning, unit, ontology_id, lambda fit: fit.parameter(parameter)
    )


def _profile_columns(name: str, ontology_id: str) -> tuple[Column[CurveRow], ...]:
    """Return the ends of the profile-likelihood interval of one number of the fit."""

    def column(end: str, words: str, cell: Callable[[Estimate], Cell]) -> Column[CurveRow]:
        def cell_of(fit: FitResult) -> Cell:
            found = fit.profile(name)
            return None if found is None else cell(found)

        meaning = (
            f"{words} end of the profile-likelihood interval of fit_{name}; empty if the doses do "
            "not bound it"
        )
        return Column(
            f"fit_{name}_profile_{end}", meaning, _of_fit(cell_of), NUMBER, "1", ontology_id
        )

    return (
        column("low", "lower", lambda e: e.low),
        column("high", "upper", lambda e: e.high),
    )


FIT_COLUMNS: tuple[Column[CurveRow], ...] = (
    Column("fit_model", "name of the fitted model", _of_fit(lambda f: f.model)),
    Column("fit_equation", "its equation; x is MSC per responder", _of_fit(lambda f: f.equation)),
    Column(
        "fit_status",
        "ok, or why there is no fitted curve; empty where no fit was tried",
        _of_fit(lambda f: f.status.value),
    ),
    Column("fit_reason", "the same in words", _of_fit(lambda f: f.reason)),
    Column(
        "fit_verdict",
        "what is wrong with the fit in one word, finer than fit_status: with lack_of_fit and "
        "extrapolated there are numbers, which are to be doubted",
        _of_fit(lambda f: f.verdict.value),
    ),
    Column("fit_choice", "how the model was chosen", _of_fit(lambda f: f.choice)),
    Column(
        "fit_warnings", "what to doubt about the numbers", _of_fit(lambda f: "; ".join(f.warnings))
    ),
    *_parameter_columns("y_zero", "fitted plateau at dose 0", "%"),
    *_parameter_columns("y_inf", "fitted plateau at infinite dose", "%"),
    *_parameter_columns(
        "ec50", "dose halfway between the fitted plateaus (relative R50)", "1", "BAO:0000198"
    ),
    *_profile_columns("ec50", "BAO:0000198"),
    *_parameter_columns("log10_ec50", "decimal logarithm of ec50", "1"),
    *_parameter_columns("hill", "slope of the fitted curve", "1", "BAO:0000629"),
    *_parameter_columns("c", "place of a 5PL on the dose axis, which is not its ec50", "1"),
    *_parameter_columns("asym", "asymmetry of a 5PL", "1"),
    *_estimate_columns(
        "fit_r50_relative",
        "dose halfway between the fitted plateaus (ec50), within the tested doses",
        "1",
        "BAO:0000198",
        lambda fit: fit.r50_relative,
    ),
    Column(
        "fit_r50_relative_status",
        "whether the middle of the fitted curve lies within the tested doses, or why there is none",
        _of_fit(lambda f: f.r50_relative_status),
    ),
    Column(
        "fit_r50_relative_reason", "the same in words", _of_fit(lambda f: f.r50_relative_reason)
    ),
    *_estimate_columns(
        "fit_r50_absolute",
        "dose of 50 % suppression on the fitted curve, within the tested doses",
        "1",
        "BAO:0000197",
        lambda fit: fit.r50_absolute,
    ),
    *_profile_columns("r50_absolute", "BAO:0000197"),
    Column(
        "fit_r50_absolute_status",
        "whether the fitted curve has 50 % within the tested doses, or why there is none",
        _of_fit(lambda f: f.r50_absolute_status),
    ),
    Column(
        "fit_r50_absolute_reason", "the same in words", _of_fit(lambda f: f.r50_absolute_reason)
    ),
    Column(
        "fit_residual_sum_of_squares",
        "sum of the squared residuals, in percentage points",
        _of_fit(lambda f: f.residual_sum_of_squares),
        NUMBER,
        "%2",
    ),
    Column(
        "fit_residual_sd",
        "residual standard deviation",
        _of_fit(lambda f: f.residual_sd),
        NUMBER,
        "%",
    ),
    Column(
        "fit_degrees_of_freedom",
        "residual degrees of freedom",
        _of_fit(lambda f: f.degrees_of_freedom),
        INTEGER,
        "1",
    ),
    Column("fit_n_values", "number of fitted values", _of_fit(lambda f: f.n_values), INTEGER, "1"),
    Column(
        "fit_lack_of_fit_p",
        "p value of the test for lack of fit; empty where replicates do not allow it",
        _of_fit(lambda f: f.lack_of_fit_p),
        NUMBER,
        "1",
    ),
    Column("fit_standard_errors", "kind of standard error", _of_fit(lambda f: f.standard_errors)),
)
