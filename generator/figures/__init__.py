"""One file per VisualizationType: a MapView in, a matplotlib Figure out.

A new figure is one line in VisualizationType and one file here of its name, with TITLE, WORDS (what
is seen, for a reader without the picture) and `draw(view, figsize)`; its drawing for the browser is
`templates/assets/figures/<name>.js`. Files are imported when their figure is first drawn. Never:
pyplot, a changed matplotlib setting, a computed measure.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
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


@cache
def read_caption(kind: VisualizationType) -> tuple[str, str]:
    """TITLE and WORDS of a figure's file, read as text: pages need them without a drawing library.

    Raises:
        KeyError: the file does not hold both as plain text.
    """
    file = Path(__file__).with_name(f"{kind.value}.py")
    texts = {
        target.id: ast.literal_eval(line.value)
        for line in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name) and target.id in {"TITLE", "WORDS"}
    }
    return texts["TITLE"], texts["WORDS"]


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
