"""What a mixed model says to people: sentences for a paper, with n spelled out as donors.

Tests and intervals in the text are those of Kenward and Roger, which keep the donors' degrees of
freedom on a singular fit too.  Wells are repeated measures; they are counted, but never called n.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lims_msc.science.mixed_model import MixedModelFit

if TYPE_CHECKING:
    from lims_msc.science.mixed_design import FixedColumn
    from lims_msc.science.mixed_model import EffectEstimate, FTest, TermTest

FEWEST_LEVELS = 5
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class ReportWords:
    """The words of a report.

    ``unit`` is the group that is the experimental unit, such as ``donor``; ``rows`` what a row is.
    ``plurals`` gives the plural of a group where adding s or es is wrong.
    """

    unit: str
    rows: str = "wells"
    response: str = ""
    plurals: Mapping[str, str] = field(default_factory=dict)

    def plural(self, name: str) -> str:
        """Return the plural of a group: ``donors``, ``batches``."""
        if name in self.plurals:
            return self.plurals[name]
        return name + ("es" if name.endswith(("ch", "s", "x")) else "s")

    def levels_of(self, group: str) -> str:
        """Return the levels of a group in words: ``batches within donors`` for donor:batch."""
        return " within ".join(self.plural(name) for name in reversed(group.split(":")))


@dataclass(frozen=True, slots=True)
class MixedReport:
    """The sentences of a report, in the order of a methods and a results paragraph."""

    method: str
    sample: str
    effects: tuple[str, ...] = ()
    variance: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All sentences as one paragraph."""
        parts = [self.method, self.sample, *self.effects, self.variance, *self.warnings]
        return " ".join(part for part in parts if part)


def report(fit: MixedModelFit, words: ReportWords) -> MixedReport:
    """Return the sentences of a fit.

    :raises ValueError: if the unit is not one of the fit's groups.
    """
    if words.unit not in fit.groups:
        raise ValueError(
            f'The unit "{words.unit}" is not a group of this model: {", ".join(fit.groups)}.'
        )
    sample = _sample(fit, words)
    if fit.tests is None:
        return MixedReport(f"There is no fit of {fit.design.formula}: {fit.reason}.", sample)
    return MixedReport(
        _method(fit, words),
        sample,
        _effects(fit),
        _variance(fit, words),
        (*_singular(fit, words), *_few_levels(fit, words)),
    )


def p_text(p: float) -> str:
    """Return an exact p with three digits, as ``p = 0.0147`` or ``p = 4.12 × 10⁻¹⁰``."""
    if p >= 0.001:
        return f"p = {_rounded(p, 3)}"
    if p < 1e-300:
        return "p < 10⁻³⁰⁰"
    mantissa, exponent = f"{p:.2e}".split("e")
    return f"p = {mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def _method(fit: MixedModelFit, words: ReportWords) -> str:
    response = words.response or fit.design.response_name
    return (
        f"{response[:1].upper()}{response[1:]} was analysed with the linear mixed model"
        f" {fit.design.formula}, fitted by restricted maximum likelihood (REML); two-sided tests"
        " and 95 % confidence intervals use Kenward–Roger standard errors and degrees of freedom."
    )


def _sample(fit: MixedModelFit, words: ReportWords) -> str:
    counts = [f"{fit.n_rows} {words.rows}"]
    for group, n_levels in fit.groups.items():
        if group != words.unit:
            counts.append(f"{n_levels} {words.levels_of(group)}")
    n = fit.groups[words.unit]
    return f"n = {n} {words.plural(words.unit)} ({'; '.join(counts)}){_per_level(fit, words)}."


def _per_level(fit: MixedModelFit, words: ReportWords) -> str:
    """Return how many units each level of a factor has, or that it varies within the units."""
    data = fit.design.data
    units = [str(value) for value in data.columns[words.unit]]
    told = []
    for name, levels in data.factor_levels.items():
        values = [str(value) for value in data.columns[name]]
        pairs = set(zip(values, units, strict=True))
        if len(pairs) == len(set(units)):
            counts = [f"{sum(value == level for value, _ in pairs)} {level}" for level in levels]
            told.append(f"{name}: {', '.join(counts)}")
        else:
            told.append(f"{name} ({', '.join(levels)}) varies within {words.plural(words.unit)}")
    return f"; {'; '.join(told)}" if told else ""


