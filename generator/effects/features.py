"""What a window is told by, where windows are compared: the mean and the last reading of sensors.

In: (windows, time, sensors) readings. Out: known figures of each. Never: a missing reading taken
for a number.
"""

from __future__ import annotations

import numpy as np


def last_known_readings(readings: np.ndarray) -> np.ndarray:
    """(windows,) the newest known reading of (windows, time); 0 where there is none."""
    known = np.isfinite(readings)
    newest = readings.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    found = readings[np.arange(len(readings)), newest]
    return np.asarray(np.where(known.any(axis=1), found, 0.0))


def window_features(values: np.ndarray) -> np.ndarray:
    """(windows, 2 * sensors): the mean of each sensor's known readings, then its last known one."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    mean = total / np.maximum(known.sum(axis=1), 1)
    last = np.stack([last_known_readings(values[:, :, i]) for i in range(values.shape[2])], axis=1)
    return np.concatenate([mean, last], axis=1)
