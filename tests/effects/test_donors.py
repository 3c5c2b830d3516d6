"""Which windows stand in for others, against a search by hand."""

from __future__ import annotations

import numpy as np
import pytest

from generator.effects.donors import DonorPool, build_donor_pool, choose_donors, find_healthy
from tests.windows_by_hand import make_windows

RNG = np.random.default_rng(0)
NONE = np.array([], dtype=int)


def pool_of(periods: int, windows: int, sensors: int = 3) -> DonorPool:
    """Some windows in each of some periods."""
    values = RNG.normal(size=(periods * windows, 5, sensors))
    return DonorPool(values, np.repeat(np.arange(periods), windows), healthy=False)


def test_no_donor_comes_from_before_an_event() -> None:
    """Windows that the event follows hold the fault itself: they never stand in."""
    values, target = RNG.normal(size=(40, 5, 3)), (np.arange(40) % 3 == 0).astype(float)
    pool = build_donor_pool(make_windows(values, target), np.arange(40), target == 0, 0.2)
    assert pool.healthy
    assert (pool.values == values[target == 0]).all()
    assert pool.codes.tolist() == np.flatnonzero(target == 0).tolist()


def test_what_is_healthy_is_known_of_events_and_of_named_classes() -> None:
    """No event follows, or a class that the manifest calls healthy; else it is not known."""
    target = np.array([0.0, 1.0, 2.0, 0.0])
    classes = make_windows(RNG.normal(size=(4, 5, 1)), target, classes=("bearing", "fine", "idle"))
    found = find_healthy(classes, "class", ("idle", "fine"))
    assert found is not None
    assert found.tolist() == [False, True, True, False]
    events = find_healthy(make_windows(RNG.normal(size=(4, 5, 1)), target % 2), "event", ())
    assert events is not None
    assert events.tolist() == [True, False, True, True]
    assert find_healthy(classes, "class", ()) is None
    assert find_healthy(make_windows(RNG.normal(size=(4, 5, 1)), target), "value", ()) is None


def test_where_no_event_is_predicted_any_training_window_may_stand_in() -> None:
    """A value of 0 is no event."""
    values = RNG.normal(size=(40, 5, 3))
    pool = build_donor_pool(make_windows(values, np.arange(40.0)), np.arange(40), None, 0.2)
    assert not pool.healthy
    assert len(pool) == pool.periods == 40


def test_a_donor_has_its_readings() -> None:
    """Windows that lack more than the allowed share are left out, and their period with them."""
    values = RNG.normal(size=(4, 5, 2))
    values[1, 0, 0] = np.nan  # 1 of 10 readings
    values[2, :3, 1] = np.nan  # 3 of 10
    pool = build_donor_pool(make_windows(values, np.zeros(4)), np.arange(4), None, 0.2)
    assert pool.codes.tolist() == [0, 1, 3]


def test_of_many_windows_a_seeded_sample_may_stand_in() -> None:
    """At most two thousand, in the order of the data, the same each time, spread over all."""
    windows = make_windows(RNG.normal(size=(3000, 2, 1)), np.zeros(3000))
    once, again = (build_donor_pool(windows, np.arange(3000), None, 0.2) for _ in range(2))
    assert len(once) == 2000
    assert (once.codes == again.codes).all()
    assert (np.diff(once.codes) > 0).all()
    assert 550 < (once.codes < 1000).sum() < 780


def test_donors_of_one_window_lie_in_periods_of_their_own() -> None:
    """While there are enough periods no two donors share one."""
    pool = pool_of(12, 6)
    found = choose_donors(pool, RNG.normal(size=(50, 5, 3)), NONE, 8, 3)
    assert found.shape == (50, 8)
    assert {len(set(pool.codes[row].tolist())) for row in found} == {8}


def test_with_too_few_periods_donors_differ_at_least() -> None:
    """Three periods, eight donors: all three are used, and no window stands in twice."""
    pool = pool_of(3, 6)
    for row in choose_donors(pool, RNG.normal(size=(20, 5, 3)), NONE, 8, 3):
        assert len(set(row.tolist())) == 8
        assert set(pool.codes[row].tolist()) == {0, 1, 2}


def test_a_pool_smaller_than_asked_is_used_again() -> None:
    """Two windows, five donors: both stand in, some twice."""
    found = choose_donors(pool_of(2, 1), RNG.normal(size=(3, 5, 3)), NONE, 5, 3)
    assert found.shape == (3, 5)
    assert {frozenset(row.tolist()) for row in found} == {frozenset({0, 1})}


def test_the_draw_is_by_seed() -> None:
    """The same seed draws the same donors, another seed others, each window its own."""
    pool, values = pool_of(30, 4), RNG.normal(size=(10, 5, 3))
    once, again, other = (choose_donors(pool, values, NONE, 8, seed) for seed in (3, 3, 4))
    assert (once == again).all()
    assert (once != other).any()
    assert (once[0] != once[1]).any()


@pytest.mark.parametrize("regime", [[0], [2, 0]])
def test_matched_donors_are_the_nearest_in_regime(regime: list[int]) -> None:
    """A search by hand, in mean and last reading: of each period its nearest, of these eight."""
    pool, values = pool_of(12, 5), RNG.normal(size=(15, 5, 3))
    pool.values[:, :, 0] *= 1000  # one sensor in a small unit: it must not decide alone
    both = (pool.values[:, :, regime], values[:, :, regime])
    there, here = (np.hstack([of.mean(axis=1), of[:, -1]]) for of in both)
    spread = there.std(axis=0)
    for window, row in enumerate(choose_donors(pool, values, np.array(regime), 8, 3)):
        apart = [
            sum(((there[at, s] - here[window, s]) / spread[s]) ** 2 for s in range(len(spread)))
            for at in range(len(pool))
        ]
        nearest = [min(range(5 * p, 5 * p + 5), key=apart.__getitem__) for p in range(12)]
        assert row.tolist() == sorted(nearest, key=apart.__getitem__)[:8]


def test_matching_uses_the_readings_that_are_there() -> None:
    """A missing reading does not enter the mean; without any the state is 0."""
    pool = DonorPool(np.array([[[10.0]], [[4.0]], [[0.5]]]).repeat(2, axis=1), np.arange(3), False)
    asked = np.array([[[np.nan], [9.0]], [[np.nan], [np.nan]]])
    assert choose_donors(pool, asked, np.array([0]), 1, 3).ravel().tolist() == [0, 2]


def test_a_regime_that_stands_still_decides_nothing() -> None:
    """A sensor without spread divides by nothing: the other regime sensor decides alone."""
    pool, values = pool_of(9, 4), RNG.normal(size=(10, 5, 3))
    pool.values[:, :, 1] = values[:, :, 1] = 7.0
    both, alone = (choose_donors(pool, values, np.array(at), 8, 3) for at in ([1, 0], [0]))
    assert (both == alone).all()


def test_the_two_halves_share_no_period() -> None:
    """What names a claim and what tests it exchange for other donors."""
    first, second = pool_of(11, 4).split_halves()
    assert set(first.codes.tolist()) & set(second.codes.tolist()) == set()
    assert (first.periods, second.periods) == (5, 6)
    assert len(first) + len(second) == 44
