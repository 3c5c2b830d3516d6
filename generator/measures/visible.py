"""Which keys each query may see, which queries are real, and means that leave out the rest."""

from __future__ import annotations

import numpy as np

from generator.attention import AttentionWeights


def find_visible(weights: AttentionWeights) -> np.ndarray:
    """(queries, keys) bool: the stated mask, else every entry not exactly 0 in all maps.

    Own definition: j is seen by i where A_ij is not 0 in some layer and head.
    """
    if weights.mask is not None:
        return np.asarray(weights.mask, dtype=bool)
    return np.asarray((weights.weights != 0).any(axis=(0, 1)))


def real_queries(mask: np.ndarray) -> np.ndarray:
    """(queries,) bool: queries that may see at least one key; the others are padding.

    `mask` (queries, keys) bool. Own definition: some j is seen by i.
    """
    return np.asarray(mask.any(axis=-1))


def check_one_sequence(mask: np.ndarray) -> int:
    """How many positions a sequence that attends to itself has.

    `mask` (queries, keys) bool.

    Raises:
        ValueError: queries and keys differ in number, so they are two sequences.
    """
    queries, keys = mask.shape
    if queries != keys:
        raise ValueError(
            f"this measure is of a sequence that attends to itself; "
            f"found {queries} queries over {keys} keys"
        )
    return int(queries)


def nan_mean(values: np.ndarray, axis: int | tuple[int, ...]) -> np.ndarray:
    """Mean over an axis of what is known, in the unit of `values`; NaN where nothing is.

    `values` (layers, heads, queries) or any other shape. The mean over what is not NaN: own
    definition.
    """
    kept = ~np.isnan(values)
    count = kept.sum(axis=axis)
    total = np.where(kept, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
