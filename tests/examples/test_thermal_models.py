"""The committed models of the heating loop: they load, were trained apart, and are graded."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import polars as pl
import pytest

from examples.process_heat.group_windows import split_groups
from examples.process_heat.thermal_data import SENSORS
from examples.process_heat.thermal_scoring import SCORED_STRIDE, SCORES, rmse
from examples.process_heat.thermal_training import PATCHES, REFITS, VARIATE
from examples.process_heat.thermal_windows import (
    THERMAL,
    cut_loop_windows,
    run_names,
    same_hour_yesterday,
)
from examples.process_heat.training import MODELS
from generator.datasets.windows import SensorWindows
from generator.hashing import sha256_file
from generator.models.folder import load_model_folder

FOLDERS = [recipe.folder for recipe in (VARIATE, *REFITS, PATCHES)]
PERSISTENCE, LINEAR = "persistence (no change)", "linear regression, last values and trends"


@cache
def scores() -> dict[str, float]:
    """The committed figures, K."""
    found: dict[str, float] = json.loads(SCORES.read_text())["rmse_K"]
    return found


@cache
def frame() -> pl.DataFrame:
    """The committed file."""
    return pl.read_parquet(THERMAL)


@cache
def held_out() -> SensorWindows:
    """Held-out windows as they were scored."""
    return cut_loop_windows(frame(), SCORED_STRIDE).select_held(out=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_model_says_what_it_was_trained_on(folder: str) -> None:
    """The folder names the committed data by digest, only training runs, and its horizon."""
    config = load_model_folder(MODELS / folder).contract
    training, apart = split_groups(run_names(frame()))
    assert sha256_file(THERMAL) == config.trained.sha256
    assert tuple(training) == config.trained.groups
    assert not set(apart) & set(config.trained.groups)
    assert config.sensors == SENSORS
    assert config.target.horizon_rows == 12


@pytest.mark.parametrize("folder", FOLDERS)
def test_committed_figures_come_out_again(folder: str) -> None:
    """The held-out RMSE of the committed weights is the committed figure within 0.001 K."""
    found = rmse(load_model_folder(MODELS / folder).predict(held_out().values), held_out().target)
    assert scores()[folder] == pytest.approx(found, abs=1e-3)


def test_persistence_has_no_skill() -> None:
    """To say 'no change' errs by the target's own root mean square."""
    expected = np.sqrt(np.mean(held_out().target ** 2))
    assert scores()[PERSISTENCE] == pytest.approx(expected, abs=1e-3)


def test_yesterday_is_the_change_of_a_day_before() -> None:
    """The rule's forecast is the rise recorded 288 rows before the row that is asked for."""
    forecast, held = same_hour_yesterday(frame(), held_out()), held_out()
    rise = frame()["return_temp_rise"].cast(pl.Float64).fill_null(0.0).to_numpy()
    late = np.flatnonzero(held.groups == held.groups[-1])[-50:]
    assert forecast[late] == pytest.approx(rise[held.last_row[late] + 12 - 288])


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("rule", [PERSISTENCE, "same hour yesterday", LINEAR])
def test_models_beat_the_simple_rules(folder: str, rule: str) -> None:
    """Both models err less than no change, yesterday, and a regression on values and trends."""
    assert scores()[folder] < scores()[rule]
