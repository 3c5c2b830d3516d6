"""Measures against hand-made cases and scipy, not against themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from generator.attention import AttentionWeights
from generator.measures.focus import focus
from generator.measures.lift import importance, lift
from generator.measures.shares import attention_received, uniform_share
from generator.measures.visible import find_visible
from tests.meaning.masks import CAUSAL, MASKS, PADDED, spread_evenly


@pytest.mark.parametrize("mask", MASKS)
def test_lift_of_uniform_attention_is_one_under_any_mask(mask: np.ndarray) -> None:
    """Full, causal, window, padding and cross masks: lift is 1 for every key anyone may see."""
    expected = mask.any(axis=0).astype(float)
    got = lift(attention_received(spread_evenly(mask), mask), uniform_share(mask))
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_uniform_causal_attention_received_leans_to_the_first_key() -> None:
    """By hand for four positions: (1 + 1/2 + 1/3 + 1/4) / 4 first, 1/16 last."""
    expected = [25 / 48, 13 / 48, 7 / 48, 3 / 48]
    np.testing.assert_allclose(
        attention_received(spread_evenly(CAUSAL), CAUSAL), expected, atol=1e-6
    )


def test_importance_without_a_mask_is_the_column_mean() -> None:
    """By hand: two queries, three keys."""
    weights = np.array([[[[0.5, 0.3, 0.2], [0.1, 0.3, 0.6]]]])
    expected = [0.3, 0.3, 0.4]
    mask = np.ones((2, 3), bool)
    got = importance(lift(attention_received(weights, mask), uniform_share(mask)))
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_padded_queries_do_not_count() -> None:
    """A wholly masked query leaves the mean of the others."""
    weights = np.zeros((1, 1, 4, 4))
    weights[0, 0, :3, 0] = 1.0
    np.testing.assert_allclose(attention_received(weights, PADDED), [1, 0, 0, 0])


def test_focus_is_one_minus_normalised_entropy() -> None:
    """Row by row as scipy's entropy has it."""
    weights = np.random.default_rng(0).dirichlet(np.ones(5), size=(2, 3, 4))
    expected = 1 - entropy(weights, axis=-1) / np.log(5)
    got = focus(weights, np.ones((4, 5), bool))
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_focus_at_its_ends() -> None:
    """Uniform 0, one key 1, a single visible key 0, padding nothing."""
    weights = np.zeros((1, 1, 4, 4))
    weights[0, 0, 0, :3] = 1 / 3
    weights[0, 0, 1, 2] = 1.0
    weights[0, 0, 2, 0] = 1.0
    mask = PADDED.copy()
    mask[2] = [True, False, False, False]
    expected = [0.0, 1.0, 0.0, np.nan]
    np.testing.assert_allclose(focus(weights, mask)[0, 0], expected, atol=1e-12)


def test_the_mask_is_what_no_layer_and_no_head_sees() -> None:
    """An entry that one head uses is visible; a stated mask is believed."""
    weights = np.zeros((2, 2, 2, 2), dtype=np.float32)
    weights[0, 0, 0, 0] = weights[1, 1, 1, 0] = 1.0
    expected = [[True, False], [True, False]]
    np.testing.assert_array_equal(find_visible(AttentionWeights(weights=weights)), expected)
    stated = np.eye(2, dtype=bool)
    np.testing.assert_array_equal(
        find_visible(AttentionWeights(weights=weights, mask=stated)), stated
    )
