"""Focus: how concentrated a query's attention is (1 minus normalised entropy)."""

from __future__ import annotations

import numpy as np
from scipy.special import entr


def focus(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads, queries): 1 - H(A_i) / log n_i with n_i visible keys.

    0 = uniform over the keys the query may see, 1 = one key. A query with fewer than two keys
    has focus 0; one that may see none (padding) has NaN. Rows that lost mass to a sink are
    taken relative to what went to keys. Entropy as in Clark et al. 2019, section 3.
    """
    keys = mask.sum(axis=-1)
    total = weights.sum(axis=-1, dtype=np.float64)
    entropy = _entropy(weights, total)
    scale = np.log(np.maximum(keys, 2))
    found = np.where((keys < 2) | (total == 0), 0.0, 1.0 - entropy / scale)
    return np.where(keys == 0, np.nan, np.clip(found, 0.0, 1.0))


def _entropy(weights: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Row entropies of the normalised rows, one layer at a time to bound memory."""
    safe = np.where(total > 0, total, 1.0)[..., None]
    layers = (entr(np.maximum(w, 0) / s).sum(axis=-1) for w, s in zip(weights, safe, strict=True))
    return np.stack(list(layers))


def mean_focus(values: np.ndarray, axis: int | tuple[int, ...]) -> np.ndarray:
    """Mean of focus over an axis, padding left out; 0 where nothing is left."""
    kept = ~np.isnan(values)
    count = kept.sum(axis=axis)
    total = np.where(kept, values, 0.0).sum(axis=axis)
    return np.asarray(total / np.maximum(count, 1))
