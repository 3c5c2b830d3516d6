"""The range of a rank correlation: what it holds, and that it holds it often enough."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr, t

from generator.comparison.redraws import KnownEffect, rho_range
from generator.effects.intervals import mean_interval
from generator.records import Interval


def known(estimate: float, reach: float, periods: int = 12) -> KnownEffect:
    """An effect and its 95 % interval."""
    found = Interval(estimate=estimate, low=estimate - reach, high=estimate + reach)
    return KnownEffect(found, periods)


def test_effects_known_exactly_leave_rho_where_it_is() -> None:
    """No interval is wide enough to change an order."""
    a = [known(x, 1e-6) for x in (1, 2, 3, 4, 5)]
    b = [known(x, 1e-6) for x in (2, 1, 3, 4, 5)]
    assert rho_range(a, b, 0.9) == pytest.approx((0.9, 0.9))


def test_effects_hardly_known_leave_nearly_every_rho_possible() -> None:
    """Intervals far wider than all differences."""
    a = [known(x, 1e3) for x in (1, 2, 3, 4, 5)]
    low, high = rho_range(a, a, 1.0) or (0.0, 0.0)
    assert low <= -0.8
    assert high == 1.0


@pytest.mark.parametrize(
    "without", [KnownEffect(Interval(estimate=1.0), 12), known(1.0, 0.1, periods=1)]
)
def test_an_effect_without_an_interval_leaves_no_range(without: KnownEffect) -> None:
    """One such effect is enough, on either side."""
    rest = [known(2, 0.1), known(3, 0.1)]
    whole = [known(1, 0.1), *rest]
    assert rho_range([without, *rest], whole, 1.0) is None
    assert rho_range(whole, [without, *rest], 1.0) is None


def test_the_same_effects_have_the_same_range() -> None:
    """Redraws are seeded."""
    a = [known(x, 1.0) for x in range(6)]
    assert rho_range(a, a, 1.0) == rho_range(a, a, 1.0)


def observed(truth: np.ndarray, rng: np.random.Generator, periods: int) -> list[KnownEffect]:
    """Effects as means of independent periods, each with its own Student interval."""
    values = truth + rng.normal(0, 0.3 * (truth + 0.1), (periods, len(truth)))
    error = values.std(axis=0, ddof=1) / np.sqrt(periods)
    reach = t.ppf(0.975, periods - 1) * error
    means = values.mean(axis=0)
    return [known(float(m), float(r), periods) for m, r in zip(means, reach, strict=True)]


@pytest.mark.parametrize("alike", [1.0, 0.6, 0.0])
def test_the_range_holds_the_true_rho(alike: float) -> None:
    """Eight groups, twelve periods: in at least 92 of 100 seeded worlds, the same order or none."""
    rng, held = np.random.default_rng(3), 0
    for _ in range(100):
        one = rng.exponential(0.3, 8)
        other = np.where(rng.random(8) < alike, one, rng.exponential(0.3, 8))
        truth = float(spearmanr(one, other).statistic)
        a, b = observed(one, rng, 12), observed(other, rng, 12)
        estimates = [[k.effect.estimate for k in side] for side in (a, b)]
        low, high = rho_range(a, b, float(spearmanr(*estimates).statistic)) or (9.0, 9.0)
        held += low - 1e-9 <= truth <= high + 1e-9
    assert held >= 92


def skewed(truth: np.ndarray, rng: np.random.Generator, periods: int) -> list[KnownEffect]:
    """Skewed effects, each with the interval that claims have."""
    values = truth * rng.exponential(1.0, (periods, len(truth)))
    found = [mean_interval(column, np.arange(periods)) for column in values.T]
    return [KnownEffect(one, periods) for one in found if one]


def test_the_range_holds_the_true_rho_of_skewed_effects() -> None:
    """With the intervals of claims, which reach further up than down."""
    rng, held = np.random.default_rng(5), 0
    for _ in range(40):
        one = rng.exponential(0.3, 6)
        other = np.where(rng.random(6) < 0.6, one, rng.exponential(0.3, 6))
        truth = float(spearmanr(one, other).statistic)
        a, b = skewed(one, rng, 12), skewed(other, rng, 12)
        estimates = [[k.effect.estimate for k in side] for side in (a, b)]
        low, high = rho_range(a, b, float(spearmanr(*estimates).statistic)) or (9.0, 9.0)
        held += low - 1e-9 <= truth <= high + 1e-9
    assert held >= 36
