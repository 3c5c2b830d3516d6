"""A small transformer that tells four faults of the Tennessee Eastman process, and none, apart.

In: training windows. Out: a model folder, kept outside the repository's history and trained anew
where it is absent (a minute of one core). Never: a held-out window in training.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.known_causes.eastman import CHUNK, DATA, DATASET, GAP, ROOT, SENSORS, WINDOW
from generator.datasets.windows import SensorWindows
from generator.hashing import sha256_file, sha256_json
from generator.models.sensor_config import SensorModelConfig, SensorScaling
from generator.models.sensor_transformers import (
    SensorTransformer,
    build_sensor_model,
    save_sensor_model,
)

KEPT = ROOT / ".attention-reports" / "benchmarks"


@dataclass(frozen=True)
class Recipe:
    """How it is built and trained; `offset` as for the example models, in deviations."""

    width: int = 32
    layers: int = 2
    heads: int = 4
    epochs: int = 60
    batch: int = 64
    rate: float = 2e-3
    weight_decay: float = 0.05
    offset: float = 0.1
    seed: int = 0


def ensure_model(train: SensorWindows, recipe: Recipe = Recipe(), kept: Path = KEPT) -> Path:
    """Where the model lies, trained first if it is not there."""
    cut = {"chunk": CHUNK, "gap": GAP, "window": WINDOW}
    key = sha256_json({"data": sha256_file(DATA), "recipe": asdict(recipe), "cut": cut})
    folder = kept / f"{DATASET}-{key[:12]}"
    if not (folder / "model.safetensors").exists():
        save_sensor_model(train_model(train, recipe), folder)
    return folder


def train_model(train: SensorWindows, recipe: Recipe) -> SensorTransformer:
    """The model after all epochs, in eval mode."""
    torch.manual_seed(recipe.seed)
    model = build_sensor_model(build_config(train, recipe)).train()
    inputs = model.prepare_input(train.values)
    wanted = torch.from_numpy(train.target).long()
    optimiser = torch.optim.AdamW(model.parameters(), recipe.rate, weight_decay=recipe.weight_decay)
    batches = len(inputs) // recipe.batch
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.epochs * batches
    )
    for _ in range(recipe.epochs):
        order = torch.randperm(len(inputs))[: batches * recipe.batch]
        for chosen in order.view(batches, recipe.batch):
            _take_step(model, optimiser, recipe.offset, inputs[chosen], wanted[chosen])
            rate.step()
    return model.eval()


def _take_step(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    offset: float,
    inputs: Tensor,
    wanted: Tensor,
) -> None:
    moved = inputs + offset * torch.randn(len(inputs), 1, inputs.shape[2])
    optimiser.zero_grad()
    loss = F.cross_entropy(model(moved), wanted)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()


def build_config(train: SensorWindows, recipe: Recipe) -> SensorModelConfig:
    """The contract, scaled on the training windows' rows."""
    readings = train.values.reshape(-1, len(SENSORS))
    return SensorModelConfig.model_validate(
        {
            "architecture": "variate-transformer",
            "sensors": SENSORS,
            "window": train.length,
            "scaling": {
                name: _measure_scaling(one) for name, one in zip(SENSORS, readings.T, strict=True)
            },
            "target": {
                "name": "fault",
                "task": "class",
                "classes": train.classes,
                "horizon_rows": 0,
            },
            "width": recipe.width,
            "layers": recipe.layers,
            "heads": recipe.heads,
        }
    )


def _measure_scaling(column: np.ndarray) -> SensorScaling:
    return SensorScaling(mean=float(column.mean()), scale=float(column.std()) or 1.0)
