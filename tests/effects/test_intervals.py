"""Intervals and corrections against scipy, formulas re-typed, and numbers made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap, false_discovery_control, t, ttest_1samp

from generator.effects.intervals import (
    TAILS,
    benjamini_yekutieli,
    holm,
    jackknife,
    mean_interval,
    p_value_above,
    period_means,
)
from generator.records import Interval

RNG = np.random.default_rng(0)


def uneven(periods: int) -> tuple[np.ndarray, np.ndarray]:
    """Values of periods of 1 to 9 windows, and the period of each."""
    codes = np.repeat(np.arange(periods), RNG.integers(1, 10, periods))
    return RNG.exponential(size=len(codes)) + 0.3 * codes, codes


def resampled(means: np.ndarray) -> np.ndarray:
    """Studentised resamples of Efron and Tibshirani (1993, section 12.5), one after the other."""
    drawn = np.random.default_rng(9).integers(0, len(means), (9999, len(means)))
    found = []
    for places in drawn:
        again = means[places]
        error = again.std(ddof=1) / np.sqrt(len(means))
        found.append((again.mean() - means.mean()) / error if error else np.inf)
    return np.array(found)


@pytest.mark.parametrize("periods", [2, 3, 5])
def test_an_interval_of_few_periods_is_scipys(periods: int) -> None:
    """Student's t of the means of the periods, not of the windows."""
    values, codes = uneven(periods)
    means = [values[codes == code].mean() for code in range(periods)]
    expected = ttest_1samp(means, 0).confidence_interval(0.95)
    found = mean_interval(values, codes)
    assert found is not None
    assert found.estimate == pytest.approx(np.mean(means))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(("periods", "level"), [(6, 0.95), (12, 0.95), (40, 0.9)])
def test_an_interval_of_more_is_a_studentised_bootstrap(periods: int, level: float) -> None:
    """Re-typed as a loop: the mean less the resamples' quantiles, each in standard errors."""
    values, codes = uneven(periods)
    means = np.array([values[codes == code].mean() for code in range(periods)])
    error = means.std(ddof=1) / np.sqrt(periods)
    tail = TAILS * (1 - level) / 2
    low, high = np.quantile(resampled(means), [tail, 1 - tail])
    found = mean_interval(values, codes, level)
    assert found is not None
    expected = (means.mean() - high * error, means.mean() - low * error)
    assert (found.low, found.high) == pytest.approx(expected)


def studentised(means: np.ndarray, level: float) -> tuple[float, float]:
    """The resamples of scipy, studentised by hand (Efron & Tibshirani 1993, section 12.5)."""

    def pivot(drawn: np.ndarray, axis: int) -> np.ndarray:
        error = drawn.std(axis=axis, ddof=1) / np.sqrt(len(means))
        return (drawn.mean(axis=axis) - means.mean()) / np.maximum(error, 1e-12)

    found = bootstrap(
        (means,), pivot, n_resamples=40_000, vectorized=True, method="percentile", rng=1
    )
    tail, error = TAILS * (1 - level) / 2, means.std(ddof=1) / np.sqrt(len(means))
    over, below = np.quantile(found.bootstrap_distribution, [1 - tail, tail])
    return means.mean() - over * error, means.mean() - below * error


@pytest.mark.parametrize("periods", [10, 40])
def test_other_resamples_give_nearly_the_same_interval(periods: int) -> None:
    """Forty thousand of scipy's own: within three hundredths of the width."""
    values, codes = uneven(periods)
    means = period_means(values, codes)
    found = mean_interval(values, codes)
    assert found is not None
    width = (found.high or 0) - (found.low or 0)
    low, high = studentised(means, 0.95)
    assert found.estimate == pytest.approx(np.mean(means))
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.03 * width)


def test_an_interval_of_many_even_periods_is_nearly_scipys() -> None:
    """Two hundred normal means: both methods agree within a twentieth of their reach."""
    values = RNG.normal(size=200)
    expected = ttest_1samp(values, 0).confidence_interval(0.95)
    found = mean_interval(values, np.arange(200))
    assert found is not None
    reach = 0.05 * (expected.high - expected.low)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=reach)


