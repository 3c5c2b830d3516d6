"""Exchanges for the window's own twin: the same run of a simulator with the fault off.

What then moves F is what the fault did to these sensors and the model made of it: the stand-in that
no window has to be found for. In: the testing half, the twins of its windows. Out: effects.
Never: a window without a twin, or one in which the fault has changed nothing yet.
"""

from __future__ import annotations

import numpy as np

from generator.claims.workbench import Workbench
from generator.effects.exchange import exchange_part
from generator.effects.intervals import period_means


def twin_windows(bench: Workbench) -> np.ndarray:
    """Places, in the testing half, of the windows that differ from their twin."""
    twins = _twins(bench)
    if twins is None:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(_differ(bench.testing.asked.values, twins).any(axis=1))


def twin_effect(bench: Workbench, sensors: tuple[str, ...]) -> float | None:
    """Mean |change of F| in sd(F) over periods, these sensors from the twins; None without any.

    0 in windows whose twin reads the same in these sensors.
    """
    twins, few = _twins(bench), twin_windows(bench)
    if twins is None or not len(few):
        return None
    asked, own = bench.testing.asked.take(few), np.arange(len(few))[:, None]
    part = bench.base.whole(sensors)
    moved = exchange_part(bench.base.answer, asked, twins[few], own, part)
    touched = _differ(asked.values, twins[few])[:, list(part.columns)].any(axis=1)
    effect = np.where(touched, moved.effect, 0.0)
    return float(period_means(effect, bench.testing.periods.codes[few]).mean())


def _differ(values: np.ndarray, twins: np.ndarray) -> np.ndarray:
    """(windows, sensors) bool: a reading that both have is not the same."""
    both = np.isfinite(twins) & np.isfinite(values)
    return np.asarray((both & (twins != values)).any(axis=1))


def _twins(bench: Workbench) -> np.ndarray | None:
    """(windows of the testing half, time, sensors)."""
    twins, (_, tests) = bench.base.question.twins, bench.base.periods.split_halves()
    return None if twins is None else twins[tests]
