"""Cross-products of a mixed model, arranged so that nested groups cost next to nothing.

The model is y = Xβ + Σ Z_g b_g + e.  Groups that lie within each other (batch in donor) form a
chain.  Each level of a chain belongs to one level of the next, so eliminating it leaves no new
entries between other levels: all its matrices are small blocks.  A group that lies within a level
of the chain but beside the inner ones (runs of a donor, across its batches) becomes further
coefficients of that level.  Groups crossed with the chain (responders) are columns of their own
beside X and y.  Everything that depends on the rows is summed up once, here; no criterion looks at
a row again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lims_msc.science.mixed_columns import FloatArray, IntArray
    from lims_msc.science.mixed_design import RandomEffect

    # Real, or complex where a derivative is taken.
    Numbers: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the coefficients of a random effect stand: ``repeats`` levels of ``width`` columns."""

    effect: int
    width: int
    repeats: int
    start: int

    @property
    def end(self) -> int:
        """The column after the last one."""
        return self.start + self.repeats * self.width


@dataclass(frozen=True, slots=True)
class NestedGroup:
    """One group of the chain, with the groups that lie within its levels beside inner ones.

    ``sums`` is Zᵗ[Z_this, Z_next, …, W] by level: levels × coefficients × columns, where W has the
    crossed groups, X and y.  ``offsets`` has the first column of this and every further group, and
    of W.  ``parents`` has the level of each further group that a level lies in, and ``starts`` the
    first level within each level of that group.
    """

    places: tuple[Place, ...]
    sums: FloatArray
    offsets: tuple[int, ...]
    parents: tuple[IntArray, ...]
    starts: tuple[IntArray, ...]

    @property
    def width(self) -> int:
        """The number of coefficients of a level."""
        return self.offsets[1]


@dataclass(frozen=True, slots=True)
class CrossProducts:
    """All that the criterion needs of the data; ``gram`` is WᵗW, W = [crossed groups, X, y]."""

    n_rows: int
    n_fixed: int
    n_crossed: int
    widths: tuple[int, ...]
    nested: tuple[NestedGroup, ...]
    crossed: tuple[Place, ...]
    gram: FloatArray


def cross_products(
    effects: Sequence[RandomEffect], bases: Sequence[FloatArray], x: FloatArray, y: FloatArray
) -> CrossProducts:
    """Return the cross-products of a model.

    :param bases: for every effect the values of its coefficients, rows × coefficients.
    """
    import numpy as np

    chain = _longest_chain(effects)
    blocks: list[_Block] = [_Block(i, [], []) for i in chain]
    for block in blocks:
        block.add(block.outer, bases[block.outer], np.zeros(len(y), dtype=np.intp), 1)
    crossed = _Block(-1, [], [])
    for i in (i for i in range(len(effects)) if i not in chain):
        beside = _block_around(effects, blocks, i)
        if beside is None:
            crossed.add(i, bases[i], effects[i].level_of_row, effects[i].n_levels)
        else:
            beside[0].add(i, bases[i], beside[1], int(beside[1].max()) + 1)
    dense = np.column_stack([*crossed.columns, x, y])
    return CrossProducts(
        len(y),
        x.shape[1],
        crossed.size,
        tuple(basis.shape[1] for basis in bases),
        _nested_groups(effects, blocks, dense),
        tuple(crossed.places),
        dense.T @ dense,
    )


@dataclass(slots=True)
class _Block:
    """Columns side by side: of the effect that bounds the block, and of effects within it."""

    outer: int
    places: list[Place]
    columns: list[FloatArray]

    @property
    def size(self) -> int:
        return self.places[-1].end if self.places else 0

    def add(self, effect: int, basis: FloatArray, level_of_row: IntArray, n_levels: int) -> None:
        """Add the columns of an effect, level by level."""
        import numpy as np

        width = basis.shape[1]
        place = Place(effect, width, n_levels, self.size)
        columns = np.zeros((len(basis), n_levels * width))
        rows = np.arange(len(basis))
        for k in range(width):
            columns[rows, width * level_of_row + k] = basis[:, k]
        self.places.append(place)
        self.columns.append(columns)


def _block_around(
    effects: Sequence[RandomEffect], blocks: Sequence[_Block], inner: int
) -> tuple[_Block, IntArray] | None:
    """Return the innermost block that an effect lies within, and its levels counted there anew.

    ``None`` where there is none, or where the levels are so uneven that they are cheaper crossed.
    """
    import numpy as np

    effect = effects[inner]
    for block in blocks:
        outer = effects[block.outer]
        if not _lies_within(effect, outer):
            continue
        parent = np.zeros(effect.n_levels, dtype=np.intp)
        parent[effect.level_of_row] = outer.level_of_row
        order = np.argsort(parent, kind="stable")
        first = np.searchsorted(parent[order], parent[order])
        local = np.zeros(effect.n_levels, dtype=np.intp)
        local[order] = np.arange(effect.n_levels) - first
        if outer.n_levels * float(local.max() + 1) ** 3 < float(effect.n_levels) ** 3:
            return block, local[effect.level_of_row]
    return None


def _longest_chain(effects: Sequence[RandomEffect]) -> tuple[int, ...]:
    """Return the effects of the chain with the most levels, the innermost first."""
    order = sorted(range(len(effects)), key=lambda i: -effects[i].n_levels)
    best: dict[int, tuple[int, tuple[int, ...]]] = {}
    for i in order:
        size, chain = max(
            (best[j] for j in best if _lies_within(effects[j], effects[i])), default=(0, ())
        )
        best[i] = (size + effects[i].n_levels, (*chain, i))
    return max(best.values())[1]


def _lies_within(inner: RandomEffect, outer: RandomEffect) -> bool:
    import numpy as np

    pairs = inner.level_of_row * outer.n_levels + outer.level_of_row
    return len(np.unique(pairs)) == inner.n_levels


def _nested_groups(
    effects: Sequence[RandomEffect], blocks: Sequence[_Block], dense: FloatArray
) -> tuple[NestedGroup, ...]:
    import numpy as np

    # Levels are numbered anew so that those within one outer level follow each other.
    rows = np.lexsort([effects[block.outer].level_of_row for block in blocks])
    levels, firsts = [], []
    for block in blocks:
        sorted_levels = effects[block.outer].level_of_row[rows]
        is_new = np.concatenate([[True], sorted_levels[1:] != sorted_levels[:-1]])
        levels.append(np.cumsum(is_new) - 1)
        firsts.append(np.flatnonzero(is_new))
    columns = [np.column_stack(block.columns)[rows] for block in blocks]
    found = []
    for t, block in enumerate(blocks):
        right = np.column_stack([*columns[t:], dense[rows]])
        sums = np.stack(
            [np.add.reduceat(right * column[:, None], firsts[t]) for column in columns[t].T], axis=1
        )
        parents = tuple(outer[firsts[t]] for outer in levels[t + 1 :])
        starts = tuple(np.flatnonzero(np.diff(p, prepend=-1)) for p in parents)
        widths = [part.shape[1] for part in columns[t:]]
        offsets = tuple(int(end) for end in np.cumsum([0, *widths]))
        found.append(NestedGroup(tuple(block.places), sums, offsets, parents, starts))
    return tuple(found)
