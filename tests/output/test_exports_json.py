"""The JSON document: its schema accepts it, it is complete, and it knows no clock."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from generator.attention import AttentionSummary
from generator.exports.json import SCHEMA, make_summary_schema, write_json
from generator.hashing import canonical_json, sha256_array
from generator.measures.summary import summarise
from generator.notice import NOTICE, SIMULATED
from tests.output.maps_by_hand import SENSORS, draw_weights, make_weights

SUMMARIES = {
    "sensors": summarise(make_weights(model_digest="a" * 64, input_digest="b" * 64)),
    "not square": summarise(draw_weights(2, 5)),
    "empty": AttentionSummary(),
    "padded": summarise(make_weights(mask=np.array([[1] * 4] * 3 + [[0] * 4], dtype=bool))),
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_document_fits_the_published_schema(name: str, tmp_path: Path) -> None:
    """An independent validator accepts what we write."""
    value = json.loads(write_json(SUMMARIES[name], tmp_path / "a.json").read_bytes())
    schema = make_summary_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(value, schema)


def test_the_schema_knows_every_field_and_no_other() -> None:
    """Consumers can rely on all keys being there."""
    schema = make_summary_schema()
    assert set(schema["properties"]) == set(schema["required"])
    assert schema["additionalProperties"] is False


def test_the_document_is_canonical_and_complete(tmp_path: Path) -> None:
    """Canonical bytes; digests, names, rankings and notice as the summary has them."""
    summary = SUMMARIES["sensors"]
    raw = write_json(summary, tmp_path / "a.json", banner=SIMULATED).read_bytes()
    value = json.loads(raw)
    assert canonical_json(value) + b"\n" == raw
    assert (value["schema"], value["intended_use"], value["banner"]) == (SCHEMA, NOTICE, SIMULATED)
    assert (value["model_sha256"], value["input_sha256"]) == ("a" * 64, "b" * 64)
    assert sha256_array(summary.weights.weights) == value["weights_sha256"]
    assert summary.provenance_hash == value["provenance_hash"]
    assert value["shape"] == [2, 2, 4, 4]
    assert [entry["name"] for entry in value["feature_importance"]] == SENSORS
    assert [list(pair) for pair in summary.top_attended_features] == [
        [entry["name"], entry["importance"]] for entry in value["top_attended_features"]
    ]
    assert summary.layer_importance.tolist() == value["layer_importance"]
    assert summary.head_importance[1].tolist() == value["head_importance"][1]["heads"]


def test_no_clock_is_in_the_document(tmp_path: Path) -> None:
    """Neither when nor how long: two runs give one file."""
    raw = write_json(SUMMARIES["sensors"], tmp_path / "a.json").read_text()
    assert not {"timestamp", "processing_time_ms"} & set(json.loads(raw))
    later = summarise(make_weights(model_digest="a" * 64, input_digest="b" * 64))
    later.processing_time_ms = 1e9
    assert raw == write_json(later, tmp_path / "b.json").read_text()


def test_names_are_exact_and_padding_is_null(tmp_path: Path) -> None:
    """JSON is the exact twin of the guarded CSV; what is not there is null."""
    names = ["=1+1", "\u202eabc", "two\nlines", "half\ud800"]
    path = write_json(SUMMARIES["padded"], tmp_path / "p.json")
    assert json.loads(path.read_bytes())["focus"][3] == {"name": "co_ppm", "value": None}
    summary = AttentionSummary(feature_importance=np.full(4, 0.25), names=names)
    value = json.loads(write_json(summary, tmp_path / "a.json").read_bytes())
    assert [*names[:3], "half\ufffd"] == value["names"]


def test_long_integers_survive_readers_that_round(tmp_path: Path) -> None:
    """A 64-bit seed is text; NaN is null."""
    summary = AttentionSummary(settings={"seed": 2**63, "x": float("nan"), "top_k": 5})
    value = json.loads(write_json(summary, tmp_path / "a.json").read_bytes())
    assert {"seed": str(2**63), "x": None, "top_k": 5} == value["settings"]
