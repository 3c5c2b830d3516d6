"""Trains the two combustion models on the training runs.

In: data/combustion.parquet. Out: models/combustion (one token per sensor) and
models/combustion_timesteps (one token per time step). Never: a look at the held-out runs.
Recipes were chosen on the last ten training runs, never on the held-out ones; then every training
run was used. Seeds are fixed.

Run: python -m examples.process_heat.combustion_training
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
import torch
from torch.nn import functional as F

from examples.process_heat.combustion_data import SENSORS
from examples.process_heat.combustion_plan import STEP_SECONDS
from examples.process_heat.combustion_windows import (
    COMBUSTION,
    HORIZON,
    WINDOW,
    Windows,
    labelled_windows,
    run_names,
    split_runs,
)
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

MODELS = Path(__file__).parent / "models"
BATCH = 256


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
    weight_decay: float = 0.3
    offset: float = 0.1
    seed: int = 0


RECIPES = (
    Recipe(
        "combustion",
        "variate-transformer",
        "Warns of a CO breakthrough in the next five minutes. One token per sensor: the whole "
        "window of one sensor, so attention is between sensors.",
        epochs=20,
        stride=2,
    ),
    Recipe(
        "combustion_timesteps",
        "timestep-transformer",
        "Warns of a CO breakthrough in the next five minutes. One token per time step: all "
        "sensors of one instant, so attention is between instants and cannot name sensors.",
        epochs=12,
        stride=4,
    ),
)


def configuration(recipe: Recipe, frame: pl.DataFrame, training: list[str]) -> SensorModelConfig:
    """The model's configuration; scaling from the training runs alone."""
    readings = frame.filter(pl.col("run").is_in(training))
    return SensorModelConfig(
        architecture=recipe.architecture,
        sensors=SENSORS,
        window=WINDOW,
        step_seconds=STEP_SECONDS,
        scaling={name: _scaling(readings[name], name) for name in SENSORS},
        width=recipe.width,
        layers=recipe.layers,
        heads=recipe.heads,
        target=SensorTarget(
            name="co_breakthrough",
            unit="",
            task="event",
            horizon_words="within the next 5 min",
            horizon_rows=HORIZON,
        ),
        description=recipe.description,
        trained=TrainedOn(
            dataset=COMBUSTION.name, sha256=sha256_file(COMBUSTION), groups=tuple(training)
        ),
    )


def _scaling(column: pl.Series, name: str) -> SensorScaling:
    log = name == "co_ppm"
    values = column.drop_nulls().cast(pl.Float64).to_numpy()
    values = np.log1p(values) if log else values
    return SensorScaling(
        mean=float(f"{values.mean():.6g}"), scale=float(f"{values.std():.6g}"), log=log
    )


def train(recipe: Recipe, config: SensorModelConfig, windows: Windows) -> SensorTransformer:
    """A model trained on the windows, in eval mode.

    Every window gets a random constant offset per sensor, as a calibration error would give it.
    """
    torch.manual_seed(recipe.seed)
    model = build_sensor_model(config)
    inputs, event = model.prepare_input(windows.readings), torch.from_numpy(windows.event).float()
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
            logit = model(inputs[chosen] + offset)
            loss = F.binary_cross_entropy_with_logits(logit, event[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            rate.step()
    return model.eval()


def main() -> None:
    """Train and save both models."""
    frame = pl.read_parquet(COMBUSTION)
    training, _ = split_runs(run_names(frame))
    for recipe in RECIPES:
        windows = labelled_windows(frame, training, recipe.stride)
        model = train(recipe, configuration(recipe, frame, training), windows)
        save_sensor_model(model, MODELS / recipe.folder)


if __name__ == "__main__":
    main()
