"""Attention maps as files and data blocks a browser can draw, and the explorer that shows them.

In: AttentionWeights (maps), a run's record (explorer). Out: `maps/*.js`, a JSON data block, the
context of `templates/parts/figures.html.j2`. Never: markup from a name; a map that is not finite.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
from markupsafe import Markup

from generator.attention import AttentionWeights
from generator.figures.map_record import MapRecord, encode_map, to_script_json
from generator.figures.thumbnails import positions_per_pixel, sprite_size
from generator.kinds import TokenKind, VisualizationType
from generator.notice import SIMULATED
from generator.records import AttentionRecord, Record, RunRecord
from generator.render import make_inert

ALL_HEADS_BYTES = 64_000_000
"""All heads are written while they fit this many bytes as float32, else head means only."""

SCRIPTS = (
    "maps.js",
    "theme.js",
    "links.js",
    "heatmap.js",
    "flow.js",
    "network.js",
    "distribution.js",
    "timeseries.js",
    "grid.js",
    "tip.js",
    "explorer.js",
)
"""Below `assets/figures/`, in the order in which a page loads them."""

FIGURE_WORDS = {
    VisualizationType.HEATMAP: (
        "Heatmap",
        "every attention weight as a cell; queries down, keys across, dark is low, bright is high.",
    ),
    VisualizationType.FLOW: (
        "Flow",
        "attending positions on the left, attended positions on the right; a wider band is a "
        "larger weight.",
    ),
    VisualizationType.NETWORK: (
        "Network",
        "positions as nodes, attention as arrows; a wider line is a larger weight, a larger node "
        "receives more.",
    ),
    VisualizationType.DISTRIBUTION: (
        "Distribution",
        "how many attention weights have which size, with uniform attention marked.",
    ),
    VisualizationType.TIMESERIES: (
        "Time series",
        "attention received by each position, with uniform attention marked.",
    ),
}
"""Title and description of each figure; the still pictures are described with the same words."""


class ExplorerData(Record):
    """What the drawings need to know besides the maps; the JSON block of the explorer."""

    names: tuple[str, ...]
    query_names: tuple[str, ...]
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


def keeps_heads(weights: AttentionWeights) -> bool:
    """True where single heads are there and fit: else only head means are written."""
    averaged = weights.averaged_heads > 1 and weights.weights.shape[1] == 1
    return not averaged and weights.weights.size * 4 <= ALL_HEADS_BYTES


def encode_maps(weights: AttentionWeights) -> Iterator[MapRecord]:
    """Every map of the explorer: the mean of all layers, each layer's mean, each head."""
    total = np.zeros(weights.weights.shape[2:], dtype=np.float64)
    for layer, heads in enumerate(weights.weights):
        mean = heads.mean(axis=0, dtype=np.float64)
        total += mean / len(weights.weights)
        yield encode_map(f"l{layer}-mean", mean)
        if keeps_heads(weights):
            yield from (encode_map(f"l{layer}-h{head}", one) for head, one in enumerate(heads))
    yield encode_map("mean", total)


def encode_received(weights: AttentionWeights, labels: Sequence[str]) -> MapRecord | None:
    """(samples, keys) attention received, mean over layers; None unless sensors in time."""
    received = weights.received_by_sample
    if received is None or weights.tokens is not TokenKind.SENSORS or len(received) < 2:
        return None
    if len(labels) != len(received):
        raise ValueError(f"{len(labels)} sample labels for {len(received)} samples")
    return encode_map("received", received.mean(axis=1, dtype=np.float64), labels)


def write_maps(weights: AttentionWeights, folder: Path, sample_labels: Sequence[str]) -> list[Path]:
    """Write `l{layer}-h{head}.js`, `l{layer}-mean.js`, `mean.js`, `received.js` into a folder.

    All heads are written if they fit 64 MB as float32. `sample_labels` has one label per explained
    sample, in time order. The folder is made when it is not there; its files are returned.
    ValueError where a map is not finite or negative, or where labels and samples differ in number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    received = encode_received(weights, sample_labels)
    written = []
    for record in (*encode_maps(weights), *filter(None, [received])):
        path = folder / f"{record.map}.js"
        path.write_text(_format_side_file(record), encoding="ascii", newline="\n")
        written.append(path)
    return written


def _format_side_file(record: MapRecord) -> str:
    return f"AttentionReports.receive({to_script_json(record.model_dump(mode='json'))});\n"


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
    """The five tabs in order, with those still pictures that are among the files."""
    return tuple(
        FigureView(
            kind=kind,
            title=title,
            words=words,
            picture=f"figures/{kind.value}.png" if f"figures/{kind.value}.png" in files else "",
        )
        for kind, (title, words) in FIGURE_WORDS.items()
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
