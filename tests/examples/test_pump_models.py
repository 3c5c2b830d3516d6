"""The committed pump models: they load, were trained apart, and are scored beside simple rules."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from examples.process_heat.event_scores import roc_auc
from examples.process_heat.group_windows import split_groups
from examples.process_heat.pump_alarms import Watch, choose_threshold, find_alarms, measure_alarms
from examples.process_heat.pump_data import SENSORS
from examples.process_heat.pump_scoring import AN_HOUR, SCORES
from examples.process_heat.pump_training import RECIPES
from examples.process_heat.pump_windows import (
    HORIZON,
    PUMP,
    TABLE,
    TWINS,
    WINDOW,
    machine_names,
)
from examples.process_heat.training import MODELS
from generator.hashing import sha256_file
from generator.models.sensor_transformers import load_sensor_model

FOLDERS = [recipe.folder for recipe in RECIPES]


@cache
def scores() -> dict[str, Any]:
    """The committed figures."""
    found: dict[str, Any] = json.loads(SCORES.read_text())
    return found


def apart() -> list[str]:
    """Held-out machines."""
    return split_groups(machine_names(pl.read_parquet(PUMP)))[1]


@pytest.mark.parametrize("folder", FOLDERS)
def test_model_says_what_it_was_trained_on(folder: str) -> None:
    """The folder names the committed data by digest, only training machines, and its horizon."""
    config = load_sensor_model(MODELS / folder).config
    training, held_out = split_groups(machine_names(pl.read_parquet(PUMP)))
    assert sha256_file(PUMP) == config.trained.sha256
    assert tuple(training) == config.trained.groups
    assert not set(held_out) & set(config.trained.groups)
    assert config.sensors == SENSORS
    assert config.target.horizon_rows == HORIZON == 144


@pytest.mark.parametrize("folder", FOLDERS)
def test_committed_figures_come_out_again(folder: str) -> None:
    """The held-out ROC AUC of the committed weights is the committed figure within 0.001."""
    unseen = TABLE.cut_windows(pl.read_parquet(PUMP), apart(), AN_HOUR)
    found = roc_auc(load_sensor_model(MODELS / folder).predict(unseen.readings), unseen.event)
    assert scores()["scores"][folder]["roc_auc"] == pytest.approx(found, abs=1e-3)


@pytest.mark.parametrize("figure", ["roc_auc", "balanced_accuracy", "average_precision"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_models_beat_every_single_sensor_alarm(folder: str, figure: str) -> None:
    """Both models are better than the alarms on single readings on held-out machines."""
    committed = scores()["scores"]
    rules = [row[figure] for name, row in committed.items() if name not in FOLDERS]
    alone = [
        row[figure]
        for name, row in committed.items()
        if name not in FOLDERS and not name.startswith("logistic")
    ]
    assert (len(rules), len(alone)) == (4, 3)
    assert committed[folder][figure] > max(alone)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_warning_goes_with_the_fault(folder: str) -> None:
    """In held-out windows before a failure the warning falls to a third in the twin."""
    frame, twins = pl.read_parquet(PUMP), pl.read_parquet(TWINS)
    before, without = [], []
    for name in set(apart()) & set(machine_names(twins)):
        values, broken = TABLE.readings(frame, name)
        if not broken.any():
            continue
        last = int(np.argmax(broken)) - 12
        before.append(values[last - WINDOW : last])
        without.append(TABLE.readings(twins, name)[0][last - WINDOW : last])
    predict = load_sensor_model(MODELS / folder).predict
    assert len(before) >= 8
    assert predict(np.stack(before)).mean() > 3 * predict(np.stack(without)).mean()


def test_an_alarm_needs_two_hours_and_is_then_silent_for_a_day() -> None:
    """Above the threshold in hours 1, 5 to 40: alarms at hours 6 and 30."""
    score = np.zeros(60)
    score[[1, *range(5, 41)]] = 1.0
    assert find_alarms(score, 0.5) == [6, 30]


def test_alarm_figures_by_hand() -> None:
    """One machine warned of 40 and 16 h ahead, one false alarm on another, one failure missed."""
    warned, false, missed = np.zeros((3, 60))
    warned[19:45], false[3:5] = 1.0, 1.0
    figures = measure_alarms([Watch(warned, 60), Watch(false, None), Watch(missed, 60)], 0.5)
    assert (figures.failures, figures.warned, figures.median_lead_hours) == (2, 1, 40.0)
    assert figures.false_per_machine_month == pytest.approx(1 / (180 / 730.5))


def test_threshold_allows_no_more_false_alarms() -> None:
    """With none allowed, the threshold lies at or above the healthy machine's second-best run."""
    rng = np.random.default_rng(3)
    watched = [Watch(rng.random(400), None), Watch(np.full(200, 0.2), 210)]
    threshold = choose_threshold(watched, 0.0)
    assert measure_alarms(watched, threshold).false_per_machine_month == 0
