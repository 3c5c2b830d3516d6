"""Trains the two gas-turbine models on 2011 to 2013 and scores them on 2014 and 2015.

In: the dataset of reports.yaml, read in place. Out: models/gas-turbine-nox (one token per sensor),
models/gas-turbine-nox-rows (one token per row), scores.json. Recipes were chosen on 2013 alone;
the second half of 2013 says when to stop. Never: a look at 2014 or 2015 before the last step.

Run from the repository root: python -m tests.real.train
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
import yaml
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from torch import Tensor
from torch.nn import functional as F

from generator.datasets.table import read_table
from generator.datasets.windows import SensorTable, SensorWindows, cut_windows, sensor_table
from generator.hashing import sha256_file
from generator.manifest import DatasetSpec
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

ROOM = Path(__file__).parent
SCORES = ROOM / "scores.json"
STOPPING_YEAR = "2013"
BATCH = 256
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.1
OFFSET = 0.1  # standard deviations: a calibration error per window and sensor
EPOCHS = 10
SEED = 0
NOT_A_MEASUREMENT = "The prediction is model output, not a measured or reportable value."
PUBLISHED = (
    "for the same years H. Kaya, P. Tufekci and E. Uzun (2019) are quoted with 7.91 mg/m3 "
    "(second-hand: README of github matheus695p/nox-and-co-emissions)."
)
HELD_OUT = "2014 and 2015"


@dataclass(frozen=True)
class Recipe:
    """What the two models differ in."""

    folder: str
    architecture: Literal["variate-transformer", "timestep-transformer"]
    tokens: str


RECIPES = (
    Recipe("gas-turbine-nox", "variate-transformer", "one token per sensor"),
    Recipe("gas-turbine-nox-rows", "timestep-transformer", "one token per row"),
)


def turbine_spec() -> DatasetSpec:
    """The dataset of reports.yaml, which cannot be loaded whole before its models are there."""
    text = (ROOM / "reports.yaml").read_text(encoding="utf-8")
    return DatasetSpec.model_validate(yaml.safe_load(text)["datasets"]["gas-turbine"])


def turbine_table(spec: DatasetSpec) -> SensorTable:
    """The rows of the dataset, as the program reads them."""
    columns = [str(spec.group), spec.target.column, *spec.sensors]
    return sensor_table(spec, read_table([ROOM / spec.path], columns))


def fit_and_stopping(known: SensorWindows, length: int) -> tuple[SensorWindows, SensorWindows]:
    """Windows to fit on, and those that say when to stop; the two share no row."""
    last = np.flatnonzero(known.groups == STOPPING_YEAR)
    stopping = last[len(last) // 2 :]
    return known.take(np.arange(stopping[0] - length + 1)), known.take(stopping)


def configuration(
    recipe: Recipe, spec: DatasetSpec, table: SensorTable, known: SensorWindows
) -> SensorModelConfig:
    """The model's configuration; scaling from the training years alone."""
    data = ROOM / spec.path
    years = sorted(set(known.groups.tolist()))
    readings = table.values[np.isin(table.groups, years)]
    return SensorModelConfig(
        architecture=recipe.architecture,
        sensors=tuple(spec.sensors),
        window=spec.window.length,
        scaling={
            name: SensorScaling(mean=_short(column.mean()), scale=_short(column.std()))
            for name, column in zip(spec.sensors, readings.T, strict=True)
        },
        width=32,
        layers=2,
        heads=4,
        target=SensorTarget(
            name=spec.target.column,
            unit="mg/m3",
            task="value",
            horizon_words="at the last row of the window",
            horizon_rows=0,
            mean=_short(known.target.mean()),
            scale=_short(known.target.std()),
        ),
        description=(
            f"Predicts a gas turbine's NOx concentration (mg/m3) at the last of "
            f"{spec.window.length} rows from {len(spec.sensors)} sensors, {recipe.tokens}. "
            f"{NOT_A_MEASUREMENT}"
        ),
        trained=TrainedOn(dataset=data.name, sha256=sha256_file(data), groups=tuple(years)),
    )


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def train(
    config: SensorModelConfig, fit: SensorWindows, stopping: SensorWindows
) -> SensorTransformer:
    """The model of the epoch with the least error on the stopping windows, in eval mode."""
    torch.manual_seed(SEED)
    model = build_sensor_model(config)
    inputs, target = model.prepare_input(fit.values), _standardised(config, fit.target)
    optimiser = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    batches = len(inputs) // BATCH
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=EPOCHS * batches
    )
    least, best = float("inf"), model.state_dict()
    for _ in range(EPOCHS):
        model.train()
        for chosen in torch.randperm(len(inputs))[: batches * BATCH].view(batches, BATCH):
            _step(model, optimiser, inputs[chosen], target[chosen])
            rate.step()
        error = root_mean_squared_error(stopping.target, model.predict(stopping.values))
        if error < least:
            least, best = error, copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return model.eval()


