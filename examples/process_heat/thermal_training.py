"""Trains the two models of the heating loop on the training runs.

In: data/thermal.parquet. Out: models/thermal (one token per sensor) and models/thermal_timesteps
(one token per time step). Never: a look at the held-out runs.
The first recipe was tried on every fourth training run; the second is one tried there, on half as
many windows to save time. None was chosen on the held-out runs. Seeds are fixed.

Run: python -m examples.process_heat.thermal_training
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
import torch
from torch.nn import functional as F

from examples.process_heat.combustion_training import MODELS
from examples.process_heat.combustion_windows import run_names, split_runs
from examples.process_heat.thermal_data import HORIZON, SENSORS, TARGET
from examples.process_heat.thermal_plan import STEP_SECONDS
from examples.process_heat.thermal_windows import THERMAL, WINDOW, windows_of
from generator.datasets.windows import SensorWindows
from generator.hashing import sha256_file
from generator.models.sensor_config import (
    SensorModelConfig,
    SensorScaling,
    SensorTarget,
    TrainedOn,
)
from generator.models.sensor_transformers import (
    SensorTransformer,
    build_sensor_model,
    save_sensor_model,
)

BATCH = 256
TARGET_WORDS = "Forecasts by how many kelvin the return temperature changes within the next hour. "


@dataclass(frozen=True)
class Recipe:
    """How one model is built and trained."""

    folder: str
    architecture: Literal["variate-transformer", "timestep-transformer"]
    description: str
    epochs: int
    stride: int
    width: int = 32
    layers: int = 2
    heads: int = 4
    learning_rate: float = 2e-3
    weight_decay: float = 0.1
    offset: float = 0.02
    seed: int = 0


RECIPES = (
    Recipe(
        "thermal",
        "variate-transformer",
        TARGET_WORDS + "One token per sensor: the whole window of one sensor, so attention is "
        "between sensors.",
        epochs=15,
        stride=2,
    ),
    Recipe(
        "thermal_timesteps",
        "timestep-transformer",
        TARGET_WORDS + "One token per time step: all sensors of one instant, so attention is "
        "between instants and cannot name sensors.",
        epochs=8,
        stride=12,
    ),
)


def configuration(recipe: Recipe, frame: pl.DataFrame, training: list[str]) -> SensorModelConfig:
    """The model's configuration; scaling from the training runs alone."""
    seen = frame.filter(pl.col("run").is_in(training))
    spread = _scaling(seen[TARGET]).scale
    return SensorModelConfig(
        architecture=recipe.architecture,
        sensors=SENSORS,
        window=WINDOW,
        step_seconds=STEP_SECONDS,
        scaling={name: _scaling(seen[name]) for name in SENSORS},
        width=recipe.width,
        layers=recipe.layers,
        heads=recipe.heads,
        target=SensorTarget(
            name=TARGET,
            unit="K",
            task="value",
            horizon_words="60 min on",
            horizon_rows=HORIZON,
            scale=spread,
        ),
        description=recipe.description,
        trained=TrainedOn(
            dataset=THERMAL.name, sha256=sha256_file(THERMAL), groups=tuple(training)
        ),
    )


def _scaling(column: pl.Series) -> SensorScaling:
    values = column.drop_nulls().cast(pl.Float64).to_numpy()
    return SensorScaling(mean=float(f"{values.mean():.6g}"), scale=float(f"{values.std():.6g}"))


def train(recipe: Recipe, config: SensorModelConfig, windows: SensorWindows) -> SensorTransformer:
    """A model trained on the windows by squared error, in eval mode.

    Every window gets a random constant offset per sensor, as a calibration error would give it.
    """
    torch.manual_seed(recipe.seed)
    model = build_sensor_model(config)
    inputs = model.prepare_input(windows.values)
    target = torch.from_numpy((windows.target / config.target.scale).astype(np.float32))
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    batches = len(inputs) // BATCH
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.learning_rate, total_steps=recipe.epochs * batches
    )
    for _ in range(recipe.epochs):
        for chosen in torch.randperm(len(inputs))[: batches * BATCH].view(batches, BATCH):
            offset = recipe.offset * torch.randn(BATCH, 1, len(SENSORS))
            loss = F.mse_loss(model(inputs[chosen] + offset), target[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            rate.step()
    return model.eval()


def main() -> None:
    """Train and save both models."""
    torch.set_num_threads(1)
    frame = pl.read_parquet(THERMAL)
    training, _ = split_runs(run_names(frame))
    for recipe in RECIPES:
        windows = windows_of(frame, recipe.stride).held(out=False)
        model = train(recipe, configuration(recipe, frame, training), windows)
        save_sensor_model(model, MODELS / recipe.folder)


if __name__ == "__main__":
    main()
