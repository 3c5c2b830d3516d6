"""The windows of a dataset as one model reads them: its sensors, in its order.

In: windows in the manifest's order, and a loaded model. Out: the same windows for that model.
Never: a model asked about another window, step, horizon or target than it was made for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.datasets.clock import CLOCK_TOLERANCE, span_words
from generator.datasets.windows import SensorTable, SensorWindows, horizon_rows
from generator.errors import InputError
from generator.manifest import DatasetSpec
from generator.models.source import LoadedModel


def for_model(
    spec: DatasetSpec, table: SensorTable, windows: SensorWindows, model: LoadedModel
) -> SensorWindows:
    """The windows with the model's sensors in the model's order.

    Raises:
        InputError: the model reads other sensors, windows or steps, or has another target.
    """
    _check_sensors(spec, model)
    _check_window(spec, table, model)
    _check_target(spec, table, model)
    order = [list(spec.sensors).index(name) for name in model.sensors]
    return replace(windows, values=windows.values[:, :, order])


def _check_sensors(spec: DatasetSpec, model: LoadedModel) -> None:
    missing = [name for name in model.sensors if name not in spec.sensors]
    if missing:
        raise InputError(f"model {model.id} reads {', '.join(missing)}: not among the sensors")


def _check_window(spec: DatasetSpec, table: SensorTable, model: LoadedModel) -> None:
    if model.window != spec.window.length:
        raise InputError(
            f"model {model.id} reads windows of {model.window} rows, "
            f"the dataset cuts {spec.window.length}"
        )
    step = model.step_seconds
    if step is None or not table.clock.is_real:
        return
    if abs(table.clock.step - step) > CLOCK_TOLERANCE * step:
        raise InputError(
            f"model {model.id} reads one row every {span_words(step)}, the dataset has one every "
            f"{span_words(table.clock.step)}; bring the data to the model's step"
        )


def _check_target(spec: DatasetSpec, table: SensorTable, model: LoadedModel) -> None:
    column = spec.target.column
    if model.target != column:
        raise InputError(
            f"model {model.id} predicts {model.target}, the dataset's target is {column}"
        )
    if model.event != table.event:
        wanted = "whether it happens" if model.event else "its value"
        raise InputError(
            f"model {model.id} predicts {wanted}, but column {column!r} holds {_held(table)}"
        )
    ahead = horizon_rows(spec.target.horizon, table.clock)
    if model.horizon_rows not in (None, ahead):
        raise InputError(
            f"model {model.id} predicts {column} {model.horizon_rows} rows ahead, the dataset's "
            f"horizon of {spec.target.horizon.words} is {ahead} rows"
        )


def _held(table: SensorTable) -> str:
    if table.event:
        return "an event (true or false, 1 or 0)"
    low, high = np.nanmin(table.target), np.nanmax(table.target)
    return f"numbers from {low:g} to {high:g}, not true and false or 0 and 1 in whole numbers"
