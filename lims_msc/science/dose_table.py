"""Dose means of many curves as arrays: the form in which all fits take their data.

Least squares on replicates equals least squares on dose means with summed weights, plus a constant:
the pure error, the spread of replicates around the mean of their own dose.  Doses stand in the
first axis and curves in the last; a dose that a curve does not have has weight 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.reduced_fit import Data

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from lims_msc.science.curves import FloatArray
    from lims_msc.science.dose_effect import DoseMeans


@dataclass(frozen=True, slots=True)
class DoseTable:
    """Doses, means, weights and counts, ``(doses, curves)``, and sums of squares of each curve.

    ``doses`` has one column where all curves share their doses; they rise, and may begin with 0.
    ``total_ss`` is around the grand mean ``centre``.
    """

    doses: FloatArray
    means: FloatArray
    weights: FloatArray
    counts: NDArray[np.int64]
    pure_error_ss: FloatArray
    total_ss: FloatArray
    centre: FloatArray

    @classmethod
    def of_one(cls, data: DoseMeans) -> DoseTable:
        """Return one data set as a table of one column."""
        import numpy as np

        weights = np.array(data.weights)[:, None]
        means = np.array(data.means)[:, None]
        total = weights.sum(axis=0)
        return cls(
            np.array(data.doses)[:, None],
            means,
            weights,
            np.array(data.counts, dtype=np.int64)[:, None],
            np.array([data.pure_error_ss]),
            np.array([data.total_ss]),
            (weights * means).sum(axis=0) / np.where(total > 0, total, 1.0),
        )

    @classmethod
    def of_wells(
        cls, doses: FloatArray, responses: FloatArray, weights: FloatArray | None
    ) -> DoseTable:
        """Return the table of responses ``(curves, doses, replicates)``, NaN where there is none.

        ``doses`` is ``(1 or curves, doses)`` and rises along its rows.
        """
        import numpy as np

        values = np.moveaxis(responses, 0, -1)
        is_there = ~np.isnan(values)
        values = np.where(is_there, values, 0.0)
        factor = is_there * 1.0 if weights is None else np.moveaxis(weights, 0, -1) * is_there
        sums = factor.sum(axis=1)
        means = (factor * values).sum(axis=1) / np.where(sums > 0, sums, 1.0)
        total = sums.sum(axis=0)
        centre = (sums * means).sum(axis=0) / np.where(total > 0, total, 1.0)
        pure = (factor * np.where(is_there, values - means[:, None], 0.0) ** 2).sum(axis=(0, 1))
        return cls(
            doses.T,
            means,
            sums,
            is_there.sum(axis=1),
            pure,
            pure + (sums * (means - centre) ** 2).sum(axis=0),
            centre,
        )

    @property
    def n(self) -> NDArray[np.int64]:
        """The number of responses of each curve."""
        result: NDArray[np.int64] = self.counts.sum(axis=0)
        return result

    @property
    def dose_count(self) -> NDArray[np.int64]:
        """The number of doses that each curve has, dose 0 among them."""
        result: NDArray[np.int64] = (self.counts > 0).sum(axis=0)
        return result

    @property
    def nonzero_dose_count(self) -> NDArray[np.int64]:
        """The number of doses above 0 that each curve has."""
        result: NDArray[np.int64] = ((self.counts > 0) & (self.doses > 0)).sum(axis=0)
        return result

    @property
    def ln_dose(self) -> FloatArray:
        """The logarithms of the doses; dose 0 is ``-inf``."""
        import numpy as np

        result = np.full(self.doses.shape, -np.inf)
        np.log(self.doses, out=result, where=self.doses > 0)
        return result

    def of(self, index: NDArray[np.intp]) -> DoseTable:
        """Return some of the curves."""
        doses = self.doses if self.doses.shape[1] == 1 else self.doses[:, index]
        return DoseTable(
            doses,
            self.means[:, index],
            self.weights[:, index],
            self.counts[:, index],
            self.pure_error_ss[index],
            self.total_ss[index],
            self.centre[index],
        )

    def lowest_and_highest_dose(self) -> tuple[FloatArray, FloatArray]:
        """Return ln of the lowest and highest dose above 0 that each curve has."""
        import numpy as np

        is_tested = (self.counts > 0) & (self.doses > 0)
        ln_dose = np.broadcast_to(self.ln_dose, is_tested.shape)
        low = np.where(is_tested, ln_dose, np.inf).min(axis=0, initial=np.inf)
        return low, np.where(is_tested, ln_dose, -np.inf).max(axis=0, initial=-np.inf)


@dataclass(frozen=True, slots=True)
class Scaling:
    """What turns the responses of curves into numbers without a unit: (y − shift)/scale.

    ``weight`` is the mean weight of a response; weights are divided by it.
    """

    shift: FloatArray
    scale: FloatArray
    weight: FloatArray

    @classmethod
    def of(cls, table: DoseTable) -> Scaling:
        """Return grand mean, root mean square around it, and mean weight of each curve."""
        import numpy as np

        total = table.weights.sum(axis=0)
        scale = np.sqrt(table.total_ss / total)
        return cls(table.centre, np.where(scale > 0, scale, 1.0), total / table.n)

    def scaled(self, value: ArrayLike | None) -> FloatArray | None:
        """Return a response without its unit; ``None`` stays."""
        import numpy as np

        return None if value is None else (np.asarray(value, dtype=float) - self.shift) / self.scale

    def data(self, table: DoseTable) -> Data:
        """Return the table in the form in which curves are searched."""
        import numpy as np

        weights = table.weights / self.weight
        is_same = table.weights.shape[1] > 1 and bool(np.all(weights == weights[:, :1]))
        return Data(
            table.ln_dose,
            (table.means - self.shift) / self.scale,
            np.sqrt(weights[:, :1] if is_same else weights),
        )
