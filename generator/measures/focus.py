"""Focus: how concentrated a query's attention is (1 minus normalised entropy)."""

from __future__ import annotations

import numpy as np

from generator.measures.entropy import row_entropy


def focus(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads, queries): 1 - H(A_i) / log n_i with n_i visible keys.

    0 = uniform over the keys the query may see, 1 = one key. A query with fewer than two keys
    has focus 0, as has one whose attention all went to a sink; one that may see none (padding)
    has NaN. Entropy as in Clark et al. 2019, section 3.
    """
    keys = mask.sum(axis=-1)
    entropy = row_entropy(weights, mask)
    scale = np.log(np.maximum(keys, 2))
    found = np.where((keys < 2) | np.isnan(entropy), 0.0, 1.0 - entropy / scale)
    return np.where(keys == 0, np.nan, np.clip(found, 0.0, 1.0))


def mean_focus(values: np.ndarray, axis: int | tuple[int, ...]) -> np.ndarray:
    """Mean of focus over an axis, padding left out; 0 where nothing is left."""
    kept = ~np.isnan(values)
    count = kept.sum(axis=axis)
    total = np.where(kept, values, 0.0).sum(axis=axis)
    return np.asarray(total / np.maximum(count, 1))
