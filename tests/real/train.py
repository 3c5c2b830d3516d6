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

from generator.datasets.dataset import read_dataset
from generator.datasets.windows import SensorTable, cut_windows
from generator.models.sensor_transformers import save_sensor_model
from generator.spec.datasets import DatasetSpec
from tests.real.plant import Plant
from tests.real.plants import PLANTS
from tests.real.scoring import describe_held_out, score
from tests.real.training import build_configuration, train

ROOM = Path(__file__).parent


def load_spec(plant: Plant) -> DatasetSpec:
    """The dataset of reports.yaml, which cannot be loaded whole before its models are there."""
    text = (ROOM / "reports.yaml").read_text(encoding="utf-8")
    return DatasetSpec.model_validate(yaml.safe_load(text)["datasets"][plant.dataset])


def find_label_file(spec: DatasetSpec) -> Path | None:
    """The file of the labels, where the data's own file does not hold them."""
    return ROOM / spec.target.path if spec.target.path else None


def read_table(spec: DatasetSpec) -> SensorTable:
    """The rows of the dataset, as the program reads them."""
    labels = find_label_file(spec)
    return read_dataset(spec, [ROOM / spec.path], [labels] if labels else [])


def train_plant(plant: Plant) -> None:
    """Train, score and save the models of a plant."""
    spec = load_spec(plant)
    table = read_table(spec)
    windows = cut_windows(spec, table)
    known, held = windows.select_held(out=False), windows.select_held(out=True)
    fitted = plant.split(known, spec.window.length)
    files = (ROOM / spec.path, find_label_file(spec))
    models = {
        recipe.folder: train(
            recipe, build_configuration(plant, recipe, spec, *files, table, known), fitted
        )
        for recipe in plant.recipes
    }
    sides = {plant.stopping_side: fitted, plant.held_out: (known, held)}
    sides |= {name: (known, part) for name, part in plant.parts(held).items()}
    found = score(models, plant.rules, table, sides)
    for folder, model in models.items():
        words = describe_held_out(plant, folder, found[plant.held_out])
        described = {"description": f"{model.config.description} {words}"}
        model.config = model.config.model_copy(update=described)
        save_sensor_model(model, ROOM / "models" / folder)
    path = ROOM / "scores" / f"{plant.name}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def main(names: list[str]) -> None:
    """Train the named plants, or all."""
    unknown = sorted(set(names) - set(PLANTS))
    if unknown:
        sys.exit(f"no plant {', '.join(unknown)}; there is {', '.join(PLANTS)}")
    torch.set_num_threads(1)
    for name in names or PLANTS:
        train_plant(PLANTS[name])


if __name__ == "__main__":
    main(sys.argv[1:])
