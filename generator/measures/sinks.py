"""Attention sinks: keys that many queries look at while little comes of it.

Xiao et al. 2023 name them; the threshold on mean attention is that of Gu et al. 2024, the one on
value norms follows their finding that sinks have small values. Never: a key left out for being one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MEAN_ABOVE = 0.3
NORM_BELOW = 0.5
"""Of the median over the keys that anyone may see."""


@dataclass(frozen=True)
class Sinks:
    """Which keys look like sinks, head by head.

    Attributes:
        attention: (layers, heads, keys), mean of A_ij over the queries that may see key j; NaN
            for keys nobody may see.
        even: (keys,), the same mean if every query spread evenly over its keys. Where it is above
            `MEAN_ABOVE` by itself, as for keys few queries see, a candidate means nothing.
        candidates: (layers, heads, keys) bool, attention above `MEAN_ABOVE`.
        confirmed: (layers, heads, keys) bool, candidates whose value norm is also below
            `NORM_BELOW` of the median; None where no norms were given.
    """

    attention: np.ndarray
    even: np.ndarray
    candidates: np.ndarray
    confirmed: np.ndarray | None


def find_sinks(weights: np.ndarray, mask: np.ndarray, norms: np.ndarray | None = None) -> Sinks:
    """Candidates from the maps; confirmed by `norms` (layers, heads, keys), |v_j W_O| per head.

    Raises:
        ValueError: norms of another shape.
    """
    seeing = mask.sum(axis=0)
    columns = np.where(mask, weights, 0.0).sum(axis=-2, dtype=np.float64)
    attention = _to_means(columns, seeing)
    even = _to_means((mask / np.maximum(mask.sum(axis=-1, keepdims=True), 1)).sum(axis=0), seeing)
    candidates = attention > MEAN_ABOVE
    confirmed = (
        None if norms is None else candidates & mark_small_norms(norms, seeing > 0, attention.shape)
    )
    return Sinks(attention, even, candidates, confirmed)


def mark_small_norms(norms: np.ndarray, seen: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(layers, heads, keys) bool: norm below half the median of the keys that anyone may see."""
    if norms.shape != shape:
        raise ValueError(f"norms must be (layers, heads, keys) = {shape}, found {norms.shape}")
    if not seen.any():
        return np.zeros(shape, dtype=bool)
    median = np.median(norms[..., seen], axis=-1, keepdims=True)
    return np.asarray(norms < NORM_BELOW * median)


def _to_means(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Sums as means; NaN where nobody looks."""
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)
