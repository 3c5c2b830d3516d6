"""Lift: attention received, relative to what uniform attention under the same mask gives."""

from __future__ import annotations

import numpy as np

from generator.measures.visible import real_queries


def uniform_share(mask: np.ndarray) -> np.ndarray:
    """(keys,): attention each key would receive if every query spread evenly over its keys."""
    per_query = mask / np.maximum(mask.sum(axis=-1, keepdims=True), 1)
    share: np.ndarray = per_query.sum(axis=0) / max(int(real_queries(mask).sum()), 1)
    return share


def lift(received: np.ndarray, even: np.ndarray) -> np.ndarray:
    """(keys,): received / even share; 1.0 everywhere for uniform attention under any mask.

    A key no query may see has lift 0.
    """
    seen = even > 0
    return np.where(seen, received / np.where(seen, even, 1.0), 0.0)


def importance(lifted: np.ndarray) -> np.ndarray:
    """(keys,): lift normalised to sum 1; without a mask this is the column mean."""
    total = lifted.sum()
    return lifted / total if total > 0 else lifted
