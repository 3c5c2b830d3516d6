"""Labelled windows of a table of groups (runs or machines): does the event come, and when known.

In: a frame with a group column, sensors and an event. Out: windows that hold no event yet, with
the answer. Windows never cross groups; the last 30 % of groups, in file order, are held out.
Never: a model, or anything that counts how long a group has lasted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

TRAINING_SHARE = 0.7


@dataclass(frozen=True)
class Windows:
    """Readings before an answer.

    Attributes:
        readings: (window, time, sensor) in engineering units, NaN where lost.
        event: (window,) bool, the event comes within the horizon; group: (window,) names.

    """

    readings: np.ndarray
    event: np.ndarray
    group: np.ndarray

    def select(self, chosen: np.ndarray) -> Windows:
        """The windows where `chosen` (window,) is True."""
        return Windows(self.readings[chosen], self.event[chosen], self.group[chosen])


@dataclass(frozen=True)
class EventTable:
    """How windows are cut from a table: its columns, and rows per window and horizon."""

    group: str
    sensors: tuple[str, ...]
    event: str
    window: int
    horizon: int

    def cut_windows(self, frame: pl.DataFrame, groups: Sequence[str], stride: int) -> Windows:
        """Every `stride`-th usable window of the given groups, in the order given."""
        parts = [self._cut_group(frame, name, stride) for name in groups]
        return Windows(
            np.concatenate([part.readings for part in parts]),
            np.concatenate([part.event for part in parts]),
            np.concatenate([part.group for part in parts]),
        )

    def readings(self, frame: pl.DataFrame, group: str) -> tuple[np.ndarray, np.ndarray]:
        """(time, sensor) readings in engineering units, NaN where lost, and (time,) event."""
        rows = frame.filter(pl.col(self.group) == group)
        values = rows.select(pl.col(self.sensors).cast(pl.Float64).fill_null(np.nan)).to_numpy()
        return values, rows[self.event].to_numpy()

    def _cut_group(self, frame: pl.DataFrame, group: str, stride: int) -> Windows:
        """The usable windows of one group: no event inside, the horizon known."""
        values, event = self.readings(frame, group)
        starts = range(0, len(event) - self.window - self.horizon + 1, stride)
        kept = [at for at in starts if not event[at : at + self.window].any()]
        ends = [at + self.window for at in kept]
        return Windows(
            np.stack([values[at:end] for at, end in zip(kept, ends, strict=True)]),
            np.array([event[end : end + self.horizon].any() for end in ends]),
            np.repeat(group, len(kept)),
        )


def group_names(frame: pl.DataFrame, column: str) -> list[str]:
    """Every group once, in file order."""
    names: list[str] = frame[column].unique(maintain_order=True).to_list()
    return names


def split_groups(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Training groups (the first ceil(0.7 n)) and held-out groups (the rest)."""
    first = math.ceil(TRAINING_SHARE * len(names))
    return list(names[:first]), list(names[first:])
