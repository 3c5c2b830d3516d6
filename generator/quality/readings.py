"""The few readings of each window that a simple rule looks at.

In: windows. Out: (windows, features) arrays. Never: a reading from outside its window.
"""

from __future__ import annotations

import numpy as np

from generator.datasets.windows import SensorWindows

WINDOWS_AT_ONCE = 1024


def last_readings(windows: SensorWindows) -> np.ndarray:
    """(windows, sensors) last good reading of each window; 0 where a sensor has none.

    In the sensors' units.
    """
    return _find_newest_readings(windows, windows.last_row, windows.length)


def readings_with_trend(windows: SensorWindows) -> np.ndarray:
    """(windows, 2 * sensors) last readings, and their difference from the middle of the window.

    In the sensors' units.
    """
    half = windows.length // 2
    middle = _find_newest_readings(windows, windows.last_row - windows.length + half, half)
    last = last_readings(windows)
    return np.concatenate([last, last - middle], axis=1)


def mean_readings(windows: SensorWindows) -> np.ndarray:
    """(windows, sensors) mean of each window's good readings; 0 where a sensor has none.

    In the sensors' units.
    """
    batches = windows.iter_batches(WINDOWS_AT_ONCE)
    return np.concatenate([mean_of_good(values, axis=1) for values in batches])


def mean_of_good(values: np.ndarray, axis: int | tuple[int, ...]) -> np.ndarray:
    """Mean of the finite values over some axes of (windows, time, sensors); 0 where all lack."""
    good = np.isfinite(values)
    total = np.where(good, values, 0.0).sum(axis=axis)
    return np.asarray(total / np.maximum(good.sum(axis=axis), 1))


def _find_newest_readings(windows: SensorWindows, newest: np.ndarray, rows: int) -> np.ndarray:
    """(windows, sensors) the newest good reading at row `newest` or up to `rows - 1` before."""
    readings = windows.gather_readings(newest)
    for back in range(1, rows):
        left = np.flatnonzero(~np.isfinite(readings).all(axis=1))
        if not len(left):
            break
        older = windows.gather_readings(newest[left] - back)
        readings[left] = np.where(np.isfinite(readings[left]), readings[left], older)
    return np.asarray(np.nan_to_num(readings))
