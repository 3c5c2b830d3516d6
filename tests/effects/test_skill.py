"""How well an order does, between chance and the best one found, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from generator.effects.intervals import jackknife
from generator.effects.skill import grade_orders

CODES = np.repeat(np.arange(6), 3)
CHANCE = np.full(18, 1.0)


def test_a_skill_lies_between_chance_and_the_best() -> None:
    """Chance 1, best 3, map 2.5: three quarters of the way; the best is 1 and chance is 0."""
    drops = {"best": np.full(18, 3.0), "map": np.full(18, 2.5), "no better": CHANCE}
    found = grade_orders(drops, CHANCE, CODES)
    for name, skill in (("best", 1.0), ("map", 0.75), ("no better", 0.0)):
        interval = found[name].skill
        assert interval is not None
        assert (interval.estimate, interval.low, interval.high) == pytest.approx((skill,) * 3)
        assert (found[name].best, found[name].best_by, found[name].chance) == (3.0, "best", 1.0)
    assert found["map"].drop == 2.5


def test_an_order_worse_than_chance_has_a_skill_below_nought() -> None:
    """It is not cut off at 0."""
    found = grade_orders({"best": np.full(18, 3.0), "wrong": np.full(18, 0.5)}, CHANCE, CODES)
    assert found["wrong"].skill is not None
    assert found["wrong"].skill.estimate == pytest.approx(-0.25)


def test_no_order_is_better_than_the_best_found() -> None:
    """A map that beats every search is itself the best: skill is 1 at most."""
    found = grade_orders({"greedy": np.full(18, 3.0), "map": np.full(18, 4.0)}, CHANCE, CODES)
    assert found["map"].best_by == "map"
    for one in found.values():
        assert one.skill is not None
        assert one.skill.estimate <= 1


def test_a_skill_is_a_ratio_of_means_with_its_range_over_periods() -> None:
    """Not the mean of ratios; left out period by period, re-typed."""
    rng = np.random.default_rng(0)
    chance, best = 1 + rng.random(18), 3 + rng.random(18)
    own = 2 + rng.random(18)
    without = np.array(
        [
            (own - chance)[CODES != code].sum() / (best - chance)[CODES != code].sum()
            for code in range(6)
        ]
    )
    whole = (own - chance).sum() / (best - chance).sum()
    found = grade_orders({"best": best, "map": own}, chance, CODES)["map"].skill
    assert found == jackknife(float(whole), without)


@pytest.mark.parametrize(
    ("room", "noise", "measurable"),
    [(0.11, 0.0, True), (0.09, 0.0, False), (1.0, 0.1, True), (1.0, 4.0, False)],
)
def test_a_way_too_short_has_no_skill(room: float, noise: float, measurable: bool) -> None:
    """Below a tenth of sd(F), or within two standard errors over periods: no ratio is made."""
    best = CHANCE + room + noise * np.where(CODES % 2, 1.0, -1.0)
    found = grade_orders({"best": best, "map": CHANCE + room / 2}, CHANCE, CODES)["map"]
    assert (found.skill is not None) is measurable
    assert found.drop == pytest.approx(1 + room / 2)


def test_one_period_gives_no_skill() -> None:
    """Nothing says how far another one would be."""
    found = grade_orders({"best": np.full(3, 9.0)}, np.ones(3), np.zeros(3, dtype=int))
    assert found["best"].skill is None
