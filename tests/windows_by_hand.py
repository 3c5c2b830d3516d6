"""Windows made of an array, for tests that need no table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.datasets.clock import make_row_clock
from generator.datasets.groups import Groups
from generator.datasets.windows import SensorWindows
from generator.effects.periods import choose_period_rule
from generator.kinds import Task
from generator.quality import fit_simple_rules, measure_quality
from generator.records import Quality, Thresholds


def make_windows(
    values: np.ndarray,
    target: np.ndarray,
    groups: Sequence[str] | None = None,
    classes: tuple[str, ...] = (),
) -> SensorWindows:
    """(windows, time, sensors) values as windows that lie one after the other; groups by window."""
    count, length, sensors = values.shape
    names = list(dict.fromkeys(groups or [""]))
    codes = [names.index(name) for name in groups or [""] * count]
    return SensorWindows(
        readings=values.reshape(-1, sensors),
        length=length,
        target=target,
        last_row=np.arange(count) * length + length - 1,
        held_out=np.full(count, fill_value=False),
        clock=make_row_clock(count * length),
        grouped=Groups(np.repeat(np.array(codes, dtype=np.int32), length), tuple(names)),
        classes=classes,
    )


def judge_predictions(
    train: SensorWindows,
    held: SensorWindows,
    predicted: np.ndarray,
    sensors: Sequence[str],
    unit: str,
    task: Task,
    overlap: int | None,
) -> Quality:
    """The held-out figures with the default thresholds, over the windows' own periods."""
    said = predicted.max(axis=1) if predicted.ndim > 1 else predicted
    periods = choose_period_rule(held, 1, said, "group").of(held)
    rules = fit_simple_rules(train, held, sensors, task)
    return measure_quality(train, held, predicted, rules, unit, overlap, periods, Thresholds())
