"""The few readings of each window that a simple rule looks at.

In: windows. Out: (windows, features) arrays. Never: a reading from outside its window.
"""

from __future__ import annotations

import numpy as np

from generator.datasets.windows import SensorWindows


def last_readings(windows: SensorWindows) -> np.ndarray:
    """(windows, sensors) last good reading of each window; 0 where a sensor has none."""
    found: np.ndarray = np.nan_to_num(_held_value(windows.values))
    return found


def readings_with_trend(windows: SensorWindows) -> np.ndarray:
    """Last readings, and their difference from the middle of the window."""
    middle = np.nan_to_num(_held_value(windows.values[:, : windows.values.shape[1] // 2]))
    last = last_readings(windows)
    return np.concatenate([last, last - middle], axis=1)


def mean_readings(windows: SensorWindows) -> np.ndarray:
    """(windows, sensors) mean of each window's good readings; 0 where a sensor has none."""
    good = np.isfinite(windows.values)
    total = np.where(good, windows.values, 0.0).sum(axis=1)
    found: np.ndarray = total / np.maximum(good.sum(axis=1), 1)
    return found


def _held_value(values: np.ndarray) -> np.ndarray:
    good = np.isfinite(values)
    newest = values.shape[1] - 1 - np.argmax(good[:, ::-1], axis=1)
    found: np.ndarray = np.take_along_axis(values, newest[:, None, :], axis=1)[:, 0]
    return found
