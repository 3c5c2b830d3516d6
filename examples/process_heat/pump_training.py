"""Trains the two pump models on the training machines.

In: data/pump.parquet. Out: models/pump and models/pump_refit, the same recipe from another seed:
what the two disagree on is no property of the pump. Never: a training step on the held-out
machines. Seeds are fixed.
The recipe was chosen on the last twenty training machines, after the held-out score of a first
one had been seen; then every training machine was used. See pump_scores.json: the logistic rule
ranks about as well as the transformers do.

Run: python -m examples.process_heat.pump_training
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import polars as pl
import torch

from examples.process_heat.group_windows import split_groups
from examples.process_heat.pump_data import SENSORS
from examples.process_heat.pump_plan import STEP_SECONDS
from examples.process_heat.pump_rules import VIBRATIONS
from examples.process_heat.pump_windows import HORIZON, PUMP, TABLE, WINDOW, machine_names
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

FIRST = Recipe(
    "pump",
    "variate-transformer",
    "Warns of a pump's failure in the next 24 hours. One token per sensor: the whole window "
    "of one sensor, so attention is between sensors.",
    epochs=20,
    stride=6,
    weight_decay=0.01,
    offset=0.5,
    width=48,
    layers=3,
    learning_rate=4e-3,
)
REFIT = replace(
    FIRST,
    folder="pump_refit",
    description=f"{FIRST.description} The same recipe as the model pump, from another seed.",
    seed=1,
)
RECIPES = (FIRST, REFIT)


def build_contract(recipe: Recipe, frame: pl.DataFrame, training: list[str]) -> SensorContract:
    """What the model reads and predicts; scaling from the training machines alone.

    Samples before a failure and after it count alike; vibration is scaled by its logarithm.
    """
    seen = frame.filter(pl.col("machine").is_in(training))
    return SensorContract(
        sensors=SENSORS,
        window=WINDOW,
        step_seconds=STEP_SECONDS,
        scaling=measure_scaling(seen, SENSORS, VIBRATIONS),
        target=SensorTarget(
            name="failure",
            task="event",
            horizon_words="within the next 24 h",
            horizon_rows=HORIZON,
        ),
        description=recipe.description,
        trained=describe_training(PUMP, training),
    )


def train_and_save(recipe: Recipe) -> None:
    """One model from the training machines, in its folder."""
    frame = pl.read_parquet(PUMP)
    training, _ = split_groups(machine_names(frame))
    windows = TABLE.cut_windows(frame, training, recipe.stride)
    config = build_config(recipe, build_contract(recipe, frame, training))
    build = partial(build_sensor_model, config)
    model = train_model(recipe, build, windows.readings, windows.event)
    save_sensor_model(model, MODELS / recipe.folder)


def main() -> None:
    """Train and save both models."""
    torch.set_num_threads(1)
    for recipe in RECIPES:
        train_and_save(recipe)


if __name__ == "__main__":
    main()
