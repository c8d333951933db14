"""The terms of a mixed model as people write them, and why a design is refused.

It holds no numbers: :mod:`lims_msc.science.mixed_design` turns terms and columns into matrices.
There is no formula language.  A fixed effect is named by its columns (``cohort``,
``cohort:priming``), a random effect as in lme4: ``(1 | donor)``, ``(1 | donor/batch)`` for batches
within donors, ``(1 + log2_ratio | donor)`` for correlated slopes, ``(0 + log2_ratio | donor)`` for
a slope without an intercept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from lims_msc.errors import InputError

INTERCEPT = "(Intercept)"
RESIDUAL = "residual"
_RANDOM = re.compile(r"\(\s*(?P<columns>[^|()]+?)\s*\|\s*(?P<groups>[^|()]+?)\s*\)")
_NAME = re.compile(r"[^\s:*/+|()][^:*/+|()]*")


class UnusableDesign(InputError, ValueError):
    """The columns and terms do not make a mixed model that can be fitted."""

    code = "unusable_design"


@dataclass(frozen=True, slots=True)
class FixedTerm:
    """A fixed effect: one column, or the interaction of several."""

    columns: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> FixedTerm:
        """Return the term written as ``cohort`` or ``cohort:priming``.

        :raises UnusableDesign: if the text is something else.
        """
        names = tuple(part.strip() for part in text.split(":"))
        if not all(_NAME.fullmatch(name) for name in names) or len(set(names)) < len(names):
            raise UnusableDesign(
                f'Not a fixed effect: "{text}".',
                hint='Write the name of a column, or columns joined by ":" for an interaction.',
            )
        return cls(names)

    @property
    def name(self) -> str:
        """The columns joined by colons."""
        return ":".join(self.columns)

    def is_within(self, other: FixedTerm) -> bool:
        """Whether the other term has all columns of this one and more."""
        return set(self.columns) < set(other.columns)


@dataclass(frozen=True, slots=True)
class RandomTerm:
    """Effects that vary between the levels of a group: an intercept, slopes, or both.

    ``group`` with several columns means every combination of them that occurs.
    """

    group: tuple[str, ...]
    slopes: tuple[str, ...] = ()
    has_intercept: bool = True

    @classmethod
    def parse(cls, text: str) -> tuple[RandomTerm, ...]:
        """Return the terms that a text such as ``(1 | donor/batch)`` stands for.

        :raises UnusableDesign: if the text is something else.
        """
        found = _RANDOM.fullmatch(text.strip())
        if found is None:
            raise _not_random(text)
        columns = [part.strip() for part in found["columns"].split("+")]
        has_intercept = "0" not in columns
        slopes = tuple(column for column in columns if column not in {"0", "1"})
        nested = [tuple(p.strip() for p in part.split(":")) for part in found["groups"].split("/")]
        names = [*slopes, *(name for part in nested for name in part)]
        if not all(_NAME.fullmatch(name) for name in names) or not (has_intercept or slopes):
            raise _not_random(text)
        groups = [tuple(n for part in nested[: i + 1] for n in part) for i in range(len(nested))]
        return tuple(cls(group, slopes, has_intercept) for group in groups)

    @property
    def group_name(self) -> str:
        """The columns of the group joined by colons, the outer one first."""
        return ":".join(self.group)

    @property
    def text(self) -> str:
        """The term as it is written in a model formula."""
        columns = ["1" if self.has_intercept else "0", *self.slopes]
        return f"({' + '.join(columns)} | {self.group_name})"


def fixed_terms(written: Iterable[str | FixedTerm]) -> tuple[FixedTerm, ...]:
    """Return the fixed effects beside the intercept, which has to be there, written ``1``.

    :raises UnusableDesign: if the intercept is missing, a term is there twice, or an interaction
        stands without the terms within it.
    """
    listed = list(written)
    if "1" not in listed:
        raise UnusableDesign(
            "The fixed effects have no intercept.", hint='Add the term "1"; it is always fitted.'
        )
    terms = [FixedTerm.parse(t) if isinstance(t, str) else t for t in listed if t != "1"]
    known = {frozenset(term.columns) for term in terms}
    if len(known) < len(terms) or listed.count("1") > 1:
        raise UnusableDesign("A fixed effect is there twice.", hint="Name every term once.")
    for term in terms:
        for size in range(1, len(term.columns)):
            for part in combinations(term.columns, size):
                if frozenset(part) not in known:
                    raise UnusableDesign(
                        f'The interaction "{term.name}" stands without "{":".join(part)}".',
                        hint=f'Add "{":".join(part)}" to the fixed effects.',
                    )
    return tuple(sorted(terms, key=lambda term: len(term.columns)))


def random_terms(written: Iterable[str | RandomTerm]) -> tuple[RandomTerm, ...]:
    """Return the random effects.

    :raises UnusableDesign: if there is none, or two give the same column to the same group.
    """
    terms: list[RandomTerm] = []
    for item in written:
        terms.extend(RandomTerm.parse(item) if isinstance(item, str) else (item,))
    if not terms:
        raise UnusableDesign(
            "There is no random effect.",
            hint="Name what groups the rows, such as (1 | donor); without it every row counts as"
            " independent.",
        )
    effects = [
        (frozenset(term.group), column)
        for term in terms
        for column in (("1",) if term.has_intercept else ()) + term.slopes
    ]
    doubled = {effect for effect in effects if effects.count(effect) > 1}
    if doubled:
        group, column = min((":".join(sorted(names)), column) for names, column in doubled)
        raise UnusableDesign(
            f'The random effect "{column}" of "{group}" is there twice.',
            hint="Name every random effect once.",
        )
    return tuple(terms)


def _not_random(text: str) -> UnusableDesign:
    return UnusableDesign(
        f'Not a random effect: "{text}".',
        hint="Write it as (1 | donor), (1 | donor/batch) or (1 + log2_ratio | donor).",
    )
