"""The responses of one named sample over dose.

A sample is what is compared with another: the reference MSC batch or a test batch.  Weights
multiply squared residuals, Σ w·(y − f)².  No curve and no line is fitted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.science.dose_effect import DoseMeans, dose_means


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """Doses and responses of one named sample, one of each for every well.

    ``doses`` are zero or more, in any unit that the samples share; ``weights`` are above zero and
    count one for one with the responses, or are empty, which is the weight 1 for all.

    :raises ValueError: if lengths differ, a number is not finite, a dose is negative, or a weight
        is not above zero.
    """

    name: str
    doses: tuple[float, ...]
    responses: tuple[float, ...]
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        # Grouping the responses checks them, so that a sample that exists makes sense.
        _ = self.means

    @classmethod
    def of(
        cls,
        name: str,
        doses: Sequence[float],
        responses: Sequence[float],
        weights: Sequence[float] | None = None,
    ) -> DoseResponse:
        """Return the sample of any sequences of numbers.

        :raises ValueError: as the class does.
        """
        own = () if weights is None else tuple(map(float, weights))
        return cls(name, tuple(map(float, doses)), tuple(map(float, responses)), own)

    @property
    def all_weights(self) -> tuple[float, ...]:
        """The weight of every response."""
        return self.weights or (1.0,) * len(self.responses)

    @property
    def n(self) -> int:
        """The number of responses."""
        return len(self.responses)

    @property
    def means(self) -> DoseMeans:
        """The responses reduced to the weighted means of their doses."""
        return dose_means(self.doses, self.responses, self.all_weights)
