"""A summary on one sheet: mean map, importance, focus of heads, spread of weights.

Numbers come from the summary as they are; what it does not hold is said to be missing.
Never: a measure computed here.
"""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from generator.attention import AttentionSummary
from generator.colours import BELOW_UNIFORM
from generator.exports.names import count_keys, key_names, query_names, ranks
from generator.figures import distribution, heatmap
from generator.figures.labels import shorten_names
from generator.figures.paper import (
    ACCENT,
    INK,
    LABEL_SIZE,
    MARK,
    MUTED,
    PAPER,
    make_sheet,
    mark_empty,
    use_house_style,
)
from generator.figures.view import MapView
from generator.measures.visible import find_visible

SIZE = (13.0, 10.0)
MOST_BARS = 15
MOST_WRITTEN = 12  # focus grids of at most so many layers and heads have their numbers written in
MISSING = "not in this summary"
HASH_SHOWN = 16
FLAT = 1e-6  # a grid no higher than this has no scale of its own


def draw_panel(summary: AttentionSummary, banner: str = "") -> Figure:
    """The four panels, with the notice below them."""
    words = f"{compose_title(summary)}", compose_subtitle(summary)
    with use_house_style():
        figure = make_sheet(SIZE, *words, caption=summary.notice, banner=banner)
        places = figure.subplots(2, 2, width_ratios=(1.15, 1.0), height_ratios=(1.2, 1.0))
        for axes, paint in zip(
            places.flat, (draw_mean_map, draw_bars, draw_focus_grid, draw_spread), strict=True
        ):
            part: Callable[[Axes, AttentionSummary], None] = paint
            part(axes, summary)
        return figure


def compose_title(summary: AttentionSummary) -> str:
    """The headline of the sheet."""
    return f"{summary.weights.model_name} · attention summary"


def compose_subtitle(summary: AttentionSummary) -> str:
    """Shape, tokens, samples and provenance in one line."""
    layers, heads, queries, keys = summary.weights.get_shape()
    if not keys:
        return f"{count_keys(summary)} positions; the summary carries no weights"
    weights = summary.weights
    of_heads = f"mean of {weights.averaged_heads}" if weights.averaged_heads > 1 else f"{heads}"
    return (
        f"Layers: {layers}. Heads: {of_heads}. Queries × keys: {queries} × {keys}. "
        f"Tokens: {weights.tokens.value}. Samples: {weights.samples}. "
        f"Provenance {summary.provenance_hash[:HASH_SHOWN] or 'not stated'}"
    )


def draw_mean_map(axes: Axes, summary: AttentionSummary) -> None:
    """Heatmap of the mean over layers and heads."""
    axes.set_title("Attention, mean over layers and heads")
    if summary.aggregated_weights.ndim != 3 or not summary.aggregated_weights.size:
        mark_empty(axes, MISSING)
        return
    heatmap.paint(axes, make_mean_view(summary), (0.36 * SIZE[0], 0.36 * SIZE[1]))


def make_mean_view(summary: AttentionSummary) -> MapView:
    """The mean map of all layers, with the summary's names."""
    matrix: np.ndarray = summary.aggregated_weights.mean(axis=0, dtype=np.float64)
    same = summary.weights.get_shape()[2:] == matrix.shape
    return MapView(
        matrix=matrix,
        query_names=tuple(query_names(summary)),
        key_names=tuple(key_names(summary)),
        layer=None,
        head=None,
        tokens=summary.weights.tokens,
        uniform=1 / matrix.shape[1],
        visible=find_visible(summary.weights) if same else matrix != 0,
    )


