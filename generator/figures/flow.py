"""Attention as flow: attending names on the left, attended names on the right.

Width and opacity of a line grow with its weight; weak lines lie below strong ones.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from generator.figures.labels import choose_labels, choose_row_labels
from generator.figures.links import Links, select_links
from generator.figures.paper import BLUE, INK, RULE, make_sheet, use_house_style
from generator.figures.view import MapView

POINTS = 32  # points along one curve
THINNEST, WIDEST = 2.5, 9.0  # of the strongest link, by how many positions share the height
FEW = 20  # with so few keys each also shows the attention it received


def draw(view: MapView, figsize: tuple[float, float]) -> Figure:
    """The strongest links as curves from query to key."""
    links = select_links(view)
    with use_house_style():
        subtitle = "Attention flow: who looks (left) at whom (right)"
        figure = make_sheet(
            figsize, view.title, subtitle, compose_caption(view, links), view.banner
        )
        axes = figure.add_subplot()
        axes.set(xlim=(0, 1), ylim=(1.04, -0.04), xticks=[])
        axes.add_collection(build_curves(view, links))
        name_sides(axes, view, 0.68 * figsize[1])
        return figure


def compose_caption(view: MapView, links: Links) -> str:
    """What is drawn, and what a line of uniform attention would weigh."""
    largest = f" the widest {links.weight.max():.3g}," if len(links.weight) else ""
    return (
        f"{links.words()} Width and opacity grow with weight:{largest} "
        f"uniform attention {view.uniform:.3g}."
    )


def heights(count: int) -> np.ndarray:
    """(count,): places from 0 (top) to 1; the middle for a single one."""
    return np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5])


def build_curves(view: MapView, links: Links) -> LineCollection:
    """One smooth line a link, level at both ends."""
    queries, keys = view.matrix.shape
    start, end = heights(queries)[links.query, None], heights(keys)[links.key, None]
    along = np.linspace(0.0, 1.0, POINTS)
    eased = along**2 * (3 - 2 * along)
    rise = start + (end - start) * eased
    lines = np.stack(np.broadcast_arrays(along, rise), axis=-1)
    opacity = 0.06 + 0.79 * links.relative
    colours = np.column_stack([np.tile(to_rgb(BLUE), (len(opacity), 1)), opacity])
    widest = float(np.clip(400 / max(queries, keys), THINNEST, WIDEST))
    widths = 0.4 + widest * links.relative
    return LineCollection(list(lines), colors=colours, linewidths=widths, capstyle="butt")


def name_sides(axes: Axes, view: MapView, inches: float) -> None:
    """Names on both sides, each at the height its links start or end."""
    right = axes.twinx()
    for side, names in ((axes, view.query_names), (right, format_key_names(view))):
        labels, places = choose_row_labels(names, inches), heights(len(names))
        side.set_ylim(1.04, -0.04)
        side.set_yticks(places[list(labels.places)], labels.names)
        side.tick_params(axis="y", length=4, width=1, color=RULE)
        side.spines[:].set_visible(False)
    axes.set_title("attending (query)", loc="left", color=INK)
    few = len(view.key_names) <= FEW
    axes.set_title(f"attended (key){' and attention received' if few else ''}", loc="right")


def format_key_names(view: MapView) -> list[str]:
    """Key names, with the attention each received where there are few."""
    if len(view.key_names) > FEW:
        return list(view.key_names)
    clean = choose_labels(view.key_names, FEW).names
    return [f"{value:.2f}  {name}" for name, value in zip(clean, view.received, strict=True)]
