"""Off-diagonal share: how much of a query's attention goes to others than itself."""

from __future__ import annotations

import numpy as np

from generator.measures.visible import check_one_sequence, real_queries


def off_diagonal(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads, queries): 1 - A_ii; 0 = only itself. NaN for padding.

    Rows of attention sum to 1, so a row's sum ranks nothing; what leaves the diagonal does.

    Raises:
        ValueError: queries and keys are two sequences.
    """
    check_one_sequence(mask)
    own = np.diagonal(weights, axis1=-2, axis2=-1).astype(np.float64)
    return np.where(real_queries(mask), 1.0 - own, np.nan)
