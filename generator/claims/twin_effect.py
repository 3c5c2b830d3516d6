"""Exchanges for the window's own twin: the same run of a simulator with the fault off.

What then moves F is what the fault did to these sensors and the model made of it: the stand-in that
no window has to be found for. In: the testing half, the twins of its windows. Out: effects.
Never: a window without a twin, or one in which the fault has changed nothing yet.
"""

from __future__ import annotations

import numpy as np

from generator.claims.study import Study
from generator.effects.exchange import exchange_part
from generator.effects.intervals import period_means


def find_twin_windows(study: Study) -> np.ndarray:
    """(few,) places, in the testing half, of the windows that differ from their twin."""
    twins = _select_twins(study)
    if twins is None:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(_mark_changed(study.testing.windows.values, twins).any(axis=1))


def twin_effect(study: Study, sensors: tuple[str, ...]) -> float | None:
    """Mean |change of F| in sd(F) over periods, these sensors from the twins; None without any.

    0 in windows whose twin reads the same in these sensors.
    """
    twins, few = _select_twins(study), find_twin_windows(study)
    if twins is None or not len(few):
        return None
    windows, own = study.testing.windows.take(few), np.arange(len(few))[:, None]
    part = study.whole(sensors)
    change = exchange_part(study.scalar, windows, twins[few], own, part)
    touched = _mark_changed(windows.values, twins[few])[:, list(part.columns)].any(axis=1)
    sizes = np.where(touched, change.effect, 0.0)
    return float(period_means(sizes, study.testing.periods.codes[few]).mean())


def _mark_changed(values: np.ndarray, twins: np.ndarray) -> np.ndarray:
    """(windows, sensors) bool: a reading that both have is not the same."""
    both = np.isfinite(twins) & np.isfinite(values)
    return np.asarray((both & (twins != values)).any(axis=1))


def _select_twins(study: Study) -> np.ndarray | None:
    """(windows of the testing half, time, sensors)."""
    twins, (_, tests) = study.question.twins, study.periods.split_halves()
    return None if twins is None else twins[tests]
