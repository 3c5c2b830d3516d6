"""Redundancy: how alike two heads of a layer look."""

from __future__ import annotations

from itertools import combinations

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

MOST_PAIRS = 3 * 10**7
"""Pairs of heads times entries of a map, about a third of a second."""


def redundancy(layer: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(heads, heads): mean over real rows of 1 - JS(A_h, A_h'), base 2, from 0 to 1.

    `layer` is one layer's maps, (heads, queries, keys); `mask` (queries, keys) bool.

    1 = the two heads attend alike, 0 = no key in common. Symmetric, 1 on the diagonal. Rows that
    went to a sink in either head are left out; NaN where no row is left. Jensen-Shannon divergence
    between heads as in Clark et al. 2019, section 6.
    """
    maps = layer[:, real_queries(mask), :].astype(np.float64)
    sums = maps.sum(axis=-1)
    shares = maps / np.where(sums > 0, sums, 1.0)[..., None]
    alike = np.eye(len(maps))
    for one, other in combinations(range(len(maps)), 2):
        both = (sums[one] > 0) & (sums[other] > 0)
        alike[one, other] = alike[other, one] = 1 - _mean_divergence(
            shares[one, both], shares[other, both]
        )
    return alike


def _mean_divergence(one: np.ndarray, other: np.ndarray) -> float:
    """Mean over rows of the divergence of (rows, keys) from (rows, keys); NaN without a row."""
    if len(one) == 0:
        return float("nan")
    whole = np.ones(len(one))
    nats = (
        share_entropy((one + other) / 2, whole)
        - (share_entropy(one, whole) + share_entropy(other, whole)) / 2
    )
    return float(np.clip(nats / np.log(2), 0.0, 1.0).mean())


def _take_redundancy(evidence: Evidence) -> MeasureValues | Missing:
    """(layers, heads) of each head with the most similar other of its layer."""
    weights = evidence.weights
    layers, heads, queries, keys = weights.get_shape()
    if weights.averaged_heads > 1:
        return Missing(HEADS_AVERAGED)
    if heads == 1:
        return Missing("There is one head in a layer.")
    if layers * heads * (heads - 1) // 2 * queries * keys > MOST_PAIRS:
        return Missing(f"It takes too long for {layers * heads} heads of {queries} x {keys}.")
    others = ~np.eye(heads, dtype=bool)
    alike = np.stack([redundancy(layer, evidence.mask) for layer in weights.weights])
    most = np.where(others & ~np.isnan(alike), alike, -np.inf).max(axis=-1)
    return MeasureValues(np.where(np.isfinite(most), most, np.nan), note=describe_means(weights))


REDUNDANCY = Measure(
    name="redundancy",
    title="Redundancy",
    meaning="How alike a head looks to the most similar head of its layer: 1 = the same, "
    "0 = nothing in common.",
    granularity="head",
    family="whole",
    formula="largest over other heads h' of its layer of the mean over real rows of "
    "1 - JS(A_h, A_h'), base 2",
    source="Clark et al. 2019, section 6 for the divergence; the largest of it is our own",
    take=_take_redundancy,
)
