"""Redundancy: how alike two heads of a layer look."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from generator.measures.entropy import share_entropy
from generator.measures.visible import real_queries


def redundancy(layer: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(heads, heads): mean over real rows of 1 - JS(A_h, A_h'), base 2.

    `layer` is one layer's maps, (heads, queries, keys).

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
