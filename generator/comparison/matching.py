"""For each head of one model the most similar head of the other.

In: maps of both over the same positions. Out: HeadMatch, one per head. Likeness is the cosine of
what the two maps add to an even share, so that two even heads are not alike merely by being even.
Never: a pairing one to one; several heads may be like the same one.
"""

from __future__ import annotations

import numpy as np

from generator.comparison.marks import MATCHED
from generator.comparison.patterns import even_share
from generator.records.comparison import HeadMatch

LEVEL = 1e-6
"""A map whose deviations from an even share are no longer than this has no shape to compare."""


def match_heads(
    maps: np.ndarray, mask: np.ndarray, others: np.ndarray, other_mask: np.ndarray
) -> tuple[HeadMatch, ...]:
    """One match for each head of `maps`, layer by layer; ties go to the earlier head.

    Args:
        maps: (layers, heads, queries, keys).
        mask: (queries, keys) bool.
        others: (layers, heads, queries, keys), over the same queries and keys.
        other_mask: (queries, keys) bool.
    """
    own, other = deviations(maps, mask), deviations(others, other_mask)
    likeness = own @ other.T
    likeness[:, ~other.any(axis=1)] = -np.inf
    heads, other_heads = maps.shape[1], others.shape[1]
    return tuple(
        _match_head(divmod(i, heads), row, other_heads, bool(own[i].any()))
        for i, row in enumerate(likeness)
    )


def deviations(maps: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(heads of all layers, queries * keys): map minus even share, of length 1; 0 where level.

    `maps` is (layers, heads, queries, keys), `mask` (queries, keys) bool.
    """
    flat = (maps.astype(np.float64) - even_share(mask)).reshape(-1, mask.size)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.asarray(np.where(length > LEVEL, flat / np.maximum(length, LEVEL), 0.0))


def _match_head(
    place: tuple[int, int], row: np.ndarray, other_heads: int, shaped: bool
) -> HeadMatch:
    best = int(np.argmax(row))
    if not shaped or not np.isfinite(row[best]):
        return HeadMatch(layer=place[0], head=place[1], other_layer=None, other_head=None,
                         likeness=None, matched=False)  # fmt: skip
    value = float(np.clip(row[best], -1.0, 1.0))
    layer, head = divmod(best, other_heads)
    return HeadMatch(layer=place[0], head=place[1], other_layer=layer, other_head=head,
                     likeness=value, matched=value >= MATCHED)  # fmt: skip
