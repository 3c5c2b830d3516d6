"""Where figures place positions, for pictures and pages alike.

In: names (nodes of a network), links (bars of a flow). Out: places in a unit of their own, which a
picture or a page scales to its room. Never: a place that depends on a force or on chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.figures.links import Links
from generator.records import Record

DIGITS = 4
"""Decimals of a place: on a screen less than a tenth of a pixel is lost."""
GAPS = 0.3
"""The share of a flow's height that is kept free between bars."""
Point = tuple[float, float]


class NodePlaces(Record):
    """(x, y) of each node on the unit circle, clockwise from the top.

    Keys are None where they are the queries: one ring. Else queries stand on the left half of the
    circle and keys on the right one, both from the top down.
    """

    query: tuple[Point, ...]
    key: tuple[Point, ...] | None = None

    @property
    def keys(self) -> tuple[Point, ...]:
        """The places of the keys."""
        return self.query if self.key is None else self.key


class Bars(Record):
    """One side of a flow: a bar for each position that has a drawn link, in their order."""

    scale: float
    """Height of a weight of 1; the whole side has height 1."""
    tops: tuple[float, ...]
    """Upper end of each bar, from 1 down."""


def place_nodes(query_names: Sequence[str], key_names: Sequence[str]) -> NodePlaces:
    """One ring where queries and keys are the same positions, else two arcs."""
    if tuple(query_names) == tuple(key_names):
        return NodePlaces(query=_place_ring(len(key_names)))
    left = [(-x, y) for x, y in _place_arc(len(query_names))]
    return NodePlaces(query=tuple(left), key=_place_arc(len(key_names)))


def _place_ring(count: int) -> tuple[Point, ...]:
    if count == 1:
        return ((0.0, 0.0),)
    import networkx as nx  # only rings need it, and pages without figures none of it

    places = nx.circular_layout(range(count))
    return tuple(_round(places[node][1], places[node][0]) for node in range(count))


def _place_arc(count: int) -> tuple[Point, ...]:
    """The right half of the circle without its ends, from the top down."""
    turns = np.linspace(0.25, np.pi - 0.25, 2 * count + 1)[1::2]
    return tuple(_round(np.sin(turn), np.cos(turn)) for turn in turns)


def _round(x: float, y: float) -> Point:
    return round(float(x), DIGITS) + 0.0, round(float(y), DIGITS) + 0.0


def place_bars(links: Links) -> tuple[Bars, Bars]:
    """The bars of the queries (left) and of the keys (right), as high as their links together."""
    return _place_side(links.query, links.weight), _place_side(links.key, links.weight)


def _place_side(position: np.ndarray, weight: np.ndarray) -> Bars:
    """Bars from the top down with equal gaps between them.

    Args:
        position: (links,) int, the end of each link on this side.
        weight: (links,) weights.
    """
    bars, index = np.unique(position, return_inverse=True)
    gaps = GAPS if len(bars) > 1 else 0.0
    scale = (1 - gaps) / max(float(weight.sum()), 1e-300)
    heights = np.bincount(index, weight, len(bars)) * scale
    before = np.cumsum(heights) - heights + gaps / max(len(bars) - 1, 1) * np.arange(len(bars))
    return Bars(scale=float(f"{scale:.6g}"), tops=tuple(np.round(1 - before, DIGITS).tolist()))
