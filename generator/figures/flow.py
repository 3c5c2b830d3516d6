"""Attention as flow: attending names on the left, attended names on the right.

A band's height is its weight; bands stack at both ends, so that a bar is as high as the bands drawn
there together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from generator.figures.labels import CLOSEST, shorten_names
from generator.figures.layout import Bars, place_bars
from generator.figures.links import Links, select_links
from generator.figures.paper import ACCENT, INK, MUTED, make_sheet, use_house_style
from generator.figures.view import MapView

TITLE = "Flow"
WORDS = (
    "attending positions on the left, attended positions on the right; a wider band is a larger "
    "weight."
)
POINTS = 32  # points along one edge of a band
EDGE = 0.012  # width of a bar
FEW = 20  # with so few keys each also shows the attention it received


def draw(view: MapView, figsize: tuple[float, float]) -> Figure:
    """The strongest links as bands from query to key."""
    links = select_links(view.matrix, view.visible)
    sides = place_bars(links)
    with use_house_style():
        subtitle = "Attention flow: who looks (left) at whom (right)"
        caption = compose_caption(view, links)
        figure = make_sheet(figsize, view.title, subtitle, caption, view.banner)
        axes = figure.add_subplot()
        axes.set(xlim=(-EDGE, 1 + EDGE), ylim=(-0.02, 1.02), xticks=[])
        axes.add_collection(build_bands(links, sides))
        axes.add_collection(build_bars(links, sides))
        if not len(links.weight):
            axes.text(0.5, 0.5, "no link stands out", ha="center", va="center", color=MUTED)
        name_sides(axes, view, links, sides, 0.68 * figsize[1])
        return figure


def compose_caption(view: MapView, links: Links) -> str:
    """What is drawn, and what a line of uniform attention would weigh."""
    largest = f" the widest {links.weight.max():.3g}," if len(links.weight) else ""
    return (
        f"{links.words()} Height and opacity grow with weight:{largest} "
        f"uniform attention {view.uniform:.3g}."
    )


def build_bands(links: Links, sides: tuple[Bars, Bars]) -> PolyCollection:
    """One smooth band a link, level at both ends; strong ones are drawn last."""
    left, right = sides
    start = stack_bands(links.query, links.key, links.weight, left)[:, None]
    end = stack_bands(links.key, links.query, links.weight, right)[:, None]
    along = np.linspace(0.0, 1.0, POINTS)
    upper = start + (end - start) * along**2 * (3 - 2 * along)
    thick = links.weight[:, None] * (left.scale + (right.scale - left.scale) * along)
    across = np.broadcast_to(np.concatenate([along, along[::-1]]), (len(start), 2 * POINTS))
    outline = np.concatenate([upper, (upper - thick)[:, ::-1]], axis=1)
    opacity = 0.12 + 0.7 * links.relative
    colours = np.column_stack([np.tile(to_rgb(ACCENT), (len(opacity), 1)), opacity])
    shapes = np.stack([across, outline], axis=-1)[::-1]
    return PolyCollection(list(shapes), facecolors=colours[::-1], linewidths=0.0)


def stack_bands(here: np.ndarray, there: np.ndarray, weight: np.ndarray, bars: Bars) -> np.ndarray:
    """(links,): upper ends of bands on one side, in reading order so that few of them cross.

    Args:
        here: (links,) int, positions on this side.
        there: (links,) int, positions on the other side.
        weight: (links,) weights.
        bars: of this side.
    """
    free = dict(zip(np.unique(here).tolist(), bars.tops, strict=True))
    upper = np.empty(len(here))
    for link in np.lexsort((there, here)):
        upper[link] = free[int(here[link])]
        free[int(here[link])] -= float(weight[link]) * bars.scale
    return upper


def bar_spans(
    position: np.ndarray, weight: np.ndarray, bars: Bars
) -> dict[int, tuple[float, float]]:
    """Upper and lower end of the bar of each position on one side, from the top down.

    Args:
        position: (links,) int, the end of each link on this side.
        weight: (links,) weights.
        bars: of this side.
    """
    heights = np.bincount(position, weight) * bars.scale
    tops = zip(np.unique(position).tolist(), bars.tops, strict=True)
    return {place: (top, top - float(heights[place])) for place, top in tops}


def build_bars(links: Links, sides: tuple[Bars, Bars]) -> PolyCollection:
    """The bars of both sides."""
    shapes = [
        [(edge, top), (edge + EDGE, top), (edge + EDGE, low), (edge, low)]
        for edge, position, bars in ((-EDGE, links.query, sides[0]), (1.0, links.key, sides[1]))
        for top, low in bar_spans(position, links.weight, bars).values()
    ]
    return PolyCollection(shapes, facecolors=INK, linewidths=0.0)


def name_sides(
    axes: Axes, view: MapView, links: Links, sides: tuple[Bars, Bars], inches: float
) -> None:
    """A name beside each bar; beside few keys also the attention each received."""
    right, few = axes.twinx(), len(view.key_names) <= FEW
    name_side(axes, view.query_names, bar_spans(links.query, links.weight, sides[0]), inches)
    spans, before = bar_spans(links.key, links.weight, sides[1]), view.received if few else None
    name_side(right, view.key_names, spans, inches, before)
    axes.set_title("attending (query)", loc="left", color=INK)
    axes.set_title(f"attended (key){' and attention received' if few else ''}", loc="right")


def name_side(
    axes: Axes,
    names: Sequence[str],
    spans: dict[int, tuple[float, float]],
    inches: float,
    before: np.ndarray | None = None,
) -> None:
    """Names at the middles of bars, left out where one would touch the one above it.

    `before` is (positions,), the attention received that stands before each name.
    """
    middles = {place: (top + low) / 2 for place, (top, low) in spans.items()}
    shown = choose_apart(middles, CLOSEST / inches)
    texts = shorten_names([names[place] for place in shown], shown)
    if before is not None:
        texts = [f"{before[place]:.2f}  {text}" for place, text in zip(shown, texts, strict=True)]
    axes.set(ylim=(-0.02, 1.02))
    axes.set_yticks([middles[place] for place in shown], texts)
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)


def choose_apart(heights: dict[int, float], least: float) -> list[int]:
    """Positions whose falling heights lie at least so far below the one chosen before."""
    chosen: list[int] = []
    for position, height in heights.items():
        if not chosen or heights[chosen[-1]] - height >= least:
            chosen.append(position)
    return chosen
