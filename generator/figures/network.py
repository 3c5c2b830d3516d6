"""Attention as a graph: a node for each position, an arrow from query to key.

Nodes keep the order of the positions on a circle: with a force layout, nearness would look
like a finding where it is only the end of an optimisation. Square maps have one node for each
position; other maps have two rings, keys inside. Node size: attention received.
"""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch

from generator.figures.labels import CHARACTER, AxisLabels, choose_labels, choose_row_labels
from generator.figures.links import Links, select_links
from generator.figures.paper import BLUE, LABEL_SIZE, MUTED, PAPER, make_sheet, use_house_style
from generator.figures.view import MapView

THINNEST, WIDEST = 1.5, 6.0  # of the strongest link, by how many nodes share the circle
INNER = 0.55
MOST_INNER = 16
CLOSE = 1e-6
Point = tuple[float, float]
Node = tuple[str, int]  # ("query" or "key", index)
Places = dict[Node, Point]
Sizes = dict[Node, float]  # diameters in points


def draw(view: MapView, figsize: tuple[float, float]) -> Figure:
    """The strongest links above uniform attention as a graph."""
    links = select_links(view, above=view.uniform)
    with use_house_style():
        subtitle = "Attention network: arrows point from query to key"
        caption = compose_caption(view, links)
        figure = make_sheet(figsize, view.title, subtitle, caption, view.banner)
        axes = figure.add_subplot()
        scale = frame_axes(axes, view, figsize)
        places = place_nodes(view)
        sizes = node_sizes(view, places, scale)
        draw_arrows(axes, links, places, sizes, scale)
        draw_nodes(axes, view, places, sizes)
        name_nodes(axes, view, places, sizes, figsize)
        return figure


def compose_caption(view: MapView, links: Links) -> str:
    """What is drawn and how to read it."""
    rings = "" if has_one_ring(view) else " Outer ring: queries; inner ring: keys."
    return (
        f"{links.words()} Only links of at least uniform attention ({view.uniform:.3g}) count. "
        f"Node area: attention received. Small rings: attention to oneself.{rings}"
    )


def has_one_ring(view: MapView) -> bool:
    """True where queries and keys are the same positions."""
    return view.query_names == view.key_names


def place_nodes(view: MapView) -> Places:
    """Places on the unit circle, clockwise from the top; ('query', i) and ('key', j)."""
    queries, keys = view.matrix.shape
    outer = place_ring(queries, 1.0)
    inner = outer if has_one_ring(view) else place_ring(keys, INNER)
    named = {("query", index): place for index, place in enumerate(outer)}
    return named | {("key", index): place for index, place in enumerate(inner)}


def place_ring(count: int, radius: float) -> list[Point]:
    """Places of a circular layout, the first on top, then clockwise."""
    if count == 1:
        return [(0.0, 0.0 if radius == 1.0 else radius)]
    places = nx.circular_layout(range(count), scale=radius)
    return [(float(places[node][1]), float(places[node][0])) for node in range(count)]


def frame_axes(axes: Axes, view: MapView, figsize: tuple[float, float]) -> float:
    """Set limits that leave room for names around the circle; inches per unit."""
    width, height = 0.96 * figsize[0], 0.78 * figsize[1]
    labels = choose_outer_labels(view, figsize)
    label = labels.longest * CHARACTER + 0.35
    above = label if is_radial(labels, figsize) else 0.45
    radius = max(min(width / 2 - label, height / 2 - above), 0.25 * min(width, height))
    axes.set(xlim=(-width / 2 / radius, width / 2 / radius))
    axes.set(ylim=(-height / 2 / radius, height / 2 / radius), aspect="equal")
    axes.set_axis_off()
    return radius


def choose_outer_labels(view: MapView, figsize: tuple[float, float]) -> AxisLabels:
    """The names around the circle: all where a line each is there, else fewer."""
    return choose_row_labels(view.query_names, 1.8 * min(figsize))


def is_radial(labels: AxisLabels, figsize: tuple[float, float]) -> bool:
    """True where level names would touch, so that they have to stand like rays."""
    return len(labels.names) * (labels.longest * CHARACTER + 0.15) > 1.8 * min(figsize)


def node_sizes(view: MapView, places: Places, scale: float) -> Sizes:
    """Diameter of each node in points: area by attention received, small for queries alone."""
    count = len(view.query_names)
    largest = min(0.16 * scale * 72, 0.7 * 2 * np.pi * scale * 72 / max(count, 1))
    share = np.sqrt(view.received / max(float(view.received.max(initial=0.0)), 1e-300))
    smallest = min(4.0, largest)
    sizes = dict.fromkeys(places, smallest)
    for key, part in enumerate(share):
        sizes["key", key] = max(largest * float(part), smallest / 2)
        if has_one_ring(view):
            sizes["query", key] = sizes["key", key]
    return sizes


