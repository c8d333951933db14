"""The matrices of a mixed model, built from columns and terms, and which designs are refused.

Fixed effects are coded by treatment: the first level of a factor is the reference, and every other
level gets a column.  Nothing is dropped in silence: a column that the others determine is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from lims_msc.science.mixed_columns import Columns, DataColumns, data_columns
from lims_msc.science.mixed_terms import (
    INTERCEPT,
    FixedTerm,
    RandomTerm,
    UnusableDesign,
    fixed_terms,
    random_terms,
)

if TYPE_CHECKING:
    from lims_msc.science.mixed_columns import FloatArray, IntArray

_DEPENDENT = 1e-9


@dataclass(frozen=True, slots=True)
class FixedColumn:
    """One column of the fixed effects: its name, its term, and the level it has of each factor."""

    name: str
    term: FixedTerm
    levels: tuple[tuple[str, str], ...]
    values: FloatArray


@dataclass(frozen=True, slots=True)
class RandomEffect:
    """A random term with its numbers.

    ``names`` has a name for every coefficient of a level, ``values`` its column (rows ×
    coefficients), ``level_of_row`` the number of the level of every row.
    """

    term: RandomTerm
    names: tuple[str, ...]
    values: FloatArray
    level_of_row: IntArray
    n_levels: int

    @property
    def is_intercept_only(self) -> bool:
        """Whether every level has one number, its shift."""
        return self.names == ("intercept",)


@dataclass(frozen=True, slots=True)
class MixedDesign:
    """A mixed model with its data: response, fixed effects and random effects, row by row."""

    response_name: str
    response: FloatArray
    terms: tuple[FixedTerm, ...]
    fixed: tuple[FixedColumn, ...]
    random: tuple[RandomEffect, ...]
    data: DataColumns

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.response)

    @property
    def formula(self) -> str:
        """The model as lme4 writes it."""
        parts = ["1", *(term.name for term in self.terms), *(r.term.text for r in self.random)]
        return f"{self.response_name} ~ {' + '.join(parts)}"

    def fixed_matrix(self) -> FloatArray:
        """Return the columns of the fixed effects side by side."""
        import numpy as np

        return np.column_stack([column.values for column in self.fixed])

    def term_contrasts(self, term: FixedTerm) -> FloatArray:
        """Return the contrasts whose joint test is the test of a term.

        ::

            one row for each column of the term: the coefficient itself, plus, for every
            interaction that holds the term and further factors, the mean of the matching
            coefficients over all levels of these factors (0 at the reference level)

        So the test of ``cohort`` beside ``cohort:priming`` is of the cohorts' difference averaged
        over the levels of priming, whichever level is the reference.  In an interaction with a
        covariate the factor is tested at the covariate's zero.  Contrasts that span the same space
        are the same hypothesis, F and Kenward–Roger test; only Satterthwaite's degrees of freedom
        of several contrasts depend a little on which are taken.  They are lmerTest's: of a model
        with a single term, the unit upper triangle of XᵗX.

        Source: type III tests with equal weights of the cells, as in lmerTest (Kuznetsova,
        Brockhoff and Christensen 2017, doi 10.18637/jss.v082.i13).
        """
        import numpy as np

        own = [i for i, column in enumerate(self.fixed) if column.term == term]
        if len(self.terms) == 1:
            triangle = np.linalg.qr(self.fixed_matrix(), mode="r")
            sequential: FloatArray = triangle / np.diagonal(triangle)[:, None]
            return sequential[own]
        contrasts = np.zeros((len(own), len(self.fixed)))
        for row, i in enumerate(own):
            contrasts[row, i] = 1.0
            for k, other in enumerate(self.fixed):
                if self._averages_over(term, other.term) and (
                    set(self.fixed[i].levels) <= set(other.levels)
                ):
                    extra = set(other.term.columns) - set(term.columns)
                    contrasts[row, k] = 1 / prod(len(self.data.factor_levels[f]) for f in extra)
        return contrasts

    def _averages_over(self, term: FixedTerm, larger: FixedTerm) -> bool:
        extra = set(larger.columns) - set(term.columns)
        return term.is_within(larger) and all(self.data.is_factor(name) for name in extra)


def mixed_design(
    columns: Columns,
    response: str,
    fixed: Iterable[str | FixedTerm],
    random: Iterable[str | RandomTerm],
    factor_levels: Mapping[str, Sequence[object]],
) -> MixedDesign:
    """Return the matrices of a model.

    :raises UnusableDesign: if a term is not understood, the columns have gaps or unknown levels,
        a fixed effect is determined by the others, or a group has one level or one for each row.
    """
    terms, effects = fixed_terms(fixed), random_terms(random)
    used = [response, *(name for term in terms for name in term.columns)]
    for effect in effects:
        used += [*effect.group, *effect.slopes]
    if response in used[1:]:
        raise UnusableDesign(f'The response "{response}" is among the effects that explain it.')
    data = data_columns(columns, used, factor_levels)
    if response in data.factor_levels:
        raise UnusableDesign(f'The response "{response}" is declared as a factor.')
    values = data.numbers(response)
    fixed_columns = [_intercept(len(values)), *(c for t in terms for c in _term_columns(data, t))]
    _refuse_dependent(fixed_columns)
    return MixedDesign(
        response,
        values,
        terms,
        tuple(fixed_columns),
        tuple(_random_effect(data, effect) for effect in effects),
        data,
    )


def _intercept(n: int) -> FixedColumn:
    import numpy as np

    return FixedColumn(INTERCEPT, FixedTerm(()), (), np.ones(n))


def _term_columns(data: DataColumns, term: FixedTerm) -> list[FixedColumn]:
    """Return the columns of a term: products of the columns of its factors and covariates."""
    import numpy as np

    found = []
    # The levels of the first factor change fastest, as in R.
    for parts in product(*(_coded(data, name) for name in reversed(term.columns))):
        chosen = parts[::-1]
        found.append(
            FixedColumn(
                ":".join(name for name, _, _ in chosen),
                term,
                tuple(level for _, levels, _ in chosen for level in levels),
                np.prod([values for _, _, values in chosen], axis=0),
            )
        )
    return found


def _coded(
    data: DataColumns, name: str
) -> list[tuple[str, tuple[tuple[str, str], ...], FloatArray]]:
    """Return name, level and values of each column that a factor or a covariate gets."""
    if not data.is_factor(name):
        return [(name, (), data.numbers(name))]
    codes = data.codes(name)
    return [
        (f"{name}{level}", ((name, level),), (codes == i).astype(float))
        for i, level in enumerate(data.factor_levels[name])
        if i > 0
    ]


def _random_effect(data: DataColumns, term: RandomTerm) -> RandomEffect:
    import numpy as np

    level_of_row, n_levels = data.groups(term.group)
    n = len(level_of_row)
    columns = [("intercept", np.ones(n))] if term.has_intercept else []
    columns += [(name, values) for slope in term.slopes for name, _, values in _coded(data, slope)]
    if n_levels < 2:
        raise UnusableDesign(
            f'The group "{term.group_name}" has one level only.',
            hint="A variance between levels needs two at the very least; leave the term out.",
        )
    if n_levels * len(columns) >= n:
        raise UnusableDesign(
            f"The random effect {term.text} has {n_levels * len(columns)} unknowns for {n} rows.",
            hint="It cannot be told apart from the residual. With one row for each level the rows"
            " are independent values: compare them by a test on these.",
        )
    values = np.column_stack([values for _, values in columns])
    return RandomEffect(term, tuple(name for name, _ in columns), values, level_of_row, n_levels)


def _refuse_dependent(columns: Sequence[FixedColumn]) -> None:
    """Refuse a column without any value, or that the columns before it determine."""
    import numpy as np

    matrix = np.column_stack([column.values for column in columns])
    norms = np.linalg.norm(matrix, axis=0)
    for column, norm in zip(columns, norms, strict=True):
        if norm == 0:
            where = " and ".join(f'{name} "{level}"' for name, level in column.levels)
            told = f"no row has {where}" if where else "it is 0 in every row"
            raise UnusableDesign(
                f'The fixed effect "{column.term.name}" has no value for "{column.name}": {told}.',
                hint="Leave the term out, or add the missing rows.",
            )
    if len(columns) >= len(matrix):
        raise UnusableDesign(
            f"There are {len(columns)} fixed effects for {len(matrix)} rows.",
            hint="Leave terms out, or add rows.",
        )
    left = np.abs(np.diagonal(np.linalg.qr(matrix / norms, mode="r")))
    for column, share in zip(columns, left, strict=True):
        if share < _DEPENDENT:
            raise UnusableDesign(
                f'The fixed effect "{column.term.name}" is determined by the terms before it'
                f' (at "{column.name}"), so its effect cannot be told apart from theirs.',
                hint=f'Leave out "{column.term.name}" or the term that says the same.',
            )
