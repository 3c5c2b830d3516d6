"""How often intervals hold the truth is counted right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from benchmarks.truth.coverage import Setting, build_rows, simulate_all, simulate_setting


def t_interval(values: np.ndarray, blocks: np.ndarray) -> tuple[float, float, float]:
    """Student's interval on block means, written out."""
    means = np.array([values[blocks == block].mean() for block in np.unique(blocks)])
    reach = t.ppf(0.975, len(means) - 1) * means.std(ddof=1) / np.sqrt(len(means))
    return means.mean(), means.mean() - reach, means.mean() + reach


def test_block_means_cover_what_they_promise_and_windows_do_not() -> None:
    """At AR(1) 0.9 within ten blocks: 95 % with blocks; less than 75 % if windows were blocks."""
    setting = Setting(10, 0.9, "unequal", "normal")
    honest = simulate_setting(setting, t_interval, 400, np.random.default_rng(0))
    assert honest.covered == pytest.approx(0.95, abs=0.03)
    assert honest.covered + honest.too_high + honest.too_low == pytest.approx(1)
    each = simulate_setting(
        setting,
        lambda values, _blocks: t_interval(values, np.arange(len(values))),
        200,
        np.random.default_rng(0),
    )
    assert each.covered < 0.75


def test_skewed_effects_err_on_the_safe_side() -> None:
    """Log-normal effects: intervals miss by being too low, which supports nothing false."""
    setting = Setting(10, 0.98, "equal", "log-normal")
    found = simulate_setting(setting, t_interval, 400, np.random.default_rng(0))
    assert found.too_high < 0.025 < found.too_low


def test_every_setting_has_a_cell() -> None:
    """4 numbers of blocks x 3 memories x 2 kinds of sizes x 3 laws."""
    found = simulate_all(lambda _values, _blocks: (0.0, -np.inf, np.inf), repetitions=2)
    assert len(found) == 72
    assert {one.covered for one in found} == {1.0}
    assert len(build_rows(found)) == 24
