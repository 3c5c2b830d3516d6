"""Figures of models and simple rules on windows they were not fitted on.

In: windows, predictions. Out: figures by side and by name. Never: a fit on the windows asked.
Measures are scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from generator.datasets.windows import SensorTable, SensorWindows
from generator.models.sensor_transformers import SensorTransformer
from tests.real.plant import Rules, Sides
from tests.real.training import short

Figures = dict[str, float]


def figures(windows: SensorWindows, predicted: np.ndarray) -> Figures:
    """RMSE, MAE, mean error (all in the target's unit) and R2 of predictions."""
    return {
        "rmse": short(root_mean_squared_error(windows.target, predicted)),
        "mae": short(mean_absolute_error(windows.target, predicted)),
        "mean_error": short((predicted - windows.target).mean()),
        "r2": short(r2_score(windows.target, predicted)),
    }


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
        found[side] = {name: figures(asked, values) for name, values in said.items()}
    return found
