"""A linear rule over all readings of a window: what a model must beat to be worth its size.

In: windows of both sides with a value to predict. Out: the rule's predictions, and its name.
Long windows are thinned to means over equal stretches of time. Never: a reading from outside its
window; a gap holds the stretch before it, and at the start the training mean.
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from generator.datasets.windows import SensorWindows
from generator.quality.readings import WINDOWS_AT_ONCE, mean_of_good

NUMBERS = 200
"""A window with more readings than this is thinned: ten times as many cost a minute."""
PENALTIES = np.logspace(-1, 5, 13)


def fit_whole_window_rule(train: SensorWindows, held: SensorWindows) -> tuple[str, np.ndarray]:
    """Ridge regression on standardised readings, its penalty by leave-one-out in training.

    Returns:
        the rule's name, and (held-out windows,) predicted values in the target's unit.

    Source: Hoerl and Kennard 1970; scikit-learn's RidgeCV.
    """
    stretches = _count_stretches(train)
    means, means_held = stretch_means(train, stretches), stretch_means(held, stretches)
    usual = _training_means(means)
    model = make_pipeline(StandardScaler(), RidgeCV(PENALTIES))
    model.fit(_fill_gaps(means, usual), train.target)
    predicted: np.ndarray = model.predict(_fill_gaps(means_held, usual))
    whole = stretches == train.length
    name = "all readings" if whole else f"{stretches} means along the window"
    return f"{name}, weighted (ridge)", predicted


def _count_stretches(windows: SensorWindows) -> int:
    sensors = int(windows.gather_values(np.array([0])).shape[2])
    return min(windows.length, max(2, NUMBERS // sensors))


def stretch_means(windows: SensorWindows, stretches: int) -> np.ndarray:
    """(windows, stretches, sensors) means of the good readings; NaN where there is none.

    In the sensors' units.
    """
    starts = np.arange(stretches) * windows.length // stretches
    batches = windows.iter_batches(WINDOWS_AT_ONCE)
    return np.concatenate([_means(values, starts) for values in batches])


def _means(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    good = np.isfinite(values)
    count = np.add.reduceat(good.astype(float), starts, axis=1)
    total = np.add.reduceat(np.where(good, values, 0.0), starts, axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _training_means(means: np.ndarray) -> np.ndarray:
    """(sensors,) mean of all training means; 0 for a sensor that was never read."""
    return mean_of_good(means, axis=(0, 1))


def _fill_gaps(means: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """(windows, stretches * sensors) without a gap."""
    filled = means.copy()
    filled[:, 0] = np.where(np.isfinite(means[:, 0]), means[:, 0], usual)
    for at in range(1, means.shape[1]):
        filled[:, at] = np.where(np.isfinite(means[:, at]), means[:, at], filled[:, at - 1])
    return np.asarray(filled.reshape(len(filled), -1))