def draw_bars(axes: Axes, summary: AttentionSummary) -> None:
    """Importance of the highest ranks against the uniform 1/n."""
    count = len(summary.feature_importance)
    axes.set_title("Importance (lift, normalised)")
    if not count:
        mark_empty(axes, MISSING)
        return
    rank_of = ranks(summary.feature_importance)
    order = sorted((i for i in range(count) if rank_of[i]), key=lambda i: rank_of[i] or 0)
    kept, names = order[:MOST_BARS], key_names(summary)
    values = [float(summary.feature_importance[index]) for index in kept]
    if len(kept) < count:
        axes.set_title(f"Importance (lift, normalised), the {len(kept)} highest of {count}")
    places = range(len(kept))
    colours = [ACCENT if value > 1 / count else BELOW_UNIFORM for value in values]
    axes.barh(places, values, color=colours, height=0.7)
    axes.set_yticks(places, shorten_names([names[index] for index in kept], kept))
    axes.set(ylim=(max(len(kept), 3) - 0.4, -0.9), xlim=(0, max([*values, 1 / count]) * 1.16))
    for place, value in zip(places, values, strict=True):
        axes.annotate(f"{value:.3f}" if count < 100 else f"{value:.3g}", (1, place), ha="right",
                      xycoords=("axes fraction", "data"), va="center", size=LABEL_SIZE,
                      color=MUTED)  # fmt: skip
    axes.axvline(1 / count, color=MARK, linewidth=1.4)
    axes.set_xlabel(f"importance; orange line: uniform 1/{count} = {1 / count:.3g}")
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xticks([])


def draw_focus_grid(axes: Axes, summary: AttentionSummary) -> None:
    """Mean focus of each head of each layer, in a scale of its own."""
    axes.set_title("Focus of each head (0 = uniform, 1 = one key)")
    rows = [np.asarray(summary.head_importance[layer]) for layer in sorted(summary.head_importance)]
    if not rows or not all(len(row) for row in rows):
        mark_empty(axes, MISSING)
        return
    grid = np.full((len(rows), max(map(len, rows))), np.nan)
    for layer, row in enumerate(rows):
        grid[layer, : len(row)] = row
    draw_grid(axes, grid, [str(layer) for layer in sorted(summary.head_importance)])
    if summary.weights.averaged_heads > 1 and grid.shape[1] == 1:
        axes.set_xticks([0], [f"mean of {summary.weights.averaged_heads} heads"])


def draw_grid(axes: Axes, grid: np.ndarray, layers: list[str]) -> None:
    """The (layers, heads) grid as cells, numbers written in where there are few."""
    colours = mpl.colormaps["cividis"]
    top = float(np.nanmax(grid, initial=0.0))
    top = top if top > FLAT else 1.0
    image = axes.imshow(grid, cmap=colours, vmin=0, vmax=top, aspect="auto")
    axes.set_yticks(range(len(layers))[:: max(len(layers) // 12, 1)])
    axes.set_yticklabels(layers[:: max(len(layers) // 12, 1)])
    axes.set_xticks(range(grid.shape[1])[:: max(grid.shape[1] // 12, 1)])
    axes.set(xlabel="head", ylabel="layer")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    bar = axes.figure.colorbar(image, cax=axes.inset_axes((1.03, 0, 0.035, 1)))
    bar.outline.set_visible(False)
    bar.set_label("mean focus")
    if max(grid.shape) > MOST_WRITTEN:
        return
    for layer, head in np.argwhere(np.isfinite(grid)):
        colour = INK if grid[layer, head] > 0.55 * top else PAPER
        axes.text(head, layer, f"{grid[layer, head]:.2f}", ha="center", va="center",
                  color=colour, size=8)  # fmt: skip


def draw_spread(axes: Axes, summary: AttentionSummary) -> None:
    """Histogram of the head-mean weights of every layer."""
    axes.set_title("Weights of all layers, mean over heads")
    maps = summary.aggregated_weights
    if maps.ndim != 3 or not maps.size:
        mark_empty(axes, MISSING)
        return
    distribution.paint(axes, maps[:, make_mean_view(summary).visible].ravel(), 1 / maps.shape[-1])
