"""The search for the maximum of the restricted likelihood, on the boundary too.

A covariance matrix S is L Lᵗ, so that every L is allowed.  Where S loses rank (a variance of zero,
a correlation of ±1), L loses a column; whether that is right is read from the criterion's slope in
the lost direction, which has to point upwards.  The search begins from several sizes of all
covariances, compares with every group left out, and ends with Newton steps on exact second
derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.reml_criterion import Likelihood, derivatives, profiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.mixed_columns import FloatArray
    from lims_msc.science.mixed_structure import CrossProducts, Numbers
    from lims_msc.science.reml_criterion import Profiled

_STARTS = (1.0, 0.2, 5.0)
_LARGEST = 1e5
_DOUBTFUL, _NEGLIGIBLE = 1e-4, 1e-14
_SLOPE_TOLERANCE = 1e-8
_NEWTON_STEPS, _ROUNDS = 60, 12
_HALVINGS = 40
# Relative sizes of a Newton step: the criterion is taken as quadratic; rounding; done.
_QUADRATIC, _ROUNDING, _SETTLED = 1e-4, 1e-6, 1e-9


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors L of all covariance matrices; ``free`` marks the entries that are parameters."""

    matrices: tuple[FloatArray, ...]
    free: tuple[NDArray[np.bool_], ...]

    @property
    def parameters(self) -> FloatArray:
        """The free entries of all factors, one after the other."""
        import numpy as np

        pairs = zip(self.matrices, self.free, strict=True)
        return np.concatenate([matrix[free] for matrix, free in pairs])

    def covariances(self, parameters: Numbers) -> list[Numbers]:
        """Return L Lᵗ of every group at other parameters."""
        return [matrix @ matrix.T for matrix in self.filled(parameters)]

    def filled(self, parameters: Numbers) -> list[Numbers]:
        """Return the factors with other parameters in their places."""
        import numpy as np

        found, start = [], 0
        for free in self.free:
            matrix = np.zeros(free.shape, dtype=parameters.dtype)
            end = start + int(free.sum())
            matrix[free] = parameters[start:end]
            found.append(matrix)
            start = end
        return found


@dataclass(frozen=True, slots=True)
class Optimum:
    """The covariances over the residual variance at which the criterion is smallest."""

    factors: Factors
    ratios: tuple[FloatArray, ...]
    at: Profiled
    has_converged: bool


def search(products: CrossProducts, likelihood: Likelihood = Likelihood.REML) -> Optimum:
    """Return the global minimum of the profiled criterion, as far as the starts can tell."""
    import numpy as np

    problem = _Problem(products, likelihood)
    starts = [[size * np.eye(width) for width in products.widths] for size in _STARTS]
    best = min((problem.descend(start) for start in starts), key=lambda found: found[0])
    reduced = [
        [0 * ratio if g == left_out else ratio for g, ratio in enumerate(best[1])]
        for left_out in range(len(best[1]))
    ]
    candidates = [best, *(problem.descend(ratios) for ratios in reduced)]
    return problem.settle(min(candidates, key=lambda found: found[0])[1])


