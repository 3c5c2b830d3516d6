"""Effective rank: how many independent patterns of looking a head's rows hold."""

from __future__ import annotations

import numpy as np

from generator.measures.entropy import share_entropy
from generator.measures.visible import real_queries


def effective_rank(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads): exp(H(sigma / sum sigma)) of the singular values sigma of the real rows.

    1 = every query looks the same way (a collapsed head), n = n queries each look their own way.
    NaN where there is no real row, or all attention went to a sink. Roy & Vetterli 2007,
    definition 1 (natural logarithm). Cost: one singular value decomposition per map.
    """
    maps = weights[:, :, real_queries(mask), :].astype(np.float64)
    if maps.shape[2] == 0:
        return np.full(maps.shape[:2], np.nan)
    sigma = np.linalg.svd(maps, compute_uv=False)
    total = sigma.sum(axis=-1)
    return np.where(total > 0, np.exp(share_entropy(sigma, total)), np.nan)
