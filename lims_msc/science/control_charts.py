"""Control charts of a reference batch or control over runs: limits of each lot, and their rules.

Limits come from the valid runs of a lot, at least twenty; fewer give provisional ones, and the
chart says so.  A new lot has its own limits; until it has its own runs, a bridging study (both lots
in the same runs) moves the limits of the old one.  The rules themselves are in ``westgard_rules``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.science.comparison import SMALLEST_N
from lims_msc.science.moments import differences, moments
from lims_msc.science.t_tests import mean_estimate
from lims_msc.science.westgard_rules import Violation, westgard_violations

RECOMMENDED_RUNS = 20
_D2 = 2 / math.sqrt(math.pi)
"""The mean range of two standard normal values."""
_D3 = math.sqrt(2 - 4 / math.pi)
"""The standard deviation of that range."""


@dataclass(frozen=True, slots=True)
class ControlRun:
    """The value of a control in one run; an invalid run is drawn, but sets and breaks no limit."""

    run: str
    value: float
    lot: str = ""
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class ControlLimits:
    """Mean and standard deviation of a control, or the reason why there are none."""

    mean: float | None
    sd: float | None
    n: int
    reason: str = ""
    is_bridged: bool = False

    @property
    def is_provisional(self) -> bool:
        """Whether they rest on fewer than twenty runs of this lot."""
        return self.n < RECOMMENDED_RUNS or self.is_bridged

    def line(self, sds: float) -> float | None:
        """Return mean + sds·SD, such as the lines at −3, −2, 2 and 3."""
        return None if self.mean is None or self.sd is None else self.mean + sds * self.sd

    def deviation(self, value: float) -> float | None:
        """Return (value − mean)/SD."""
        return None if self.mean is None or self.sd is None else (value - self.mean) / self.sd

    @property
    def text(self) -> str:
        """The limits in words."""
        if self.mean is None or self.sd is None:
            return f"No control limits (n = {self.n} runs): {self.reason}."
        text = f"Mean {self.mean:.4g}, SD {self.sd:.3g}, n = {self.n} runs"
        if self.is_bridged:
            return f"{text}; provisional: taken from the lot before by a bridging study."
        if self.is_provisional:
            return f"{text}; provisional: fewer than {RECOMMENDED_RUNS} valid runs."
        return f"{text}."


@dataclass(frozen=True, slots=True)
class LotChart:
    """The runs of one lot in their order, its limits, and the rules that they break."""

    lot: str
    runs: tuple[ControlRun, ...]
    limits: ControlLimits
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class IndividualsChart:
    """Shewhart limits of single values and of their moving ranges, or the reason for none."""

    n: int
    reason: str = ""
    center: float | None = None
    lower: float | None = None
    upper: float | None = None
    mean_range: float | None = None
    upper_range: float | None = None
    outside: tuple[int, ...] = ()
    ranges_outside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bridge:
    """The difference new − old of two lots that were measured in the same runs."""

    n: int
    shift: float | None
    interval: tuple[float, float] | None
    reason: str = ""

    @property
    def text(self) -> str:
        """The difference in words; the new lot is never called equal."""
        if self.shift is None or self.interval is None:
            return f"The lots are not bridged (n = {self.n} runs with both): {self.reason}."
        low, high = self.interval
        return (
            f"The new lot reads {self.shift:+.4g} against the old one (95 % CI {low:.4g} to "
            f"{high:.4g}, n = {self.n} runs with both)."
        )


def control_limits(values: Sequence[float], *, last: int | None = None) -> ControlLimits:
    """Return Levey–Jennings limits from the values of valid runs, or of the ``last`` ones of them.

    :raises ValueError: if ``last`` is below 20, or a value is not a finite number.
    Source: Levey & Jennings 1950, doi 10.1093/ajcp/20.11_ts.1059.
    """
    if last is not None and last < RECOMMENDED_RUNS:
        raise ValueError(f"Not at least {RECOMMENDED_RUNS} runs for control limits: {last!r}")
    taken = values if last is None else values[-last:]
    if len(taken) < SMALLEST_N:
        reason = f"they need at least {SMALLEST_N} valid runs"
        return ControlLimits(None, None, len(taken), reason)
    group = moments(taken)
    if not group.sd:
        return ControlLimits(None, None, group.n, "the values do not vary")
    return ControlLimits(group.mean, group.sd, group.n)


def levey_jennings(
    runs: Sequence[ControlRun], *, last: int | None = None, bridge: Bridge | None = None
) -> tuple[LotChart, ...]:
    """Return a chart for each lot, in the order in which the lots first came.

    Every lot is judged by its own valid runs only.  With a ``bridge`` the newest lot takes the
    limits of the one before, moved by the shift, until it has twenty valid runs of its own.

    :raises ValueError: if ``last`` is below 20, or a value is not a finite number.
    """
    by_lot: dict[str, list[ControlRun]] = {}
    for run in runs:
        by_lot.setdefault(run.lot, []).append(run)
    charts: list[LotChart] = []
    for lot, of_lot in by_lot.items():
        valid = [run.value for run in of_lot if run.is_valid]
        limits = control_limits(valid, last=last)
        is_newest = lot == [*by_lot][-1]
        if bridge is not None and is_newest and charts and limits.n < RECOMMENDED_RUNS:
            limits = bridged_limits(charts[-1].limits, bridge, len(valid))
        charts.append(LotChart(lot, tuple(of_lot), limits, _violations(of_lot, limits)))
    return tuple(charts)


def bridge_lots(old: Sequence[float], new: Sequence[float]) -> Bridge:
    """Return the mean of new − old over runs that had both lots, with its 95 % interval.

    :raises ValueError: if the lengths differ, or a value is not a finite number.
    """
    n = len(old)
    if n != len(new):
        raise ValueError(f"Not as many values of the new lot as of the old: {len(new)} and {n}")
    if n < SMALLEST_N:
        return Bridge(n, None, None, f"they need at least {SMALLEST_N} runs with both lots")
    steps = differences(new, old)
    estimate = mean_estimate(steps)
    if estimate is None:
        return Bridge(n, steps[0], (steps[0], steps[0]))
    return Bridge(n, estimate.value, estimate.interval())


def bridged_limits(old: ControlLimits, bridge: Bridge, n: int) -> ControlLimits:
    """Return the limits of the old lot moved by the shift; ``n`` counts runs of the new lot."""
    if old.mean is None or old.sd is None:
        return ControlLimits(None, None, n, f"the lot before has none: {old.reason}")
    if bridge.shift is None:
        return ControlLimits(None, None, n, bridge.reason)
    return ControlLimits(old.mean + bridge.shift, old.sd, n, is_bridged=True)


def individuals_chart(values: Sequence[float]) -> IndividualsChart:
    """Return Shewhart limits from the moving ranges of single values in their order.

    ::

        mean ± 3·MR/d₂,  MR = mean abs(xᵢ − xᵢ₋₁),  d₂ = 2/√π = 1.128
        limit of a range: MR·(1 + 3·d₃/d₂) = 3.267·MR

    A slow drift widens these limits less than it widens those from the standard deviation.

    :raises ValueError: if a value is not a finite number.
    Source: NIST/SEMATECH e-Handbook 6.3.2.2.
    """
    n = len(values)
    if n < SMALLEST_N:
        return IndividualsChart(n, f"it needs at least {SMALLEST_N} runs")
    ranges = [abs(step) for step in differences(values[1:], values[:-1])]
    mean_range, center = moments(ranges).mean, moments(values).mean
    if mean_range == 0:
        return IndividualsChart(n, "the values do not vary")
    half, limit = 3 * mean_range / _D2, mean_range * (1 + 3 * _D3 / _D2)
    return IndividualsChart(
        n,
        center=center,
        lower=center - half,
        upper=center + half,
        mean_range=mean_range,
        upper_range=limit,
        outside=tuple(i for i, v in enumerate(values) if abs(v - center) > half),
        ranges_outside=tuple(i for i, r in enumerate(ranges, start=1) if r > limit),
    )


def _violations(runs: Sequence[ControlRun], limits: ControlLimits) -> tuple[Violation, ...]:
    judged = [
        (run.run, deviation)
        for run in runs
        if run.is_valid and (deviation := limits.deviation(run.value)) is not None
    ]
    return westgard_violations(judged)
