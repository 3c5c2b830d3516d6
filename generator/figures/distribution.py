"""How the weights of a map are spread: a histogram with uniform attention marked.

Evenly spread attention is a spike at 1/n, not a bell; focused attention has a long right tail.
Links a query may not use are left out.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from generator.figures.paper import ACCENT, MARK, RULE, make_sheet, mark_empty, use_house_style
from generator.figures.view import MapView

TITLE = "Distribution"
WORDS = "how many attention weights have which size, with uniform attention marked."
BINS = 40
STEEP = 40  # highest over lowest filled bin: beyond it the counts need a logarithmic axis


def draw(view: MapView, figsize: tuple[float, float]) -> Figure:
    """The histogram of all weights of the map."""
    with use_house_style():
        figure = make_sheet(figsize, view.title, "Distribution of attention weights",
                       compose_caption(view.values, view.uniform), view.banner)  # fmt: skip
        paint(figure.add_subplot(), view.values, view.uniform)
        return figure


def compose_caption(values: np.ndarray, uniform: float) -> str:
    """Where the strongest tenth of the (links,) weights lie, and how many are below uniform."""
    if not values.size:
        return "The map has no link a query may use."
    tenth = max(round(values.size / 10), 1)
    strongest = np.sort(values)[-tenth:].sum() / max(float(values.sum()), 1e-300)
    return (
        f"Weights: {values.size:,}. {np.mean(values < uniform * (1 - 1e-6)):.0%} lie below uniform "
        f"attention ({uniform:.3g}). The strongest tenth ({tenth:,}) holds {strongest:.0%} of the "
        "attention."
    )


def paint(axes: Axes, values: np.ndarray, uniform: float) -> None:
    """Draw the histogram of (links,) weights into axes."""
    if not values.size:
        mark_empty(axes, "no link a query may use")
        return
    low, high = min(float(values.min()), 0.0), max(float(values.max()), uniform) * 1.04
    counts, edges = np.histogram(values, bins=BINS, range=(low, high))
    filled = counts[counts > 0]
    steep = filled.max() / filled.min() > STEEP
    axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=ACCENT, edgecolor="white",
             linewidth=0.5)  # fmt: skip
    axes.set_yscale("log" if steep else "linear")
    if steep:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda links, _: f"{links:,.0f}"))
    top = filled.max()
    axes.set_ylim(0.7 if steep else 0, top**1.08 * 1.3 if steep else top * 1.12)
    axes.set_xlim(low, high)
    axes.set_xlabel("attention weight")
    axes.set_ylabel("links (logarithmic)" if steep else "links")
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", length=2)
    mark_uniform(axes, uniform, low, high)


def mark_uniform(axes: Axes, uniform: float, low: float, high: float) -> None:
    """The line where all weights of evenly spread attention would lie."""
    axes.axvline(uniform, color=MARK, linewidth=1.6)
    right = (uniform - low) / (high - low) > 0.7
    axes.annotate(
        f"uniform attention: 1/{round(1 / uniform)} = {uniform:.3g}",
        (uniform, 1), (-5 if right else 5, -2), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha="right" if right else "left", va="top", color=MARK,
    )  # fmt: skip
