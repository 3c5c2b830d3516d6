"""What counts as one independent period."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter

from generator.datasets.clock import SECOND, Clock
from generator.datasets.row_labels import RowLabels
from generator.datasets.windows import SensorWindows
from generator.effects.periods import PeriodRule, Periods, choose_period_rule, memory_rows
from tests.windows_by_hand import make_windows

RNG = np.random.default_rng(0)


def ar1(phi: float, count: int) -> np.ndarray:
    return lfilter([1.0], [1.0, -phi], np.random.default_rng(1).normal(size=count))


def in_a_row(count: int, length: int, stride: int, step: float | None = None) -> SensorWindows:
    """Windows of one group, a stride apart; with a clock where a step in seconds is given."""
    rows = (count - 1) * stride + length
    plain = make_windows(np.zeros((rows, 1, 1)), np.zeros(rows))
    ticks = (np.arange(rows) * step * SECOND).astype(np.int64) if step else np.arange(rows)
    clock = Clock(ticks, "UTC" if step else "", step or 1.0, RowLabels())
    last = np.arange(count) * stride + length - 1
    changed = {"target": np.zeros(count), "held_out": np.zeros(count, dtype=bool)}
    return replace(plain, length=length, last_row=last, clock=clock, **changed)


def test_groups_are_the_periods_where_there_are_several() -> None:
    """Each run is one period, counted in the order of the data, and called by its column."""
    windows = make_windows(np.zeros((6, 4, 1)), np.zeros(6), ["b", "b", "a", "a", "a", "c"])
    rule = choose_period_rule(windows, 1, RNG.normal(size=6), "run")
    assert PeriodRule(None, "run") == rule
    found = rule.of(windows)
    assert found.codes.tolist() == [0, 0, 1, 1, 1, 2]
    assert (len(found), found.word) == (3, "run")


def test_groups_without_a_column_name_are_called_groups() -> None:
    """A period always has a word."""
    windows = make_windows(np.zeros((2, 4, 1)), np.zeros(2), ["a", "b"])
    assert choose_period_rule(windows, 1, np.zeros(2), "").word == "group"


def test_one_group_alone_is_cut_into_stretches() -> None:
    """A single group would be one observation: stretches of it are taken instead."""
    windows = in_a_row(100, 8, 4)
    rule = choose_period_rule(windows, 2, RNG.normal(size=100), "run")
    assert (rule.rows, rule.word) == (20, "stretch of 20 rows")
    assert (
        rule.of(windows).codes.tolist()
        == np.unique((np.arange(100) * 4 + 7) // 20, return_inverse=True)[1].tolist()
    )


def test_a_stretch_is_twice_a_window_and_its_horizon() -> None:
    """With answers that forget at once the window and what it predicts set the length."""
    assert choose_period_rule(in_a_row(400, 64, 16), 30, RNG.normal(size=400), "").rows == 2 * (
        64 + 30
    )


def test_a_stretch_is_twice_the_answers_memory() -> None:
    """With answers that remember for long their memory sets the length."""
    answers = ar1(0.98, 4000)
    windows = in_a_row(4000, 8, 4)
    rule = choose_period_rule(windows, 2, answers, "")
    assert rule.rows == 2 * memory_rows(windows.last_row, answers)
    assert rule.rows > 2 * (8 + 2)


@pytest.mark.parametrize(
    ("step", "word"), [(300.0, "stretch of 1 h 40 min"), (None, "stretch of 20 rows")]
)
def test_a_stretch_is_called_by_its_length(step: float | None, word: str) -> None:
    """In time where the data has a clock, else in rows."""
    assert choose_period_rule(in_a_row(100, 8, 4, step), 2, RNG.normal(size=100), "").word == word


@pytest.mark.parametrize("phi", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("stride", [1, 16])
def test_the_memory_of_a_first_order_process_is_known(phi: float, stride: int) -> None:
    """phi^lag falls below 1/e at -1/log(phi): the first whole lag beyond it, times the stride."""
    count = 200_000
    expected = stride * int(np.ceil(-1 / np.log(phi)))
    found = memory_rows(np.arange(count) * stride, ar1(phi, count))
    assert abs(found - expected) <= stride  # one lag, for the sample's own chance


@pytest.mark.parametrize("answers", [np.ones(50), np.array([1.0, 2.0]), np.array([])])
def test_answers_that_say_nothing_of_memory_remember_nothing(answers: np.ndarray) -> None:
    """Constant or too few answers: one row."""
    assert memory_rows(np.arange(len(answers)), answers) == 1


def test_answers_that_never_forget_are_one_period() -> None:
    """A single step in the middle is remembered over nearly a third of the whole stretch."""
    answers = np.repeat([0.0, 1.0], 500)
    centred = answers - answers.mean()
    lags = [float(centred[k:] @ centred[: 1000 - k]) / float(centred @ centred) for k in range(500)]
    by_hand = next(k for k, r in enumerate(lags) if r < np.exp(-1))
    assert memory_rows(np.arange(1000) * 3, answers) == 3 * by_hand


@pytest.mark.parametrize("count", [2, 7, 10, 31])
def test_halves_are_whole_periods(count: int) -> None:
    """Disjoint, exhaustive, the same each time; the testing half has one more where it is odd."""
    codes = np.repeat(np.arange(count), RNG.integers(1, 9, count))
    names, tests = Periods(codes, "run").split_halves()
    assert (names ^ tests).all()
    assert set(codes[names]) & set(codes[tests]) == set()
    assert (len(set(codes[names])), len(set(codes[tests]))) == (count // 2, count - count // 2)
    again, _ = Periods(codes, "run").split_halves()
    assert (names == again).all()


def test_halves_are_drawn_not_cut() -> None:
    """The naming half is not simply the earlier one: the plant changes over time."""
    names, _ = Periods(np.arange(20), "run").split_halves()
    assert 0 < names[:10].sum() < 10
    assert 0 < names[10:].sum() < 10


def test_some_windows_keep_their_period() -> None:
    """Taking windows takes their periods with them."""
    some = Periods(np.array([0, 0, 1, 2, 2]), "run").take(np.array([1, 4]))
    assert some.codes.tolist() == [0, 2]
    assert len(some) == 2


def test_some_windows_are_taken_evenly_of_all_periods() -> None:
    """Of periods of 20, 3 and 10 windows a dozen: all of the small one, the rest shared; seeded."""
    found = Periods(np.repeat([4, 7, 9], [20, 3, 10]), "run")
    few = found.sample_evenly(12, 1)
    assert (np.diff(few) > 0).all()
    sizes = np.unique(found.codes[few], return_counts=True)[1].tolist()
    assert sizes[1] == 3
    assert sorted(sizes[::2]) == [4, 5]
    assert (few == found.sample_evenly(12, 1)).all()
    assert (few != found.sample_evenly(12, 2)).any()
    assert found.sample_evenly(100, 1).tolist() == list(range(33))


def test_of_more_periods_than_windows_none_is_favoured() -> None:
    """Each of a hundred periods is among the ten drawn about as often as the others."""
    found = Periods(np.repeat(np.arange(100), 2), "run")
    drawn = np.concatenate([found.codes[found.sample_evenly(10, seed)] for seed in range(400)])
    assert [len(set(found.codes[found.sample_evenly(10, seed)])) for seed in range(5)] == [10] * 5
    assert np.bincount(drawn, minlength=100).min() > 15
