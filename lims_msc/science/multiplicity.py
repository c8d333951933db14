"""Adjusted p values of several tests: Holm for few, Benjamini–Hochberg for many.

One primary endpoint and dose that were named beforehand need no adjustment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


def bonferroni(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return min(1, m·p): the family-wise error, with no assumption; Holm is never worse.

    :raises ValueError: if a number is no probability.
    """
    _check(p_values)
    return tuple(min(1.0, len(p_values) * p) for p in p_values)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p values that control the family-wise error, in the order given.

    ::

        p₍ᵢ₎ adjusted = max over j ≤ i of min(1, (m − j + 1)·p₍ⱼ₎)

    :raises ValueError: if a number is no probability.
    Source: Holm 1979, Scand J Statist 6:65.
    """
    m = len(p_values)
    return _stepwise(p_values, lambda position: m - position, descending=False)


def hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p values that control the family-wise error of independent tests.

    ::

        p₍ᵢ₎ adjusted = min over j ≥ i of (m − j + 1)·p₍ⱼ₎

    :raises ValueError: if a number is no probability.
    Source: Hochberg 1988, doi 10.1093/biomet/75.4.800.
    """
    m = len(p_values)
    return _stepwise(p_values, lambda position: m - position, descending=True)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p values that control the share of false discoveries.

    ::

        p₍ᵢ₎ adjusted = min over j ≥ i of (m/j)·p₍ⱼ₎

    :raises ValueError: if a number is no probability.
    Source: Benjamini & Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x.
    """
    m = len(p_values)
    return _stepwise(p_values, lambda position: m / (position + 1), descending=True)


def _stepwise(
    p_values: Sequence[float], factor: Callable[[int], float], *, descending: bool
) -> tuple[float, ...]:
    """Multiply the sorted p values by their factors and keep them in order, from one end."""
    _check(p_values)
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    scaled = [min(1.0, factor(place) * p_values[index]) for place, index in enumerate(order)]
    places = range(len(order) - 1, -1, -1) if descending else range(len(order))
    adjusted, reached = [0.0] * len(order), None
    for place in places:
        if reached is None:
            reached = scaled[place]
        reached = min(reached, scaled[place]) if descending else max(reached, scaled[place])
        adjusted[order[place]] = reached
    return tuple(adjusted)


def _check(p_values: Sequence[float]) -> None:
    for p in p_values:
        if not 0 <= p <= 1:
            raise ValueError(f"Not a p value between 0 and 1: {p!r}")
