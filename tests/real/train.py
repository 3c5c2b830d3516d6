"""Trains the models of one plant, or of all, and scores them on what was held out.

In: the datasets of reports.yaml, read in place. Out: models/<folder>, scores/<plant>.json.
Never: a held-out window before the last step.

Run from the repository root: python -m tests.real.train [plant]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
import yaml

from generator.datasets.table import read_table
from generator.datasets.windows import SensorTable, cut_windows, sensor_table
from generator.manifest import DatasetSpec
from generator.models.sensor_transformers import SensorTransformer, save_sensor_model
from tests.real.plant import Plant
from tests.real.plants import PLANTS
from tests.real.scoring import Figures, score
from tests.real.training import configuration, train

ROOM = Path(__file__).parent


def plant_spec(plant: Plant) -> DatasetSpec:
    """The dataset of reports.yaml, which cannot be loaded whole before its models are there."""
    text = (ROOM / "reports.yaml").read_text(encoding="utf-8")
    return DatasetSpec.model_validate(yaml.safe_load(text)["datasets"][plant.dataset])


def plant_table(spec: DatasetSpec) -> SensorTable:
    """The rows of the dataset, as the program reads them."""
    columns = [spec.group, spec.time and spec.time.column, spec.target.column, *spec.sensors]
    named = list(dict.fromkeys(column for column in columns if column))
    return sensor_table(spec, read_table([ROOM / spec.path], named))


def train_plant(plant: Plant) -> None:
    """Train, score and save the models of a plant."""
    spec = plant_spec(plant)
    table = plant_table(spec)
    windows = cut_windows(spec, table)
    known, held = windows.held(out=False), windows.held(out=True)
    fitted = plant.split(known, spec.window.length)
    models = {
        recipe.folder: train(
            recipe, configuration(plant, recipe, spec, ROOM / spec.path, table, known), fitted
        )
        for recipe in plant.recipes
    }
    sides = {plant.stopping_side: fitted, plant.held_out: (known, held)}
    sides |= {name: (known, part) for name, part in plant.parts(held).items()}
    found = score(models, plant.rules, table, sides)
    for folder, model in models.items():
        with_figure(plant, model, folder, found[plant.held_out])
        save_sensor_model(model, ROOM / "models" / folder)
    path = ROOM / "scores" / f"{plant.name}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def with_figure(
    plant: Plant, model: SensorTransformer, folder: str, found: dict[str, Figures]
) -> None:
    """Adds the held-out error to the description, beside a published one or the best rule's."""
    models = {recipe.folder for recipe in plant.recipes}
    errors = {name: figures["mae"] for name, figures in found.items() if name not in models}
    rule = min(errors, key=lambda name: errors[name])
    best = f"the best simple rule ({rule}) has {errors[rule]:.3g} {plant.unit}."
    error = f"Mean absolute error on {plant.held_out}: {found[folder]['mae']:.3g} {plant.unit}"
    said = f"{error}; {plant.published or best}"
    described = f"{model.config.description} {said}"
    model.config = model.config.model_copy(update={"description": described})


def main(names: list[str]) -> None:
    """Train the named plants, or all."""
    torch.set_num_threads(1)
    for name in names or PLANTS:
        train_plant(PLANTS[name])


if __name__ == "__main__":
    main(sys.argv[1:])