def _effects(fit: MixedModelFit) -> tuple[str, ...]:
    labels = {column.name: _label(fit, column) for column in fit.design.fixed}
    return (
        *(_estimate_sentence(labels[effect.name], effect) for effect in fit.fixed),
        *(_term_sentence(test) for test in fit.terms if test.numerator_df > 1),
    )


def _label(fit: MixedModelFit, column: FixedColumn) -> str:
    """Return what an estimate is of: ``cohort SLE against healthy (at priming none)``.

    An effect that is part of an interaction holds at the reference of the other columns only.
    """
    references = {name: levels[0] for name, levels in fit.design.data.factor_levels.items()}
    own = dict(column.levels)
    if not column.term.columns:
        others = {name for term in fit.design.terms for name in term.columns}
        label = "mean"
    else:
        larger = [term for term in fit.design.terms if column.term.is_within(term)]
        others = {name for term in larger for name in term.columns} - set(column.term.columns)
        label = " × ".join(" ".join([n, *filter(None, [own.get(n)])]) for n in column.term.columns)
        if len(own) == len(column.term.columns) == 1:
            label += f" against {references[column.term.columns[0]]}"
    at = [f"{name} {references.get(name, '0')}" for name in sorted(others)]
    return f"{label} (at {', '.join(at)})" if at else label


def _estimate_sentence(label: str, effect: EffectEstimate) -> str:
    test = effect.kenward_roger
    if test.low is None or test.high is None:
        interval = "95 % CI without bounds"
    else:
        interval = f"95 % CI {_number(test.low)} to {_number(test.high)}"
    return (
        f"{label}: {_number(effect.estimate)} ({interval}),"
        f" t({test.degrees_of_freedom:.1f}) = {_number(test.t)}, {p_text(test.p)}."
    )


def _term_sentence(test: TermTest) -> str:
    found: FTest = test.kenward_roger
    if found.f is None or found.denominator_df is None or found.p is None:
        return f"{test.term}: no joint test; the approximation has no degrees of freedom here."
    return (
        f"{test.term} as a whole: F({test.numerator_df}, {found.denominator_df:.1f}) ="
        f" {_number(found.f)}, {p_text(found.p)}."
    )


def _variance(fit: MixedModelFit, words: ReportWords) -> str:
    if not fit.icc:
        return (
            "The variance depends on the covariate of the random slopes; no shares of the total"
            " are given."
        )
    parts = [f"{100 * share:.1f} % between {words.levels_of(group)}" for group, share in fit.icc]
    left = 1 - math.fsum(share for _, share in fit.icc)
    return f"Variance: {', '.join(parts)} and {100 * left:.1f} % residual."


def _singular(fit: MixedModelFit, words: ReportWords) -> tuple[str, ...]:
    if not fit.singular:
        return ()
    warning = (
        f"Warning: the fit is singular: {'; '.join(fit.singular)}. This says that the data hold"
        " too little information on it, not that there is no such variation. The Satterthwaite"
        f" method would then count {words.rows} as if they were independent; Kenward–Roger keeps"
        " the degrees of freedom of the design."
    )
    return (warning,)


def _few_levels(fit: MixedModelFit, words: ReportWords) -> tuple[str, ...]:
    few = [f"{group} ({n})" for group, n in fit.groups.items() if n < FEWEST_LEVELS]
    if not few:
        return ()
    warning = (
        f"Warning: fewer than {FEWEST_LEVELS} levels of {', '.join(few)}: a variance between so"
        f" few is hardly known. A test on one value per {words.unit} is advised."
    )
    return (warning,)


def _number(value: float) -> str:
    # A true minus sign: a hyphen in front of a number is lost in print and in speech.
    return _rounded(value, 4).replace("-", "−")


def _rounded(value: float, digits: int) -> str:
    """Return a number with so many significant digits and without an exponent where it is plain."""
    if value == 0 or not 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits - 1}g}" if value == 0 else f"{value:.{digits - 1}e}"
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    return f"{value:.{decimals}f}"
