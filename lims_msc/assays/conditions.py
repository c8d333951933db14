"""What is known of the concentration of a culture condition: a mean, a bound, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.assays.concentrations import Joined
from lims_msc.domain.values import ValueStatus
from lims_msc.science.propagation import WellNumber, mean_of

PARTLY = "some samples of this condition are outside the range of the standards"
ABSENT = "there is no sample of this condition with a reading"


@dataclass(frozen=True, slots=True)
class Condition:
    """The mean of the replicate cultures of a condition, or what it is below or above.

    ``reason`` says why there is neither.
    """

    status: ValueStatus
    mean: WellNumber | None = None
    bound: float | None = None
    reason: str = ""


def condition_of(name: str, cultures: Sequence[Joined]) -> Condition:
    """Return what the samples of replicate cultures say together; ``name`` tells it from others.

    A mean of numbers that are below their bounds is below the mean of the bounds; where only some
    are out of range, nothing is known of the mean.
    """
    reports = [one.report for one in cultures]
    known = [report.value for report in reports if report.value is not None]
    bounds = [report.bound for report in reports if report.bound is not None]
    if known and not bounds:
        wells = ", ".join(str(one.sample.wells[0]) for one in cultures)
        return Condition(ValueStatus.OK, mean_of(f"{name} {wells}", known))
    sides = {report.status for report in reports}
    if len(sides) == 1 and bounds:
        return Condition(sides.pop(), bound=sum(bounds) / len(bounds))
    if bounds:
        return Condition(ValueStatus.UNDEFINED, reason=PARTLY)
    reason = reports[0].reason if reports else ABSENT
    return Condition(ValueStatus.UNDEFINED, reason=reason)
