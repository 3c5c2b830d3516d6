"""Measures of single rows, against scipy and cases by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from generator.measures.entropy import row_entropy
from generator.measures.focus import focus
from generator.measures.off_diagonal import off_diagonal
from generator.measures.visible import nan_mean
from tests.meaning.masks import CAUSAL, CROSS, FULL, PADDED, draw_attention, spread_evenly


@pytest.mark.parametrize("mask", [FULL, CAUSAL, CROSS])
def test_entropy_is_scipys(mask: np.ndarray) -> None:
    """In nats, row by row, under any mask."""
    weights = draw_attention(mask)
    np.testing.assert_allclose(row_entropy(weights, mask), entropy(weights, axis=-1), atol=1e-12)


def test_entropy_of_even_rows_is_the_logarithm_of_what_they_see() -> None:
    """Under a causal mask row i sees i + 1 keys."""
    expected = np.log([1, 2, 3, 4])
    np.testing.assert_allclose(
        row_entropy(spread_evenly(CAUSAL), CAUSAL)[1, 2], expected, atol=1e-6
    )


def test_entropy_of_padding_is_not_known() -> None:
    """A padded query and one that gave all to a sink are NaN; half a row is taken as a whole."""
    weights = np.zeros((1, 1, 4, 4))
    weights[0, 0, 0, :2] = 0.25
    weights[0, 0, 1, 0] = 1.0
    expected = [np.log(2), 0.0, np.nan, np.nan]
    np.testing.assert_allclose(row_entropy(weights, PADDED)[0, 0], expected, atol=1e-12)


def test_focus_comes_from_the_same_entropy() -> None:
    """Focus + entropy / log(visible) is 1."""
    weights = draw_attention(FULL)
    whole = focus(weights, FULL) + row_entropy(weights, FULL) / np.log(4)
    np.testing.assert_allclose(whole, 1.0, atol=1e-12)


def test_off_diagonal_is_what_goes_to_others() -> None:
    """By hand: all to itself 0, even 3/4, nothing to itself 1; padding NaN."""
    weights = np.zeros((1, 1, 4, 4))
    weights[0, 0, 0, 0] = 1.0
    weights[0, 0, 1] = 0.25
    weights[0, 0, 2, 0] = 1.0
    expected = [0.0, 0.75, 1.0, np.nan]
    np.testing.assert_allclose(off_diagonal(weights, PADDED)[0, 0], expected)


def test_off_diagonal_needs_one_sequence() -> None:
    """Attention to another sequence has no diagonal."""
    with pytest.raises(ValueError, match="2 queries over 5 keys"):
        off_diagonal(spread_evenly(CROSS), CROSS)


def test_a_mean_of_nothing_known_is_not_known() -> None:
    """NaN where all are, else the mean of the others."""
    values = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])
    np.testing.assert_array_equal(nan_mean(values, axis=1), [2.0, np.nan])
