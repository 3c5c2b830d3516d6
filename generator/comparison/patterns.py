"""What each head's map mostly looks like, by four simple figures; all thresholds stand here.

In: maps (layers, heads, queries, keys). Out: HeadStatistics. The classes follow Clark et al. 2019
("What does BERT look at?", section 3): heads that attend broadly, to the token itself or one beside
it, or to one special token. Never: a claim about what a head is for.
"""

from __future__ import annotations

import numpy as np

from generator.comparison.marks import EVEN_BELOW, NEAR_FROM, ONE_FROM, OWN_FROM, REACH
from generator.measures.focus import focus, mean_focus
from generator.measures.visible import real_queries
from generator.records.comparison import HeadPattern, HeadStatistics


def measure_heads(
    maps: np.ndarray, mask: np.ndarray, same: bool, ordered: bool
) -> tuple[HeadStatistics, ...]:
    """Figures and pattern of every head, layer by layer.

    Args:
        maps: (layers, heads, queries, keys).
        mask: (queries, keys) bool, True where the query may see the key.
        same: queries are the keys, position by position.
        ordered: neighbouring positions are neighbours in time.
    """
    head_focus = mean_focus(focus(maps, mask), axis=2)
    return tuple(
        _measure_head(
            layer, head, maps[layer, head], mask, float(head_focus[layer, head]), same, ordered
        )
        for layer in range(maps.shape[0])
        for head in range(maps.shape[1])
    )


def _measure_head(
    layer: int,
    head: int,
    one_map: np.ndarray,
    mask: np.ndarray,
    head_focus: float,
    same: bool,
    ordered: bool,
) -> HeadStatistics:
    rows = real_queries(mask)
    values = one_map.astype(np.float64)
    own = float(np.diagonal(values)[rows].mean()) if same else None
    one = float(values[rows].mean(axis=0).max())
    near = nearness(values, mask) if same and ordered else None
    return HeadStatistics(
        layer=layer,
        head=head,
        pattern=classify_head(head_focus, own, one, near),
        focus=head_focus,
        own=own,
        one=one,
        near=near,
    )


def classify_head(
    head_focus: float, own: float | None, one: float, near: float | None
) -> HeadPattern:
    """The first class whose threshold is reached, in the order even, own, one, neighbours."""
    if head_focus < EVEN_BELOW:
        return HeadPattern.EVEN
    if own is not None and own >= OWN_FROM:
        return HeadPattern.OWN
    if one >= ONE_FROM:
        return HeadPattern.ONE
    if near is not None and near >= NEAR_FROM:
        return HeadPattern.NEAR
    return HeadPattern.OTHER


def nearness(values: np.ndarray, mask: np.ndarray) -> float:
    """Attention to keys at most REACH steps away, over what an even spread gives them.

    `values` is (positions, positions) probabilities, `mask` the same in bool.
    """
    steps = np.arange(len(values))
    band = np.abs(steps[:, None] - steps[None]) <= REACH
    expected = float((even_share(mask) * band).sum())
    return float((values * band).sum()) / expected if expected else 0.0


def even_share(mask: np.ndarray) -> np.ndarray:
    """(queries, keys): each query's attention spread evenly over the keys it may see.

    `mask` is of that shape, True where it may.
    """
    return np.asarray(mask / np.maximum(mask.sum(axis=-1, keepdims=True), 1))
