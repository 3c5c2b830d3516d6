"""Heads made by hand are called what they do."""

from __future__ import annotations

import numpy as np
import pytest

from generator.measures.head_class import THRESHOLDS, HeadThresholds, classify_heads
from generator.measures.head_shares import cross_head_shares, head_shares, lift_within

SIZE = 48
FULL = np.ones((SIZE, SIZE), bool)
CAUSAL = np.tril(FULL)
APART = np.subtract.outer(np.arange(SIZE), np.arange(SIZE))
BLOCKS = np.array([0, 1, 2, 3] * 12)  # each block's members stand four apart


def rows(favoured: np.ndarray, mask: np.ndarray = FULL, share: float = 0.9) -> np.ndarray:
    """`share` evenly over the favoured keys, the rest evenly over what is visible."""
    liked, seen = favoured & mask, mask / mask.sum(-1, keepdims=True)
    even = np.where(liked.any(-1, keepdims=True), liked, mask).astype(float)
    found: np.ndarray = share * even / even.sum(-1, keepdims=True) + (1 - share) * seen
    return found


def called(*maps: np.ndarray, mask: np.ndarray = FULL) -> tuple[str, ...]:
    shares = head_shares(np.stack(maps)[None], mask, THRESHOLDS.band, BLOCKS)
    return classify_heads(shares)[0]


@pytest.mark.parametrize("mask", [FULL, CAUSAL])
def test_each_head_is_called_what_it_does(mask: np.ndarray) -> None:
    """Whole and causal masks; an even head is mixed."""
    column = np.zeros_like(FULL)
    column[:, 0] = True
    near = (np.abs(APART) <= 2) & (APART != 0) & (APART != 1)
    maps = [rows(APART == 0, mask), rows(APART == 1, mask), rows(column, mask)]
    maps += [rows(near, mask), rows((BLOCKS[:, None] == BLOCKS) & (APART != 0), mask)]
    maps += [rows(FULL, mask)]
    expected = ("diagonal", "previous", "vertical", "local", "block", "mixed")
    assert called(*maps, mask=mask) == expected


def test_shares_are_means_over_those_who_may_see() -> None:
    """By hand, three positions, causal: the first row has no position before it."""
    mask = np.tril(np.ones((3, 3), bool))
    weights = np.array([[[[1.0, 0, 0], [0.8, 0.2, 0], [0.2, 0.5, 0.3]]]])
    found = head_shares(weights, mask, band=1)
    np.testing.assert_allclose(found.diagonal, [[0.5]])
    np.testing.assert_allclose(found.previous, [[0.65]])
    np.testing.assert_allclose(found.vertical, [[2 / 3]])
    np.testing.assert_allclose(found.local, [[2.8 / (1 + 1 + 2 / 3)]])
    np.testing.assert_array_equal(found.block, [[np.nan]])


@pytest.mark.parametrize("mask", [FULL, CAUSAL, np.abs(APART) <= 3])
def test_even_attention_is_once_its_even_share(mask: np.ndarray) -> None:
    """Whatever the mask leaves of the band."""
    even = (mask / mask.sum(-1, keepdims=True))[None, None]
    np.testing.assert_allclose(lift_within(even, mask, np.abs(APART) <= 2), [[1.0]])


def test_padding_changes_no_class() -> None:
    """The same heads with eight padded positions."""
    mask = FULL.copy()
    mask[40:], mask[:, 40:] = False, False
    maps = np.where(mask, rows(APART == 0), 0)
    maps = maps / np.maximum(maps.sum(-1, keepdims=True), 1e-9)
    assert called(maps, mask=mask) == ("diagonal",)
    shares = head_shares(maps[None, None], mask, THRESHOLDS.band)
    expected = maps[:40, :40].diagonal().mean()
    np.testing.assert_allclose(shares.diagonal, [[expected]])


def test_attention_to_another_sequence_is_vertical_or_mixed() -> None:
    """A diagonal between two sequences of one length is none."""
    column = np.zeros((1, SIZE, SIZE))
    column[..., 2] = 1.0
    found = cross_head_shares(np.stack([np.eye(SIZE)[None], column], axis=1), FULL)
    assert classify_heads(found) == (("mixed", "vertical"),)


def test_thresholds_are_printed_and_may_be_others() -> None:
    """A stricter threshold calls the same head otherwise; every number stands in the sentence."""
    strict = HeadThresholds(diagonal=0.95, local=99.0, block=99.0)
    shares = head_shares(rows(APART == 0)[None, None], FULL, strict.band, BLOCKS)
    assert classify_heads(shares, strict) == (("mixed",),)
    assert all(part in strict.words() for part in ("0.95", "0.5", "99", "within 2 positions"))


def test_blocks_are_one_label_per_position() -> None:
    """Else they are refused."""
    with pytest.raises(ValueError, match=r"blocks must be \(48,\)"):
        head_shares(FULL[None, None] / SIZE, FULL, 2, BLOCKS[:5])