def _step(
    model: SensorTransformer, optimiser: torch.optim.Optimizer, inputs: Tensor, target: Tensor
) -> None:
    offset = OFFSET * torch.randn(len(inputs), 1, inputs.shape[2])
    loss = F.mse_loss(model(inputs + offset), target)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()


def _standardised(config: SensorModelConfig, values: np.ndarray) -> Tensor:
    return torch.from_numpy((values - config.target.mean) / config.target.scale).float()


def figures(windows: SensorWindows, predicted: np.ndarray) -> dict[str, float]:
    """RMSE, MAE, mean error (all mg/m3) and R2 of predictions."""
    return {
        "rmse": _short(root_mean_squared_error(windows.target, predicted)),
        "mae": _short(mean_absolute_error(windows.target, predicted)),
        "mean_error": _short((predicted - windows.target).mean()),
        "r2": _short(r2_score(windows.target, predicted)),
    }


def rules(known: SensorWindows, asked: SensorWindows) -> dict[str, np.ndarray]:
    """What two simple rules, fitted on the known windows, say of others."""
    linear = LinearRegression().fit(known.values[:, -1], known.target)
    return {
        "training mean": np.full(len(asked), known.target.mean()),
        "linear regression on the last row": linear.predict(asked.values[:, -1]),
    }


def score(
    models: Mapping[str, SensorTransformer],
    sides: Mapping[str, tuple[SensorWindows, SensorWindows]],
) -> dict[str, dict[str, dict[str, float]]]:
    """Figures of every model and rule on each side: (windows the rules fit on, windows asked)."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for side, (known, asked) in sides.items():
        said = {name: model.predict(asked.values) for name, model in models.items()}
        said |= rules(known, asked)
        found[side] = {name: figures(asked, values) for name, values in said.items()}
    return found


def with_figure(model: SensorTransformer, mae: float) -> None:
    """Adds the held-out error to the model's description, beside the published one."""
    said = f"{model.config.description} Mean absolute error on {HELD_OUT}: {mae:.3g} mg/m3; "
    model.config = model.config.model_copy(update={"description": said + PUBLISHED})


def main() -> None:
    """Train, score and save both models."""
    torch.set_num_threads(1)
    spec = turbine_spec()
    table = turbine_table(spec)
    windows = cut_windows(spec, table)
    known, held = windows.held(out=False), windows.held(out=True)
    fit, stopping = fit_and_stopping(known, spec.window.length)
    models = {
        recipe.folder: train(configuration(recipe, spec, table, known), fit, stopping)
        for recipe in RECIPES
    }
    sides = {"second half of 2013": (fit, stopping), HELD_OUT: (known, held)}
    for year in sorted(set(held.groups.tolist())):
        sides[year] = (known, held.take(np.flatnonzero(held.groups == year)))
    found = score(models, sides)
    for folder, model in models.items():
        with_figure(model, found[HELD_OUT][folder]["mae"])
        save_sensor_model(model, ROOM / "models" / folder)
    SCORES.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
