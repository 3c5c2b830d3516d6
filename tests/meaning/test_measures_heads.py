"""Measures of whole heads, against numpy, scipy and cases by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from generator.measures.effective_rank import effective_rank
from generator.measures.redundancy import redundancy
from generator.measures.sinks import find_sinks
from tests.meaning.masks import CAUSAL, CROSS, FULL, PADDED, draw_attention, spread_evenly


@pytest.mark.parametrize("mask", [FULL, CAUSAL, CROSS])
def test_effective_rank_is_the_exponential_of_the_spectrums_entropy(mask: np.ndarray) -> None:
    """Roy & Vetterli's definition typed out for one head."""
    weights = draw_attention(mask)
    sigma = np.linalg.svd(weights[1, 2])[1]
    shares = sigma / sigma.sum()
    expected = np.exp(-(shares * np.log(shares)).sum())
    np.testing.assert_allclose(effective_rank(weights, mask)[1, 2], expected, atol=1e-12)


def test_effective_rank_at_its_ends() -> None:
    """Every row alike 1, every row its own 3; the padded row does not count, all padding is NaN."""
    weights = np.zeros((1, 2, 4, 4))
    weights[0, 0, :3, 1] = 1.0
    weights[0, 1, :3, :3] = np.eye(3)
    weights[0, :, 3, 3] = 1.0
    np.testing.assert_allclose(effective_rank(weights, PADDED), [[1.0, 3.0]], atol=1e-12)
    nothing = effective_rank(np.zeros((1, 1, 4, 4)), np.zeros((4, 4), bool))
    np.testing.assert_array_equal(nothing, [[np.nan]])


@pytest.mark.parametrize("mask", [FULL, CAUSAL, PADDED, CROSS])
def test_redundancy_is_one_minus_scipys_divergence(mask: np.ndarray) -> None:
    """The squared Jensen-Shannon distance, base 2, mean over the real rows."""
    maps = draw_attention(mask)[0]
    real = mask.any(-1)
    apart = [[jensenshannon(a[real], b[real], base=2, axis=-1) ** 2 for b in maps] for a in maps]
    expected = 1 - np.nanmean(apart, axis=-1)
    np.testing.assert_allclose(redundancy(maps, mask), expected, atol=1e-9)


def test_redundancy_at_its_ends() -> None:
    """Equal heads 1, heads without a common key 0; a head that gave all to a sink is not known."""
    maps = np.zeros((4, 2, 4))
    maps[0, :, 0] = maps[1, :, 0] = maps[2, :, 3] = 1.0
    found = redundancy(maps, np.ones((2, 4), bool))
    np.testing.assert_allclose(found[0, :3], [1.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_array_equal(found[0, 3], np.nan)


def test_redundancy_leaves_padded_rows_out() -> None:
    """Alike in the three real rows, apart in the fourth: alike."""
    maps = np.repeat(draw_attention(PADDED)[0, :1], 2, axis=0)
    maps[0, 3, 0] = maps[1, 3, 1] = 1.0
    np.testing.assert_allclose(redundancy(maps, PADDED), 1.0, atol=1e-9)


def test_a_sink_candidate_is_what_those_who_see_it_mostly_look_at() -> None:
    """By hand: key 0 gets .5 of three rows that see it, key 1 .25 of two, key 3 nobody."""
    mask = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]], bool)
    weights = np.array([[[[0.5, 0, 0, 0], [0.7, 0.3, 0, 0], [0.3, 0.2, 0.5, 0]]]])
    found = find_sinks(weights, mask)
    np.testing.assert_allclose(found.attention[0, 0], [0.5, 0.25, 0.5, np.nan])
    np.testing.assert_allclose(found.even, [11 / 18, 5 / 12, 1 / 3, np.nan])
    np.testing.assert_array_equal(found.candidates[0, 0], [True, False, True, False])
    assert found.confirmed is None


def test_a_candidate_is_confirmed_by_a_small_value() -> None:
    """Below half the median norm of the keys that are seen; the unseen key's norm is no part."""
    mask = np.array([[1, 1, 1, 0]] * 2, bool)
    weights = np.array([[[[0.4, 0.4, 0.2, 0]] * 2]])
    norms = np.array([[[0.4, 1.0, 1.0, 0.0]]])
    confirmed = find_sinks(weights, mask, norms).confirmed
    np.testing.assert_array_equal(confirmed, [[[True, False, False, False]]])
    barely = np.array([[[0.5, 1.0, 1.0, 0.0]]])
    np.testing.assert_array_equal(find_sinks(weights, mask, barely).confirmed, np.zeros((1, 1, 4)))


def test_norms_of_another_shape_are_refused() -> None:
    """Norms are asked for per layer, head and key."""
    with pytest.raises(ValueError, match=r"\(2, 3, 4\), found \(4,\)"):
        find_sinks(spread_evenly(FULL), FULL, np.ones(4))
