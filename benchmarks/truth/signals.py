"""The signals of seeded runs, before any plant mixes them into readings.

In: a seed and a number of runs. Out: Signals, charge by charge. A run is a number of charges that
follow each other; a charge is one window, and a few rows until the next one begins.
Never: a run that depends on how many others are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.signal import lfilter

SENSORS, STEPS, GAP, BUMP, CHARGES = 8, 64, 4, 8, 10
NAMES = tuple(f"s{at}" for at in range(SENSORS))
NOISE, QUICK, SLOW = 0.5, 0.7, 0.98
SMALLEST, LARGEST = 1.0, 3.0
WEAKEST, STRONGEST = 0.8, 1.2


@dataclass(frozen=True)
class Signals:
    """What happens in each charge of some runs; axes in the order charge, row, sensor.

    Attributes:
        noise: (charge, row, sensor) AR(1), spread NOISE, running through the whole run.
        instrument: (charge, row, sensor) AR(1), spread 1: what plants add to single sensors.
        slow: (charge, row) AR(1), spread 1, that hardly changes within a window.
        heights: (charge, sensor) signed height of each bump, larger in strong runs.
        onsets: (charge, sensor) row on which each bump of BUMP rows begins.
        chances: (charge, sensor) uniform in [0, 1): for what happens now and then.
    """

    noise: np.ndarray
    instrument: np.ndarray
    slow: np.ndarray
    heights: np.ndarray
    onsets: np.ndarray
    chances: np.ndarray

    def bumps(self) -> np.ndarray:
        """(charge, row, sensor) the bumps alone; none in the rows after a window."""
        rows = np.arange(STEPS + GAP)[None, :, None]
        begun, over = rows >= self.onsets[:, None], rows >= self.onsets[:, None] + BUMP
        return np.asarray(self.heights[:, None] * (begun & ~over))


def draw_signals(seed: Sequence[int], runs: int) -> Signals:
    """The signals of so many runs; run n is the same however many are drawn."""
    drawn = [_draw_run(np.random.default_rng([*seed, run])) for run in range(runs)]
    names = [field.name for field in fields(Signals)]
    return Signals(*(np.concatenate([getattr(one, name) for one in drawn]) for name in names))


def draw_wander(random: np.random.Generator, shape: Sequence[int], memory: float) -> np.ndarray:
    """AR(1) along the first axis, of spread 1 and stationary from its first row."""
    steps = random.normal(size=shape)
    steps[1:] *= np.sqrt(1 - memory**2)
    return np.asarray(lfilter([1.0], [1.0, -memory], steps, axis=0))


def _draw_run(random: np.random.Generator) -> Signals:
    rows, each = CHARGES * (STEPS + GAP), (CHARGES, STEPS + GAP)
    strength = random.uniform(WEAKEST, STRONGEST)
    size = random.uniform(SMALLEST, LARGEST, (CHARGES, SENSORS))
    sign = random.choice([-1.0, 1.0], (CHARGES, SENSORS))
    return Signals(
        noise=NOISE * draw_wander(random, (rows, SENSORS), QUICK).reshape(*each, SENSORS),
        instrument=draw_wander(random, (rows, SENSORS), QUICK).reshape(*each, SENSORS),
        slow=draw_wander(random, (rows,), SLOW).reshape(each),
        heights=strength * size * sign,
        onsets=random.integers(0, STEPS - BUMP + 1, (CHARGES, SENSORS)),
        chances=random.random((CHARGES, SENSORS)),
    )