def test_skewed_effects_reach_further_up_than_down() -> None:
    """What Student's t does not know: a few large effects, and more of them may come."""
    found = mean_interval(RNG.exponential(size=12) ** 2, np.arange(12))
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.estimate > 1.5 * (found.estimate - found.low)


@pytest.mark.parametrize(("still", "periods"), [(5, 6), (8, 10), (14, 15)])
def test_an_effect_in_few_periods_alone_has_no_limits(still: int, periods: int) -> None:
    """Where most are exactly 0, how large the mean is cannot be told: no number stands for it."""
    effects = np.r_[np.zeros(still), 0.5 + RNG.random(periods - still)]
    found = mean_interval(effects, np.arange(periods))
    assert found == Interval(estimate=float(effects.mean()))
    assert p_value_above(effects, np.arange(periods), 0.1) > 0.05


def test_no_limit_lies_beyond_reach() -> None:
    """All periods alike but for two: resamples of the many alike would put a limit anywhere."""
    values = np.array([1.0, 1.0001, 0.9999, 1.0002, 0.9998, 1.0, 1.0001, 9.0])
    found = mean_interval(values, np.arange(8))
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    centre = values.mean()
    assert found.high <= centre + 2 * (9.0 - centre)
    assert found.low >= centre - 2 * (centre - 0.9998)
    assert found.low <= centre <= found.high


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, 2.5])
def test_equal_periods_are_an_interval_of_one_point(value: float) -> None:
    """A part that is not read moves nothing, surely."""
    found = mean_interval(np.full(10, value), np.arange(10))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((value, value))


def test_periods_weigh_alike_however_many_windows_they_have() -> None:
    """One window of 0 and ninety-nine of 1: the mean of two periods is one half."""
    found = mean_interval(np.r_[0.0, np.ones(99)], np.r_[0, np.ones(99, int)])
    assert found is not None
    assert found.estimate == 0.5


def test_repeating_the_windows_of_a_period_adds_no_certainty() -> None:
    """Ten copies of every window give the same interval."""
    values, codes = uneven(12)
    once = mean_interval(values, codes)
    tenfold = mean_interval(np.repeat(values, 10), np.repeat(codes, 10))
    assert once is not None
    assert tenfold is not None
    assert tenfold.low == pytest.approx(once.low)
    assert tenfold.high == pytest.approx(once.high)


def test_unknown_values_are_left_out_and_so_are_periods_of_nothing_else() -> None:
    """A period's mean is over its known windows; one without any is no period."""
    values = np.array([1.0, np.nan, 3.0, np.nan, np.nan, 5.0])
    codes = np.array([0, 0, 0, 1, 1, 7])
    assert period_means(values, codes).tolist() == [2.0, 5.0]


def test_below_two_periods_there_are_no_limits() -> None:
    """One period has a mean and no interval; none has neither."""
    one = mean_interval(np.array([1.0, 3.0]), np.array([4, 4]))
    assert one is not None
    assert (one.estimate, one.low, one.high) == (2.0, None, None)
    assert mean_interval(np.array([np.nan]), np.array([0])) is None


@pytest.mark.parametrize("floor", [0.0, 0.5, 3.0])
def test_p_of_few_periods_is_scipys_one_sided_t_test(floor: float) -> None:
    """How likely such means are where the true mean is no larger than the floor."""
    values, codes = uneven(5)
    expected = ttest_1samp(period_means(values, codes), floor, alternative="greater").pvalue
    assert p_value_above(values, codes, floor) == pytest.approx(expected)


