"""The sheet every figure is drawn on: title above, caption below, banner where there is one.

In: sizes and words. Out: a matplotlib Figure with room left for axes, in one typography.
Never: a lasting change of matplotlib's settings, mathematics read out of names, pyplot.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from generator.colours import COLOURS
from generator.render import make_inert

INK, MUTED, RULE, PAPER, ACCENT, MARK, WARN, WARN_GROUND = (
    COLOURS[role].light
    for role in ("ink", "muted", "line", "surface", "accent", "mark", "warn", "warn-soft")
)
TITLE_SIZE, TEXT_SIZE, LABEL_SIZE = 13.0, 9.5, 8.5
LINE = 1.45  # line height over font size

STYLE: dict[str, Any] = {
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": TEXT_SIZE,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": TEXT_SIZE + 0.5,
    "axes.titleweight": "bold",
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": RULE,
    "xtick.labelcolor": INK,
    "xtick.labelsize": LABEL_SIZE,
    "ytick.color": RULE,
    "ytick.labelcolor": INK,
    "ytick.labelsize": LABEL_SIZE,
}


@contextmanager
def use_house_style() -> Iterator[None]:
    """The defaults of matplotlib with our typography, for the time of one drawing."""
    with matplotlib.style.context(["default", STYLE]):
        yield


def make_sheet(
    figsize: tuple[float, float], title: str, subtitle: str, caption: str = "", banner: str = ""
) -> Figure:
    """An empty figure of `figsize` inches with its words set and the rest left for axes."""
    figure = Figure(figsize=figsize, facecolor=PAPER)
    top = _write_head(figure, title, subtitle)
    bottom = _write_foot(figure, caption, banner)
    room = (0.0, bottom, 1.0, max(top - bottom, 0.1))
    figure.set_layout_engine(ConstrainedLayoutEngine(rect=room, w_pad=0.15, h_pad=0.08))
    return figure


def _write_head(figure: Figure, title: str, subtitle: str) -> float:
    """Write title and subtitle; the height (0 to 1) that stays free below them."""
    width, height = figure.get_size_inches()
    left, y = 0.15 / width, 1 - 0.16 / height
    for text, size, colour, weight in (
        (title, TITLE_SIZE, INK, "bold"),
        (subtitle, TEXT_SIZE, MUTED, "normal"),
    ):
        lines = wrap_text(text, width - 0.3, size, most=2)
        figure.text(left, y, "\n".join(lines), size=size, color=colour, weight=weight, va="top")
        y -= len(lines) * size * LINE / 72 / height
    return float(y - 0.05 / height)


def _write_foot(figure: Figure, caption: str, banner: str) -> float:
    """Write caption and, lowest, the banner; the height (0 to 1) where they end."""
    width, height = figure.get_size_inches()
    y = 0.12 / height
    if banner:
        lines = wrap_text(banner, width - 0.5, TEXT_SIZE, most=4)
        y = _draw_banner(figure, "\n".join(lines), len(lines))
    lines = wrap_text(caption, width - 0.3, LABEL_SIZE, most=4)
    text = "\n".join(lines)
    figure.text(0.15 / width, y, text, size=LABEL_SIZE, color=MUTED, va="bottom", linespacing=1.3)
    return float(y + len(lines) * LABEL_SIZE * LINE / 72 / height)


def _draw_banner(figure: Figure, text: str, lines: int) -> float:
    """A strip across the foot of the figure; the height (0 to 1) where it ends."""
    _, height = figure.get_size_inches()
    tall = (lines * TEXT_SIZE * LINE / 72 + 0.12) / height
    strip = figure.add_artist(
        Rectangle((0, 0), 1, tall, transform=figure.transFigure, facecolor=WARN_GROUND, zorder=5)
    )
    strip.set_in_layout(False)
    figure.text(0.5, tall / 2, text, color=WARN, weight="bold", ha="center", va="center", zorder=6)
    return float(tall + 0.08 / height)


def wrap_text(text: str, inches: float, size: float, most: int) -> list[str]:
    """The text in lines that fit a width, at most so many; no line for no text."""
    columns = max(int(inches * 72 / (size * 0.58)), 12)
    clean = make_inert(text[:2000])
    return textwrap.wrap(clean, columns, max_lines=most, placeholder=" …") if clean else []


def mark_empty(axes: Axes, words: str) -> None:
    """Say in an empty panel why it is empty."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", color=MUTED, transform=axes.transAxes)
