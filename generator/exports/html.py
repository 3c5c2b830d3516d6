"""An AttentionSummary as one interactive file that stands alone: no server, no network.

In: a summary. Out: HTML that carries its figures, maps, tables and scripts, under a policy that
allows those scripts by digest and nothing from outside. Never: a clock, or a name as markup.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from generator.attention import AttentionSummary, AttentionWeights
from generator.exports.html_inline import (
    format_policy,
    read_own_scripts,
    read_plotly,
    read_styles,
)
from generator.exports.html_tables import (
    LISTED,
    list_layers,
    list_settings,
    list_sources,
    pad_names,
    rank_attended,
    rank_attending,
)
from generator.exports.output import open_whole_file
from generator.figures.explorer import (
    ExplorerData,
    ExplorerView,
    describe_left_out,
    make_figure_views,
)
from generator.figures.layout import place_nodes
from generator.figures.map_record import MapRecord, to_script_json
from generator.figures.maps import encode_maps, encode_received, keeps_heads
from generator.figures.thumbnails import encode_sprite
from generator.kinds import TokenKind
from generator.records import Record
from generator.render import make_inert, render
from generator.words import token_sentence

MEDIA_TYPE = "text/html"


class MapBlock(Record):
    """One map as a data block of the page."""

    name: str
    json_text: str

    @property
    def text(self) -> Markup:
        """The block's text; it was made by `to_script_json`."""
        return Markup(self.json_text)  # noqa: S704 - holds no character of HTML


def write_html(
    summary: AttentionSummary,
    path: Path,
    *,
    banner: str = "",
    sample_labels: Sequence[str] = (),
    title: str = "",
    facts: Sequence[tuple[str, str]] = (),
) -> Path:
    """Write a summary as one self-contained interactive HTML file, in one step.

    The same summary gives the same bytes. `banner` is drawn on the page and inside every figure
    (the simulated-data sentence); `sample_labels` name the samples of the time series. Weights
    that cannot be drawn leave the tables and a sentence that says why. `title` stands in place of
    the model's name; `facts`, (what, words), come first on the page. Returns the path.
    """
    text = render_page(summary, banner, sample_labels, title, facts)
    with open_whole_file(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
    return path


def render_page(
    summary: AttentionSummary,
    banner: str = "",
    labels: Sequence[str] = (),
    title: str = "",
    facts: Sequence[tuple[str, str]] = (),
) -> str:
    """The whole page as text."""
    weights, problem = summary.weights, find_drawing_problem(summary.weights)
    explorer = None if problem else make_standalone_explorer(summary, banner)
    plotly, program = (read_plotly(), read_own_scripts()) if explorer else (None, None)
    context: dict[str, Any] = {
        "title": make_inert(title or weights.model_name),
        "facts": [(make_inert(what), make_inert(words)) for what, words in facts],
        "banner": banner,
        "notice": summary.notice,
        "policy": format_policy([text for text in (plotly, program) if text]),
        "style": read_styles(),
        "token_words": token_sentence(weights.tokens),
        "channels": weights.rows_per_sample if weights.tokens is TokenKind.PATCHES else 1,
        "uniform": 1 / n if (n := len(summary.feature_importance)) else None,
        "positions": len(summary.feature_importance),
        "listed": LISTED,
        "attended": rank_attended(summary)[:LISTED],
        "attending": rank_attending(summary)[:LISTED],
        "layers": list_layers(summary),
        "source": list_sources(summary),
        "versions": sorted({**summary.versions, "plotly": version("plotly")}.items()),
        "settings": list_settings(summary),
        "problem": problem,
        "explorer": explorer,
        "maps": list(make_map_blocks(weights, labels)) if explorer else [],
        "plotly": plotly,
        "program": program,
    }
    return render("export/report.html.j2", context)


def find_drawing_problem(weights: AttentionWeights) -> str:
    """Why no figure can be drawn; '' where all can."""
    maps = weights.weights
    if maps.size and maps.ndim == 4 and np.isfinite(maps).all() and maps.min() >= 0:
        return ""
    reasons = weights.problems(atol=0) if maps.size else ["this summary carries no attention maps"]
    return f"No figure is drawn: {'; '.join(reasons)}."


def make_standalone_explorer(summary: AttentionSummary, banner: str) -> ExplorerView:
    """The explorer whose maps, pictures and scripts lie in the page itself."""
    weights = summary.weights
    layers, heads, queries, keys = weights.get_shape()
    names = tuple(pad_names(summary.names, keys))
    query_names = tuple(pad_names(summary.query_names or summary.names, queries))
    data = ExplorerData(
        names=names,
        query_names=query_names,
        places=place_nodes(query_names, names),
        tokens=weights.tokens,
        layers=layers,
        heads=heads if keeps_heads(weights) else 0,
        shape=(layers, heads, queries, keys),
        uniform=1 / keys,
        banner=banner,
        received=has_received(weights),
    )
    picture = base64.b64encode(encode_sprite(weights, banner)).decode("ascii")
    return ExplorerView(
        data=data,
        figures=make_figure_views(),
        maps="",
        assets=None,
        sprite=f"data:image/png;base64,{picture}" if layers * heads > 1 else "",
        left_out=describe_left_out(data),
    )


def has_received(weights: AttentionWeights) -> bool:
    """True where there is a series of samples to draw."""
    return encode_received(weights, name_samples(weights, ())) is not None


def name_samples(weights: AttentionWeights, labels: Sequence[str]) -> Sequence[str]:
    """The given labels, else 'sample 0', 'sample 1', ..."""
    received = weights.received_by_sample
    count = 0 if received is None else len(received)
    return labels or [f"sample {index}" for index in range(count)]


def make_map_blocks(weights: AttentionWeights, labels: Sequence[str]) -> Iterator[MapBlock]:
    """All maps of the explorer as data blocks."""
    received = encode_received(weights, name_samples(weights, labels))
    yield from map(make_block, encode_maps(weights))
    if received is not None:
        yield make_block(received)


def make_block(record: MapRecord) -> MapBlock:
    """One map as a data block."""
    return MapBlock(name=record.map, json_text=to_script_json(record.to_document()))