@dataclass(frozen=True, slots=True)
class _Problem:
    products: CrossProducts
    likelihood: Likelihood

    def at(self, ratios: Sequence[Numbers]) -> Profiled:
        return profiled(self.products, ratios, self.likelihood)

    def gradient(self, factors: Factors, parameters: Numbers) -> Numbers:
        """Return the derivative of the criterion by the parameters: 2 Γ L at the free entries."""
        return self._gradient_at(
            factors, parameters, self.at(factors.covariances(parameters)).gradient
        )

    def _gradient_at(
        self, factors: Factors, parameters: Numbers, slopes: Sequence[Numbers]
    ) -> Numbers:
        import numpy as np

        triples = zip(slopes, factors.filled(parameters), factors.free, strict=True)
        return np.concatenate([(2 * slope @ matrix)[free] for slope, matrix, free in triples])

    def descend(self, ratios: Sequence[FloatArray]) -> tuple[float, list[FloatArray]]:
        """Return a minimum near the given covariances; those that are 0 stay 0."""
        import numpy as np
        from scipy.optimize import minimize

        factors = factored(ratios, _NEGLIGIBLE)
        start = factors.parameters
        if len(start) == 0:
            return self.at(ratios).criterion, list(ratios)

        def criterion(parameters: FloatArray) -> tuple[float, FloatArray]:
            at = self.at(factors.covariances(parameters))
            return at.criterion, np.real(self._gradient_at(factors, parameters, at.gradient))

        found = minimize(
            criterion,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-_LARGEST, _LARGEST)] * len(start),
            options={"ftol": 1e-9, "gtol": 1e-3, "maxiter": 500},
        )
        return float(found.fun), factors.covariances(found.x)

    def settle(self, ratios: Sequence[FloatArray]) -> Optimum:
        """Return the exact minimum near the given covariances, with the ranks that it has."""
        found = self.newton(factored(ratios, _DOUBTFUL))
        for _ in range(_ROUNDS):
            rising = self._fallen_direction(found)
            if rising is None:
                return found
            found = self.newton(factored(self.descend(rising)[1], _NEGLIGIBLE))
        return Optimum(found.factors, found.ratios, found.at, has_converged=False)

    def newton(self, factors: Factors) -> Optimum:
        """Return the minimum over the free entries, by Newton steps that never climb."""
        import numpy as np

        parameters, size = factors.parameters, np.inf
        at = self.at(factors.covariances(parameters))
        has_converged = len(parameters) == 0
        for _ in range(_NEWTON_STEPS if len(parameters) else 0):
            step = self._step(factors, parameters, at)
            previous, size = size, float(np.max(np.abs(step) / (1e-3 + np.abs(parameters))))
            parameters, at = self._shortened(factors, parameters, step, at, size)
            # Steps that no longer shrink are rounding: the minimum is as sharp as it gets.
            if size < _SETTLED or (size < _ROUNDING and size > previous / 2):
                has_converged = True
                break
        matrices = tuple(factors.filled(parameters))
        ratios = tuple(matrix @ matrix.T for matrix in matrices)
        return Optimum(Factors(matrices, factors.free), ratios, at, has_converged)

    def _step(self, factors: Factors, parameters: FloatArray, at: Profiled) -> FloatArray:
        """Return the Newton step, downhill also where the criterion is not convex."""
        import numpy as np

        gradient = self._gradient_at(factors, parameters, at.gradient)
        hessian = derivatives(lambda theta: [self.gradient(factors, theta)], parameters)[0]
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        values = np.maximum(np.abs(values), 1e-10 * np.abs(values).max())
        step: FloatArray = -vectors @ ((vectors.T @ gradient) / values)
        return step

    def _shortened(
        self, factors: Factors, start: FloatArray, step: FloatArray, at: Profiled, size: float
    ) -> tuple[FloatArray, Profiled]:
        """Return the end of the step, halved until the criterion has not risen."""
        for halvings in range(_HALVINGS):
            end = start + step / 2**halvings
            tried = self.at(factors.covariances(end))
            if size < _QUADRATIC or tried.criterion <= at.criterion:
                return end, tried
        return start, at

    def _fallen_direction(self, found: Optimum) -> list[FloatArray] | None:
        """Return covariances with a lost direction back, if the criterion falls along it."""
        import numpy as np

        scale = float(self.products.n_rows)
        for g, (matrix, slope) in enumerate(
            zip(found.factors.matrices, found.at.gradient, strict=True)
        ):
            basis = np.linalg.svd(matrix)[0][:, matrix.shape[1] :]
            values, vectors = np.linalg.eigh(basis.T @ slope @ basis)
            if len(values) and values[0] < -_SLOPE_TOLERANCE * scale:
                direction = basis @ vectors[:, 0]
                sizes = [10.0**k for k in range(-8, 3)]
                tried = [
                    [
                        s + size * np.outer(direction, direction) if h == g else s
                        for h, s in enumerate(found.ratios)
                    ]
                    for size in sizes
                ]
                return min(tried, key=lambda ratios: self.at(ratios).criterion)
        return None


def factored(ratios: Sequence[FloatArray], tolerance: float) -> Factors:
    """Return the factors L, with a column for each direction whose variance is above a tolerance.

    Pivoted Cholesky: the pivot of a column is 0 in all later columns, so that the entries that are
    left are as many as the rank allows.
    """
    import numpy as np

    matrices, masks = [], []
    for ratio in ratios:
        rest, is_free = ratio.copy(), np.ones(len(ratio), dtype=bool)
        columns, free = [], []
        while is_free.any():
            pivot = int(np.argmax(np.where(is_free, np.diagonal(rest), -1.0)))
            if rest[pivot, pivot] <= tolerance:
                break
            columns.append(np.where(is_free, rest[:, pivot] / np.sqrt(rest[pivot, pivot]), 0.0))
            free.append(is_free.copy())
            is_free[pivot] = False
            rest = rest - np.outer(columns[-1], columns[-1])
        shape = (len(ratio), len(columns))
        matrices.append(np.array(columns).T if columns else np.zeros(shape))
        masks.append(np.array(free).T if free else np.zeros(shape, dtype=bool))
    return Factors(tuple(matrices), tuple(masks))
