"""One file per VisualizationType: a MapView in, a matplotlib Figure out.

A new figure is one line in VisualizationType and one file here of its name, with TITLE, WORDS (what
is seen, for a reader without the picture) and `draw(view, figsize)`; its drawing for the browser is
`templates/assets/figures/<name>.js`. Files are imported when their figure is first drawn. Never:
pyplot, a changed matplotlib setting, a computed measure.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from generator.kinds import VisualizationType

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from generator.figures.view import MapView


class FigureFile(Protocol):
    """What the file of a figure holds."""

    TITLE: str
    WORDS: str

    def draw(self, view: MapView, figsize: tuple[float, float]) -> Figure:
        """One attention map as a figure of `figsize` inches (width, height)."""


def load_figure(kind: VisualizationType) -> FigureFile:
    """The file of a figure."""
    return cast("FigureFile", import_module(f"generator.figures.{kind.value}"))


def draw(
    view: MapView, kind: VisualizationType | str, figsize: tuple[float, float] = (10, 8)
) -> Figure:
    """One attention map as a figure of `figsize` inches (width, height).

    Raises:
        ValueError: an unknown kind, or a size that is not positive.
    """
    known = [each.value for each in VisualizationType]
    if kind not in known:
        raise ValueError(f"unknown figure {str(kind)!r}: choose one of {', '.join(known)}")
    width, height = figsize
    if not (width > 0 and height > 0):
        raise ValueError(f"figsize must be two positive numbers of inches (found {figsize})")
    return load_figure(VisualizationType(kind)).draw(view, (float(width), float(height)))
