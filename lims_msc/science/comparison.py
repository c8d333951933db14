"""What every comparison of donors returns: numbers, how they were made, and a sentence for a paper.

The sentence says that n counts donors, gives the exact p and the interval, and never calls groups
equal because a test did not find a difference.  The tests themselves are in ``two_groups``,
``paired``, ``several_groups``, ``contingency`` and ``two_one_sided``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

SMALLEST_N = 3
"""Fewer values in a group are shown as points and not tested."""


class ComparisonStatus(StrEnum):
    """Whether a comparison has a p value."""

    OK = "ok"
    TOO_FEW = "too_few"
    """Fewer than three donors in a group."""
    UNDEFINED = "undefined"
    """Enough donors, but the test statistic does not exist for their values."""


class Sidedness(StrEnum):
    """The alternative that a p value speaks of: first group against second."""

    TWO_SIDED = "two-sided"
    GREATER = "one-sided, greater"
    """The first group is greater."""
    LESS = "one-sided, less"
    """The first group is smaller."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the names of the groups, the alternative, and the confidence of intervals.

    :raises ValueError: if the confidence is not between 0 and 1.
    """

    names: tuple[str, ...] = ()
    sidedness: Sidedness = Sidedness.TWO_SIDED
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ValueError(f"Not a confidence between 0 and 1: {self.confidence!r}")


DIFFERS = Question()
"""Whether groups without names differ, with 95 % confidence."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of groups whose values are one per donor.

    ``n`` counts the donors of each group; ``interval`` is always two-sided; ``degrees_of_freedom``
    has two numbers for F and none for exact tests; ``details`` holds further numbers of the test by
    name; ``notes`` say what a reader must know.
    """

    status: ComparisonStatus
    method: str
    n: tuple[int, ...]
    question: Question = DIFFERS
    reason: str = ""
    estimate_name: str = ""
    estimate: float | None = None
    interval: tuple[float, float] | None = None
    statistic_name: str = ""
    statistic: float | None = None
    degrees_of_freedom: tuple[float, ...] = ()
    p: float | None = None
    details: Mapping[str, float | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def is_significant(self) -> bool:
        """Whether p is below 1 − confidence."""
        return self.p is not None and self.p < 1 - self.question.confidence

    @property
    def text(self) -> str:
        """The result in words, as a paper would print it."""
        if self.status is not ComparisonStatus.OK:
            sentences = [f"No test ({self.method}; {self._donors()}): {self.reason}."]
        else:
            sentences = [f"{self._estimate()}{self._donors()}; {self._test()}."]
            if not self.is_significant:
                sentences.append("No difference was shown; that does not show that there is none.")
        return " ".join([*sentences, *(f"{note[0].upper()}{note[1:]}." for note in self.notes)])

    def _estimate(self) -> str:
        if self.estimate is None:
            return ""
        names, name = self.question.names, self.estimate_name
        who = f" ({names[0]} against {names[1]})" if len(names) == 2 else ""
        text = f"{name[0].upper()}{name[1:]}{who} {self.estimate:.4g}, "
        if self.interval is None:
            return text
        low, high = self.interval
        return f"{text}{100 * self.question.confidence:g} % CI {low:.4g} to {high:.4g}, "

    def _donors(self) -> str:
        return f"n = {in_words([str(n) for n in self.n])} donors"

    def _test(self) -> str:
        words = [self.method]
        if len(self.n) <= 2:
            words.append(self.question.sidedness)
        if self.statistic is not None:
            words.append(f"{self.statistic_name} = {self.statistic:.4g}")
        if self.degrees_of_freedom:
            numbers = [f"{number:.4g}" for number in self.degrees_of_freedom]
            words.append(f"df = {in_words(numbers)}")
        # A p below the range of numbers is zero there, and never zero in truth.
        return ", ".join([*words, f"p = {self.p:.3g}" if self.p else "p < 1e-300"])


def in_words(parts: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def too_few(method: str, n: Sequence[int], question: Question = DIFFERS) -> Comparison | None:
    """Return the refusal where a group has fewer than three donors, else ``None``."""
    if min(n, default=0) >= SMALLEST_N:
        return None
    reason = f"a group has {min(n, default=0)} donors, and fewer than {SMALLEST_N} are not tested"
    return Comparison(ComparisonStatus.TOO_FEW, method, tuple(n), question, reason)


def undefined(method: str, n: Sequence[int], question: Question, reason: str) -> Comparison:
    """Return a comparison without numbers, with its reason."""
    return Comparison(ComparisonStatus.UNDEFINED, method, tuple(n), question, reason)
