"""Held-out figures against scikit-learn and hand-made cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score

from generator.datasets.groups import make_one_group
from generator.datasets.windows import SensorWindows
from generator.errors import InputError
from generator.quality import count_seen_groups
from tests.windows_by_hand import judge_predictions, make_windows

RNG = np.random.default_rng(0)


def windows(count: int, event: bool, name: str) -> SensorWindows:
    """Two sensors over four steps; the target follows the last reading of the first."""
    values = RNG.normal(size=(count, 4, 2))
    target = values[:, -1, 0] + 0.1 * RNG.normal(size=count)
    groups = [f"{name}{i % 3}" for i in range(count)]
    return make_windows(values, (target > 0.5).astype(float) if event else target, groups)


def test_event_figures_are_scikit_learns() -> None:
    """ROC AUC of the predictions, and the best single sensor found on the training side."""
    train, held = windows(300, True, "t"), windows(200, True, "h")
    predicted = RNG.normal(size=200)
    got = judge_predictions(train, held, predicted, ["near", "far"], "", "event", 1)
    assert got.scores[0].measure == "ROC AUC"
    assert got.scores[0].model == pytest.approx(roc_auc_score(held.target, predicted))
    alone = roc_auc_score(held.target, held.values[:, -1, 0])
    assert got.scores[0].rules["high near alone"] == pytest.approx(alone)
    assert not got.scores[0].beats_rule
    assert got.overlap == 1
    assert "scored partly on data it was trained on: 1 of 3 stretches" in got.words
    assert got.events == int(held.target.sum())
    assert "does no better than the best simple rule" in got.words


def test_value_figures_stand_beside_a_fitted_line() -> None:
    """RMSE by hand; the linear rule is a least-squares fit of the last readings."""
    train, held = windows(300, False, "t"), windows(200, False, "h")
    got = judge_predictions(train, held, held.target + 0.5, ["near", "far"], "bar", "value", None)
    rmse = got.scores[0]
    assert rmse.model == pytest.approx(0.5)
    fit = LinearRegression().fit(train.values[:, -1], train.target).predict(held.values[:, -1])
    expected = np.sqrt(np.mean((fit - held.target) ** 2))
    assert rmse.rules["last readings, weighted"] == pytest.approx(expected)
    assert (rmse.unit, rmse.better, rmse.beats_rule) == ("bar", "lower", False)
    assert "Whether the model saw these windows in training is not known." in got.words
    assert got.mean_error == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("length", "name"), [(4, "all readings"), (400, "100 means along the window")]
)
def test_a_rule_sees_the_whole_window(length: int, name: str) -> None:
    """A target that stands only in the window's oldest readings is found by one rule alone."""
    values = RNG.normal(size=(500, length, 2))
    oldest = values[:, : max(1, length // 100), 0].mean(axis=1)
    groups = [f"g{i % 3}" for i in range(500)]
    train = make_windows(values[:300], oldest[:300], groups[:300])
    held = make_windows(values[300:], oldest[300:], groups[300:])
    got = judge_predictions(train, held, np.zeros(200), ["near", "far"], "", "value", None).scores[
        0
    ]
    assert got.best_rule == f"{name}, weighted (ridge)"
    assert got.rules[got.best_rule] < 0.1 * got.rules["last readings and trends, weighted"]


def test_missing_readings_hold_the_last_good_one() -> None:
    """A rule reads the last value that is there."""
    train, held = windows(300, False, "t"), windows(200, False, "h")
    held.readings[held.last_row, 0] = np.nan
    got = judge_predictions(train, held, held.target, ["near", "far"], "bar", "value", 0)
    line = LinearRegression().fit(train.values[:, -1], train.target)
    last = np.stack([held.values[:, -2, 0], held.values[:, -1, 1]], axis=1)
    expected = np.sqrt(np.mean((line.predict(last) - held.target) ** 2))
    assert got.scores[0].rules["last readings, weighted"] == pytest.approx(expected)


@pytest.mark.parametrize(("count", "event"), [(5, False), (40, True)])
def test_too_little_to_say_anything_is_refused(count: int, event: bool) -> None:
    """Few windows, or few events among them, give no figure at all."""
    train, held = windows(300, event, "t"), windows(count, event, "h")
    held.target[:] = 0 if event else held.target
    with pytest.raises(InputError, match="at least 10"):
        judge_predictions(
            train, held, np.zeros(count), ["near", "far"], "", "event" if event else "value", None
        )


def test_groups_seen_in_training_are_counted_only_where_they_are_known() -> None:
    """Shared names count on the same data; other data, or no names at all, tell nothing."""
    held = windows(9, False, "h")
    assert count_seen_groups(["t0", "h1"], True, held) == 1
    assert count_seen_groups(["t0"], True, held) == 0
    assert count_seen_groups(["t0", "h1"], False, held) is None
    assert count_seen_groups([], True, held) is None
    nameless = replace(held, grouped=make_one_group(36))
    assert count_seen_groups(["t0"], True, nameless) is None


def test_data_without_groups_is_not_called_stretches() -> None:
    """Where no column tells stretches apart, none are counted in the sentence."""
    train, held = windows(300, False, "t"), windows(200, False, "h")
    held = replace(held, grouped=make_one_group(800))
    got = judge_predictions(train, held, held.target, ["near", "far"], "bar", "value", None)
    assert got.groups == 0
    assert "On 200 held-out windows the model" in got.words
