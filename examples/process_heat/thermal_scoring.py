"""Scores the committed models of the heating loop, beside simple rules, on the held-out runs.

In: data/thermal.parquet and models/. Out: thermal_scores.json, RMSE in K. Rules are fitted on
training runs alone. Never: a training step.

Run: python -m examples.process_heat.thermal_scoring
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import torch
from sklearn.linear_model import LinearRegression, Ridge

from examples.process_heat.scoring import write_scores
from examples.process_heat.thermal_data import SENSORS
from examples.process_heat.thermal_training import PATCHES, REFITS, VARIATE
from examples.process_heat.thermal_windows import THERMAL, cut_loop_windows, same_hour_yesterday
from examples.process_heat.training import MODELS
from generator.datasets.windows import SensorWindows
from generator.models.folder import load_model_folder
from generator.models.sensor_model import SensorModel

SCORES = Path(__file__).parent / "thermal_scores.json"
SCORED_STRIDE = 6
RIDGE = 10.0
MIDDLE = 48


def rmse(predicted: np.ndarray, target: np.ndarray) -> float:
    """Root of the mean squared error, K."""
    return float(np.sqrt(np.mean((predicted - target) ** 2)))


def forecast_by_rules(
    frame: pl.DataFrame, model: SensorModel, train: SensorWindows, held: SensorWindows
) -> dict[str, np.ndarray]:
    """(window,) K forecast by each simple rule for the held-out windows, by name."""
    seen, unseen = (model.prepare_input(w.values).double().numpy() for w in (train, held))
    last = LinearRegression().fit(_last_and_trend(seen), train.target)
    whole = Ridge(RIDGE).fit(_flatten(seen), train.target)
    return {
        "persistence (no change)": np.zeros(len(held)),
        "same hour yesterday": same_hour_yesterday(frame, held),
        "linear regression, last values and trends": last.predict(_last_and_trend(unseen)),
        "ridge regression, whole window": whole.predict(_flatten(unseen)),
    }


def _last_and_trend(inputs: np.ndarray) -> np.ndarray:
    return np.concatenate([inputs[:, -1], inputs[:, -1] - inputs[:, MIDDLE]], axis=1)


def _flatten(inputs: np.ndarray) -> np.ndarray:
    return inputs.reshape(len(inputs), -1)


def main() -> None:
    """Score all models and every rule."""
    torch.set_num_threads(1)
    frame = pl.read_parquet(THERMAL)
    windows = cut_loop_windows(frame, SCORED_STRIDE)
    train, held = windows.select_held(out=False), windows.select_held(out=True)
    folders = [recipe.folder for recipe in (VARIATE, *REFITS, PATCHES)]
    models = {folder: load_model_folder(MODELS / folder) for folder in folders}
    found = {name: model.predict(held.values) for name, model in models.items()}
    found |= forecast_by_rules(frame, models["thermal"], train, held)
    figures = {name: round(rmse(values, held.target), 4) for name, values in found.items()}
    counts = {"windows": len(held), "runs": len(set(held.groups)), "sensors": len(SENSORS)}
    write_scores(SCORES, {"held_out": counts, "rmse_K": figures})


if __name__ == "__main__":
    main()
