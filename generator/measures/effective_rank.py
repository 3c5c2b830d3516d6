"""Effective rank: how many independent patterns of looking a head's rows hold."""

from __future__ import annotations

import numpy as np

from generator.measures.entropy import share_entropy
from generator.measures.evidence import (
    HEADS_AVERAGED,
    Evidence,
    MeasureValues,
    Missing,
    describe_means,
)
from generator.measures.measure import Measure
from generator.measures.visible import real_queries

MOST_RANK = 10**9
"""Maps times positions cubed, about a third of a second."""


def effective_rank(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads): exp(H(sigma / sum sigma)) of the singular values sigma of the real rows.

    `weights` (layers, heads, queries, keys), `mask` (queries, keys) bool; a number of patterns.
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


def _take_effective_rank(evidence: Evidence) -> MeasureValues | Missing:
    """(layers, heads) numbers of patterns; only where it is quick."""
    weights = evidence.weights
    layers, heads, queries, keys = weights.get_shape()
    if weights.averaged_heads > 1:
        return Missing(HEADS_AVERAGED)
    if layers * heads * queries * keys * min(queries, keys) > MOST_RANK:
        return Missing(f"It takes too long for {layers * heads} heads of {queries} x {keys}.")
    ranks = effective_rank(weights.weights, evidence.mask)
    return MeasureValues(ranks, note=describe_means(weights))


EFFECTIVE_RANK = Measure(
    name="effective_rank",
    title="Effective rank",
    meaning="How many different ways of looking a head has over its positions: 1 = all alike.",
    granularity="head",
    family="whole",
    formula="exp(H(sigma / sum sigma)) of the singular values sigma of the head's real rows",
    source="Roy & Vetterli 2007, definition 1",
    take=_take_effective_rank,
)
