"""Westgard's rules for one control measured once a run.

Every violation names all runs that make it: a stretch of twelve runs on one side of the mean is one
violation of 10-x with twelve runs.

Source: Westgard 1981, Clin Chem 27:493, doi 10.1093/clinchem/27.3.493.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class WestgardRule(StrEnum):
    """The rules, by their usual names."""

    ONE_2S = "1-2s"
    ONE_3S = "1-3s"
    TWO_2S = "2-2s"
    R_4S = "R-4s"
    FOUR_1S = "4-1s"
    TEN_X = "10-x"


MEANINGS = {
    WestgardRule.ONE_2S: "one run is more than 2 SD from the mean",
    WestgardRule.ONE_3S: "one run is more than 3 SD from the mean",
    WestgardRule.TWO_2S: "two or more runs in a row are more than 2 SD from the mean on one side",
    WestgardRule.R_4S: "two runs in a row are more than 2 SD from the mean on opposite sides",
    WestgardRule.FOUR_1S: "four or more runs in a row are more than 1 SD from the mean on one side",
    WestgardRule.TEN_X: "ten or more runs in a row are on one side of the mean",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule and the runs that break it, in their order."""

    rule: WestgardRule
    runs: tuple[str, ...]

    @property
    def is_warning(self) -> bool:
        """Whether it asks to look at the other rules and does not reject a run by itself."""
        return self.rule is WestgardRule.ONE_2S

    @property
    def text(self) -> str:
        """The violation in words."""
        level = "Warning" if self.is_warning else "Out of control"
        return f"{level} ({self.rule}): {MEANINGS[self.rule]} ({', '.join(self.runs)})."


def westgard_violations(deviations: Sequence[tuple[str, float]]) -> tuple[Violation, ...]:
    """Return the broken rules of runs in their order, each with (value − mean)/SD.

    A value exactly on a line does not break a rule.
    """
    return (
        *_singles(WestgardRule.ONE_2S, deviations, 2),
        *_singles(WestgardRule.ONE_3S, deviations, 3),
        *_stretches(WestgardRule.TWO_2S, deviations, 2, 2),
        *_opposite(deviations),
        *_stretches(WestgardRule.FOUR_1S, deviations, 1, 4),
        *_stretches(WestgardRule.TEN_X, deviations, 0, 10),
    )


def _singles(
    rule: WestgardRule, deviations: Sequence[tuple[str, float]], limit: float
) -> Iterator[Violation]:
    for run, deviation in deviations:
        if abs(deviation) > limit:
            yield Violation(rule, (run,))


def _opposite(deviations: Sequence[tuple[str, float]]) -> Iterator[Violation]:
    for (run, one), (following, two) in pairwise(deviations):
        if min(one, two) < -2 and max(one, two) > 2:
            yield Violation(WestgardRule.R_4S, (run, following))


def _stretches(
    rule: WestgardRule, deviations: Sequence[tuple[str, float]], limit: float, shortest: int
) -> list[Violation]:
    """Return the longest stretches of runs that are all beyond a limit on the same side."""
    sides: tuple[Callable[[float], bool], ...] = (lambda z: z > limit, lambda z: z < -limit)
    found: list[tuple[int, Violation]] = []
    for is_beyond in sides:
        stretch: list[str] = []
        for place, (run, deviation) in enumerate([*deviations, ("", 0.0)]):
            if run and is_beyond(deviation):
                stretch.append(run)
                continue
            if len(stretch) >= shortest:
                found.append((place, Violation(rule, tuple(stretch))))
            stretch = []
    return [violation for _, violation in sorted(found, key=lambda pair: pair[0])]
