"""The map itself, query by key: dark is low, bright is high, query 0 on top.

The colour scale runs from 0 to the largest weight of this map and says so. Links a query may
not use are grey, so that "not allowed" is not read as "not wanted".
"""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from generator.colours import MAP_COLOURS, MARK_ON_MAP, NOT_ALLOWED
from generator.figures.labels import label_columns, label_rows
from generator.figures.paper import INK, MUTED, PAPER, make_sheet, use_house_style
from generator.figures.view import MapView

TITLE = "Heatmap"
WORDS = "every attention weight as a cell; queries down, keys across, dark is low, bright is high."
MOST_WRITTEN = 10  # maps of at most so many rows and columns have their weights written in
SQUARE_WITHIN = 2.5  # maps no longer than this keep square cells
LUMINANCE = (0.2126, 0.7152, 0.0722)  # ITU-R BT.709
MIDDLE = 0.5  # luminance from which dark text reads better
SHARP = 64  # larger maps are smoothed where several weights share a pixel


def draw(view: MapView, figsize: tuple[float, float]) -> Figure:
    """The map as coloured cells, with a colour bar that marks uniform attention."""
    with use_house_style():
        figure = make_sheet(
            figsize,
            view.title,
            "Attention weight, query by key",
            compose_caption(view),
            view.banner,
        )
        axes = figure.add_subplot()
        paint(axes, view, (0.68 * figsize[0], 0.6 * figsize[1]))
        return figure


def compose_caption(view: MapView) -> str:
    """Size of the map, uniform attention, and what grey means."""
    queries, keys = view.matrix.shape
    words = (
        f"Queries × keys: {queries} × {keys}. "
        f"Scale: 0 to {largest_weight(view):.3g}, the largest weight of this map. "
        f"Uniform attention: 1/{keys} = {view.uniform:.3g}"
        f"{' (orange line on the scale)' if view.uniform < largest_weight(view) else ''}."
    )
    hidden = int((~view.visible).sum())
    return words + (" Grey: the query may not look at the key." if hidden else "")


def largest_weight(view: MapView) -> float:
    """The end of the colour scale: the largest weight; 1 for a map of zeros."""
    return float(view.values.max(initial=0.0)) or 1.0


def paint(axes: Axes, view: MapView, room: tuple[float, float]) -> None:
    """Draw the map into axes that are about `room` inches wide and high."""
    queries, keys = view.matrix.shape
    square = max(queries, keys) / min(queries, keys) <= SQUARE_WITHIN
    top = largest_weight(view)
    image = axes.imshow(
        np.ma.array(view.matrix, mask=~view.visible),
        cmap=mpl.colormaps[MAP_COLOURS].with_extremes(bad=NOT_ALLOWED),
        vmin=0.0,
        vmax=top,
        aspect="equal" if square else "auto",
        interpolation="nearest" if max(queries, keys) <= SHARP else "antialiased",
    )
    side = min(room) if square else None
    label_rows(axes, view.query_names, side or room[1])
    label_columns(axes, view.key_names, side or room[0])
    axes.set_xlabel("key (attended)")
    axes.set_ylabel("query (attending)")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=2)
    if max(queries, keys) <= MOST_WRITTEN:
        write_weights(axes, view, top)
    draw_colour_bar(axes, image, top, view.uniform)


def write_weights(axes: Axes, view: MapView, top: float) -> None:
    """The weight in each visible cell, light on dark and dark on light."""
    colours = mpl.colormaps[MAP_COLOURS]
    for query, key in np.argwhere(view.visible):
        weight = view.matrix[query, key]
        luminance = np.dot(colours(weight / top)[:3], LUMINANCE)
        colour = INK if luminance > MIDDLE else PAPER
        axes.text(key, query, f"{weight:.2f}", ha="center", va="center", color=colour, size=8)


def draw_colour_bar(axes: Axes, image: AxesImage, top: float, uniform: float) -> None:
    """The scale, as high as the map, with uniform attention marked on it."""
    bar_axes = axes.inset_axes((1.03, 0.0, 0.035, 1.0))
    bar = axes.figure.colorbar(image, cax=bar_axes)
    bar.outline.set_visible(False)
    bar.set_label("attention weight", color=MUTED)
    bar_axes.tick_params(length=2)
    if uniform < top:
        bar_axes.axhline(uniform, color=MARK_ON_MAP, linewidth=2)
