"""What is asked of a model: the sign of the amount, the amount, or a sensor's value to come.

In: signals, readings, amounts. Out: readings and targets, and what else is true then.
Never: a reading of the window changed by its target; only a later row is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.truth.signals import GAP, STEPS, Signals
from benchmarks.truth.truths import Group, make_group

OWN = 0
SWING, SCATTER = 1.5, 0.3
Put = Callable[[Signals, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        task: as models call it.
        horizon: rows between a window's last and its target.
        put: (signals, readings, amounts) -> (readings, targets).
        right: groups that matter whatever the plant.
    """

    name: str
    task: Literal["event", "value"]
    horizon: int
    put: Put
    right: tuple[Group, ...] = ()


def put_sign(
    _signals: Signals, readings: np.ndarray, amounts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The target is 1 where the amount is above 0."""
    return readings, (amounts > 0).astype(np.float64)


def put_amount(
    _signals: Signals, readings: np.ndarray, amounts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The target is the amount."""
    return readings, amounts


def put_future(
    signals: Signals, readings: np.ndarray, amounts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """OWN wanders slowly; GAP rows after a window it is where it was, and the amount, and scatter.

    The target is that later reading, so OWN's history matters beside the bumps.
    """
    changed = readings.copy()
    changed[..., OWN] = SWING * signals.slow
    scatter = SCATTER * signals.instrument[:, -1, OWN]
    changed[:, -1, OWN] = changed[:, STEPS - 1, OWN] + amounts + scatter
    return changed, changed[:, -1, OWN].copy()


ASKS = {
    ask.name: ask
    for ask in (
        Task("event", "event", 0, put_sign),
        Task("value", "value", 0, put_amount),
        Task("forecast", "value", GAP, put_future, (make_group(OWN),)),
    )
}
