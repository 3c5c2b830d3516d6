"""Attention as a graph: a node for each position, an arrow from query to key.

Nodes keep the order of the positions on a circle: with a force layout, nearness would look
like a finding where it is only the end of an optimisation. Square maps have one node for each
position; other maps have two arcs, queries on the left. Node size: attention received.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch

from generator.figures.layout import NodePlaces, Point, place_nodes
from generator.figures.links import Links, select_links
from generator.figures.network_names import frame_axes, name_nodes
from generator.figures.paper import ACCENT, PAPER, make_sheet, use_house_style
from generator.figures.view import MapView

TITLE = "Network"
WORDS = (
    "positions as nodes, attention as arrows; a wider line is a larger weight, a larger node "
    "receives more."
)
THINNEST, WIDEST = 1.5, 6.0  # of the strongest link, by how many nodes share the circle


def draw(view: MapView, figsize: tuple[float, float]) -> Figure:
    """The strongest links above uniform attention as a graph."""
    links = select_links(view.matrix, view.visible).above(view.uniform)
    places = place_nodes(view.query_names, view.key_names)
    with use_house_style():
        subtitle = "Attention network: arrows point from query to key"
        caption = compose_caption(view, links, places)
        figure = make_sheet(figsize, view.title, subtitle, caption, view.banner)
        axes = figure.add_subplot()
        room = 1.8 * min(figsize) / (1 if places.key is None else 2)
        scale = frame_axes(axes, view, figsize, room)
        query_sizes, key_sizes = node_sizes(view, places, scale)
        draw_arrows(axes, links, places, (query_sizes, key_sizes), scale)
        draw_nodes(axes, places.keys, key_sizes, ACCENT)
        name_nodes(axes, view.key_names, places.keys, key_sizes, room)
        if places.key is not None:
            draw_nodes(axes, places.query, query_sizes, PAPER)
            name_nodes(axes, view.query_names, places.query, query_sizes, room)
        return figure


def compose_caption(view: MapView, links: Links, places: NodePlaces) -> str:
    """What is drawn and how to read it."""
    words = "Small rings: attention to oneself." if places.key is None else ""
    return (
        f"{links.words()} Only links of at least uniform attention ({view.uniform:.3g}) count. "
        f"Node area: attention received. {words or 'Left: queries; right: keys.'}"
    )


def node_sizes(view: MapView, places: NodePlaces, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Diameters in points, (queries,) and (keys,): area by attention received, else small."""
    count = len(view.query_names)
    largest = min(0.16 * scale * 72, 0.7 * 2 * np.pi * scale * 72 / max(count, 1))
    share = np.sqrt(view.received / max(float(view.received.max(initial=0.0)), 1e-300))
    smallest = min(4.0, largest)
    keys = np.maximum(largest * share, smallest / 2)
    return (keys if places.key is None else np.full(count, smallest)), keys


def draw_arrows(
    axes: Axes,
    links: Links,
    places: NodePlaces,
    sizes: tuple[np.ndarray, np.ndarray],
    scale: float,
) -> None:
    """One curved arrow a link, weak ones first; attention to oneself as a ring.

    `sizes` are diameters in points: (queries,) and (keys,).
    """
    count = len(places.query) + len(places.key or ())
    widest = float(np.clip(300 / count, THINNEST, WIDEST))
    ends = list(zip(links.query.tolist(), links.key.tolist(), links.relative, strict=True))
    for query, key, part in reversed(ends):
        start, end = places.query[query], places.keys[key]
        look: dict[str, Any] = {"color": ACCENT, "alpha": 0.12 + 0.68 * float(part)}
        width = 0.4 + widest * float(part)
        if places.key is None and query == key:
            draw_loop(axes, end, sizes[1][key] / 2 / 72 / scale, width, look)
            continue
        patch = FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            connectionstyle=f"arc3,rad={curvature(start, end):.4f}",
            mutation_scale=4 + 2.2 * width,
            linewidth=width,
            shrinkA=sizes[0][query] / 2,
            shrinkB=sizes[1][key] / 2 + 1,
            capstyle="butt",
            joinstyle="miter",
            **look,
        )
        axes.add_artist(patch)  # add_patch would trace each curve for limits that are set anyway


def curvature(start: Point, end: Point) -> float:
    """Curvature that leads inside the circle, stronger for neighbours, unequal for the two ways."""
    turn = start[0] * end[1] - start[1] * end[0]
    near = 1 - min(np.hypot(end[0] - start[0], end[1] - start[1]) / 2, 1)
    inward = 0.1 + 0.4 * near
    return float(inward + 0.1 if turn < 0 else -inward)


def draw_loop(axes: Axes, place: Point, radius: float, width: float, look: dict[str, Any]) -> None:
    """A ring around a node."""
    axes.add_artist(Circle(place, radius * 1.25 + 0.012, fill=False, linewidth=width * 0.6, **look))


def draw_nodes(axes: Axes, places: tuple[Point, ...], sizes: np.ndarray, fill: str) -> None:
    """Nodes above all arrows; `sizes` are (nodes,) diameters in points."""
    x, y = np.array(places).T
    look: dict[str, Any] = {"edgecolors": ACCENT, "linewidths": 0.8, "zorder": 3}
    axes.scatter(x, y, s=sizes**2, color=fill, **look)
