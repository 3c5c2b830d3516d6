"""The five shares that a head is classed by: itself, the one before, one key, near, own block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.measures.visible import check_one_sequence, real_queries


@dataclass(frozen=True)
class HeadShares:
    """Of every head, each (layers, heads); NaN where it does not apply.

    Attributes:
        diagonal: mean A_ii over the queries that may see themselves.
        previous: mean A_i,i-1 over the queries that may see the position before.
        vertical: largest share of all attention that one key receives.
        local: mean attention within the band, over its mean if attention were spread evenly.
        block: the same within the query's own block; NaN without blocks.
    """

    diagonal: np.ndarray
    previous: np.ndarray
    vertical: np.ndarray
    local: np.ndarray
    block: np.ndarray


def head_shares(
    weights: np.ndarray, mask: np.ndarray, band: int, blocks: np.ndarray | None = None
) -> HeadShares:
    """Of a sequence that attends to itself, each (layers, heads): shares, and times an even share.

    `weights` (layers, heads, positions, positions), `mask` (positions, positions) bool, `band` in
    positions, `blocks` (positions,) labels of its parts. Formulas as in `HeadShares`: own
    definition.

    Raises:
        ValueError: queries and keys are two sequences, or blocks of another length.
    """
    size = check_one_sequence(mask)
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    none = np.full(weights.shape[:2], np.nan)
    return HeadShares(
        _diagonal_mean(weights, mask, 0),
        _diagonal_mean(weights, mask, 1),
        column_share(weights, mask),
        lift_within(weights, mask, apart <= band),
        none if blocks is None else lift_within(weights, mask, _mark_same_block(blocks, size)),
    )


def cross_head_shares(weights: np.ndarray, mask: np.ndarray) -> HeadShares:
    """Of attention to another sequence: only one key's share, (layers, heads), has a meaning there.

    `weights` (layers, heads, queries, keys), `mask` (queries, keys) bool. Formula as in
    `column_share`: own definition.
    """
    none = np.full(weights.shape[:2], np.nan)
    return HeadShares(none, none, column_share(weights, mask), none, none)


def column_share(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads): the largest mean over real queries of A_ij, over keys j, a share of 1.

    `weights` (layers, heads, queries, keys), `mask` (queries, keys) bool. Own definition.
    """
    rows = real_queries(mask)
    if not rows.any():
        return np.full(weights.shape[:2], np.nan)
    largest: np.ndarray = weights[:, :, rows, :].mean(axis=-2, dtype=np.float64).max(axis=-1)
    return largest


def lift_within(weights: np.ndarray, mask: np.ndarray, within: np.ndarray) -> np.ndarray:
    """(layers, heads): attention `within`, in times of what even attention puts there.

    `weights` (layers, heads, queries, keys); `mask` and `within` (queries, keys) bool. sum of A_ij
    over the sum of 1/n_i, both over the pairs within, n_i visible keys: own definition.
    """
    rows = real_queries(mask)
    inside = within & mask
    even = (inside.sum(axis=-1) / np.maximum(mask.sum(axis=-1), 1))[rows].sum()
    got = np.where(inside, weights, 0.0).sum(axis=(-2, -1), dtype=np.float64)
    return np.where(even > 0, got / (even if even > 0 else 1.0), np.nan)


def _diagonal_mean(weights: np.ndarray, mask: np.ndarray, back: int) -> np.ndarray:
    """(layers, heads): mean of A_i,i-back over the queries that may see that key."""
    seen = np.diagonal(mask, offset=-back)
    if not seen.any():
        return np.full(weights.shape[:2], np.nan)
    line = np.diagonal(weights, offset=-back, axis1=-2, axis2=-1)[..., seen]
    means: np.ndarray = line.mean(axis=-1, dtype=np.float64)
    return means


def _mark_same_block(blocks: np.ndarray, size: int) -> np.ndarray:
    """(positions, positions) bool: in one block."""
    if blocks.shape != (size,):
        raise ValueError(f"blocks must be ({size},), one label per position; found {blocks.shape}")
    return np.asarray(blocks[:, None] == blocks[None, :])
