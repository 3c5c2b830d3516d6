"""Figures as SVG: the notice in `<desc>`, text as text, the same input the same bytes."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.figure import Figure

from generator.attention import AttentionSummary
from generator.exports.names import compose_description
from generator.exports.output import open_whole_file
from generator.exports.panel import draw_panel
from generator.figures.paper import use_house_style
from generator.notice import NOTICE

MEDIA_TYPE = "image/svg+xml"
FIXED: dict[Any, Any] = {"svg.hashsalt": "attention-reports", "svg.fonttype": "none"}
PIXELS_PER_INCH = 144  # of maps, which lie in the SVG as pixels
NOT_XML = re.compile("[\ufffe\uffff]")


def write_svg(summary: AttentionSummary, path: Path, *, banner: str = "") -> Path:
    """The summary's four panels as one drawing; returns the path."""
    return save_svg(draw_panel(summary, banner), path, compose_description(summary.notice, banner))


def save_svg(figure: Figure, path: Path, description: str = NOTICE) -> Path:
    """Write one figure in one step, with `description` as `<desc>`; returns the path."""
    drawn = add_description(render_svg(figure, description), description)
    with open_whole_file(path) as beside:
        beside.write_text(drawn, encoding="utf-8", newline="\n")
    return path


def render_svg(figure: Figure, description: str) -> str:
    """The figure as SVG, without a date or the name of the program that drew it."""
    stream = io.BytesIO()
    words = {"Description": description, "Date": None, "Creator": None}
    with use_house_style(), mpl.rc_context(FIXED):
        figure.savefig(stream, format="svg", dpi=PIXELS_PER_INCH, metadata=words)
    return NOT_XML.sub("", stream.getvalue().decode("utf-8"))


def add_description(svg: str, description: str) -> str:
    """The SVG with a `<desc>` as its first child, where readers look for it."""
    head, tag, rest = svg.partition(" <metadata>")
    return f"{head} <desc>{escape(description)}</desc>\n{tag}{rest}"
