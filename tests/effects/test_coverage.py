"""Intervals that say 95 % hold the truth about as often; a bootstrap over windows does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from generator.effects.intervals import mean_interval
from generator.effects.periods import APART, Periods, memory_rows

REPEATS = 600  # one standard error of a coverage of 95 % is 0.9 points
TRUTH = float(np.sqrt(2 / np.pi))  # mean of a half-normal effect


def memory(phi: float, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(repeats, steps) first-order processes with a spread of 1, from their first step on."""
    noise = rng.normal(size=shape) * np.sqrt(1 - phi**2)
    noise[:, 0] /= np.sqrt(1 - phi**2)
    return np.asarray(lfilter([1.0], [1.0, -phi], noise, axis=1))


@pytest.mark.parametrize("periods", [10, 15, 30])
def test_an_interval_over_periods_covers_what_it_says(periods: int) -> None:
    """Skewed effects that remember inside periods of 5 to 40 windows: 92 to 97 % of intervals."""
    rng = np.random.default_rng(periods)
    sizes = rng.integers(5, 41, periods)
    codes = np.repeat(np.arange(periods), sizes)
    effects = np.concatenate([np.abs(memory(0.9, (REPEATS, n), rng)) for n in sizes], axis=1)
    found = [mean_interval(row, codes) for row in effects]
    held = [bool(i and i.low and i.high and i.low <= TRUTH <= i.high) for i in found]
    assert 0.92 <= np.mean(held) <= 0.97


def overlapping(repeats: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(repeats, 200) mean effects of windows of 64 rows, 16 apart; and the last row of each."""
    last = np.arange(200) * 16 + 63
    rows = np.abs(memory(0.9, (repeats, last[-1] + 1), rng))
    summed = np.cumsum(np.concatenate([np.zeros((repeats, 1)), rows], axis=1), axis=1)
    return (summed[:, last + 1] - summed[:, last - 63]) / 64, last


def test_a_bootstrap_over_overlapping_windows_covers_far_less() -> None:
    """The reason for periods: redrawn windows hold the truth in fewer than 80 of 100 cases."""
    rng = np.random.default_rng(1)
    windows, _ = overlapping(400, rng)
    drawn = rng.integers(0, 200, (400, 200))
    held = []
    for effects in windows:
        low, high = np.percentile(effects[drawn].mean(axis=1), [2.5, 97.5])
        held.append(low <= TRUTH <= high)
    assert np.mean(held) < 0.80


def test_stretches_of_such_windows_cover_nearly_what_they_say() -> None:
    """The same overlapping windows, as claims test them: half of the stretches, drawn by seed.

    Neighbouring stretches share the rows of windows at their border, so each is twice as long as
    a window with its horizon.
    """
    windows, last = overlapping(REPEATS, np.random.default_rng(2))
    held = []
    for effects in windows:
        rows = APART * max(64 + 30, memory_rows(last, effects))
        codes = np.unique(last // rows, return_inverse=True)[1]
        _, tests = Periods(codes, "stretch").split_halves()
        found = mean_interval(effects[tests], codes[tests])
        held.append(bool(found and found.low and found.high and found.low <= TRUTH <= found.high))
    assert 0.92 <= np.mean(held) <= 0.97
