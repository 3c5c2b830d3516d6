"""How alike two rankings are: by hand, by scipy, and by published tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from generator.comparison.ranks import (
    chance_range,
    chance_source,
    compare_rankings,
    find_overlap,
    js_distance,
    judge_alikeness,
)
from generator.measures.ranking import ranks
from generator.records.ranks import Alikeness

NAMES = tuple("abcdefgh")
FALLING = np.arange(8, 0, -1) / 36


def test_ranks_are_from_the_highest_down_and_ties_by_position() -> None:
    """By hand: .4 first, then the two .2 in their order, .1 last."""
    assert ranks(np.array([0.2, 0.4, 0.1, 0.2])).tolist() == [2, 1, 4, 3]


def test_rank_correlations_by_hand() -> None:
    """Four items, the middle two exchanged: rho = 1 - 6 * 2 / 60, tau = (5 - 1) / 6."""
    found = compare_rankings(
        ("a", "b", "c", "d"), np.array([4, 3, 2, 1.0]), np.array([4, 2, 3, 1.0])
    )
    assert found.spearman == pytest.approx(0.8)
    assert found.kendall == pytest.approx(2 / 3)


def test_rank_correlations_with_ties_are_scipys() -> None:
    """Tied values share a rank; tau is tau-b."""
    a, b = np.array([1.0, 2, 2, 3, 5, 5, 5]), np.array([2.0, 1, 2, 2, 3, 9, 9])
    found = compare_rankings(NAMES[:7], a, b)
    assert found.spearman == pytest.approx(spearmanr(a, b)[0])
    assert found.kendall == pytest.approx(kendalltau(a, b)[0])


def test_a_level_ranking_has_no_order_to_agree_with() -> None:
    """Where every importance is the same, nothing is said."""
    found = compare_rankings(NAMES, FALLING, np.full(8, 1 / 8))
    assert (found.spearman, found.kendall, found.alikeness) == (None, None, Alikeness.UNKNOWN)


@pytest.mark.parametrize(("n", "critical"), [(5, 1.0), (6, 0.886), (7, 0.786), (8, 0.738)])
def test_the_next_value_beyond_chance_is_the_published_critical_value(
    n: int, critical: float
) -> None:
    """Two-sided 5 % points of Spearman's rho: Ramsey 1989, J. Educational Statistics 14, table 1.

    Attainable values lie 12 / (n^3 - n) apart.
    """
    step = 12 / (n**3 - n)
    assert chance_range(n) + step == pytest.approx(critical, abs=6e-4)


def test_chance_reaches_seven_tenths_with_eight_items() -> None:
    """1 - 6 * 24 / 504: .714 is still chance, .738 is not."""
    assert chance_range(8) == pytest.approx(5 / 7)
    assert judge_alikeness(5 / 7, chance_range(8)) is Alikeness.CHANCE
    assert judge_alikeness(0.738, chance_range(8)) is Alikeness.MORE
    assert judge_alikeness(-0.738, chance_range(8)) is Alikeness.OPPOSITE


@pytest.mark.parametrize("n", [40, 200])
def test_seeded_shuffles_come_near_the_normal_limit(n: int) -> None:
    """1.96 / sqrt(n - 1), within three hundredths of it."""
    assert chance_source(n) == "seeded orders"
    assert chance_range(n) == pytest.approx(1.96 / np.sqrt(n - 1), rel=0.03)


def test_very_many_positions_take_the_normal_limit() -> None:
    """No shuffle of thousands of positions is drawn."""
    assert chance_source(1000) == "normal limit"
    assert chance_range(1000) == pytest.approx(1.959964 / np.sqrt(999), rel=1e-6)


def test_chance_is_the_same_on_every_call() -> None:
    """The shuffles are seeded."""
    assert chance_range.__wrapped__(30) == chance_range.__wrapped__(30)


def test_overlap_by_hand() -> None:
    """First three of each: a b c and d a b; nine eighths are shared by chance."""
    other = np.array([7, 6, 1, 8, 2, 3, 4, 5.0])
    found = find_overlap(NAMES, FALLING, other, 3)
    assert (found.k, found.shared, found.by_chance) == (3, ("a", "b"), 9 / 8)


def test_no_overlap_is_counted_where_k_is_everything() -> None:
    """Four positions: the first three may be compared, the first five are not there."""
    found = compare_rankings(NAMES[:4], FALLING[:4], FALLING[3::-1])
    assert [top.k for top in found.overlaps] == [3]


def test_the_distance_of_distributions_by_hand() -> None:
    """The same: 0. Nothing in common: 1. Half in common: the root of one half in bits."""
    half = np.array([0.5, 0.5, 0, 0])
    assert js_distance(half, half) == 0
    assert js_distance(half, half[::-1]) == pytest.approx(1)
    assert js_distance(half, np.array([0.5, 0, 0.5, 0])) == pytest.approx(np.sqrt(0.5))
    assert js_distance(half, np.zeros(4)) is None
