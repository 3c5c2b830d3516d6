"""Row entropy: how widely a query's attention is spread, in nats."""

from __future__ import annotations

import numpy as np
from scipy.special import entr


def row_entropy(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads, queries): H(A_i) in nats; 0 = one key, log n_i = even over n_i keys.

    NaN for a query that may see no key (padding), and for one whose attention all went to a sink.
    Rows that lost mass to a sink are taken relative to what went to keys. Clark et al. 2019,
    section 3.
    """
    total = weights.sum(axis=-1, dtype=np.float64)
    told = mask.any(axis=-1) & (total > 0)
    layers = (share_entropy(maps, sums) for maps, sums in zip(weights, total, strict=True))
    return np.where(told, np.stack(list(layers)), np.nan)


def share_entropy(weights: np.ndarray, total: np.ndarray) -> np.ndarray:
    """(...,): entropy of each row of (..., keys) brought to 1 by its total; 0 where that is 0."""
    safe = np.where(total > 0, total, 1.0)[..., None]
    entropy: np.ndarray = entr(np.maximum(weights, 0) / safe).sum(axis=-1)
    return entropy
