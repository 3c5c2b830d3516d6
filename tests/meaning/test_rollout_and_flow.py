"""Rollout, read-outs and flow against the published formulas typed again, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from generator.measures.flow import flow
from generator.measures.read_out import ClsRow, LastRow, MeanOfRows, apply_read_out
from generator.measures.rollout import rollout
from tests.meaning.masks import BAND, CAUSAL, CROSS, FULL, PADDED, draw_attention

FOUR = (FULL, CAUSAL, BAND, PADDED)


def maps_of(mask: np.ndarray, layers: int = 3) -> np.ndarray:
    """(layers, positions, positions) head means."""
    return np.concatenate([draw_attention(mask, seed).mean(1) for seed in range(layers)])[:layers]


def joint_attention(maps: np.ndarray) -> np.ndarray:
    """Abnar & Zuidema, section 3: 0.5 W + 0.5 I normalised, times what is below."""
    below = None
    for layer in maps:
        with_residual = layer + np.eye(len(layer))
        with_residual = with_residual / with_residual.sum(axis=-1)[..., None]
        below = with_residual if below is None else with_residual @ below
    assert below is not None
    return np.asarray(below)


@pytest.mark.parametrize("mask", FOUR)
def test_rollout_is_the_published_formula(mask: np.ndarray) -> None:
    """Whole, causal, window and padding masks; rows sum to 1; the padded row is not known."""
    maps, real = maps_of(mask), mask.any(-1)
    found = rollout(maps, mask)
    np.testing.assert_allclose(found[real], joint_attention(maps)[real], atol=1e-12)
    np.testing.assert_allclose(found[real].sum(-1), 1.0, atol=1e-12)
    assert np.isnan(found[~real]).all()


def test_rollout_multiplies_the_later_layer_on_the_left() -> None:
    """By hand: 1 looks at 0 first, then 2 looks at 1: what was 0 is a quarter of 2."""
    maps = np.stack([np.eye(3), np.eye(3)])
    maps[0, 1] = [1, 0, 0]
    maps[1, 2] = [0, 1, 0]
    expected = [0.25, 0.25, 0.5]
    np.testing.assert_allclose(rollout(maps, np.ones((3, 3), bool))[2], expected)


def test_rollout_and_flow_are_of_one_sequence() -> None:
    """Attention to another sequence is refused."""
    with pytest.raises(ValueError, match="2 queries over 5 keys"):
        rollout(maps_of(CROSS), CROSS)
    with pytest.raises(ValueError, match="2 queries over 5 keys"):
        flow(maps_of(CROSS), CROSS, LastRow())


def test_each_read_out_takes_its_own_rows() -> None:
    """The named row, the last real one, the mean of the real ones; padding is never read."""
    scores = np.arange(16.0).reshape(4, 4)
    scores[3] = np.nan
    np.testing.assert_allclose(apply_read_out(scores, PADDED, ClsRow(1))[:3], [4, 5, 6])
    np.testing.assert_allclose(apply_read_out(scores, PADDED, LastRow())[:3], [8, 9, 10])
    np.testing.assert_allclose(apply_read_out(scores, PADDED, MeanOfRows())[:3], [4, 5, 6])


def test_a_key_nobody_sees_is_not_known_unless_something_came_to_it() -> None:
    """Padding is NaN; a read-out token that nobody attends to keeps its own share."""
    mask = np.array([[False, True, False], [False, True, False], [False, False, False]])
    scores = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_array_equal(apply_read_out(scores, mask, ClsRow(0)), [0.5, 0.5, np.nan])
    np.testing.assert_array_equal(apply_read_out(scores, mask, ClsRow(1)), [np.nan, 1.0, np.nan])


@pytest.mark.parametrize("position", [-1, 3, 4])
def test_a_row_that_is_padding_or_absent_is_refused(position: int) -> None:
    """It reads nothing."""
    with pytest.raises(ValueError, match=f"position {position} is none of the real queries"):
        apply_read_out(np.eye(4), PADDED, ClsRow(position))


def test_nothing_can_be_read_where_all_is_padding() -> None:
    """Said, not divided by 0."""
    for read_out in (LastRow(), MeanOfRows()):
        with pytest.raises(ValueError, match="every query is padding"):
            apply_read_out(np.eye(2), np.zeros((2, 2), bool), read_out)


def test_every_read_out_says_what_it_reads() -> None:
    """Words for a sentence."""
    words = [one.words for one in (ClsRow(7), LastRow(), MeanOfRows())]
    assert words == ["position 7", "the last position", "the mean of all positions"]


def most_flow(layers: np.ndarray, source: int, sink: int) -> float:
    """The same maximum as a linear programme over edges, (depth, query, key)."""
    depth, size, _ = layers.shape
    balance = np.zeros((depth + 1, size, depth, size, size))
    for layer in range(depth):
        for at in range(size):
            balance[layer + 1, at, layer, at, :] -= 1
            balance[layer, at, layer, :, at] += 1
    gain = balance[0, sink].ravel()
    inner = [balance[d, at].ravel() for d in range(1, depth) for at in range(size)]
    shut = [balance[depth, at].ravel() for at in range(size) if at != source]
    edges = [(0, capacity) for capacity in layers.ravel()]
    equal = np.array(inner + shut)
    return -float(linprog(-gain, A_eq=equal, b_eq=np.zeros(len(equal)), bounds=edges).fun)


@pytest.mark.parametrize("mask", FOUR)
def test_flow_is_the_largest_a_linear_programme_finds(mask: np.ndarray) -> None:
    """Three layers, from the last real position to each visible one; padding is not known."""
    maps = maps_of(mask)
    row = int(np.flatnonzero(mask.any(-1))[-1])
    residual = 0.5 * maps + 0.5 * np.eye(4)
    residual /= residual.sum(-1, keepdims=True)
    expected = [most_flow(residual, row, key) for key in range(4)]
    found = flow(maps, mask, LastRow())
    np.testing.assert_allclose(found, np.where(mask.any(0), expected, np.nan), atol=1e-7)


def test_flow_of_several_rows_is_the_mean_of_theirs() -> None:
    """Each row that is read has maximum flows of its own."""
    maps = maps_of(FULL, 2)
    expected = np.mean([flow(maps, FULL, ClsRow(row)) for row in range(4)], axis=0)
    np.testing.assert_allclose(flow(maps, FULL, MeanOfRows()), expected, atol=1e-12)


def test_flow_of_one_layer_is_its_row() -> None:
    """Nothing else can pass."""
    maps = maps_of(FULL, 1)
    expected = (maps[0] + np.eye(4))[2] / 2
    np.testing.assert_allclose(flow(maps, FULL, ClsRow(2)), expected, atol=1e-12)


def test_flow_is_refused_where_it_would_take_minutes() -> None:
    """Above 32 positions, with what to use instead; 32 is allowed."""
    mask = np.ones((33, 33), bool)
    with pytest.raises(ValueError, match=r"up to 32 positions \(found 33\); rollout"):
        flow(mask[None] / 33, mask, LastRow())
    at_most = flow(np.full((1, 32, 32), 1 / 32), mask[:32, :32], LastRow())
    np.testing.assert_allclose(at_most[:2], 1 / 64)
