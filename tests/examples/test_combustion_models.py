"""The committed combustion models: they load, were trained apart, and earn their place."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import mannwhitneyu

from examples.process_heat.combustion_data import SENSORS
from examples.process_heat.combustion_scoring import SCORED_STRIDE, SCORES
from examples.process_heat.combustion_training import RECIPES
from examples.process_heat.combustion_windows import (
    COMBUSTION,
    HORIZON,
    TABLE,
    WINDOW,
    run_names,
)
from examples.process_heat.event_scores import (
    average_precision,
    balanced_accuracy,
    best_threshold,
    roc_auc,
)
from examples.process_heat.group_windows import Windows, split_groups
from examples.process_heat.training import MODELS
from generator.hashing import sha256_file
from generator.models.sensor_transformers import load_sensor_model

FOLDERS = [recipe.folder for recipe in RECIPES]


@cache
def scores() -> dict[str, Any]:
    """The committed figures."""
    found: dict[str, Any] = json.loads(SCORES.read_text())
    return found


@cache
def held_out() -> Windows:
    """Held-out windows as they were scored."""
    frame = pl.read_parquet(COMBUSTION)
    return TABLE.cut_windows(frame, split_groups(run_names(frame))[1], SCORED_STRIDE)


@pytest.mark.parametrize("folder", FOLDERS)
def test_model_says_what_it_was_trained_on(folder: str) -> None:
    """The folder names the committed data by digest, and only training runs."""
    config = load_sensor_model(MODELS / folder).config
    training, apart = split_groups(run_names(pl.read_parquet(COMBUSTION)))
    assert sha256_file(COMBUSTION) == config.trained.sha256
    assert tuple(training) == config.trained.groups
    assert not set(apart) & set(config.trained.groups)
    assert config.sensors == SENSORS


@pytest.mark.parametrize("folder", FOLDERS)
def test_committed_figures_come_out_again(folder: str) -> None:
    """The held-out ROC AUC of the committed weights is the committed figure within 0.001."""
    model = load_sensor_model(MODELS / folder)
    found = roc_auc(model.predict(held_out().readings), held_out().event)
    assert scores()["scores"][folder]["held_out"]["roc_auc"] == pytest.approx(found, abs=1e-3)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("figure", ["roc_auc", "balanced_accuracy", "average_precision"])
def test_models_beat_every_simple_rule(folder: str, figure: str) -> None:
    """Both models are better than the best simple rule on held-out runs."""
    committed = scores()["scores"]
    rules = [row["held_out"][figure] for name, row in committed.items() if name not in FOLDERS]
    assert len(rules) == 4
    assert committed[folder]["held_out"][figure] > max(rules)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_warning_goes_with_the_fault(folder: str) -> None:
    """In held-out windows before a breakthrough the warning falls to a third in the twin."""
    before = held_out_before_breakthrough(COMBUSTION)
    twins = held_out_before_breakthrough(COMBUSTION.with_name("combustion_twins.parquet"))
    predict = load_sensor_model(MODELS / folder).predict
    assert len(before) == len(twins) > 50
    assert predict(before).mean() > 3 * predict(twins).mean()


def held_out_before_breakthrough(path: Path) -> np.ndarray:
    """(window, time, sensor): the windows before breakthroughs of faulty runs, as in this file."""
    frame, sensors = pl.read_parquet(COMBUSTION), pl.read_parquet(path)
    faulty = set(run_names(pl.read_parquet(COMBUSTION.with_name("combustion_twins.parquet"))))
    apart = [name for name in split_groups(run_names(frame))[1] if name in faulty]
    found = []
    for name in apart:
        broken = frame.filter(pl.col("run") == name)["co_breakthrough"].to_numpy()
        values = sensors.filter(pl.col("run") == name).select(SENSORS).cast(pl.Float64).to_numpy()
        starts = [
            at
            for at in range(0, len(broken) - WINDOW - HORIZON + 1, SCORED_STRIDE)
            if not broken[at : at + WINDOW].any()
            and broken[at + WINDOW : at + WINDOW + HORIZON].any()
        ]
        found += [values[at : at + WINDOW] for at in starts]
    return np.stack(found)


def test_roc_auc_is_the_mann_whitney_share() -> None:
    """Our ROC AUC, with ties, is SciPy's U over the number of pairs."""
    rng = np.random.default_rng(1)
    score, event = rng.integers(0, 9, 200).astype(float), rng.random(200) < 0.3
    u = mannwhitneyu(score[event], score[~event]).statistic
    assert roc_auc(score, event) == pytest.approx(u / (event.sum() * (~event).sum()))


def test_average_precision_by_hand() -> None:
    """Hits at ranks 1 and 3 of four: (1 + 2/3) / 2."""
    score, event = np.array([0.9, 0.7, 0.6, 0.1]), np.array([True, False, True, False])
    assert average_precision(score, event) == pytest.approx((1 + 2 / 3) / 2)


def test_average_precision_of_a_constant_is_the_base_rate() -> None:
    """A score that tells nothing has the share of events as its average precision."""
    assert average_precision(np.zeros(8), np.arange(8) < 2) == pytest.approx(0.25)


def test_best_threshold_separates() -> None:
    """Where a threshold separates all, it is found and balanced accuracy is 1."""
    score, event = np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, False, True, True])
    assert best_threshold(score, event) == 2.0
    assert balanced_accuracy(score, event, 2.0) == 1.0
