"""Lift: attention received, relative to what uniform attention under the same mask gives."""

from __future__ import annotations

import numpy as np

from generator.measures.received import received
from generator.measures.visible import real_queries


def uniform_share(mask: np.ndarray) -> np.ndarray:
    """(keys,): attention each key would receive if every query spread evenly over its keys."""
    per_query = mask / np.maximum(mask.sum(axis=-1, keepdims=True), 1)
    share: np.ndarray = per_query.sum(axis=0) / max(int(real_queries(mask).sum()), 1)
    return share


def lift(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(keys,): received / uniform_share; 1.0 everywhere for uniform attention under any mask.

    A key no query may see has lift 0.
    """
    share = uniform_share(mask)
    seen = share > 0
    return np.where(seen, received(weights, mask) / np.where(seen, share, 1.0), 0.0)


def importance(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(keys,): lift normalised to sum 1; without a mask this is the column mean."""
    lifted = lift(weights, mask)
    total = lifted.sum()
    return lifted / total if total > 0 else lifted
