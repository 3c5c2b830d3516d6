"""One file per VisualizationType: a MapView in, a matplotlib Figure out.

A new figure is one file with `draw(view, figsize)` and one line in FIGURES. Files are imported
when their figure is first drawn. Never: pyplot, a changed matplotlib setting, a computed measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from generator.kinds import VisualizationType

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from generator.figures.view import MapView

Draw = Callable[["MapView", tuple[float, float]], "Figure"]


def defer_draw(module: str) -> Draw:
    """The module's `draw`, imported when it is first called."""

    def draw_with(view: MapView, figsize: tuple[float, float]) -> Figure:
        return cast("Figure", import_module(module).draw(view, figsize))

    return draw_with


FIGURES: Mapping[VisualizationType, Draw] = MappingProxyType(
    {
        VisualizationType.HEATMAP: defer_draw("generator.figures.heatmap"),
        VisualizationType.FLOW: defer_draw("generator.figures.flow"),
        VisualizationType.NETWORK: defer_draw("generator.figures.network"),
        VisualizationType.DISTRIBUTION: defer_draw("generator.figures.distribution"),
        VisualizationType.TIMESERIES: defer_draw("generator.figures.timeseries"),
    }
)


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
    return FIGURES[VisualizationType(kind)](view, (float(width), float(height)))
