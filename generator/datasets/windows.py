"""Cuts a table into windows that never cross a group or a gap, with their targets.

In: a dataset's spec and its table. Out: SensorWindows. Never: a target from inside its window's
past for an event that already happened, a window filled from outside itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import polars as pl

from generator.datasets.clock import CLOCK_TOLERANCE, Clock, make_row_clock, make_zoned_clock
from generator.datasets.evenness import describe_unevenness
from generator.datasets.groups import Groups, make_one_group, read_groups
from generator.datasets.holdout import mark_held_out_windows, mark_straddling_windows
from generator.datasets.places import Places
from generator.datasets.quality_codes import mark_good_rows
from generator.datasets.targets import read_target, to_numbers
from generator.errors import InputError
from generator.kinds import Task
from generator.spec.datasets import DatasetSpec
from generator.spec.horizon import Horizon
from generator.words import format_duration


@dataclass(frozen=True)
class SensorTable:
    """A dataset as read: sensor values, target, groups and clock, row by row."""

    values: np.ndarray
    """(rows, sensors) float64, NaN where missing; on disk, read-only, where they are many."""
    target: np.ndarray
    """(rows,) float64, NaN where missing: 0 or 1, a value, or the index of a class."""
    task: Task
    classes: tuple[str, ...]
    """The names of the classes; none where an event or a value is to be told."""
    grouped: Groups
    clock: Clock
    segments: tuple[tuple[int, int], ...]
    """[first, last) rows without a gap or a change of group."""
    good: np.ndarray | None = None
    """(rows,) bool: whether each row's quality code is good; None where there are no codes."""
    twins: np.ndarray | None = None
    """(rows, sensors) the rows of the same runs without the fault, NaN where there are none."""

    @property
    def event(self) -> bool:
        """Whether the target happens or not."""
        return self.task == "event"

    @property
    def gaps(self) -> int:
        """How often the clock jumps inside a group."""
        return len(self.segments) - len(self.grouped.names)


@dataclass(frozen=True)
class SensorWindows:
    """Windows of sensor values with the target each is to predict; values are gathered on demand.

    Attributes:
        readings: (rows, sensors) float64 of the whole table, in the sensors' own units; shared.
        length: rows of one window.
        target: (windows,) 0/1 for events, the index of a class, else the value.
        last_row: (windows,) row of the newest reading.
        held_out: (windows,) bool: kept from training.
        clock, grouped: the time and the group of each row of the table.
        classes: the names of the classes that `target` counts; none for events and values.
        columns: the places in `readings` of the sensors a model reads; None: all, as they are.
        good: (rows,) bool of the whole table: good quality codes; None where there are none.
    """

    readings: np.ndarray
    length: int
    target: np.ndarray
    last_row: np.ndarray
    held_out: np.ndarray
    clock: Clock
    grouped: Groups
    classes: tuple[str, ...] = ()
    columns: tuple[int, ...] | None = None
    good: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.target)

    @property
    def values(self) -> np.ndarray:
        """(windows, time, sensors) of all windows at once; `batches` needs less memory."""
        return self.gather_values(np.arange(len(self)))

    def gather_values(self, indices: np.ndarray) -> np.ndarray:
        """(indices, time, sensors) float64 of some windows."""
        return self.gather_readings(self.last_row[indices][:, None] + np.arange(1 - self.length, 1))

    def gather_readings(self, rows: np.ndarray) -> np.ndarray:
        """(rows.shape, sensors) the readings of some rows of the table."""
        found = np.asarray(self.readings[rows])
        return found if self.columns is None else found[..., list(self.columns)]

    def iter_batches(self, count: int) -> Iterator[np.ndarray]:
        """(windows, time, sensors) float64 of all windows in order, at most `count` at a time."""
        for start in range(0, len(self), count):
            yield self.gather_values(np.arange(start, min(start + count, len(self))))

    @property
    def labels(self) -> tuple[str, ...]:
        """The time of each window's newest reading, for people."""
        return self.clock.labels.at(self.last_row)

    @property
    def groups(self) -> np.ndarray:
        """(windows,) the name of each window's group."""
        return self.grouped.at(self.last_row)

    @property
    def doubtful(self) -> np.ndarray:
        """(windows,) the share of each window's rows whose quality code is not good."""
        if self.good is None:
            return np.zeros(len(self))
        counted = np.concatenate([[0], np.cumsum(~self.good)])
        bad = counted[self.last_row + 1] - counted[self.last_row + 1 - self.length]
        return np.asarray(bad / self.length)

    @property
    def group_names(self) -> set[str]:
        """The distinct groups of the windows; none where the data has no groups."""
        return self.grouped.list_names(self.last_row)

    @property
    def class_counts(self) -> np.ndarray:
        """(classes,) windows of each class; empty for events and values."""
        if not self.classes:
            return np.empty(0, dtype=np.int64)
        return np.bincount(self.target.astype(np.int64), minlength=len(self.classes))

    def take(self, indices: np.ndarray) -> SensorWindows:
        """The windows at (n,) indices, in their order."""
        arrays = (self.target, self.last_row, self.held_out)
        target, last_row, held_out = (array[indices] for array in arrays)
        return replace(self, target=target, last_row=last_row, held_out=held_out)

    def select_held(self, out: bool) -> SensorWindows:
        """The windows held out from training, or those that are not."""
        return self.take(np.flatnonzero(self.held_out == out))

    def sample(self, count: int, seed: int) -> SensorWindows:
        """A seeded sample of at most `count` windows, in the order of the data."""
        if count >= len(self):
            return self
        picked = np.random.default_rng(seed).choice(len(self), size=count, replace=False)
        return self.take(np.sort(picked))


