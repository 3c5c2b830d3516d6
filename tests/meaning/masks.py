"""Masks of every kind, and attention drawn or spread evenly under them."""

from __future__ import annotations

import numpy as np

FULL = np.ones((4, 4), dtype=bool)
CAUSAL = np.tril(FULL)
BAND = np.abs(np.subtract.outer(np.arange(4), np.arange(4))) <= 1
PADDED = FULL.copy()
PADDED[3], PADDED[:, 3] = False, False
CROSS = np.ones((2, 5), dtype=bool)
MASKS = (FULL, CAUSAL, BAND, PADDED, CROSS)


def spread_evenly(mask: np.ndarray) -> np.ndarray:
    """(2, 3, queries, keys): each query spreads evenly over the keys it may see."""
    counts = np.maximum(mask.sum(-1, keepdims=True), 1)
    return np.broadcast_to(mask / counts, (2, 3, *mask.shape)).astype(np.float32)


def draw_attention(mask: np.ndarray, seed: int = 0) -> np.ndarray:
    """(2, 3, queries, keys): random rows that sum to 1 over what they may see."""
    weights = np.random.default_rng(seed).gamma(1.0, size=(2, 3, *mask.shape)) * mask
    total = weights.sum(-1, keepdims=True)
    return np.asarray(weights / np.where(total > 0, total, 1.0))
