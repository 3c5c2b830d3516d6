"""Trains the two combustion models on the training runs.

In: data/combustion.parquet. Out: models/combustion (one token per sensor) and
models/combustion_timesteps (one token per time step). Never: a look at the held-out runs.
Recipes were chosen on the last 32 training runs, never on the held-out ones; then every training
run was used. Seeds are fixed.

Run: python -m examples.process_heat.combustion_training
"""

from __future__ import annotations

from functools import partial

import polars as pl
import torch

from examples.process_heat.combustion_data import SENSORS
from examples.process_heat.combustion_plan import STEP_SECONDS
from examples.process_heat.combustion_windows import COMBUSTION, HORIZON, TABLE, WINDOW, run_names
from examples.process_heat.group_windows import split_groups
from examples.process_heat.training import (
    MODELS,
    Recipe,
    build_config,
    describe_training,
    measure_scaling,
    train_model,
)
from generator.models.sensor_config import SensorContract, SensorTarget
from generator.models.sensor_transformers import build_sensor_model, save_sensor_model

LOGARITHMIC = ("co_ppm",)
RECIPES = (
    Recipe(
        "combustion",
        "variate-transformer",
        "Warns of a CO breakthrough in the next five minutes. One token per sensor: the whole "
        "window of one sensor, so attention is between sensors.",
        epochs=20,
        stride=2,
        weight_decay=0.3,
        offset=0.5,
    ),
    Recipe(
        "combustion_timesteps",
        "timestep-transformer",
        "Warns of a CO breakthrough in the next five minutes. One token per time step: all "
        "sensors of one instant, so attention is between instants and cannot name sensors.",
        epochs=12,
        stride=4,
        weight_decay=0.3,
        offset=0.3,
    ),
)


def build_contract(recipe: Recipe, frame: pl.DataFrame, training: list[str]) -> SensorContract:
    """What the model reads and predicts; scaling from the training runs alone."""
    seen = frame.filter(pl.col("run").is_in(training))
    return SensorContract(
        sensors=SENSORS,
        window=WINDOW,
        step_seconds=STEP_SECONDS,
        scaling=measure_scaling(seen, SENSORS, LOGARITHMIC),
        target=SensorTarget(
            name="co_breakthrough",
            unit="",
            task="event",
            horizon_words="within the next 5 min",
            horizon_rows=HORIZON,
        ),
        description=recipe.description,
        trained=describe_training(COMBUSTION, training),
    )


def main() -> None:
    """Train and save both models."""
    torch.set_num_threads(1)
    frame = pl.read_parquet(COMBUSTION)
    training, _ = split_groups(run_names(frame))
    for recipe in RECIPES:
        windows = TABLE.cut_windows(frame, training, recipe.stride)
        config = build_config(recipe, build_contract(recipe, frame, training))
        build = partial(build_sensor_model, config)
        model = train_model(recipe, build, windows.readings, windows.event)
        save_sensor_model(model, MODELS / recipe.folder)


if __name__ == "__main__":
    main()
