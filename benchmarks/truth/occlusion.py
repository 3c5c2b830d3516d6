"""Plain occlusion, the yardstick: exchange a group's readings for those of other windows.

In: a model, training and held-out windows. Out: an effect and a verdict for each group, without
halves, corrections or matched donors. Never: attention, a truth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import t

from benchmarks.truth.adequacy import AHEAD_EVENT, AHEAD_VALUE, lead_over_rules, predict_windows
from benchmarks.truth.explanation import (
    NOT_ASSESSED,
    NOT_SUPPORTED,
    SUPPORTED,
    Explanation,
    GroupClaim,
)
from generator.datasets.sensor_groups import group_sensors
from generator.datasets.windows import SensorWindows
from generator.models.source import LoadedModel
from generator.records import Sensor

DONORS, WINDOWS, REFERENCE, FLOOR, LEVEL = 8, 240, 1000, 0.10, 0.95
CERTAIN = 1e-6


def explain_by_occlusion(
    model: LoadedModel,
    train: SensorWindows,
    explained: SensorWindows,
    _siblings: Sequence[LoadedModel] = (),
) -> Explanation:
    """Every group with its mean |change| of the answer, in the spread of answers in training."""
    lead = lead_over_rules(model, train, explained, predict_windows(model, explained))
    enough = lead >= (AHEAD_EVENT if model.event else AHEAD_VALUE)
    asked = explained.sample(WINDOWS, seed=0)
    spread = predict_answers(model, train.sample(REFERENCE, seed=0).values).std()
    claims = []
    for group in list_groups(model.sensors, train):
        moved = (
            measure_changes(model, train, asked, [model.sensors.index(one) for one in group])
            / spread
        )
        claims.append(
            GroupClaim(group, float(moved.mean()), _judge_effects(moved, asked.groups, enough))
        )
    return Explanation(tuple(claims))


def predict_answers(model: LoadedModel, values: np.ndarray) -> np.ndarray:
    """(windows,) log odds of the event, or the value."""
    found = model.predict(values)
    if not model.event:
        return found
    sure = found.clip(CERTAIN, 1 - CERTAIN)
    return np.asarray(np.log(sure / (1 - sure)))


def measure_changes(
    model: LoadedModel, train: SensorWindows, asked: SensorWindows, places: Sequence[int]
) -> np.ndarray:
    """(windows,) |answer - mean answer with the group's readings from donors|."""
    values, random = asked.values, np.random.default_rng(0)
    exchanged = []
    for donors in random.integers(0, len(train), (DONORS, len(asked))):
        changed = values.copy()
        changed[..., places] = train.gather_values(donors)[..., places]
        exchanged.append(predict_answers(model, changed))
    return np.asarray(np.abs(predict_answers(model, values) - np.mean(exchanged, axis=0)))


def list_groups(names: Sequence[str], train: SensorWindows) -> list[tuple[str, ...]]:
    """Sensors that move together in training, and each of the others alone."""
    found = group_sensors([Sensor(name=name) for name in names], train.readings)
    together = [group.sensors for group in found]
    taken = {name for group in together for name in group}
    return together + [(name,) for name in names if name not in taken]


def _judge_effects(moved: np.ndarray, blocks: np.ndarray, enough: bool) -> str:
    if not enough:
        return NOT_ASSESSED
    means = np.array([moved[blocks == block].mean() for block in np.unique(blocks)])
    error = means.std(ddof=1) / np.sqrt(len(means))
    low = means.mean() - t.ppf((1 + LEVEL) / 2, len(means) - 1) * error
    return SUPPORTED if low > FLOOR else NOT_SUPPORTED
