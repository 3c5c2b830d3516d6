"""Donors: other windows whose readings stand in for a part of the one that is explained.

A donor gives its readings at the same places of the window, so a span keeps its shape and every
sensor its own range. In: training windows. Out: which of them stand in for which window.
Never: a donor from the explained part, or, where it is known, one in which something is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.datasets.windows import SensorWindows
from generator.effects.features import window_features
from generator.effects.periods import Periods
from generator.kinds import Task

POOL_BYTES = 64_000_000
POOL_WINDOWS = 2000
POOL_SEED = 2


@dataclass(frozen=True)
class DonorPool:
    """Windows that may stand in.

    Attributes:
        values: (pool, time, sensors) readings in plant units.
        codes: (pool,) the independent period of each.
        healthy: whether only windows in which nothing is wrong were let in.
    """

    values: np.ndarray
    codes: np.ndarray
    healthy: bool

    def __len__(self) -> int:
        return len(self.values)

    @property
    def periods(self) -> int:
        """How many independent periods the windows lie in."""
        return len(np.unique(self.codes))

    def split_halves(self) -> tuple[DonorPool, DonorPool]:
        """Two pools of other periods each: for naming claims and for testing them."""
        first, second = Periods(self.codes, "").split_halves()
        return self._take(first), self._take(second)

    def _take(self, kept: np.ndarray) -> DonorPool:
        return DonorPool(self.values[kept], self.codes[kept], self.healthy)


def find_healthy(train: SensorWindows, task: Task, healthy: Sequence[str]) -> np.ndarray | None:
    """(windows,) bool: no event follows, or the class is a healthy one; None: cannot be known.

    Args:
        train: the windows not held out.
        task: what is predicted.
        healthy: the classes in which nothing is wrong.
    """
    if task == "event":
        return np.asarray(train.target == 0)
    if task == "class" and healthy:
        places = [train.classes.index(name) for name in healthy]
        return np.isin(train.target, places)
    return None


def build_donor_pool(
    train: SensorWindows, codes: np.ndarray, healthy: np.ndarray | None, missing: float
) -> DonorPool:
    """A seeded sample of training windows with few missing readings.

    Args:
        train: the windows not held out.
        codes: (windows,) the independent period of each.
        healthy: (windows,) bool, those in which nothing is wrong, which alone are taken; None: any
            may be.
        missing: the largest share of missing readings a donor may have.
    """
    able = np.arange(len(train)) if healthy is None else np.flatnonzero(healthy)
    each = train.length * max(1, len(train.columns or range(train.readings.shape[1]))) * 8
    most = max(64, min(POOL_WINDOWS, POOL_BYTES // each))
    if len(able) > most:
        drawn = np.random.default_rng(POOL_SEED).choice(len(able), most, replace=False)
        able = able[np.sort(drawn)]
    values = train.gather_values(able)
    kept = 1 - np.isfinite(values).mean(axis=(1, 2)) <= missing
    return DonorPool(values[kept], codes[able[kept]], healthy is not None)


class DonorChoice:
    """Chooses donors for the same windows over and over: most parts are exchanged for the same."""

    def __init__(self, pool: DonorPool, values: np.ndarray, seed: int) -> None:
        """What may stand in, for which (windows, time, sensors), and the seed of its draw."""
        self._pool, self._values, self._seed = pool, values, seed
        self._chosen: dict[tuple[tuple[int, ...], int], np.ndarray] = {}

    def choose(self, regime: tuple[int, ...], each: int) -> np.ndarray:
        """(windows, each) places in the pool, alike in these sensors."""
        if (regime, each) not in self._chosen:
            matched = np.array(regime, int)
            self._chosen[regime, each] = choose_donors(
                self._pool, self._values, matched, each, self._seed
            )
        return self._chosen[regime, each]


def choose_donors(
    pool: DonorPool, values: np.ndarray, regime: np.ndarray, each: int, seed: int
) -> np.ndarray:
    """(windows, each) places in the pool of the donors of each window.

    Without a regime they are drawn by seed; with one, those nearest in the mean and the last
    reading of the regime's sensors are taken: a load that has just risen is not the same load.
    Each comes from a period of its own while there are enough.

    Args:
        pool: the windows that may stand in.
        values: (windows, time, sensors), those that are explained.
        regime: places of the sensors to match on.
        each: donors of one window.
        seed: of the draw, where nothing is matched.
    """
    chance = np.random.default_rng(seed)
    if not len(regime):
        return np.stack(
            [_pick_per_period(pool, chance.permutation(len(pool)), each) for _ in values]
        )
    here, there = (window_features(x[:, :, regime]) for x in (values, pool.values))
    scale = there.std(axis=0)
    scale[scale == 0] = 1.0
    return np.stack(
        [
            _pick_per_period(pool, np.argsort(_squared_distance(state, there, scale)), each)
            for state in here
        ]
    )


def _pick_per_period(pool: DonorPool, order: np.ndarray, each: int) -> np.ndarray:
    """The first of the order, one per period; further ones where there are too few periods."""
    _, first = np.unique(pool.codes[order], return_index=True)
    leading = np.sort(first)[:each]
    if len(leading) == each:
        return np.asarray(order[leading])
    others = np.setdiff1d(np.arange(len(order)), leading)[: each - len(leading)]
    return np.resize(order[np.concatenate([leading, others])], each)


def _squared_distance(state: np.ndarray, there: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.asarray((((there - state) / scale) ** 2).sum(axis=1))
