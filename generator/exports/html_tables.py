"""The tables of the HTML export.

In: a summary. Out: rows in the order in which they are printed, with printable names.
Never: markup; the template puts the rows into HTML.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from generator.attention import AttentionSummary
from generator.exports.names import to_number
from generator.records import Record
from generator.render import make_inert

LISTED = 64
"""Positions a table lists; the CSV and JSON exports hold all of them."""


class AttendedRow(Record):
    """One key position in order of importance."""

    rank: int
    name: str
    importance: float
    lift: float | None
    received: float | None


class AttendingRow(Record):
    """One query position in order of focus."""

    rank: int
    name: str
    focus: float


class LayerLine(Record):
    """One layer: module, how it was read, its focus and that of its heads."""

    layer: int
    module: str
    captured_by: str
    kind: str
    proof: float | None
    focus: float | None
    heads: tuple[float | None, ...]


def pad_names(names: Sequence[str], count: int) -> list[str]:
    """`count` printable names; positions without one are numbered."""
    given = [make_inert(name) for name in names[:count]]
    return given + [f"position_{index}" for index in range(len(given), count)]


def _read_number(values: np.ndarray, index: int) -> float | None:
    """The value at a place; None where there is none."""
    return to_number(values[index]) if index < len(values) else None


def rank_attended(summary: AttentionSummary) -> list[AttendedRow]:
    """Every key position, the most important first; ties by position."""
    importance = np.asarray(summary.feature_importance, dtype=np.float64)
    names = pad_names(summary.names, len(importance))
    return [
        AttendedRow(
            rank=rank,
            name=names[index],
            importance=float(importance[index]),
            lift=_read_number(summary.lift, index),
            received=_read_number(summary.received, index),
        )
        for rank, index in enumerate(np.argsort(-importance, kind="stable").tolist(), start=1)
    ]


def rank_attending(summary: AttentionSummary) -> list[AttendingRow]:
    """Every query position with a focus, the most focused first; else the summary's own list."""
    focus = np.asarray(summary.focus, dtype=np.float64)
    names = pad_names(summary.query_names or summary.names, len(focus))
    order = [i for i in np.argsort(-focus, kind="stable").tolist() if np.isfinite(focus[i])]
    listed = [(names[i], float(focus[i])) for i in order] or [
        (make_inert(name), value) for name, value in summary.top_attending_features
    ]
    return [
        AttendingRow(rank=rank, name=name, focus=value)
        for rank, (name, value) in enumerate(listed, start=1)
    ]


def list_layers(summary: AttentionSummary) -> list[LayerLine]:
    """Every layer with the focus of its heads."""
    weights, none = summary.weights, np.empty(0)
    return [
        LayerLine(
            layer=layer,
            module=make_inert("".join(weights.layer_names[layer : layer + 1])) or "–",
            captured_by=make_inert("".join(weights.captured_by[layer : layer + 1])) or "–",
            kind="".join(weights.kinds[layer : layer + 1]) or "–",
            proof=weights.proof[layer] if weights.proof else None,
            focus=_read_number(summary.layer_importance, layer),
            heads=tuple(
                _read_number(heads, head)
                for heads in [summary.head_importance.get(layer, none)]
                for head in range(len(heads))
            ),
        )
        for layer in range(len(summary.layer_importance))
    ]


def list_sources(summary: AttentionSummary) -> list[tuple[str, str]]:
    """What the figures were made from: digests, shape, counts."""
    weights = summary.weights
    layers, heads, queries, keys = weights.get_shape()
    averaged = f" (mean of {weights.averaged_heads})" if weights.averaged_heads > 1 else ""
    maps = f"{layers} layers, {heads} heads{averaged}, {queries} queries, {keys} keys"
    lines = {
        "Provenance hash (SHA-256)": summary.provenance_hash or "not calculated",
        "Model": make_inert(weights.model_name),
        "Weights in memory (SHA-256)": weights.model_digest or "not known",
        "Input digest (SHA-256)": weights.input_digest or "not known",
        "Attention maps": maps if weights.weights.size else "none",
        "Attention group": weights.group,
        "Tokens": weights.tokens.value,
        "Samples each map is the mean of": f"{weights.samples:,}",
    }
    return list(lines.items())


def list_settings(summary: AttentionSummary) -> list[tuple[str, str]]:
    """What was asked for, at extraction and at the summary."""
    asked = {**summary.weights.settings, **summary.settings}
    return [
        (make_inert(str(key)), make_inert(format_setting(value)))
        for key, value in sorted(asked.items())
    ]


def format_setting(value: object) -> str:
    """A setting as text."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
