"""A mixed model in units in which its numbers are all of size one, and the way back.

The response becomes its residual from plain least squares over that residual's SD; the columns of
X, and of every random effect, become orthogonal.  So the answers do not depend on units, on a
large offset, or on where a covariate has its zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.kenward_roger import variance_information
from lims_msc.science.mixed_moments import elements, moments
from lims_msc.science.mixed_structure import CrossProducts, cross_products
from lims_msc.science.mixed_terms import RESIDUAL, UnusableDesign
from lims_msc.science.reml_criterion import Likelihood

if TYPE_CHECKING:
    from lims_msc.science.mixed_columns import FloatArray
    from lims_msc.science.mixed_design import MixedDesign, RandomEffect

_ROUNDING = 1e-12
_DEPENDENT = 1e-9
_ALIASED = 1e-9
_NO_INFORMATION = 1e-10
_HUGE_RATIO = 1e10
_SMALLEST_SHARE = 1e-9
_INVOLVED = 0.1


@dataclass(frozen=True, slots=True)
class ScaledModel:
    """The cross-products of a scaled model.

    Coefficients in data units are ``offset + response_scale · coefficient_map @ b``; a covariance
    of a group in data units is ``response_scale² · M S Mᵗ`` with M from ``effect_maps``.
    """

    products: CrossProducts
    response_scale: float
    offset: FloatArray
    coefficient_map: FloatArray
    effect_maps: tuple[FloatArray, ...]

    def criterion(self, scaled: float, likelihood: Likelihood) -> float:
        """Return minus twice the log-likelihood in data units."""
        import numpy as np

        n, p = self.products.n_rows, self.products.n_fixed
        if likelihood is Likelihood.ML:
            return scaled + 2 * n * math.log(self.response_scale)
        by_columns = 2 * float(np.linalg.slogdet(self.coefficient_map)[1])
        return scaled + 2 * (n - p) * math.log(self.response_scale) - by_columns


def scaled_model(design: MixedDesign) -> ScaledModel | None:
    """Return the scaled model, or ``None`` where the fixed effects explain every row exactly.

    :raises UnusableDesign: if random effects cannot be told apart from each other, from the
        residual or from the fixed effects.
    """
    import numpy as np

    x = design.fixed_matrix()
    basis, coefficient_map = _orthogonal(x)
    on_basis = basis.T @ design.response / design.n_rows
    rest = design.response - basis @ on_basis
    rest = rest - basis @ (basis.T @ rest / design.n_rows)
    size = float(np.linalg.norm(rest))
    if size <= _ROUNDING * float(np.linalg.norm(design.response)):
        return None
    scale = size / math.sqrt(design.n_rows)
    bases, maps = [], []
    for effect in design.random:
        _refuse_dependent_slopes(effect)
        effect_basis, effect_map = _orthogonal(effect.values)
        bases.append(effect_basis)
        maps.append(effect_map)
    products = cross_products(design.random, bases, basis, rest / scale)
    _refuse_aliased(design, products)
    return ScaledModel(products, scale, coefficient_map @ on_basis, coefficient_map, tuple(maps))


def has_residual_spread(products: CrossProducts) -> bool:
    """Whether rows differ beyond what fixed and random effects can explain together.

    The weighted residual sum of squares at variances far above the residual's tells: it tends to
    that of a fit with all levels as fixed effects.
    """
    import numpy as np

    gram = moments(products, [_HUGE_RATIO * np.eye(width) for width in products.widths]).gram
    p = products.n_fixed
    left = float(gram[p, p] - gram[p, :p] @ np.linalg.solve(gram[:p, :p], gram[:p, p]))
    return left > _SMALLEST_SHARE * products.n_rows


def _orthogonal(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return columns Q with QᵗQ = n that span the same, and the map M with Q = columns @ M."""
    import numpy as np

    norms = np.linalg.norm(columns, axis=0)
    q, r = np.linalg.qr(columns / norms)
    root = math.sqrt(len(columns))
    return q * root, np.linalg.inv(r * norms) * root


def _refuse_dependent_slopes(effect: RandomEffect) -> None:
    import numpy as np

    norms = np.linalg.norm(effect.values, axis=0)
    shares = np.abs(np.diagonal(np.linalg.qr(effect.values / np.maximum(norms, 1e-300), mode="r")))
    for name, share in zip(effect.names, shares, strict=True):
        if share < _DEPENDENT:
            raise UnusableDesign(
                f'The slope of "{name}" in {effect.term.text} cannot be told apart from the'
                " coefficients before it.",
                hint=f'Leave "{name}" out; it has to vary.',
            )


def _refuse_aliased(design: MixedDesign, products: CrossProducts) -> None:
    """Refuse random effects on whose variances the design has no information of their own."""
    import numpy as np

    places = elements(products.widths)
    names = [design.random[g].term.text for g, _, _ in places] + [RESIDUAL]
    at = np.append(np.zeros(len(places)), 1.0)
    information = variance_information(products, at)
    own = np.diagonal(information)
    for name, size, (_, a, b) in zip(names, own, places, strict=False):
        if a == b and size <= _NO_INFORMATION * products.n_rows**2:
            raise UnusableDesign(
                f"The random effect {name} cannot be told apart from the fixed effects.",
                hint="Each of its levels has a fixed effect of its own: more levels are needed in"
                " every fixed group.",
            )
    values, vectors = np.linalg.eigh(information / np.sqrt(np.outer(own, own)))
    if values[0] < _ALIASED:
        weights = zip(names, np.abs(vectors[:, 0]), strict=True)
        involved = dict.fromkeys(name for name, weight in weights if weight > _INVOLVED)
        raise UnusableDesign(
            f"The variances of {' and '.join(involved)} cannot be told apart.",
            hint="Their levels group the rows in the same way; leave one of them out.",
        )
