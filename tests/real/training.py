"""Trains one model of a plant by its recipe; the windows of the stopping side choose the epoch.

In: a plant, its spec and table, windows. Out: a configuration, a model. Never: a held-out window.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import log_loss
from torch import Tensor
from torch.nn import functional as F

from generator.datasets.digest import dataset_sha256
from generator.datasets.windows import SensorTable, SensorWindows, horizon_rows
from generator.hashing import sha256_file
from generator.models.sensor_config import (
    SensorModelConfig,
    SensorScaling,
    SensorTarget,
    TrainedOn,
)
from generator.models.sensor_transformers import SensorTransformer, build_sensor_model
from generator.records import FileDigest
from generator.spec.datasets import DatasetSpec
from tests.real.plant import Plant, Recipe, Sides

NOT_A_MEASUREMENT = "The prediction is model output, not a measured or reportable value."
LOSSES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "value": F.mse_loss,
    "class": F.cross_entropy,
}


def build_configuration(
    plant: Plant,
    recipe: Recipe,
    spec: DatasetSpec,
    data: Path,
    labels: Path | None,
    table: SensorTable,
    known: SensorWindows,
) -> SensorModelConfig:
    """The model's configuration; scaling from the training rows alone."""
    readings = table.values[_list_covered_rows(known, spec.window.length)]
    return SensorModelConfig(
        architecture=recipe.architecture,
        sensors=tuple(spec.sensors),
        window=spec.window.length,
        step_seconds=table.clock.step if table.clock.is_real else None,
        scaling={
            name: _measure_scaling(column)
            for name, column in zip(spec.sensors, readings.T, strict=True)
        },
        width=recipe.width,
        layers=recipe.layers,
        heads=recipe.heads,
        target=_build_target(plant, spec, table, known),
        description=f"{plant.predicts}, {recipe.tokens}. {NOT_A_MEASUREMENT}",
        trained=TrainedOn(
            dataset=data.name,
            sha256=dataset_sha256(list_digests(data), list_digests(labels)),
            groups=tuple(sorted(set(known.groups.tolist()) - {""})),
        ),
    )


def list_digests(path: Path | None) -> list[FileDigest]:
    """Name, size and SHA-256 of a file; nothing for none."""
    if path is None:
        return []
    return [FileDigest(name=path.name, size=path.stat().st_size, sha256=sha256_file(path))]


def _list_covered_rows(known: SensorWindows, length: int) -> np.ndarray:
    """The rows that lie in a window, in order."""
    return np.unique(known.last_row[:, None] + np.arange(1 - length, 1))


def _measure_scaling(column: np.ndarray) -> SensorScaling:
    good = column[np.isfinite(column)]
    return SensorScaling(mean=round_to_six(good.mean()), scale=round_to_six(good.std()))


def _build_target(
    plant: Plant, spec: DatasetSpec, table: SensorTable, known: SensorWindows
) -> SensorTarget:
    value = table.task == "value"
    return SensorTarget(
        name=spec.target.column,
        unit=plant.unit,
        task=table.task,
        classes=table.classes,
        horizon_words=plant.horizon_words,
        horizon_rows=horizon_rows(spec.target.horizon, table.clock),
        mean=round_to_six(known.target.mean()) if value else 0.0,
        scale=round_to_six(known.target.std()) if value else 1.0,
    )


def round_to_six(value: float) -> float:
    """Six figures: what a file of figures keeps."""
    return float(f"{value:.6g}")


def train(recipe: Recipe, config: SensorModelConfig, sides: Sides) -> SensorTransformer:
    """The model of the epoch with the least error on the stopping windows, in eval mode."""
    fit, stopping = sides
    torch.manual_seed(recipe.seed)
    model = build_sensor_model(config)
    inputs, target = model.prepare_input(fit.values), _encode_target(config, fit)
    optimiser = torch.optim.AdamW(
        model.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    batches = len(inputs) // recipe.batch
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.learning_rate, total_steps=recipe.epochs * batches
    )
    least, best = float("inf"), model.state_dict()
    for _ in range(recipe.epochs):
        model.train()
        order = torch.randperm(len(inputs))[: batches * recipe.batch]
        for chosen in order.view(batches, recipe.batch):
            _take_step(model, optimiser, recipe.offset, inputs[chosen], target[chosen])
            rate.step()
        error = _stopping_error(model, stopping)
        if error < least:
            least, best = error, copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return model.eval()


def _take_step(
    model: SensorTransformer,
    optimiser: torch.optim.Optimizer,
    size: float,
    inputs: Tensor,
    target: Tensor,
) -> None:
    offset = size * torch.randn(len(inputs), 1, inputs.shape[2])
    loss = LOSSES[model.config.target.task](model(inputs + offset), target)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()


def _stopping_error(model: SensorTransformer, stopping: SensorWindows) -> float:
    """Root mean squared error, or for classes the mean of -ln(probability of the true one)."""
    said = model.predict(stopping.values)
    if not stopping.classes:
        return float(np.sqrt(((said - stopping.target) ** 2).mean()))
    whole = said / said.sum(axis=1, keepdims=True)  # float32 sums to 1 only nearly
    return float(log_loss(stopping.target, whole, labels=np.arange(len(stopping.classes))))


def _encode_target(config: SensorModelConfig, windows: SensorWindows) -> Tensor:
    if windows.classes:
        return torch.from_numpy(windows.target).long()
    scaled = (windows.target - config.target.mean) / config.target.scale
    return torch.from_numpy(scaled).float()
