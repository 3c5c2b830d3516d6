"""Figures as PNG: the notice in the file's `Description`, the same input the same bytes."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from generator.attention import AttentionSummary
from generator.exports.names import compose_description
from generator.exports.output import open_whole_file
from generator.exports.panel import draw_panel
from generator.figures.paper import use_house_style
from generator.figures.sizes import PIXELS_PER_INCH
from generator.notice import NOTICE

MEDIA_TYPE = "image/png"


def write_png(summary: AttentionSummary, path: Path, *, banner: str = "") -> Path:
    """The summary's four panels as one picture; returns the path."""
    return save_png(draw_panel(summary, banner), path, compose_description(summary.notice, banner))


def save_png(
    figure: Figure, path: Path, description: str = NOTICE, dpi: float = PIXELS_PER_INCH
) -> Path:
    """Write one figure in one step, with `description` as a text chunk; returns the path.

    Not by `savefig`, which draws everything twice, the first time for the layout alone.
    """
    words, usual = {"Description": description, "Software": None}, figure.dpi
    canvas = FigureCanvasAgg(figure)
    with open_whole_file(path) as beside, use_house_style():
        figure.set_dpi(dpi)
        try:
            canvas.print_png(beside, metadata=words)  # type: ignore[no-untyped-call]
        finally:
            figure.set_dpi(usual)
    return path
