"""A MapView is the right map with the right names, or an error that says what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from generator.attention import AttentionWeights
from generator.figures.view import make_map_view
from generator.kinds import TokenKind
from tests.output.maps_by_hand import MAP, SENSORS, draw_weights, make_weights


def test_one_head_of_one_layer_is_exactly_that_map() -> None:
    """Layer and head choose one map, unchanged."""
    view = make_map_view(make_weights(), 0, 0)
    np.testing.assert_allclose(view.matrix, MAP, atol=1e-7)
    assert (view.layer, view.head) == (0, 0)
    assert view.title == "combustion · layer 0, head 0"


def test_none_takes_the_mean() -> None:
    """Without a layer and head the map is the plain mean over both axes."""
    view = make_map_view(make_weights(), None, None)
    np.testing.assert_allclose(view.matrix, make_weights().weights.mean(axis=(0, 1)), atol=1e-7)
    assert view.title == "combustion · mean of 2 layers, mean of 2 heads"


def test_head_0_of_averaged_heads_is_their_mean_and_says_so() -> None:
    """Where capture kept the head mean only, head 0 is called what it is."""
    view = make_map_view(
        make_weights(weights=make_weights().weights[:, :1], averaged_heads=12), 0, 0
    )
    assert view.head is None
    assert "mean of 12 heads" in view.title


@pytest.mark.parametrize(
    ("layer", "head", "words"),
    [
        (2, 0, "layer 2 is out of range: choose 0 to 1"),
        (-1, 0, "layer -1 is out of range: choose 0 to 1"),
        (0, 2, "head 2 is out of range: choose 0 to 1"),
        (0, -1, "head -1 is out of range: choose 0 to 1"),
    ],
)
def test_a_layer_or_head_out_of_range_names_the_range(layer: int, head: int, words: str) -> None:
    """Negative indexes count from nowhere: they are errors like those too high."""
    with pytest.raises(ValueError, match=words):
        make_map_view(make_weights(), layer, head)


def test_names_come_from_sensors_then_timesteps_then_positions() -> None:
    """The best names there are, in this order."""
    bare = make_weights(feature_names=None, tokens=TokenKind.POSITIONS)
    steps = ["-30 s", "-20 s", "-10 s", "0 s"]
    assert tuple(SENSORS) == make_map_view(make_weights(), 0, 0).key_names
    assert (
        tuple(steps)
        == make_map_view(make_weights(feature_names=None, timestep_names=steps), 0, 0).key_names
    )
    assert make_map_view(bare, 0, 0).key_names[:2] == ("position_0", "position_1")


def test_a_wrong_number_of_names_is_an_error_with_both_counts() -> None:
    """Five names for eight positions are refused, never cut to fit."""
    with pytest.raises(ValueError, match="5 feature names for 8 positions"):
        make_map_view(draw_weights(8, 8, feature_names=list("abcde")), 0, 0)


def test_sensor_names_are_refused_on_timestep_tokens() -> None:
    """No sensor name is ever printed against a timestep."""
    with pytest.raises(ValueError, match="tokens are timesteps; use timestep_names"):
        make_map_view(make_weights(tokens=TokenKind.TIMESTEPS), 0, 0)


def test_queries_of_a_map_that_is_not_square_have_names_of_their_own() -> None:
    """Key names never stand against queries of another kind."""
    view = make_map_view(draw_weights(2, 4, feature_names=SENSORS), 0, 0)
    assert (("position_0", "position_1"), tuple(SENSORS)) == (view.query_names, view.key_names)
    with pytest.raises(ValueError, match="3 query names for 2 queries"):
        make_map_view(draw_weights(2, 4), 0, 0, query_names=["a", "b", "c"])


def test_samples_follow_the_layer() -> None:
    """Attention by sample is that of the chosen layer, or the mean over layers."""
    by_sample = np.arange(2 * 2 * 4, dtype=np.float32).reshape(2, 2, 4)
    given = make_weights(received_by_sample=by_sample)
    chosen, mean = make_map_view(given, 1, None), make_map_view(given, None, None)
    np.testing.assert_allclose(chosen.received_by_sample, by_sample[:, 1])
    np.testing.assert_allclose(mean.received_by_sample, by_sample.mean(axis=1))
    with pytest.raises(ValueError, match="3 sample labels for 2 samples"):
        make_map_view(given, 0, 0, sample_labels=["a", "b", "c"])


def test_received_and_expected_are_column_means() -> None:
    """By hand: column means of MAP; 1/4 each without a mask, 11/18 7/18... under a causal one."""
    view = make_map_view(make_weights(), 0, 0)
    np.testing.assert_allclose([0.2625, 0.2625, 0.1625, 0.3125], view.received, atol=1e-7)
    np.testing.assert_allclose(np.full(4, 0.25), view.expected)
    causal = AttentionWeights(
        np.array([[[[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]]]], np.float32),
        mask=np.tril(np.ones((3, 3), dtype=bool)),
    )
    view = make_map_view(causal, 0, 0)
    np.testing.assert_allclose([11 / 18, 5 / 18, 2 / 18], view.expected)
    np.testing.assert_allclose(view.expected, view.received, atol=1e-7)


@pytest.mark.parametrize(
    ("maps", "words"),
    [
        (np.empty(0), "there are no weights"),
        (np.ones((2, 2)), r"must be \(layers, heads, queries, keys\)"),
        (np.full((1, 1, 2, 2), np.nan), "NaN or infinite"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(maps: np.ndarray, words: str) -> None:
    """Empty, flat or not finite weights are no picture."""
    with pytest.raises(ValueError, match=words):
        make_map_view(AttentionWeights(maps), 0, 0)
