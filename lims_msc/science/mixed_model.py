"""Linear mixed models: donors, batches, responders and runs as random effects, fitted by REML.

The experimental unit is the donor; wells and runs of one donor are repeated measures.  A fit has
every estimate with its standard error, degrees of freedom and p by Satterthwaite (lmerTest) and by
Kenward–Roger (pbkrtest).  What it says in words is in :mod:`lims_msc.science.mixed_report`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lims_msc.science.kenward_roger import KenwardRoger, kenward_roger
from lims_msc.science.mixed_columns import Columns
from lims_msc.science.mixed_design import MixedDesign, mixed_design
from lims_msc.science.mixed_moments import elements
from lims_msc.science.mixed_scaling import ScaledModel, has_residual_spread, scaled_model
from lims_msc.science.mixed_terms import RESIDUAL, FixedTerm, RandomTerm
from lims_msc.science.reml_criterion import Likelihood, unique_elements
from lims_msc.science.reml_search import Optimum, factored, search
from lims_msc.science.satterthwaite import Satterthwaite, satterthwaite
from lims_msc.science.uncertainty import t_quantile

if TYPE_CHECKING:
    from lims_msc.science.mixed_columns import FloatArray

CONFIDENCE = 0.95
_SINGULAR_RATIO = 1e-8
_LARGEST_QUANTILE = 1e100
NO_SPREAD = (
    "the fixed and random effects explain every row exactly, so there is no residual variance to"
    " judge differences by"
)
NOT_CONVERGED = "the search for the largest restricted likelihood did not settle"


class MixedModelStatus(StrEnum):
    """Whether a mixed model has numbers that may be believed."""

    OK = "ok"
    NO_RESIDUAL_SPREAD = "no_residual_spread"
    """The effects explain every row exactly."""
    NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, slots=True)
class CoefficientTest:
    """The t test of an estimate against 0, with its 95 % interval (in units of the response).

    With degrees of freedom near 0 no number bounds the interval; its ends are ``None``.
    """

    standard_error: float
    degrees_of_freedom: float
    t: float
    p: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class FTest:
    """The F test of several contrasts together.

    All numbers are ``None`` where the approximation has no degrees of freedom above zero.
    """

    f: float | None
    denominator_df: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class EffectEstimate:
    """A fixed effect, or a contrast of several, with its tests."""

    name: str
    estimate: float
    satterthwaite: CoefficientTest
    kenward_roger: CoefficientTest


@dataclass(frozen=True, slots=True)
class TermTest:
    """The joint test of all coefficients of a fixed term."""

    term: str
    numerator_df: int
    satterthwaite: FTest
    kenward_roger: FTest


@dataclass(frozen=True, slots=True)
class VarianceComponent:
    """A variance, or a covariance of intercept and slope, between the levels of a group."""

    name: str
    group: str
    value: float


@dataclass(frozen=True, slots=True)
class FixedTests:
    """Estimates of the fixed effects, and what tests of their contrasts need."""

    names: tuple[str, ...]
    estimates: FloatArray
    to_data_units: FloatArray
    satterthwaite: Satterthwaite
    kenward_roger: KenwardRoger

    def contrast(self, weights: Mapping[str, float], name: str = "") -> EffectEstimate:
        """Return the estimate of Σ weight · coefficient with its tests.

        :raises ValueError: if no weight differs from 0, or a name is not that of a coefficient.
        """
        import numpy as np

        unknown = sorted(set(weights) - set(self.names))
        if unknown:
            raise ValueError(f'There is no coefficient "{unknown[0]}"; there are {self.names}.')
        row = np.array([weights.get(name, 0.0) for name in self.names])
        if not row.any():
            raise ValueError("A contrast needs a weight other than 0.")
        label = name or " + ".join(f"{weight:g} {key}" for key, weight in weights.items())
        estimate, scaled = float(row @ self.estimates), row @ self.to_data_units
        adjusted = float(scaled @ self.kenward_roger.adjusted @ scaled)
        plain = float(scaled @ self.satterthwaite.covariance @ scaled)
        return EffectEstimate(
            label,
            estimate,
            _t_test(estimate, math.sqrt(plain), self.satterthwaite.degrees_of_freedom(scaled)),
            _t_test(estimate, math.sqrt(adjusted), self.kenward_roger.degrees_of_freedom(scaled)),
        )

    def joint_test(self, contrasts: FloatArray, term: str) -> TermTest:
        """Return the test that several contrasts are all 0."""
        rows, values, q = contrasts @ self.to_data_units, contrasts @ self.estimates, len(contrasts)
        return TermTest(
            term,
            q,
            _f_test(q, self.satterthwaite.f_test(rows, values)),
            _f_test(q, self.kenward_roger.f_test(rows, values)),
        )


@dataclass(frozen=True, slots=True)
class MixedModelFit:
    """A fitted mixed model, or a status and a reason why there is none.

    ``groups`` has the number of levels of every group, ``icc`` the share of each group's variance
    in the total, empty where a slope makes the total depend on a covariate.  ``singular`` has, in
    words, every variance that is estimated as 0 and every correlation of ±1.
    ``criterion`` is minus twice the maximised restricted log-likelihood.
    """

    design: MixedDesign
    status: MixedModelStatus
    reason: str = ""
    fixed: tuple[EffectEstimate, ...] = ()
    terms: tuple[TermTest, ...] = ()
    variances: tuple[VarianceComponent, ...] = ()
    icc: tuple[tuple[str, float], ...] = ()
    singular: tuple[str, ...] = ()
    criterion: float | None = None
    tests: FixedTests | None = None

    @property
    def n_rows(self) -> int:
        """The number of rows (wells)."""
        return self.design.n_rows

    @property
    def groups(self) -> dict[str, int]:
        """The number of levels of every group."""
        return {effect.term.group_name: effect.n_levels for effect in self.design.random}

    @property
    def is_singular(self) -> bool:
        """Whether the fit lies on the boundary: a variance of 0 or a correlation of ±1."""
        return bool(self.singular)

    @property
    def log_likelihood(self) -> float | None:
        """The maximised restricted log-likelihood."""
        return None if self.criterion is None else -self.criterion / 2

    def variance(self, name: str) -> float:
        """Return a variance component by its name, such as ``var_donor`` or ``var_residual``.

        :raises KeyError: if there is none of that name.
        """
        return {component.name: component.value for component in self.variances}[name]


def fit_mixed_model(
    columns: Columns,
    response: str,
    fixed: Iterable[str | FixedTerm],
    random: Iterable[str | RandomTerm],
    *,
    factor_levels: Mapping[str, Sequence[object]] | None = None,
) -> MixedModelFit:
    """Return the fitted mixed model of a response.

    ::

        y = X b + Σ_g Z_g u_g + e,   u_g ~ N(0, I ⊗ Σ_g),   e ~ N(0, σ² I)
        estimates: the maximum of the restricted likelihood; intervals and p from Student's t

    :param columns: columns of equal length; the rows are wells, or means of wells.
    :param fixed: ``"1"`` and names of columns; ``"cohort:priming"`` is an interaction.
    :param random: such as ``"(1 | donor)"``, ``"(1 | donor/batch)"``, ``"(1 + dose | donor)"``.
    :param factor_levels: the levels of every factor, the reference first; other columns of the
        fixed effects are numbers.
    :raises UnusableDesign: if terms and columns do not make a model that can be fitted.

    Source: Bates, Mächler, Bolker and Walker 2015, doi 10.18637/jss.v067.i01; DOMAIN 3.7.
    """
    design = mixed_design(columns, response, fixed, random, factor_levels or {})
    model = scaled_model(design)
    if model is None or not has_residual_spread(model.products):
        status = MixedModelStatus.NO_RESIDUAL_SPREAD
        return MixedModelFit(design, status, reason=NO_SPREAD)
    optimum = search(model.products)
    if not optimum.has_converged:
        status = MixedModelStatus.NOT_CONVERGED
        return MixedModelFit(design, status, reason=NOT_CONVERGED)
    return _fitted(design, model, optimum)


def ml_log_likelihood(fit: MixedModelFit) -> float | None:
    """Return the maximised plain log-likelihood of a fit's model, refitted by ML.

    It compares models whose fixed effects differ, which restricted likelihoods cannot; estimates
    and tests are those of REML.  ``None`` where there is no fit.

    Source: Bates, Mächler, Bolker and Walker 2015, doi 10.18637/jss.v067.i01, eq. 34.
    """
    model = scaled_model(fit.design)
    if model is None or fit.status is not MixedModelStatus.OK:
        return None
    optimum = search(model.products, Likelihood.ML)
    return -model.criterion(optimum.at.criterion, Likelihood.ML) / 2


def _fitted(design: MixedDesign, model: ScaledModel, optimum: Optimum) -> MixedModelFit:
    import numpy as np

    tests = _fixed_tests(design, model, optimum)
    residual = float(np.real(optimum.at.residual_variance)) * model.response_scale**2
    variances = _components(design, model, optimum, residual)
    return MixedModelFit(
        design,
        MixedModelStatus.OK,
        fixed=tuple(tests.contrast({name: 1.0}, name) for name in tests.names),
        terms=tuple(
            tests.joint_test(design.term_contrasts(term), term.name) for term in design.terms
        ),
        variances=variances,
        icc=_shares(design, variances),
        singular=_singular(design, optimum),
        criterion=model.criterion(optimum.at.criterion, Likelihood.REML),
        tests=tests,
    )


def _fixed_tests(design: MixedDesign, model: ScaledModel, optimum: Optimum) -> FixedTests:
    import numpy as np

    residual = float(np.real(optimum.at.residual_variance))
    variances = np.append(unique_elements(optimum.ratios) * residual, residual)
    scaled = np.real(optimum.at.coefficients)
    to_data_units = model.response_scale * model.coefficient_map
    return FixedTests(
        tuple(column.name for column in design.fixed),
        model.offset + to_data_units @ scaled,
        to_data_units,
        satterthwaite(model.products, optimum.factors, residual),
        kenward_roger(model.products, variances),
    )


def _components(
    design: MixedDesign, model: ScaledModel, optimum: Optimum, residual: float
) -> tuple[VarianceComponent, ...]:
    found = []
    widths = model.products.widths
    matrices = [m @ s @ m.T for m, s in zip(model.effect_maps, optimum.ratios, strict=True)]
    for g, a, b in elements(widths):
        effect = design.random[g]
        group, names = effect.term.group_name, effect.names
        value = float(matrices[g][a, b]) * residual
        if a == b:
            name = f"var_{group}" if effect.is_intercept_only else f"var_{group}_{names[a]}"
        else:
            name = f"cov_{group}_{names[b]}_{names[a]}"
        found.append(VarianceComponent(name, group, value))
    return (*found, VarianceComponent(f"var_{RESIDUAL}", RESIDUAL, residual))


def _shares(
    design: MixedDesign, variances: Sequence[VarianceComponent]
) -> tuple[tuple[str, float], ...]:
    """Return variance of a level / sum of all, or nothing where slopes make the sum vary."""
    if not all(effect.is_intercept_only for effect in design.random):
        return ()
    total = math.fsum(component.value for component in variances)
    return tuple(
        (component.group, component.value / total)
        for component in variances
        if component.group != RESIDUAL
    )


def _singular(design: MixedDesign, optimum: Optimum) -> tuple[str, ...]:
    """Return in words what lies on the boundary: ratios of SDs to the residual's below 1e-4."""
    import numpy as np

    found = []
    factors = factored(optimum.ratios, _SINGULAR_RATIO).matrices
    for effect, ratio, factor in zip(design.random, optimum.ratios, factors, strict=True):
        if factor.shape[1] == len(ratio):
            continue
        group = effect.term.group_name
        zeros = [
            name
            for name, size in zip(effect.names, np.diagonal(ratio), strict=True)
            if size <= _SINGULAR_RATIO
        ]
        if effect.is_intercept_only:
            found.append(f"the variance between levels of {group} is estimated as 0")
        elif zeros:
            found.append(f"the variance of {' and '.join(zeros)} between {group} is 0")
        else:
            found.append(f"coefficients of {group} are perfectly correlated")
    return tuple(found)


def _t_test(estimate: float, se: float, df: float) -> CoefficientTest:
    from scipy.special import stdtr

    t, quantile = estimate / se, t_quantile(df, CONFIDENCE)
    p = float(2 * stdtr(df, -abs(t)))
    if quantile > _LARGEST_QUANTILE:
        return CoefficientTest(se, df, t, p, None, None)
    return CoefficientTest(se, df, t, p, estimate - quantile * se, estimate + quantile * se)


def _f_test(numerator_df: int, found: tuple[float, float] | None) -> FTest:
    from scipy.special import fdtrc

    if found is None:
        return FTest(None, None, None)
    f, denominator_df = found
    return FTest(f, denominator_df, float(fdtrc(numerator_df, denominator_df, f)))
