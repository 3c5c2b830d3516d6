"""Whether windows are unlike those of training, by hand and by what must be so."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from generator.effects.features import window_features
from generator.effects.part import Part
from generator.effects.unusual import Envelope, fit_envelope, outside_share

RNG = np.random.default_rng(0)


def test_distance_by_hand_on_a_diagonal_case() -> None:
    """(3 - 1) / 2 = 1 and (0 - 6) / 3 = -2, squared and weighed 1 and 1/4: 1 + 1 = 2."""
    told = np.array([[3.0, 0.0]])
    for limit, expected in ((1.999, True), (2.001, False)):
        within = Envelope(np.array([1.0, 6.0]), np.array([2.0, 3.0]), np.diag([1.0, 0.25]), limit)
        assert within.outside(told).tolist() == [expected]


def test_the_envelope_is_mahalanobis_with_the_shrunken_covariance() -> None:
    """The numpy formula re-typed, window by window, agrees on who is outside."""
    told = RNG.normal(size=(500, 4)) @ RNG.normal(size=(4, 4)) * [1, 10, 100, 1000]
    scaled = (told - told.mean(axis=0)) / told.std(axis=0)
    inverse = np.linalg.inv(LedoitWolf().fit(scaled).covariance_)
    distance = np.array([x @ inverse @ x for x in scaled])
    within = fit_envelope(told)
    assert within.limit == pytest.approx(np.percentile(distance, 99))
    assert (within.outside(told) == (distance > within.limit)).all()


def test_one_in_a_hundred_training_windows_is_outside() -> None:
    """That is what the limit means."""
    told = RNG.normal(size=(2000, 6))
    assert fit_envelope(told).outside(told).sum() == 20


def test_new_windows_of_the_same_kind_are_about_as_often_outside() -> None:
    """Not seen when the limit was set: about 1 %; ten spreads away: all."""
    within = fit_envelope(RNG.normal(size=(5000, 6)))
    fresh = RNG.normal(size=(5000, 6))
    assert 0.005 < within.outside(fresh).mean() < 0.02
    assert within.outside(fresh + 10).all()


def test_a_sensor_that_stands_still_divides_by_nothing() -> None:
    """No spread in training: the feature decides nothing, and nothing is infinite."""
    told = RNG.normal(size=(300, 3))
    told[:, 1] = 5.0
    within = fit_envelope(told)
    assert np.isfinite(within.limit)
    assert within.outside(told).sum() == 3


def test_a_window_is_told_by_mean_and_last_known_reading() -> None:
    """Means of all sensors, then their last readings; what is missing is left out, nothing is 0."""
    values = np.array([[[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]]])
    assert window_features(values).tolist() == [[2.0, 0.0, 3.0, 0.0]]


def partners() -> np.ndarray:
    """(windows, time, sensors) of three sensors: the second is the first, doubled."""
    values = RNG.normal(size=(1200, 5, 3))
    values[:, :, 1] = 2 * values[:, :, 0]
    return values


def test_exchanging_one_of_two_that_go_together_is_unusual() -> None:
    """A state the plant cannot be in: outside nearly always; both together hardly ever."""
    values, donors = partners(), RNG.integers(0, 1200, (1200, 8))
    within = fit_envelope(window_features(values))
    share = {
        columns: outside_share(within, values, values, donors, Part(columns, 0, 4))
        for columns in ((1,), (0, 1), (2,))
    }
    assert share[(1,)] > 0.5
    assert share[(0, 1)] < 0.02
    assert share[(2,)] < 0.02


def test_an_exchange_in_one_span_is_told_by_the_windows_it_makes() -> None:
    """By hand: two windows, two donors each, the newest two rows of one of three sensors."""
    values = RNG.normal(size=(2, 5, 3))
    pool, donors = RNG.normal(size=(4, 5, 3)), np.array([[0, 3], [2, 1]])
    expected = []
    for window in range(2):
        for donor in donors[window]:
            mixed = values[window].copy()
            mixed[3:, 1] = pool[donor, 3:, 1]
            expected.append(np.concatenate([mixed.mean(axis=0), mixed[-1]]))
    seen: list[np.ndarray] = []

    class Watching(Envelope):
        def outside(self, told: np.ndarray) -> np.ndarray:
            seen.append(told)
            return np.array([True, False, False, False])

    watching = Watching(np.zeros(6), np.ones(6), np.eye(6), 0.0)
    assert outside_share(watching, values, pool, donors, Part((1,), 3, 4)) == 0.25
    assert seen[0] == pytest.approx(np.array(expected))