def build_table(
    spec: DatasetSpec,
    frame: pl.DataFrame,
    places: Places | None = None,
    labels: pl.Series | None = None,
) -> SensorTable:
    """The frame as arrays; InputError where a column is not what the manifest says.

    `labels` is the target of each row, where the frame does not hold it.

    `places` says which row stands in which file: without a clock or groups nothing else could tell
    that rows of two files do not follow each other.
    """
    values = np.stack([to_numbers(frame[name]) for name in spec.sensors], axis=1)
    return build_table_from_values(spec, values, frame, places, labels)


def build_table_from_values(
    spec: DatasetSpec,
    values: np.ndarray,
    others: pl.DataFrame,
    places: Places | None = None,
    labels: pl.Series | None = None,
) -> SensorTable:
    """The same from (rows, sensors) values that were read before, and the other columns."""
    column = others[spec.target.column] if labels is None else labels
    target = read_target(column, spec.target.task)
    groups = read_groups(others[spec.group]) if spec.group else make_one_group(len(values))
    if spec.time is None:
        clock = make_row_clock(len(values))
    else:
        clock = make_zoned_clock(others[spec.time.column], spec.time.zone, groups.codes, places)
    borders = places.borders if places and not (spec.time or spec.group) else ()
    segments = _split_segments(groups.codes, clock, spec.gap, borders)
    good = mark_good_rows(others[spec.quality.column], spec.quality) if spec.quality else None
    return SensorTable(
        *(values, target.values, target.task, target.classes, groups, clock, segments, good)
    )


def _split_segments(
    groups: np.ndarray, clock: Clock, gap: float, borders: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    breaks = groups[1:] != groups[:-1]
    breaks[[row - 1 for row in borders]] = True
    breaks |= clock.find_gaps(gap) | clock.find_short_steps()
    edges = [0, *(np.flatnonzero(breaks) + 1).tolist(), len(groups)]
    return tuple(pairwise(edges))


def horizon_rows(horizon: Horizon, clock: Clock) -> int:
    """The horizon in rows.

    Raises:
        InputError: a duration meets data without a clock, or is no whole number of its steps
            (1 % is left for clocks that are not exact).
    """
    if horizon.rows is not None:
        return horizon.rows
    if not clock.is_real:
        raise InputError(f"horizon {horizon.words}: this data has no clock; give it in rows")
    seconds = horizon.seconds or 0.0
    rows = round(seconds / clock.step)
    if abs(rows * clock.step - seconds) > CLOCK_TOLERANCE * seconds:
        raise InputError(
            f"horizon {horizon.words}: not a whole number of the data's steps of "
            f"{format_duration(clock.step)}; give a multiple of the step, or a count of rows"
        )
    return rows


def cut_windows(spec: DatasetSpec, table: SensorTable) -> SensorWindows:
    """All windows whose target is known.

    For an event: the target is whether it occurs within the horizon; windows in which it is on
    already are left out, for that would predict what has happened (at horizon 0 it is whether it
    is on now, and none is left out). For a value or a class: that at the horizon. InputError when
    no window fits.
    """
    ahead = horizon_rows(spec.target.horizon, table.clock)
    last_rows = _choose_last_rows(spec, table, ahead)
    target = _gather_targets(table, last_rows, ahead)
    kept = ~np.isnan(target)
    if table.event and ahead:
        kept &= ~_mark_ongoing(table, last_rows, spec.window.length)
    oldest = last_rows - spec.window.length + 1
    kept &= ~mark_straddling_windows(spec.holdout, len(table.target), oldest, last_rows + ahead)
    last_rows, target = last_rows[kept], target[kept]
    if not len(last_rows):
        raise InputError(
            f"no window of {spec.window.length} rows with a target {ahead} rows ahead fits the data"
            f"{describe_unevenness(table.clock, table.grouped.codes)}"
        )
    return SensorWindows(
        readings=table.values,
        length=spec.window.length,
        target=target,
        last_row=last_rows,
        held_out=mark_held_out_windows(spec.holdout, table.grouped, last_rows),
        clock=table.clock,
        grouped=table.grouped,
        classes=table.classes,
        good=table.good,
    )


def count_unlabelled_windows(spec: DatasetSpec, table: SensorTable) -> int:
    """How many windows are left out for want of a known target."""
    ahead = horizon_rows(spec.target.horizon, table.clock)
    return int(np.isnan(_gather_targets(table, _choose_last_rows(spec, table, ahead), ahead)).sum())


def _choose_last_rows(spec: DatasetSpec, table: SensorTable, ahead: int) -> np.ndarray:
    length, stride = spec.window.length, spec.window.stride
    rows = [np.arange(a + length - 1, b - ahead, stride) for a, b in table.segments]
    last, clock = np.concatenate(rows).astype(np.int64), table.clock
    even = clock.mark_even(last - length + 1, last) & clock.mark_even(last, last + ahead)
    return np.asarray(last[even])


def _gather_targets(table: SensorTable, last_rows: np.ndarray, ahead: int) -> np.ndarray:
    if not table.event or ahead == 0:
        return np.asarray(table.target[last_rows + ahead])
    known = _has_any_between(~np.isnan(table.target), last_rows + 1, last_rows + ahead)
    happens = _has_any_between(table.target > 0, last_rows + 1, last_rows + ahead)
    return np.where(known, happens.astype(np.float64), np.nan)


def _mark_ongoing(table: SensorTable, last_rows: np.ndarray, length: int) -> np.ndarray:
    return _has_any_between(table.target > 0, last_rows - length + 1, last_rows)


def _has_any_between(flags: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whether any of the flags from row `first` to row `last`, both included, is up."""
    counted = np.concatenate([[0], np.cumsum(flags)])
    return np.asarray(counted[last + 1] > counted[first])
