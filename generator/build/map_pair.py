"""Both mean maps of a comparison, over the positions that the two models share.

In: two sides. Out: what the picture shows, or None. Never: maps whose rows or columns differ.
"""

from __future__ import annotations

import numpy as np

from generator.comparison.alignment import align, select_shared_maps
from generator.comparison.side import Side
from generator.figures.comparison import MapPair


def build_map_pair(a: Side, b: Side, banner: str = "") -> MapPair | None:
    """Both mean maps over the shared positions; None where rows or columns are not the same."""
    alignment = align(a, b)
    if not alignment.comparable or a.same != b.same:
        return None
    one, other = (_mean_map(a, alignment.places_a), _mean_map(b, alignment.places_b))
    if one.shape != other.shape:
        return None
    names = tuple(a.names[place] for place in alignment.places_a)
    queries = names if a.same else tuple(f"position_{row}" for row in range(len(one)))
    return MapPair(one, other, queries, names, a.name, b.name, banner)


def _mean_map(side: Side, places: tuple[int, ...]) -> np.ndarray:
    maps, _ = select_shared_maps(side, places)
    return np.asarray(maps.mean(axis=(0, 1), dtype=np.float64))
