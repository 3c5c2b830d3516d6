"""Truth of a simulated plant, per sensor and row: a run beside its twin with the fault off.

In: a table, its twins, what happened. Out: Truth. A twin has the same seed, so that whatever
differs by more than noise is the fault's doing. Never: a difference where there is no twin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from generator.datasets.windows import SensorWindows

SEEN = 3.0  # noise deviations from which a fault is visible in a sensor
LEAST_ROWS = 1 / 8  # of a window: fewer rows with a visible fault, and it is not explained


@dataclass(frozen=True)
class TwinTruth:
    """What a fault did to the readings of a table.

    Attributes:
        readings: (rows, sensors) of the twins; a run without one is its own twin.
        visible: (rows, sensors) bool, beyond noise.
        going_on: (rows,) bool by kind of fault.
    """

    readings: np.ndarray
    visible: np.ndarray
    going_on: dict[str, np.ndarray]

    def twins_of(self, windows: SensorWindows) -> np.ndarray:
        """(windows, time, sensors) the twins' readings, in the model's order of sensors."""
        return replace(windows, readings=self.readings).values

    def masks_of(self, windows: SensorWindows) -> np.ndarray:
        """(windows, time, sensors) bool: where the fault is visible."""
        return replace(windows, readings=self.visible).values

    def select_showing(self, windows: SensorWindows, kind: str) -> SensorWindows:
        """Windows in which this kind of fault goes on, no other does, and one sensor shows it."""
        flags = np.stack([self.going_on[kind], *self._list_others(kind)], axis=1)
        on = np.asarray(replace(windows, readings=flags, columns=None).values.any(axis=1))
        rows = self.masks_of(windows).sum(axis=1).max(axis=1)
        kept = on[:, 0] & ~on[:, 1:].any(axis=1) & (rows >= LEAST_ROWS * windows.length)
        return windows.take(np.flatnonzero(kept))

    def _list_others(self, kind: str) -> list[np.ndarray]:
        return [flags for name, flags in self.going_on.items() if name != kind]


def compare_twins(
    readings: np.ndarray, twins: np.ndarray, noise: np.ndarray, going_on: dict[str, np.ndarray]
) -> TwinTruth:
    """Where readings and twins, both (rows, sensors), differ by more than noise of the twins.

    A row of `twins` without any reading has no twin, and is its own.
    """
    none = ~np.isfinite(twins).any(axis=1, keepdims=True)
    twins = np.where(none, readings, twins)
    visible = np.abs(readings - twins) > SEEN * np.where(none, 0.0, noise)
    return TwinTruth(twins, visible, going_on)


def mark_during(rows: pl.DataFrame, happened: pl.DataFrame, kind: str, group: str) -> np.ndarray:
    """(rows,) bool: a happening of this kind goes on.

    Args:
        rows: `group` and timestamp of each row.
        happened: `group`, kind, start and end of each happening; no end: to the last row.
        kind: which.
        group: the column of runs.
    """
    on = np.zeros(len(rows), dtype=bool)
    runs, times = rows[group].to_numpy(), rows["timestamp"].to_numpy()
    for one in happened.filter(pl.col("kind") == kind).iter_rows(named=True):
        start, end = (pl.Series([one[x]], dtype=happened[x].dtype).to_numpy()[0] for x in _ENDS)
        here = (runs == one[group]) & (times >= start)
        on |= here if one["end"] is None else here & (times <= end)
    return on


_ENDS = ("start", "end")
