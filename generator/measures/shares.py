"""How much of all attention went to each key, and how much would if it were spread evenly.

In: maps and their mask. Out: shares. Never: torch; pictures read these too.
"""

from __future__ import annotations

import numpy as np

from generator.attention import AttentionWeights
from generator.measures.visible import real_queries


def attention_received(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(keys,): mean over layers, heads and real queries of A[layer, head, query, key], a share.

    `weights` (layers, heads, queries, keys), `mask` (queries, keys) bool. Sums to 1 where rows do.
    Under a causal mask early keys receive more whatever the model learned (`lift` corrects for
    that). Own definition: the column mean of attention.
    """
    rows = real_queries(mask)
    columns = weights[:, :, rows, :].sum(axis=2, dtype=np.float64)
    means: np.ndarray = columns.mean(axis=(0, 1)) / max(int(rows.sum()), 1)
    return means


def uniform_share(mask: np.ndarray) -> np.ndarray:
    """(keys,): the share each key would receive if every query spread evenly over its keys.

    `mask` (queries, keys) bool. (1/|Q|) sum over real queries i that may see j of 1/n_i, with n_i
    visible keys: own definition.
    """
    per_query = mask / np.maximum(mask.sum(axis=-1, keepdims=True), 1)
    share: np.ndarray = per_query.sum(axis=0) / max(int(real_queries(mask).sum()), 1)
    return share


def measure_received_and_even(
    weights: AttentionWeights, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(keys,) share received, and (keys,) what it would be if spread evenly under the same masks.

    Capture measured both sample by sample, for samples may be padded differently; for weights
    made by hand both come from the maps and the mask (queries, keys). Formulas and source as in
    `attention_received` and `uniform_share`.
    """
    if weights.received_by_sample is None or weights.expected_by_sample is None:
        return attention_received(weights.weights, mask), uniform_share(mask)
    return (
        weights.received_by_sample.mean(axis=(0, 1), dtype=np.float64),
        weights.expected_by_sample.mean(axis=(0, 1), dtype=np.float64),
    )
