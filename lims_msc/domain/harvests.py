"""What a count says of the harvest of a passage, held against the harvest that is registered."""

from __future__ import annotations

import math
from dataclasses import dataclass

DOUBTED_ABOVE_PERCENT = 10.0


@dataclass(frozen=True, slots=True)
class CountedHarvest:
    """Viable cells of a harvest by one count: the number, or the reason why there is none.

    ``registered_viable_cells`` is never changed by it.
    """

    viable_cells: float | None
    reason: str = ""
    registered_viable_cells: float | None = None

    @property
    def difference_percent(self) -> float | None:
        """How far the count is off, in percent of what is registered; ``None`` without either."""
        if self.viable_cells is None or not self.registered_viable_cells:
            return None
        off = self.viable_cells - self.registered_viable_cells
        return 100 * off / self.registered_viable_cells

    @property
    def contradicts(self) -> bool:
        """Whether the count is more than ten percent off, or finds cells where none are said."""
        if self.viable_cells is None or self.registered_viable_cells is None:
            return False
        difference = self.difference_percent
        if difference is None:
            return self.viable_cells > 0
        size = abs(difference)
        # Exactly ten percent is not more than that, whatever the last digit of a double says.
        return size > DOUBTED_ABOVE_PERCENT and not math.isclose(size, DOUBTED_ABOVE_PERCENT)


def counted_harvest(
    viable_cells_per_ml: float | None,
    harvest_volume_ml: float | None,
    registered_viable_cells: float | None,
) -> CountedHarvest:
    """Return viable cells per mL times the volume of the harvest in mL.

    It holds where the counted sample was the harvest itself, at its volume.
    """
    if harvest_volume_ml is None:
        return CountedHarvest(None, "no volume of the harvest is registered")
    if viable_cells_per_ml is None:
        return CountedHarvest(None, "the count has no viable cells per mL")
    found = viable_cells_per_ml * harvest_volume_ml
    return CountedHarvest(found, registered_viable_cells=registered_viable_cells)
