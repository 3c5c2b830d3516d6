"""Attention received: how much of the queries' attention went to each key, on average."""

from __future__ import annotations

import numpy as np

from generator.measures.visible import real_queries


def attention_received(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(keys,): mean over layers, heads and real queries of A[layer, head, query, key].

    Sums to 1 where rows do. Under a causal mask early keys receive more whatever the model
    learned (`lift` corrects for that).
    """
    rows = real_queries(mask)
    columns = weights[:, :, rows, :].sum(axis=2, dtype=np.float64)
    means: np.ndarray = columns.mean(axis=(0, 1)) / max(int(rows.sum()), 1)
    return means
