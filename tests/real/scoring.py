"""Figures of models and simple rules on windows they were not fitted on.

In: windows, predictions. Out: figures by side and by name. Never: a fit on the windows asked.
Measures are scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    mean_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from generator.datasets.windows import SensorTable, SensorWindows
from generator.models.sensor_transformers import SensorTransformer
from tests.real.plant import Plant, Rules, Sides
from tests.real.training import round_to_six

Figures = dict[str, float]


def measure_scores(windows: SensorWindows, predicted: np.ndarray) -> Figures:
    """RMSE, MAE, mean error (all in the target's unit) and R2; of classes, how many are right.

    `predicted` is (windows,): values or class indices; or (windows, class) probabilities.
    """
    if windows.classes:
        said = predicted.argmax(axis=1) if predicted.ndim == 2 else predicted
        return {
            "balanced_accuracy": round_to_six(balanced_accuracy_score(windows.target, said)),
            "macro_f1": round_to_six(f1_score(windows.target, said, average="macro")),
            "accuracy": round_to_six(accuracy_score(windows.target, said)),
        }
    return {
        "rmse": round_to_six(root_mean_squared_error(windows.target, predicted)),
        "mae": round_to_six(mean_absolute_error(windows.target, predicted)),
        "mean_error": round_to_six((predicted - windows.target).mean()),
        "r2": round_to_six(r2_score(windows.target, predicted)),
    }


def describe_held_out(plant: Plant, folder: str, found: Mapping[str, Figures]) -> str:
    """A model's held-out figure in words, beside a published one or the best simple rule's."""
    models = {recipe.folder for recipe in plant.recipes}
    rules = {name: each for name, each in found.items() if name not in models}
    if plant.unit:
        best = min(rules, key=lambda name: rules[name]["mae"])
        measure, key, unit = "Mean absolute error", "mae", f" {plant.unit}"
    else:
        best = max(rules, key=lambda name: rules[name]["balanced_accuracy"])
        measure, key, unit = "Balanced accuracy", "balanced_accuracy", ""
    beside = (
        f"the best of the rules tried at its training ({best}) has {rules[best][key]:.3g}{unit}."
    )
    said = f"{measure} on {plant.held_out}: {found[folder][key]:.3g}{unit}"
    return f"{said}; {plant.published or beside}"


def score(
    models: Mapping[str, SensorTransformer],
    rules: Rules,
    table: SensorTable,
    sides: Mapping[str, Sides],
) -> dict[str, dict[str, Figures]]:
    """Figures of every model and rule on each side: (windows the rules fit on, windows asked)."""
    found: dict[str, dict[str, Figures]] = {}
    for side, (known, asked) in sides.items():
        said = {name: model.predict(asked.values) for name, model in models.items()}
        said |= rules(table, known, asked)
        found[side] = {name: measure_scores(asked, values) for name, values in said.items()}
    return found