def draw_arrows(
    axes: Axes,
    links: Links,
    places: Places,
    sizes: Sizes,
    scale: float,
) -> None:
    """One curved arrow a link, weak ones first; attention to oneself as a ring."""
    widest = float(np.clip(300 / len(places), THINNEST, WIDEST))
    for query, key, part in zip(links.query, links.key, links.relative, strict=True):
        start, end = ("query", int(query)), ("key", int(key))
        look: dict[str, Any] = {"color": BLUE, "alpha": 0.12 + 0.68 * float(part)}
        width = 0.4 + widest * float(part)
        if places[start] == places[end]:
            draw_loop(axes, places[end], sizes[end] / 2 / 72 / scale, width, look)
            continue
        patch = FancyArrowPatch(
            places[start],
            places[end],
            arrowstyle="-|>",
            connectionstyle=f"arc3,rad={curvature(places[start], places[end]):.4f}",
            mutation_scale=4 + 2.2 * width,
            linewidth=width,
            shrinkA=sizes[start] / 2,
            shrinkB=sizes[end] / 2 + 1,
            capstyle="butt",
            joinstyle="miter",
            **look,
        )
        axes.add_patch(patch)


def curvature(start: Point, end: Point) -> float:
    """Curvature that leads inside the circle, stronger for neighbours, unequal for the two ways.

    Links from ring to ring are straight.
    """
    if abs(np.hypot(*start) - np.hypot(*end)) > CLOSE:
        return 0.0
    turn = start[0] * end[1] - start[1] * end[0]
    near = 1 - min(np.hypot(end[0] - start[0], end[1] - start[1]) / 2, 1)
    inward = 0.1 + 0.4 * near
    return float(inward + 0.1 if turn < 0 else -inward)


def draw_loop(axes: Axes, place: Point, radius: float, width: float, look: dict[str, Any]) -> None:
    """A ring around a node."""
    axes.add_patch(Circle(place, radius * 1.25 + 0.012, fill=False, linewidth=width * 0.6, **look))


def draw_nodes(
    axes: Axes,
    view: MapView,
    places: Places,
    sizes: Sizes,
) -> None:
    """The nodes above all arrows; queries of two-ring maps hollow."""
    for kind, fill in (("query", PAPER), ("key", BLUE)):
        if kind == "query" and has_one_ring(view):
            continue
        own = [node for node in places if node[0] == kind]
        points = np.array([places[node] for node in own])
        area = [sizes[node] ** 2 for node in own]
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=area,
            color=fill,
            edgecolors=BLUE,
            linewidths=0.8,
            zorder=3,
        )


def name_nodes(
    axes: Axes,
    view: MapView,
    places: Places,
    sizes: Sizes,
    figsize: tuple[float, float],
) -> None:
    """Names outside the circle; inside the inner ring for keys of two-ring maps."""
    outer = choose_outer_labels(view, figsize)
    rays = is_radial(outer, figsize)
    for place, name in zip(outer.places, outer.names, strict=True):
        write_name(axes, name, places["query", place], sizes["query", place], rays)
    if not has_one_ring(view):
        inner = choose_labels(view.key_names, MOST_INNER)
        for place, name in zip(inner.places, inner.names, strict=True):
            write_name(axes, name, places["key", place], -sizes["key", place])


def write_name(axes: Axes, name: str, point: Point, size: float, ray: bool = False) -> None:
    """A name beyond its node, seen from the centre; on the near side for a negative size."""
    radius = np.hypot(*point)
    outward = np.array(point) / radius if radius else np.array([0.0, 1.0])
    x, y = outward * (size * 0.72 + np.copysign(6.0, size))
    side = "center" if abs(outward[0]) < 0.2 and not ray else ("left" if x >= 0 else "right")
    level = "center" if ray or abs(outward[1]) < 0.9 else ("bottom" if y > 0 else "top")
    turn = np.degrees(np.arctan2(y, x)) if ray else 0.0
    turn -= 0 if x >= 0 or not ray else 180
    axes.annotate(name, point, (x, y), textcoords="offset points", ha=side, va=level,
                  rotation=turn, rotation_mode="anchor", size=LABEL_SIZE, color=MUTED)  # fmt: skip
