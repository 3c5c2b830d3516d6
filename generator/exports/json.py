"""An AttentionSummary as one JSON document with a schema: canonical bytes, exact names.

Never: a clock, a duration, a value that JSON has no word for (missing is null).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import ConfigDict, Field, JsonValue

from generator.attention import AttentionSummary, to_hashable
from generator.exports.names import count_keys, key_names, query_names, to_number
from generator.exports.output import open_whole_file
from generator.hashing import canonical_json, sha256_array
from generator.kinds import TokenKind
from generator.records import Record

MEDIA_TYPE = "application/json"
SCHEMA: Literal["attention-reports/summary/1"] = "attention-reports/summary/1"
EXACT_INTEGERS = 2**53 - 1  # beyond it JSON readers may round; written as text


class Importance(Record):
    """One name of a ranking, with the number it was ranked by."""

    name: str
    importance: float | None


class NamedValue(Record):
    """One name and its number; null where the position is padding."""

    name: str
    value: float | None


class LayerHeads(Record):
    """Mean focus of each head of one layer."""

    layer: int
    heads: tuple[float | None, ...]


class SummaryDocument(Record):
    """Everything a summary says, without its maps (those are named by `weights_sha256`)."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    schema_id: Literal["attention-reports/summary/1"] = Field(default=SCHEMA, alias="schema")
    intended_use: str
    banner: str
    provenance_hash: str
    model_name: str
    model_sha256: str
    input_sha256: str
    weights_sha256: str | None
    group: str
    tokens: TokenKind
    shape: tuple[int, int, int, int] = Field(description="layers, heads, queries, keys")
    input_shape: tuple[int, ...]
    samples: int
    averaged_heads: int
    uniform: float | None = Field(description="1 / keys: importance when attention is even")
    names: tuple[str, ...]
    query_names: tuple[str, ...]
    feature_importance: tuple[Importance, ...]
    lift: tuple[NamedValue, ...]
    received: tuple[NamedValue, ...]
    focus: tuple[NamedValue, ...]
    top_attended_features: tuple[Importance, ...]
    top_attending_features: tuple[Importance, ...]
    layer_importance: tuple[float | None, ...]
    head_importance: tuple[LayerHeads, ...]
    versions: dict[str, str]
    settings: dict[str, JsonValue]
    extraction: dict[str, JsonValue] = Field(description="what the extraction was asked for")


def write_json(summary: AttentionSummary, path: Path, *, banner: str = "") -> Path:
    """Write the document as canonical JSON (RFC 8785), in one step; returns the path."""
    value = build_document(summary, banner).model_dump(mode="json", by_alias=True)
    with open_whole_file(path) as beside:
        beside.write_bytes(canonical_json(value) + b"\n")
    return path


def make_summary_schema() -> dict[str, Any]:
    """The JSON Schema of a summary document."""
    return SummaryDocument.model_json_schema(by_alias=True, mode="serialization")


def build_document(summary: AttentionSummary, banner: str = "") -> SummaryDocument:
    """The summary as a document; ValueError where names and numbers do not fit."""
    weights, keys = summary.weights, count_keys(summary)
    names = [replace_surrogates(name) for name in key_names(summary)]
    queries = [replace_surrogates(name) for name in query_names(summary)]
    return SummaryDocument(
        schema=SCHEMA,
        intended_use=summary.notice,
        banner=banner,
        provenance_hash=summary.provenance_hash,
        model_name=replace_surrogates(weights.model_name),
        model_sha256=weights.model_digest,
        input_sha256=weights.input_digest,
        weights_sha256=sha256_array(weights.weights) if weights.weights.size else None,
        group=weights.group,
        tokens=weights.tokens,
        shape=weights.get_shape(),
        input_shape=tuple(int(length) for length in weights.input_shape),
        samples=weights.samples,
        averaged_heads=weights.averaged_heads,
        uniform=1 / keys if keys else None,
        names=tuple(names),
        query_names=tuple(queries),
        feature_importance=to_ranking(zip(names, summary.feature_importance, strict=False)),
        lift=to_named_values(names, summary.lift),
        received=to_named_values(names, summary.received),
        focus=to_named_values(queries, summary.focus),
        top_attended_features=to_ranking(summary.top_attended_features),
        top_attending_features=to_ranking(summary.top_attending_features),
        layer_importance=to_numbers(summary.layer_importance),
        head_importance=tuple(
            LayerHeads(layer=layer, heads=to_numbers(heads))
            for layer, heads in sorted(summary.head_importance.items())
        ),
        versions=summary.versions,
        settings=to_json_value(to_hashable(summary.settings)),
        extraction=to_json_value(to_hashable(weights.settings)),
    )


def to_ranking(pairs: Iterable[tuple[str, float]]) -> tuple[Importance, ...]:
    """(name, number) pairs as records, in the order they come in."""
    return tuple(
        Importance(name=replace_surrogates(name), importance=to_number(value))
        for name, value in pairs
    )


def to_named_values(names: list[str], values: np.ndarray) -> tuple[NamedValue, ...]:
    """Names with their (names,) numbers; empty where the summary has no such numbers."""
    if not len(values):
        return ()
    return tuple(
        NamedValue(name=name, value=to_number(value))
        for name, value in zip(names, values, strict=True)
    )


def to_numbers(values: np.ndarray) -> tuple[float | None, ...]:
    """A (values,) array as Python floats, missing as None."""
    return tuple(to_number(value) for value in values)


def replace_surrogates(name: str) -> str:
    """The exact name; half of a surrogate pair, which no UTF-8 file can hold, as U+FFFD."""
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def to_json_value(value: Any) -> Any:
    """A JSON value: integers too long for JSON readers as text, NaN as null."""
    if isinstance(value, dict):
        return {replace_surrogates(key): to_json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json_value(item) for item in value]
    if isinstance(value, int) and abs(value) > EXACT_INTEGERS:
        return str(value)
    if isinstance(value, float):
        return to_number(value)
    return replace_surrogates(value) if isinstance(value, str) else value
