"""Row entropy: how widely a query's attention is spread, in nats."""

from __future__ import annotations

import numpy as np
from scipy.special import entr

from generator.measures.evidence import Evidence, MeasureValues, describe_means
from generator.measures.measure import Measure
from generator.measures.visible import nan_mean


def row_entropy(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads, queries): H(A_i) = -sum_j A_ij log A_ij, in nats.

    `weights` (layers, heads, queries, keys), `mask` (queries, keys) bool. 0 = one key, log n_i =
    even over n_i keys. NaN for a query that may see no key (padding), and for one whose attention
    all went to a sink. Rows that lost mass to a sink are taken relative to what went to keys.
    Clark et al. 2019, section 3.
    """
    total = weights.sum(axis=-1, dtype=np.float64)
    known = mask.any(axis=-1) & (total > 0)
    layers = (share_entropy(maps, sums) for maps, sums in zip(weights, total, strict=True))
    return np.where(known, np.stack(list(layers)), np.nan)


def share_entropy(weights: np.ndarray, total: np.ndarray) -> np.ndarray:
    """(...,) nats: -sum p log p of each row of `weights` (..., keys) over its `total` (...,).

    0 where the total is 0. Shannon 1948, section 6.
    """
    safe = np.where(total > 0, total, 1.0)[..., None]
    entropy: np.ndarray = entr(np.maximum(weights, 0) / safe).sum(axis=-1)
    return entropy


def _take_entropy(evidence: Evidence) -> MeasureValues:
    """(queries,) nats, mean over layers and heads."""
    entropy = row_entropy(evidence.weights.weights, evidence.mask)
    note = describe_means(evidence.weights)
    return MeasureValues(nan_mean(entropy, axis=(0, 1)), "queries", note)


ENTROPY = Measure(
    name="entropy",
    title="Entropy",
    meaning="How widely a position's own attention is spread, in nats: 0 = on a single one.",
    granularity="position",
    family="rows",
    formula="mean over layers and heads of H(A_i) = -sum_j A_ij log A_ij, natural logarithm",
    source="Clark et al. 2019, section 3",
    take=_take_entropy,
)
