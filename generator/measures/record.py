"""AttentionSummary in, AttentionRecord out: every number a page shows, with its name and rank."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from generator.attention import AttentionSummary
from generator.kinds import TokenKind
from generator.measures.ranking import ranks
from generator.records import (
    AttentionRecord,
    HeadRow,
    LayerRow,
    Position,
    Sensor,
    TokenCoverage,
)


def record_attention(
    summary: AttentionSummary,
    sensors: Mapping[str, Sensor] | None = None,
    coverage: TokenCoverage | None = None,
) -> AttentionRecord:
    """The summary as a record; tokens that are sensors have the tag and unit of that name.

    The coverage says which positions are special, and stays with the record.
    """
    weights = summary.weights
    return AttentionRecord(
        tokens=weights.tokens,
        group=weights.group,
        shape=weights.get_shape(),
        samples=weights.samples,
        rows_per_sample=weights.rows_per_sample,
        uniform=1 / len(summary.names),
        names=tuple(summary.names),
        query_names=tuple(summary.query_names),
        positions=_list_positions(summary, sensors or {}, coverage),
        heads=_list_heads(summary),
        layers=_list_layers(summary),
        provenance_hash=summary.provenance_hash,
        input_sha256=weights.input_digest,
        coverage=coverage,
    )


def sensor_label(name: str, sensor: Sensor | None) -> str:
    """A sensor's name with tag and unit, as an engineer reads it."""
    if sensor is None:
        return name
    unit = " ".join(part for part in (sensor.unit, sensor.basis) if part)
    return " · ".join(part for part in (name, sensor.tag, unit) if part)


def _list_positions(
    summary: AttentionSummary, sensors: Mapping[str, Sensor], coverage: TokenCoverage | None
) -> tuple[Position, ...]:
    special = list(coverage.special) if coverage else []
    tagged = {
        name: sensors.get(name)
        for i, name in enumerate(summary.names)
        if summary.weights.tokens is TokenKind.SENSORS and i not in special
    }
    ranked = np.array(summary.feature_importance, dtype=np.float64)
    ranked[special] = np.nan
    place = ranks(ranked)
    square = summary.query_names == summary.names
    focused = summary.focus if square else np.full(len(summary.names), np.nan)
    focus_place = ranks(focused)
    return tuple(
        Position(
            index=i,
            name=name,
            label=sensor_label(name, tagged.get(name)),
            received=float(summary.received[i]),
            lift=float(summary.lift[i]),
            importance=float(summary.feature_importance[i]),
            rank=int(place[i]),
            focus=None if np.isnan(focused[i]) else float(focused[i]),
            focus_rank=None if np.isnan(focused[i]) else int(focus_place[i]),
            special=i in special,
        )
        for i, name in enumerate(summary.names)
    )


def _list_heads(summary: AttentionSummary) -> tuple[HeadRow, ...]:
    layers, heads, _, _ = summary.weights.get_shape()
    return tuple(
        _describe_head(summary, layer, head, _head_focus(summary, layer, head))
        for layer in range(layers)
        for head in range(heads)
    )


def _head_focus(summary: AttentionSummary, layer: int, head: int) -> float:
    """The focus of one map: of its head, or of the layer where its heads were averaged."""
    if summary.weights.averaged_heads > 1:
        return float(summary.layer_importance[layer])
    return float(summary.head_importance[layer][head])


def _describe_head(summary: AttentionSummary, layer: int, head: int, focused: float) -> HeadRow:
    one = summary.weights.weights[layer, head]
    query, key = np.unravel_index(int(np.argmax(one)), one.shape)
    return HeadRow(
        layer=layer,
        head=head,
        focus=focused,
        top_query=summary.query_names[query],
        top_key=summary.names[key],
        top_weight=float(one[query, key]),
    )


def _list_layers(summary: AttentionSummary) -> tuple[LayerRow, ...]:
    weights = summary.weights
    return tuple(
        LayerRow(
            layer=layer,
            module=weights.layer_names[layer] if weights.layer_names else "",
            captured_by=weights.captured_by[layer] if weights.captured_by else "",
            focus=float(value),
            kind=weights.kinds[layer] if weights.kinds else "",
            proof=weights.proof[layer] if weights.proof else None,
        )
        for layer, value in enumerate(summary.layer_importance)
    )
