"""Models made of a formula, for tests that need no folder and no training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from generator.kinds import Task, TokenKind
from generator.models.source import LoadedModel

Formula = Callable[[Tensor], Tensor]


def make_model(
    formula: Formula,
    sensors: Sequence[str],
    window: int,
    task: Task = "value",
    *,
    classes: tuple[str, ...] = (),
    differentiable: bool = True,
    target: str = "heat",
    ahead: int | None = 1,
    forward_input: Callable[[np.ndarray], Any] = torch.from_numpy,
) -> LoadedModel:
    """(windows, time, sensors) -> (windows,) log odds or values, or (windows, classes) scores."""

    def predict(values: np.ndarray) -> np.ndarray:
        found = formula(torch.from_numpy(np.asarray(values, dtype=np.float64)))
        if task == "event":
            return torch.sigmoid(found).numpy()
        return (torch.softmax(found, dim=1) if task == "class" else found).numpy()

    return LoadedModel(
        id="by-hand",
        source="by-hand",
        module=nn.Identity(),
        forward_input=forward_input,
        predict=predict,
        architecture="formula",
        description="",
        tokens=TokenKind.SENSORS,
        sensors=tuple(sensors),
        window=window,
        step_seconds=None,
        horizon_rows=ahead,
        target=target,
        target_unit="kW" if task == "value" else "",
        task=task,
        files=(),
        digest="0" * 64,
        trained_on="",
        trained_sha256="",
        trained_groups=(),
        classes=classes,
        answer=formula if differentiable else None,
    )


def make_linear(weights: np.ndarray) -> Formula:
    """The sum of all readings, each times its weight; `weights` are (time, sensors)."""
    coefficients = torch.from_numpy(np.asarray(weights, dtype=np.float64))
    return lambda values: (values.double() * coefficients).sum(dim=(1, 2))
