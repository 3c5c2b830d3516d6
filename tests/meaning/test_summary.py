"""The summary of hand-made weights, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from generator.attention import AttentionSummary, AttentionWeights
from generator.doors.visualizer import AttentionVisualizer
from generator.measures.summary import summarise

# One layer, two heads, three positions; column means by hand: (0.5, 0.3, 0.2).
HEAD = np.array([[0.8, 0.1, 0.1], [0.4, 0.4, 0.2], [0.3, 0.4, 0.3]])
WEIGHTS = np.stack([HEAD, HEAD])[None].astype(np.float32)
NAMES = ["fuel", "air", "oxygen"]


def summary(top_k: int = 5) -> AttentionSummary:
    return summarise(AttentionWeights(weights=WEIGHTS, feature_names=NAMES), top_k)


def test_top_attended_features_are_sorted_and_named() -> None:
    """Highest first, by hand."""
    names = [name for name, _ in summary().top_attended_features]
    assert names == ["fuel", "air", "oxygen"]
    values = [value for _, value in summary().top_attended_features]
    np.testing.assert_allclose(values, [0.5, 0.3, 0.2], atol=1e-7)


def test_attending_is_focus_not_a_constant() -> None:
    """The most concentrated row attends most: fuel's (0.8, 0.1, 0.1)."""
    assert [name for name, _ in summary().top_attending_features] == ["fuel", "air", "oxygen"]
    assert len({round(value, 6) for _, value in summary().top_attending_features}) == 3


def test_layers_and_heads_differ_where_the_maps_do() -> None:
    """A uniform head has focus 0, a one-hot head 1; the layer is their mean."""
    maps = np.stack([np.full((3, 3), 1 / 3), np.eye(3)])[None]
    got = summarise(AttentionWeights(weights=maps, mask=np.ones((3, 3), bool)))
    np.testing.assert_allclose(got.head_importance[0], [0, 1], atol=1e-12)
    np.testing.assert_allclose(got.layer_importance, [0.5], atol=1e-12)


def test_one_position_has_all_the_importance() -> None:
    """1x1x1x1 of ones gives exactly 1.0."""
    got = summarise(AttentionWeights(weights=np.ones((1, 1, 1, 1))))
    assert got.feature_importance.tolist() == [1.0]


def test_ties_keep_the_order_of_positions() -> None:
    """Equal values are listed by position."""
    got = summarise(
        AttentionWeights(weights=np.full((1, 1, 4, 4), 0.25), feature_names=list("dcba"))
    )
    assert [name for name, _ in got.top_attended_features] == list("dcba")


def test_aggregated_weights_are_head_means() -> None:
    """(layers, queries, keys)."""
    np.testing.assert_allclose(summary().aggregated_weights, HEAD[None], atol=1e-7)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "b"], "2 feature names for 3 positions"),
        (["a", "b", "c", "d"], "4 feature names for 3 positions"),
        (["a", "b", "a"], "found more than once: a"),
    ],
)
def test_names_must_fit(names: list[str], message: str) -> None:
    """As many distinct names as positions, never cut, never filled."""
    with pytest.raises(ValueError, match=message):
        summarise(AttentionWeights(weights=WEIGHTS, feature_names=names))


def test_invalid_weights_are_refused_with_the_reason() -> None:
    """The error carries what problems() says."""
    with pytest.raises(ValueError, match="Invalid attention weights: a weight is negative"):
        summarise(AttentionWeights(weights=np.array([[[[1.5, -0.5], [0.5, 0.5]]]])))


def highlight(**asked: object) -> dict[str, object]:
    weights = AttentionWeights(weights=WEIGHTS, feature_names=NAMES)
    return AttentionVisualizer().highlight_important_features(weights, **asked)  # type: ignore[arg-type]


def test_highlight_takes_everything_at_or_above_the_threshold() -> None:
    """0.3 is at the threshold of 0.3; ranks follow importance; every feature has its value."""
    found = highlight(threshold=0.29999)
    rows = found["important_features"]
    assert isinstance(rows, list)
    assert [(row["name"], row["rank"]) for row in rows] == [("fuel", 1), ("air", 2)]
    assert found["count"] == 2
    assert found["threshold"] == 0.29999
    assert found["uniform"] == pytest.approx(1 / 3)
    everything = found["feature_importances"]
    assert isinstance(everything, dict)
    assert list(everything) == NAMES


def test_top_k_wins_over_the_threshold() -> None:
    """More than there are gives all; none at all is an error."""
    assert highlight(threshold=0.9, top_k=1)["count"] == 1
    assert highlight(top_k=99)["count"] == 3
    with pytest.raises(ValueError, match="top_k must be at least 1"):
        highlight(top_k=0)
