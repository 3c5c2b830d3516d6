"""The windows of a dataset as one model reads them: its sensors, in its order.

In: windows in the manifest's order, and a loaded model. Out: the same windows for that model.
Never: a model asked about another window, step, horizon or target than it was made for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from generator.datasets.clock import CLOCK_TOLERANCE
from generator.datasets.targets import format_classes
from generator.datasets.windows import SensorTable, SensorWindows, horizon_rows
from generator.errors import InputError
from generator.kinds import Task
from generator.models.source import LoadedModel
from generator.spec.datasets import DatasetSpec
from generator.words import format_duration

_WANTED: Mapping[Task, str] = {
    "event": "whether it happens",
    "value": "its value",
    "class": "which class it is",
}


def adapt_to_model(
    spec: DatasetSpec, table: SensorTable, windows: SensorWindows, model: LoadedModel
) -> SensorWindows:
    """The windows with the model's sensors in the model's order.

    Raises:
        InputError: the model reads other sensors, windows or steps, or has another target.
    """
    _check_sensors(spec, model)
    _check_window(spec, table, model)
    _check_target(spec, table, model)
    _check_classes(spec, table, model)
    _check_healthy(spec, table)
    order = [list(spec.sensors).index(name) for name in model.sensors]
    target = _recode_classes(windows.target, table.classes, model.classes)
    return replace(windows, columns=tuple(order), target=target, classes=model.classes)


def _recode_classes(target: np.ndarray, held: Sequence[str], known: Sequence[str]) -> np.ndarray:
    """Class indices of the data as the model counts its classes; other targets as they are."""
    if not known:
        return target
    places = np.array([known.index(name) for name in held], dtype=np.float64)
    return np.asarray(places[target.astype(np.int64)])


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
            f"model {model.id} reads one row every {format_duration(step)}, "
            f"the dataset has one every "
            f"{format_duration(table.clock.step)}; bring the data to the model's step"
        )


def _check_target(spec: DatasetSpec, table: SensorTable, model: LoadedModel) -> None:
    column = spec.target.column
    if model.target != column:
        raise InputError(
            f"model {model.id} predicts {model.target}, the dataset's target is {column}"
        )
    if model.task != table.task:
        raise InputError(
            f"model {model.id} predicts {_WANTED[model.task]}, but column {column!r} holds "
            f"{_describe_target(table)}{_suggest_task(model, table)}"
        )
    ahead = horizon_rows(spec.target.horizon, table.clock)
    if model.horizon_rows not in (None, ahead):
        raise InputError(
            f"model {model.id} predicts {column} {model.horizon_rows} rows ahead, the dataset's "
            f"horizon of {spec.target.horizon.words} is {ahead} rows"
        )


def _check_classes(spec: DatasetSpec, table: SensorTable, model: LoadedModel) -> None:
    ours, its = set(table.classes), set(model.classes)
    if ours == its:
        return
    sides = (("only the model has", its - ours), ("only the data has", ours - its))
    words = "; ".join(
        f"{side} {format_classes(tuple(sorted(names)))}" for side, names in sides if names
    )
    raise InputError(
        f"model {model.id} and column {spec.target.column!r} differ in their classes: {words}"
    )


def _check_healthy(spec: DatasetSpec, table: SensorTable) -> None:
    unknown = [name for name in spec.target.healthy if name not in table.classes]
    if not unknown:
        return
    held = f"the classes {format_classes(table.classes)}" if table.classes else "no classes"
    raise InputError(
        f"target: healthy: {format_classes(tuple(unknown))} is no class of column "
        f"{spec.target.column!r}, which holds {held}"
    )


def _suggest_task(model: LoadedModel, table: SensorTable) -> str:
    classes = "class" in (model.task, table.task)
    return f"; say task: {model.task} under the dataset's 'target'" if classes else ""


def _describe_target(table: SensorTable) -> str:
    if table.event:
        return "an event (true or false, 1 or 0)"
    if table.task == "class":
        return f"the classes {format_classes(table.classes)}"
    low, high = np.nanmin(table.target), np.nanmax(table.target)
    return f"numbers from {low:g} to {high:g}, not true and false or 0 and 1 in whole numbers"
