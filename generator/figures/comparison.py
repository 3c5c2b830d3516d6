"""Two mean maps under one colour scale, and beside them the difference b minus a.

In: two maps over the same rows and columns, with their names. Out: a matplotlib Figure.
Never: a scale of its own for one of the two, or a difference without its zero in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from generator.colours import MAP_COLOURS
from generator.figures.labels import label_columns, label_rows
from generator.figures.paper import MUTED, make_sheet, use_house_style
from generator.figures.sizes import PAIR_SIZE

PANEL = 3.0  # inches of one map's side
DIFFERENCE_COLOURS = "PuOr_r"
SHARP = 64  # larger maps are smoothed where several weights share a pixel
FLAT = 1e-9  # no difference is larger than this: the scale needs some width all the same


@dataclass(frozen=True, eq=False)
class MapPair:
    """Two maps (queries, keys) over the same positions, with the words around them."""

    a: np.ndarray
    b: np.ndarray
    query_names: tuple[str, ...]
    key_names: tuple[str, ...]
    name_a: str
    name_b: str
    banner: str = ""

    @property
    def top(self) -> float:
        """The end of the common scale: the largest weight of both."""
        return float(max(self.a.max(initial=0.0), self.b.max(initial=0.0))) or 1.0

    @property
    def largest_difference(self) -> float:
        """The larger end of the difference's scale, on both sides of 0."""
        return max(float(np.abs(self.b - self.a).max(initial=0.0)), FLAT)


def draw_pair(pair: MapPair) -> Figure:
    """The three panels."""
    with use_house_style():
        figure = make_sheet(PAIR_SIZE, f"{pair.name_a} and {pair.name_b}",
                       "Attention weight, query by key, mean over layers and heads",
                       compose_caption(pair), pair.banner)  # fmt: skip
        left, middle, right = figure.subplots(1, 3)
        common = Scale(MAP_COLOURS, 0.0, pair.top, "weight")
        _paint(left, pair, pair.a, f"a: {pair.name_a}", common)
        _paint(middle, pair, pair.b, f"b: {pair.name_b}", common)
        end = pair.largest_difference
        _paint(right, pair, pair.b - pair.a, "b − a", Scale(DIFFERENCE_COLOURS, -end, end, "b − a"))
        return figure


def compose_caption(pair: MapPair) -> str:
    """The scales in words."""
    uniform = 1 / pair.a.shape[1]
    return (
        f"Left and middle share one scale: 0 to {pair.top:.3g}. An even share is "
        f"1/{pair.a.shape[1]} = {uniform:.3g}. Right: orange where b looked more, purple where a "
        f"looked more, by up to {pair.largest_difference:.3g}."
    )


class Scale(NamedTuple):
    """Colours, the values at their ends, and what they mean."""

    colours: str
    low: float
    high: float
    words: str


def _paint(axes: Axes, pair: MapPair, matrix: np.ndarray, title: str, scale: Scale) -> None:
    large = max(matrix.shape) > SHARP
    image = axes.imshow(
        matrix,
        cmap=mpl.colormaps[scale.colours],
        vmin=scale.low,
        vmax=scale.high,
        aspect="equal" if matrix.shape[0] == matrix.shape[1] else "auto",
        interpolation="antialiased" if large else "nearest",
    )
    axes.set_title(title)
    label_rows(axes, pair.query_names, PANEL)
    label_columns(axes, pair.key_names, PANEL)
    axes.set(xlabel="key (attended)", ylabel="query (attending)")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=2)
    _draw_colour_bar(axes, image, scale.words)


def _draw_colour_bar(axes: Axes, image: AxesImage, words: str) -> None:
    bar = axes.figure.colorbar(image, cax=axes.inset_axes((1.03, 0.0, 0.035, 1.0)))
    bar.outline.set_visible(False)
    bar.set_label(words, color=MUTED)
    bar.ax.tick_params(length=2)
