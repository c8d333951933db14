"""Sums weighted by the inverse covariance of the rows, and their derivatives.

With V = I + Σ Z_g (I ⊗ S_g) Z_gᵗ, where S_g is the covariance of the coefficients of group g over
the residual variance, REML needs M = [X y]ᵗ V⁻¹ [X y] and log det V, and its derivatives need
Z_gᵗ V⁻¹ [X y] and the diagonal blocks of Z_gᵗ V⁻¹ Z_g.  All of them follow from cross-products by
eliminating one group after the other (Woodbury); no matrix of rows × rows is ever formed.

Every step is analytic in S_g, so complex S_g are allowed: the imaginary part of the result at
S + ih is h times its derivative, exact to rounding (complex step, Squire and Trapp 1998,
doi 10.1137/S003614459631241X).  Second derivatives are taken that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lims_msc.science.mixed_columns import FloatArray
    from lims_msc.science.mixed_structure import CrossProducts, NestedGroup, Numbers, Place


@dataclass(frozen=True, slots=True)
class Moments:
    """M, log det V (of real S only; otherwise 0), and the derivatives of both.

    ``slopes`` is ∂M/∂s and ``traces`` is tr V⁻¹ ∂V/∂s, for the unique elements s of all S_g in the
    order of :func:`elements`.
    """

    gram: Numbers
    log_determinant: float
    slopes: Numbers
    traces: Numbers


@dataclass(frozen=True, slots=True)
class _Step:
    """What eliminating one group of the chain leaves behind.

    ``inverse`` is (I + S N)⁻¹ by level, ``right`` the sums of the group before its elimination
    without its own columns, ``solved`` is (I + S N)⁻¹ S times that, ``own`` is N.
    """

    inverse: Numbers
    own: Numbers
    right: Numbers
    solved: Numbers
    covariance: Numbers


def elements(widths: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return (group, row, column) of the unique elements of all covariance matrices."""
    return [(g, a, b) for g, width in enumerate(widths) for a in range(width) for b in range(a + 1)]


def moments(products: CrossProducts, ratios: Sequence[Numbers]) -> Moments:
    """Return the moments at covariances S_g given in the order of the random effects."""
    import numpy as np

    steps, gram, log_determinant = _eliminate_chain(products, ratios)
    size = products.n_crossed
    left, right = gram[:size, :size], gram[:size, size:]
    covariance = _arranged(products.crossed, ratios, size)
    inverse: Numbers = np.linalg.inv(np.eye(size) + covariance @ left)
    if not np.iscomplexobj(gram):
        log_determinant -= float(np.linalg.slogdet(inverse)[1])
    shrunk = inverse @ covariance
    solved = shrunk @ right
    sides: list[Numbers] = [np.empty(0)] * len(ratios)
    blocks: list[Numbers] = [np.empty(0)] * len(ratios)
    for t, group in enumerate(products.nested):
        side, block = _back_through(products.nested, steps, t)
        crossed = side[:, :, :size]
        drawn = (crossed.reshape(np.prod(crossed.shape[:2]), size) @ shrunk).reshape(crossed.shape)
        total = block.sum(axis=0) - np.einsum("iac,ibc->ab", drawn, crossed)
        _collect(group.places, side[:, :, size:] - crossed @ solved, total, sides, blocks)
    _collect(products.crossed, (inverse.T @ right)[None], inverse.T @ left, sides, blocks)
    return Moments(
        gram[size:, size:] - right.T @ solved,
        log_determinant,
        *_derivatives(products.widths, sides, blocks),
    )


def _arranged(places: Sequence[Place], ratios: Sequence[Numbers], size: int) -> Numbers:
    """Return the covariance of all coefficients of a level: S_g once for each repeat."""
    import numpy as np

    found = np.zeros((size, size), dtype=np.result_type(*ratios))
    for place in places:
        for start in range(place.start, place.end, place.width):
            end = start + place.width
            found[start:end, start:end] = ratios[place.effect]
    return found


def _collect(
    places: Sequence[Place],
    side: Numbers,
    block: Numbers,
    sides: list[Numbers],
    blocks: list[Numbers],
) -> None:
    """Sort the sides and summed blocks of a group by the effects that stand in it."""
    import numpy as np

    for place in places:
        columns = slice(place.start, place.end)
        sides[place.effect] = side[:, columns].reshape(-1, place.width, side.shape[2])
        shape = (place.repeats, place.width)
        own = block[columns, columns].reshape(*shape, *shape)
        blocks[place.effect] = np.einsum("iaib->ab", own)


def _eliminate_chain(
    products: CrossProducts, ratios: Sequence[Numbers]
) -> tuple[list[_Step], Numbers, float]:
    import numpy as np

    dtype = np.result_type(*ratios)
    sums = [group.sums.astype(dtype) for group in products.nested]
    gram: Numbers = products.gram.astype(dtype)
    log_determinant, steps = 0.0, []
    for t, group in enumerate(products.nested):
        width = group.width
        covariance = _arranged(group.places, ratios, width)
        own, right = sums[t][:, :, :width], sums[t][:, :, width:]
        capacity = np.eye(width) + covariance @ own
        if not np.iscomplexobj(capacity):
            log_determinant += float(np.log(_determinants(capacity)).sum())
        inverse = _inverses(capacity)
        shrunk = inverse @ covariance
        solved = shrunk @ right
        for k, starts in enumerate(group.starts):
            first, last = group.offsets[k + 1] - width, group.offsets[k + 2] - width
            change = right[:, :, first:last].swapaxes(1, 2) @ solved[:, :, first:]
            sums[t + 1 + k] -= np.add.reduceat(change, starts, axis=0)
        beyond = group.offsets[-1] - width
        n_columns = right.shape[2] - beyond
        gram -= right[:, :, beyond:].reshape(-1, n_columns).T @ solved[:, :, beyond:].reshape(
            -1, n_columns
        )
        steps.append(_Step(inverse, own, right, solved, shrunk))
    return steps, gram, log_determinant


def _back_through(
    groups: Sequence[NestedGroup], steps: Sequence[_Step], t: int
) -> tuple[Numbers, Numbers]:
    """Return Z_tᵗ V⁻¹ W and the blocks of Z_tᵗ V⁻¹ Z_t, V with the whole chain."""
    transposed = steps[t].inverse.swapaxes(1, 2)
    side, block = transposed @ steps[t].right, transposed @ steps[t].own
    for k, parents in enumerate(groups[t].parents):
        outer = steps[t + 1 + k]
        width = groups[t + 1 + k].width
        shared = side[:, :, :width]
        block = block - shared @ outer.covariance[parents] @ shared.swapaxes(1, 2)
        side = side[:, :, width:] - shared @ outer.solved[parents]
    return side, block


def _derivatives(
    widths: Sequence[int], sides: Sequence[Numbers], blocks: Sequence[Numbers]
) -> tuple[Numbers, Numbers]:
    import numpy as np

    slopes, traces = [], []
    for g, a, b in elements(widths):
        product = sides[g][:, a].T @ sides[g][:, b]
        slopes.append(-product if a == b else -product - product.T)
        traces.append(blocks[g][a, b] * (1 if a == b else 2))
    return np.array(slopes), np.array(traces)


def _determinants(matrices: FloatArray) -> FloatArray:
    import numpy as np

    return matrices[:, 0, 0] if matrices.shape[1] == 1 else np.linalg.det(matrices)


def _inverses(matrices: Numbers) -> Numbers:
    import numpy as np

    return 1 / matrices if matrices.shape[1] == 1 else np.linalg.inv(matrices)
