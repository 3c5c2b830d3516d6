"""Attention maps as files and data blocks that a browser can draw.

In: AttentionWeights. Out: MapRecords with the links that figures draw, `maps/*.js`. Never: a map
that is not finite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from generator.attention import AttentionWeights
from generator.figures.layout import place_bars
from generator.figures.links import select_links
from generator.figures.map_record import DrawnLinks, MapRecord, encode_map, to_script_json
from generator.kinds import TokenKind
from generator.measures.visible import find_visible

ALL_HEADS_BYTES = 64_000_000
"""All heads are written while they fit this many bytes as float32, else head means only."""


def keeps_heads(weights: AttentionWeights) -> bool:
    """True where single heads are there and fit: else only head means are written."""
    averaged = weights.averaged_heads > 1 and weights.weights.shape[1] == 1
    return not averaged and weights.weights.size * 4 <= ALL_HEADS_BYTES


def encode_maps(weights: AttentionWeights) -> Iterator[MapRecord]:
    """Every map of the explorer: the mean of all layers, each layer's mean, each head."""
    total = np.zeros(weights.weights.shape[2:], dtype=np.float64)
    visible = find_visible(weights)
    for layer, heads in enumerate(weights.weights):
        mean = heads.mean(axis=0, dtype=np.float64)
        total += mean / len(weights.weights)
        yield _encode(f"l{layer}-mean", mean, visible)
        if keeps_heads(weights):
            for head, matrix in enumerate(heads):
                yield _encode(f"l{layer}-h{head}", matrix, visible)
    yield _encode("mean", total, visible)


def _encode(name: str, matrix: np.ndarray, visible: np.ndarray) -> MapRecord:
    """A (queries, keys) map with the links that its figures draw."""
    record = encode_map(name, matrix)
    return record.model_copy(update={"links": describe_links(matrix, visible)})


def describe_links(matrix: np.ndarray, visible: np.ndarray) -> DrawnLinks:
    """The links of a (queries, keys) map as figures draw them, under its (queries, keys) mask."""
    links = select_links(matrix, visible)
    strong = links.above(1 / matrix.shape[1])
    return DrawnLinks(
        order=tuple((links.query * matrix.shape[1] + links.key).tolist()),
        words=links.words(),
        bars=place_bars(links),
        strong=len(strong.weight),
        strong_words=strong.words(),
    )


def encode_received(weights: AttentionWeights, labels: Sequence[str]) -> MapRecord | None:
    """(samples, keys) attention received, mean over layers; None unless sensors in time.

    Raises:
        ValueError: not one label per sample.
    """
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
    return f"AttentionReports.receive({to_script_json(record.to_document())});\n"