@pytest.mark.parametrize("floor", [0.0, 1.5, 2.5, 9.0])
def test_p_of_more_is_the_share_of_resamples_as_far_off(floor: float) -> None:
    """Counted in the re-typed loop; never exactly nought, for ten thousand are all there are."""
    values, codes = uneven(11)
    means = period_means(values, codes)
    ahead = (means.mean() - floor) / (means.std(ddof=1) / np.sqrt(11))
    expected = (1 + (resampled(means) >= ahead).sum()) / 10_000
    assert p_value_above(values, codes, floor) == pytest.approx(expected)
    assert p_value_above(values, codes, floor) > 0


def test_interval_and_p_agree() -> None:
    """The lower limit is above the floor where p is below its tail of 2 %, and else not."""
    for _ in range(20):
        values, codes = uneven(9)
        found = mean_interval(values, codes)
        assert found is not None
        assert found.low is not None
        assert p_value_above(values, codes, found.low - 1e-3) <= 0.021
        assert p_value_above(values, codes, found.low + 1e-3) >= 0.019


def test_p_of_too_little_or_of_no_spread() -> None:
    """One period proves nothing; equal periods are above the floor or they are not."""
    assert p_value_above(np.array([9.0]), np.array([0]), 0.1) == 1.0
    same = np.full(4, 0.5)
    assert p_value_above(same, np.arange(4), 0.4) == 0.0
    assert p_value_above(same, np.arange(4), 0.5) == 1.0


def test_holm_by_hand() -> None:
    """0.005 x 4, 0.01 x 3, 0.03 x 2, then 0.04 x 1 lifted to what stands before it."""
    found = holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert found.tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_never_falls_and_never_passes_one() -> None:
    """A larger p stays at least as large; ties stay ties; nothing is more than certain."""
    for _ in range(50):
        p = np.round(RNG.random(9), 2)
        found = holm(p)
        assert (np.diff(found[np.argsort(p, kind="stable")]) >= 0).all()
        assert (found >= p).all()
        assert found.max() <= 1
        assert len({(a, b) for a, b in zip(p, found, strict=True)}) == len(set(p.tolist()))


def test_benjamini_yekutieli_is_scipys_and_its_formula() -> None:
    """Each p times m times (1 + 1/2 + ... + 1/m) over its rank, made monotone from the largest."""
    p = RNG.random(12) ** 3
    m, order = len(p), np.argsort(p)
    steps = p[order] * m * (1 / np.arange(1, m + 1)).sum() / np.arange(1, m + 1)
    expected = np.empty(m)
    expected[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1)
    assert benjamini_yekutieli(p) == pytest.approx(expected)
    assert benjamini_yekutieli(p) == pytest.approx(false_discovery_control(p, method="by"))
    assert len(benjamini_yekutieli(np.array([]))) == 0


def test_the_jackknife_of_a_mean_is_its_t_interval() -> None:
    """Leaving out each period in turn gives back Student's interval of their mean."""
    means = RNG.exponential(size=14)
    without = np.array([np.delete(means, at).mean() for at in range(14)])
    expected = ttest_1samp(means, 0).confidence_interval(0.95)
    found = jackknife(float(means.mean()), without)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_the_jackknife_of_a_ratio_by_hand() -> None:
    """Wolter's formula re-typed: sqrt((G - 1) / G * sum (theta_g - mean)^2), t of G - 1."""
    top, below = RNG.exponential(size=9), 1 + RNG.random(9)
    whole = top.sum() / below.sum()
    without = np.array([np.delete(top, at).sum() / np.delete(below, at).sum() for at in range(9)])
    error = np.sqrt(8 / 9 * sum((x - np.mean(without)) ** 2 for x in without))
    found = jackknife(float(whole), without)
    assert found.estimate == whole
    assert found.low == pytest.approx(whole - t.ppf(0.975, 8) * error)


@pytest.mark.parametrize("without", [np.array([1.0]), np.array([1.0, np.nan, 2.0])])
def test_the_jackknife_has_no_limits_where_a_part_cannot_be_left_out(without: np.ndarray) -> None:
    """One period only, or a figure that does not exist without one of them."""
    found = jackknife(1.5, without)
    assert (found.estimate, found.low, found.high) == (1.5, None, None)
