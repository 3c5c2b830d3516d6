"""What a head's map looks like, and which head of the other model is most like it: by hand."""

from __future__ import annotations

import numpy as np
import pytest

from generator.comparison.matching import match_heads
from generator.comparison.patterns import measure_heads, nearness
from generator.records.comparison import HeadPattern

N = 12
FULL = np.ones((N, N), dtype=bool)
EVEN = np.full((N, N), 1 / N)
OWN = 0.6 * np.eye(N) + 0.4 / N
ONE = np.full((N, N), 0.4 / N) + 0.6 * np.eye(N)[3]
STEPS = np.abs(np.subtract.outer(np.arange(N), np.arange(N)))
NEAR = (STEPS <= 2) / (STEPS <= 2).sum(axis=1, keepdims=True)
TWO = np.full((N, N), 0.2 / N) + 0.4 * np.eye(N)[2] + 0.4 * np.eye(N)[9]


def heads(*maps: np.ndarray) -> np.ndarray:
    """Maps as the heads of one layer."""
    return np.stack(maps)[None].astype(np.float32)


def pattern(one_map: np.ndarray, *, ordered: bool = True) -> HeadPattern:
    return measure_heads(heads(one_map), FULL, True, ordered)[0].pattern


@pytest.mark.parametrize(
    ("one_map", "expected"),
    [
        (EVEN, HeadPattern.EVEN),
        (OWN, HeadPattern.OWN),
        (ONE, HeadPattern.ONE),
        (NEAR, HeadPattern.NEAR),
        (TWO, HeadPattern.OTHER),
    ],
)
def test_a_made_up_head_has_its_pattern(one_map: np.ndarray, expected: HeadPattern) -> None:
    """One map of each kind is called what it was made as."""
    assert pattern(one_map) is expected


def test_sensors_have_no_neighbours() -> None:
    """The order of sensors means nothing: no head looks nearby there."""
    found = measure_heads(heads(NEAR), FULL, True, False)[0]
    assert (found.pattern, found.near) == (HeadPattern.OTHER, None)


def test_a_map_with_other_queries_has_no_own_position() -> None:
    """Five queries on twelve keys: neither itself nor neighbours exist."""
    found = measure_heads(heads(ONE[:5]), FULL[:5], False, True)[0]
    assert (found.own, found.near, found.pattern) == (None, None, HeadPattern.ONE)


def test_the_figures_by_hand() -> None:
    """Own: .6 and an even part of .4; the highest column the same twelfth of all rows."""
    found = measure_heads(heads(OWN), FULL, True, True)[0]
    assert found.own == pytest.approx(0.6 + 0.4 / N)
    assert found.one == pytest.approx(0.6 / N + 0.4 / N)
    assert nearness(EVEN, FULL) == pytest.approx(1)
    assert nearness(NEAR, FULL) == pytest.approx(N / (FULL & (STEPS <= 2)).sum(1).mean())


def test_each_head_finds_its_like() -> None:
    """The same maps in another order: likeness 1, and the right places."""
    found = match_heads(heads(OWN, ONE), FULL, heads(TWO, ONE, OWN), FULL)
    assert [(m.other_layer, m.other_head, m.matched) for m in found] == [(0, 2, True), (0, 1, True)]
    assert [m.likeness for m in found] == pytest.approx([1, 1])


def test_strength_does_not_matter_shape_does() -> None:
    """Half the deviation from even is still the same shape."""
    weaker = (EVEN + ONE) / 2
    assert match_heads(heads(weaker), FULL, heads(ONE), FULL)[0].likeness == pytest.approx(1)


def test_likeness_is_the_cosine_of_deviations() -> None:
    """Against numpy's own words for it."""
    a, b = (TWO - EVEN).ravel(), (ONE - EVEN).ravel()
    expected = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    found = match_heads(heads(TWO), FULL, heads(ONE), FULL)[0]
    assert found.likeness == pytest.approx(expected, abs=1e-6)
    assert not found.matched


def test_an_even_head_is_like_none() -> None:
    """A map without a shape has no nearest one, on either side."""
    for ours, theirs in ((EVEN, ONE), (ONE, EVEN)):
        found = match_heads(heads(ours), FULL, heads(theirs), FULL)[0]
        assert (found.other_layer, found.likeness, found.matched) == (None, None, False)
