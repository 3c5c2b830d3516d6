"""AttentionWeights and AttentionSummary: validity with reasons, provenance that misses nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import numpy as np
import pytest

from generator.attention import AttentionSummary, AttentionWeights
from generator.measures.summary import summarise

UNIFORM = np.full((2, 3, 4, 4), 0.25, dtype=np.float32)


def changed(row: list[float]) -> AttentionWeights:
    weights = UNIFORM.copy()
    weights[1, 2, 3] = row
    return AttentionWeights(weights=weights)


def test_uniform_attention_is_valid() -> None:
    """Rows that sum to 1 are attention."""
    assert AttentionWeights(weights=UNIFORM).validate() is True


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([0.3, 0.3, 0.3, np.nan], "1 weights are NaN or infinite"),
        ([0.3, 0.3, 0.3, np.inf], "1 weights are NaN or infinite"),
        ([-0.2, 0.4, 0.4, 0.4], "a weight is negative (-0.2)"),
        ([0.5, 0.5, 0.5, 0.0], "1 rows sum to more than 1 (largest 1.5)"),
        ([0.2, 0.2, 0.0, 0.0], "1 rows sum to less than 1 (smallest 0.4)"),
    ],
)
def test_what_is_not_attention_is_refused_with_the_reason(row: list[float], reason: str) -> None:
    """validate() is False and problems() says why."""
    weights = changed(row)
    assert weights.validate() is False
    assert weights.problems() == [reason]


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.empty(0), "there are no weights"),
        (np.full((2, 4, 4), 0.25), "weights must be (layers, heads, queries, keys), found 3 axes"),
    ],
)
def test_other_shapes_are_refused(array: np.ndarray, reason: str) -> None:
    """Empty or not four axes: not attention weights."""
    assert AttentionWeights(weights=array).problems() == [reason]


def test_masked_rows_and_non_square_maps_are_legal() -> None:
    """A padded query has an all-zero row; cross attention is not square."""
    assert changed([0, 0, 0, 0]).validate()
    assert AttentionWeights(weights=np.full((1, 1, 2, 5), 0.2)).validate()


def test_a_sink_explains_missing_mass() -> None:
    """Rows short by what a sink took are valid, and only by that much."""
    weights = changed([0.2, 0.2, 0.0, 0.0])
    missing = np.zeros((2, 3, 4))
    missing[1, 2, 3] = 0.6
    assert replace(weights, missing_mass=missing).validate()
    missing[1, 2, 3] = 0.3
    assert not replace(weights, missing_mass=missing).validate()


def test_the_tolerance_is_the_callers() -> None:
    """A row sum of 1.005 passes at 0.01 and fails at 0.001."""
    weights = changed([0.25, 0.25, 0.25, 0.255])
    assert weights.validate(atol=0.01)
    assert not weights.validate(atol=0.001)


def test_everything_has_a_default() -> None:
    """Both types can be made without a model."""
    assert AttentionWeights().get_shape() == (0, 0, 0, 0)
    assert AttentionWeights().model_name == "unknown"
    assert len(AttentionSummary().calculate_provenance()) == 64


def test_fields_stand_in_the_guides_order() -> None:
    """The guide's fields come first and in its order."""
    guide = "weights layer head feature_names timestep_names model_name timestamp input_shape"
    assert [f.name for f in fields(AttentionWeights)][:8] == guide.split()
    guide = (
        "aggregated_weights feature_importance top_attended_features top_attending_features "
        "layer_importance head_importance provenance_hash processing_time_ms"
    )
    assert [f.name for f in fields(AttentionSummary)][:8] == guide.split()


def sample() -> AttentionWeights:
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(4), size=(2, 3, 4)).astype(np.float32)
    return AttentionWeights(
        weights=weights,
        feature_names=["a", "b", "c", "d"],
        model_digest="m",
        input_digest="i",
        settings={"group": "encoder"},
    )


def test_the_hash_forgets_clocks_and_durations() -> None:
    """Two summaries of the same weights at other times have one hash."""
    later = replace(sample(), timestamp=datetime(2040, 1, 1, tzinfo=UTC))
    assert summarise(sample()).provenance_hash == summarise(later).provenance_hash


WEIGHT_CHANGES = {
    "weights": np.roll(sample().weights, 1, axis=0),
    "feature_names": ["a", "b", "c", "e"],
    "model_name": "other",
    "input_shape": (1, 2),
    "model_digest": "n",
    "input_digest": "j",
    "settings": {"group": "decoder"},
    "samples": 2,
    "layer_names": ("x", "y"),
    "mask": np.ones((4, 4), dtype=bool),
}


@pytest.mark.parametrize("field", WEIGHT_CHANGES)
def test_the_hash_covers_every_input(field: str) -> None:
    """A change of any one field of the weights changes the hash."""
    other = replace(sample(), **{field: WEIGHT_CHANGES[field]})
    assert summarise(other).provenance_hash != summarise(sample()).provenance_hash


@pytest.mark.parametrize(
    "field",
    [
        f.name
        for f in fields(AttentionSummary)
        if f.name not in {"provenance_hash", "processing_time_ms", "weights"}
    ],
)
def test_verification_sees_every_change(field: str) -> None:
    """Recomputing the hash of a summary with one changed field gives another hash."""
    summary = summarise(sample())
    assert summary.calculate_provenance() == summary.provenance_hash
    value = getattr(summary, field)
    if isinstance(value, np.ndarray):
        other: object = value + value.dtype.type(1e-6)
    else:
        other = "changed" if isinstance(value, str) else type(value)()
    tampered = replace(summary, **{field: other})
    assert tampered.calculate_provenance() != summary.provenance_hash


def test_shape_and_dtype_belong_to_the_hash() -> None:
    """The same bytes in another shape or dtype are other weights."""
    one, other = np.zeros((1, 16), np.float32), np.zeros((2, 8), np.float32)
    hashes = {
        AttentionSummary(aggregated_weights=a).calculate_provenance()
        for a in (one, other, one.view(np.int32))
    }
    assert len(hashes) == 3
