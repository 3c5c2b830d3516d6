"""The explorer of a report: its tabs, its data block, the scripts that draw it.

In: a run's record, or what a stand-alone page holds. Out: the context of
`templates/parts/figures.html.j2`. Never: markup from a name.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from markupsafe import Markup

from generator.figures import read_caption
from generator.figures.layout import NodePlaces, place_nodes
from generator.figures.map_record import to_script_json
from generator.figures.sprite import positions_per_pixel, sprite_size
from generator.kinds import TokenKind, VisualizationType
from generator.notice import SIMULATED
from generator.records import AttentionRecord, Record, RunRecord
from generator.render import make_inert

SCRIPTS = (
    *("maps.js", "theme.js", "links.js"),
    *(f"{kind.value}.js" for kind in VisualizationType),
    *("grid.js", "tip.js", "explorer.js"),
)
"""Below `assets/figures/`, in the order in which a page loads them."""


class ExplorerData(Record):
    """What the drawings need to know besides the maps; the JSON block of the explorer."""

    names: tuple[str, ...]
    query_names: tuple[str, ...]
    places: NodePlaces
    """Where the nodes of the network stand."""
    tokens: TokenKind
    layers: int
    heads: int
    """Heads that can be chosen; 0 where only head means are kept."""
    shape: tuple[int, int, int, int]
    uniform: float
    banner: str = ""
    received: bool = False
    """True where attention received is known for each sample."""
    exact: str = ""
    """Where the exact values are."""


class FigureView(Record):
    """One figure's tab: its title, words and still picture ('' without one)."""

    kind: VisualizationType
    title: str
    words: str
    picture: str = ""

    @property
    def alt(self) -> str:
        """The text alternative of the still picture."""
        return f"{self.title} of the attention weights: {self.words} The tables hold the numbers."


class ExplorerView(Record):
    """The context of `parts/figures.html.j2`, as `explorer`."""

    data: ExplorerData
    figures: tuple[FigureView, ...]
    maps: str
    """Folder of the map files, relative to the page, with its slash."""
    assets: str | None
    """Folder of the shared assets, relative to the page; None in a stand-alone file."""
    sprite: str = ""
    left_out: str = ""
    picture_size: tuple[int, int] = (1000, 800)
    scripts: tuple[str, ...] = SCRIPTS

    @property
    def data_block(self) -> Markup:
        """The JSON of a data block, safe inside a script element."""
        return to_script_json(self.data.model_dump(mode="json"))

    @property
    def sprite_size(self) -> tuple[int, int]:
        """Width and height of the thumbnail sprite in pixels."""
        return sprite_size(self.data.shape)

    @property
    def still(self) -> bool:
        """True where there are still pictures to fall back on."""
        return any(figure.picture for figure in self.figures)

    @property
    def pooled(self) -> bool:
        """True where a thumbnail's pixel stands for several cells."""
        return (
            max(positions_per_pixel(self.data.shape[2]), positions_per_pixel(self.data.shape[3]))
            > 1
        )


def make_explorer_data(
    attention: AttentionRecord, files: Collection[str], banner: str = ""
) -> ExplorerData:
    """What the drawings need, from a record and the paths of the files beside the page."""
    layers, heads, *_ = attention.shape
    every = all(f"maps/l{i}-h{j}.js" in files for i in range(layers) for j in range(heads))
    exact = "attention.safetensors"
    return ExplorerData(
        names=tuple(make_inert(name) for name in attention.names),
        query_names=tuple(make_inert(name) for name in attention.query_names),
        places=place_nodes(attention.query_names, attention.names),
        tokens=attention.tokens,
        layers=layers,
        heads=heads if every else 0,
        shape=attention.shape,
        uniform=attention.uniform,
        banner=banner,
        received="maps/received.js" in files,
        exact=exact if exact in files else "",
    )


def make_figure_views(files: Collection[str] = ()) -> tuple[FigureView, ...]:
    """A tab for each figure, with those still pictures that are among the files."""
    return tuple(_make_figure_view(kind, files) for kind in VisualizationType)


def _make_figure_view(kind: VisualizationType, files: Collection[str]) -> FigureView:
    (title, words), picture = read_caption(kind), f"figures/{kind.value}.png"
    return FigureView(
        kind=kind,
        title=title,
        words=words,
        picture=picture if picture in files else "",
    )


def make_explorer_view(record: RunRecord, assets: str = "../../assets") -> ExplorerView | None:
    """The explorer of a run's page; None where the run left no maps to draw."""
    files = {artifact.path for artifact in record.artifacts}
    if record.attention is None or "maps/mean.js" not in files:
        return None
    simulated = record.dataset is not None and record.dataset.simulated
    data = make_explorer_data(record.attention, files, SIMULATED if simulated else "")
    return ExplorerView(
        data=data,
        figures=make_figure_views(files),
        maps="maps/",
        assets=assets,
        sprite="figures/heads.png" if "figures/heads.png" in files else "",
        left_out=describe_left_out(data),
    )


def describe_left_out(data: ExplorerData) -> str:
    """The sentence that says which heads cannot be chosen; '' where all can."""
    heads = data.shape[1]
    if data.heads or heads == 1:
        return ""
    size = 4 * np.prod(data.shape, dtype=np.int64) / 1e6
    return (
        f"Single heads cannot be chosen here: {data.layers} × {heads} maps of "
        f"{data.shape[2]} × {data.shape[3]} weights would be {size:.0f} MB. Head means are shown."
    )
