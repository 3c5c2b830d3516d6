"""Which keys each query may see, and which queries are real."""

from __future__ import annotations

import numpy as np

from generator.attention import AttentionWeights


def find_visible(weights: AttentionWeights) -> np.ndarray:
    """(queries, keys) bool: the stated mask, else every entry not exactly 0 in all maps."""
    if weights.mask is not None:
        return np.asarray(weights.mask, dtype=bool)
    return np.asarray((weights.weights != 0).any(axis=(0, 1)))


def real_queries(mask: np.ndarray) -> np.ndarray:
    """(queries,) bool: queries that may see at least one key; the others are padding."""
    return np.asarray(mask.any(axis=-1))


def check_one_sequence(mask: np.ndarray) -> int:
    """How many positions a sequence that attends to itself has.

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
