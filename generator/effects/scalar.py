"""The number that is explained, F: one per window, and the same in a unit that people read.

An event: the log odds, shown as points of probability. A class: how far the called class is ahead
of the runner-up of the untouched window (log odds), shown as points of the called class. A value:
the value itself; where the model reads its own target's past, the change from the last reading.
In: plant readings. Out: F, and what is shown. Never: a softmax probability as F, which saturates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import expit, log_softmax, logit, softmax

from generator.datasets.windows import SensorWindows
from generator.effects.features import last_known_readings
from generator.models.source import LoadedModel

AT_ONCE = 256  # windows in a pass: more fall out of the processor's cache
REFERENCE_WINDOWS = 2000
REFERENCE_SEED = 1
SURE = 1e-7  # a probability nearer to 0 or 1 has no log odds of its own in single precision


@dataclass(frozen=True)
class ExplainedScalar:
    """What is explained of a model.

    Attributes:
        model: the model asked.
        own: the place among its sensors of the target's own past; None where it is no input.
        sd: spread of F over the reference windows, in F's unit: effects are told in it.
        unit: of what is shown.
    """

    model: LoadedModel
    own: int | None
    sd: float
    unit: str

    @property
    def most(self) -> float:
        """The largest effect there can be, as shown."""
        return np.inf if self.model.task == "value" else 100.0

    @property
    def words(self) -> str:
        """What F is, for people."""
        if self.model.task == "event":
            return f"the model's warning of {self.model.target} (log odds)"
        if self.model.task == "class":
            return f"how far the class the model calls is ahead of the next ({self.model.target})"
        if self.own is not None:
            return f"the predicted change of {self.model.target} from its last reading"
        return f"the predicted {self.model.target}"


@dataclass(frozen=True)
class ScalarValues:
    """What a model said of some windows: F, and the same as shown."""

    f: np.ndarray
    shown: np.ndarray


def define_scalar(model: LoadedModel, train: SensorWindows) -> ExplainedScalar:
    """The number explained, with its spread over a seeded sample of training windows."""
    unit = model.target_unit if model.task == "value" else "points"
    own = _find_own_column(model)
    plain = ExplainedScalar(model, own, 1.0, unit)
    values = train.sample(REFERENCE_WINDOWS, REFERENCE_SEED).values
    spread = float(evaluate_scalar(plain, values, find_rivals(plain, values)).f.std())
    return ExplainedScalar(model, own, spread or 1.0, unit)


def _find_own_column(model: LoadedModel) -> int | None:
    """Where the past of the target itself is read; None for events, classes and other inputs."""
    ahead = model.horizon_rows is None or model.horizon_rows > 0
    found = model.task == "value" and ahead and model.target in model.sensors
    return model.sensors.index(model.target) if found else None


def find_rivals(scalar: ExplainedScalar, values: np.ndarray) -> np.ndarray:
    """(windows, 2): the class each untouched window is called and the next; empty but for classes.

    They stay the same when a part of the window is exchanged, so that F is one number.
    """
    if scalar.model.task != "class":
        return np.empty((len(values), 0), dtype=np.int64)
    return np.argsort(-predict_raw(scalar.model, values), axis=1, kind="stable")[:, :2]


def evaluate_scalar(scalar: ExplainedScalar, values: np.ndarray, pair: np.ndarray) -> ScalarValues:
    """F and what is shown of (windows, time, sensors) readings; `pair` is that of `find_rivals`."""
    found = predict_raw(scalar.model, values)
    if scalar.model.task == "event":
        return ScalarValues(found, 100 * expit(found))
    if scalar.model.task == "class":
        first, second = np.take_along_axis(found, pair, axis=1).T
        called = np.take_along_axis(softmax(found, axis=1), pair[:, :1], axis=1)[:, 0]
        return ScalarValues(first - second, 100 * called)
    if scalar.own is not None:
        found = found - last_known_readings(values[:, :, scalar.own])
    return ScalarValues(found, found)


def predict_raw(model: LoadedModel, values: np.ndarray) -> np.ndarray:
    """(windows,) log odds or values in their unit, or (windows, classes) log probabilities."""
    parts = [_predict_batch(model, part) for part in _split_batches(values)]
    return np.concatenate(parts)


def _split_batches(values: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _predict_batch(model: LoadedModel, values: np.ndarray) -> np.ndarray:
    if model.answer is None:
        return _convert_predictions(model, model.predict(values))
    with torch.no_grad():
        found = model.answer(model.forward_input(values)).double().cpu().numpy()
    return np.asarray(log_softmax(found, axis=1) if model.task == "class" else found)


def _convert_predictions(model: LoadedModel, predicted: np.ndarray) -> np.ndarray:
    """The same from probabilities, for models that give no answer before them."""
    if model.task == "event":
        return np.asarray(logit(np.clip(predicted, SURE, 1 - SURE)))
    if model.task == "class":
        return np.asarray(np.log(np.maximum(predicted, SURE)))
    return np.asarray(predicted, dtype=np.float64)
