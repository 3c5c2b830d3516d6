"""Trains the two pump models on the training machines.

In: data/pump.parquet. Out: models/pump (one token per sensor) and models/pump_timesteps (one
token per time step). Never: a training step on the held-out machines. Seeds are fixed.
Recipes were compared on the last twenty training machines, after the held-out score of a first
one had been seen; then every training machine was used. See pump_scores.json: the logistic rule
ranks about as well as the transformers do.

Run: python -m examples.process_heat.pump_training
"""

from __future__ import annotations

import numpy as np
import polars as pl
import torch

from examples.process_heat.combustion_training import MODELS, Recipe, train
from examples.process_heat.combustion_windows import split_runs
from examples.process_heat.pump_data import SENSORS
from examples.process_heat.pump_plan import STEP_SECONDS
from examples.process_heat.pump_rules import VIBRATIONS
from examples.process_heat.pump_windows import (
    HORIZON,
    PUMP,
    WINDOW,
    labelled_windows,
    machine_names,
)
from generator.hashing import sha256_file
from generator.models.sensor_config import (
    SensorModelConfig,
    SensorScaling,
    SensorTarget,
    TrainedOn,
)
from generator.models.sensor_transformers import save_sensor_model

RECIPES = (
    Recipe(
        "pump",
        "variate-transformer",
        "Warns of a pump's failure in the next 24 hours. One token per sensor: the whole window "
        "of one sensor, so attention is between sensors.",
        epochs=20,
        stride=6,
        width=48,
        layers=3,
        learning_rate=4e-3,
        weight_decay=0.01,
        offset=0.5,
    ),
    Recipe(
        "pump_timesteps",
        "timestep-transformer",
        "Warns of a pump's failure in the next 24 hours. One token per time step: all sensors of "
        "one instant, so attention is between instants and cannot name sensors.",
        epochs=12,
        stride=12,
        offset=0.4,
    ),
)


def configuration(recipe: Recipe, frame: pl.DataFrame, training: list[str]) -> SensorModelConfig:
    """The model's configuration; scaling from the training machines alone."""
    readings = frame.filter(pl.col("machine").is_in(training))
    return SensorModelConfig(
        architecture=recipe.architecture,
        sensors=SENSORS,
        window=WINDOW,
        step_seconds=STEP_SECONDS,
        scaling={name: _scaling(readings[name]) for name in SENSORS},
        width=recipe.width,
        layers=recipe.layers,
        heads=recipe.heads,
        target=SensorTarget(
            name="failure",
            task="event",
            horizon_words="within the next 24 h",
            horizon_rows=HORIZON,
        ),
        description=recipe.description,
        trained=TrainedOn(dataset=PUMP.name, sha256=sha256_file(PUMP), groups=tuple(training)),
    )


def _scaling(column: pl.Series) -> SensorScaling:
    """Mean and deviation over samples before a failure and after it; vibration by logarithm."""
    log = column.name in VIBRATIONS
    values = column.drop_nulls().cast(pl.Float64).to_numpy()
    values = np.log1p(values) if log else values
    return SensorScaling(
        mean=float(f"{values.mean():.6g}"), scale=float(f"{values.std():.6g}"), log=log
    )


def main() -> None:
    """Train and save both models."""
    torch.set_num_threads(1)
    frame = pl.read_parquet(PUMP)
    training, _ = split_runs(machine_names(frame))
    for recipe in RECIPES:
        windows = labelled_windows(frame, training, recipe.stride)
        model = train(recipe, configuration(recipe, frame, training), windows)
        save_sensor_model(model, MODELS / recipe.folder)


if __name__ == "__main__":
    main()
