"""The time axis of a dataset: real instants in a declared zone, or rows where there is no clock.

In: a column of times and what the manifest says of its clock. Out: a Clock. Never: an assumed zone;
two rows of a group at one time, or in another order than their times.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from generator.datasets.local_time import place_in_zone
from generator.datasets.places import Places
from generator.datasets.row_labels import RowLabels
from generator.datasets.stamps import ADVICE, read_stamps
from generator.errors import InputError
from generator.words import count_noun

SECOND = 1_000_000  # ticks
CLOCK_TOLERANCE = 0.01  # of a step or horizon: clocks drift
HALF = 0.5
"""Of a step: so far a row, or the end of a window, may lie from its place on an even clock."""
ORDINARY = (HALF, 1 + HALF)  # times the median step
SHIFTS = {
    3600 * SECOND: "that looks like a clock set back by an hour: declare the zone it shows, or "
    "write the times in UTC",
    86_400 * SECOND: "that looks like a date that changes one row too late: correct the dates",
}
"""What a step back by so much less a usual step looks like."""


@dataclass(frozen=True)
class Clock:
    """The time of each row.

    Attributes:
        ticks: (rows,) int64 microseconds since 1970 UTC, or row numbers where there is no clock.
        zone: IANA zone, '' where there is no clock.
        step: usual spacing of rows in seconds (1.0 row without a clock).
        labels: local wall time or 'row N' of each row, for people; made when asked for.
    """

    ticks: np.ndarray
    zone: str
    step: float
    labels: RowLabels

    @property
    def _second(self) -> int:
        """Ticks of a second, or of a row."""
        return SECOND if self.is_real else 1

    @property
    def is_real(self) -> bool:
        """Whether the data has a clock at all."""
        return bool(self.zone)

    @cached_property
    def seconds(self) -> np.ndarray:
        """(rows,) float64 seconds since 1970 UTC, or row numbers where there is no clock."""
        return np.asarray(self.ticks / self._second)

    @cached_property
    def steps(self) -> np.ndarray:
        """(rows - 1,) float64 time from each row to the next, in usual steps; 1 without a clock."""
        return np.asarray(np.diff(self.ticks) / (self.step * self._second))

    def find_gaps(self, gap: float) -> np.ndarray:
        """(rows - 1,) bool: whether a step is longer than `gap` usual ones; rows never jump."""
        return np.asarray(self.steps > gap)

    def find_short_steps(self) -> np.ndarray:
        """(rows - 1,) bool: whether a step is half of the usual one or less."""
        return np.asarray(self.steps <= HALF)

    def mark_even(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """(n,) bool: whether `last - first` rows are as many steps, for (n,) pairs of rows.

        Half a step, or 1 % of the time between where that is more, is left for clocks that are not
        exact.
        """
        even = last - first
        found = (self.ticks[last] - self.ticks[first]) / (self.step * self._second)
        return np.asarray(np.abs(found - even) <= np.maximum(HALF, CLOCK_TOLERANCE * even))


def make_row_clock(rows: int) -> Clock:
    """Rows are counted from 0 and called rows."""
    return Clock(np.arange(rows, dtype=np.int64), "", 1.0, RowLabels())


def make_zoned_clock(
    column: pl.Series, zone: str, groups: np.ndarray, places: Places | None = None
) -> Clock:
    """The clock of a column of naive local readings (in `zone`) or of zoned ones.

    Args:
        column: (rows,) times, or text that says them.
        zone: IANA name.
        groups: (rows,) the group of each row, by number; time may begin anew where it changes.
        places: where rows stand in their files, so that errors name them.

    Raises:
        InputError: not times, missing times, readings that do not exist or are ambiguous in the
            zone, two rows of a group at one time, or time that runs backwards within a group.
    """
    places = places or Places()
    local = _localise_times(read_stamps(column, places), zone, groups, places)
    labels, ticks = RowLabels(local), local.dt.epoch("us").to_numpy()
    steps = np.where(groups[1:] == groups[:-1], np.diff(ticks), 1)
    if (steps <= 0).any():
        raise _refuse_order(column.name, steps, labels, places)
    inside = np.diff(ticks)[groups[1:] == groups[:-1]]
    if not len(inside):
        raise InputError(
            f"column {column.name!r}: every group has one row, so a step cannot be told; say "
            "time: null if the data has no clock"
        )
    return Clock(ticks, zone, measure_step(inside) / SECOND, labels)


def measure_step(steps: np.ndarray) -> float:
    """The usual one of (n,) positive steps, in their unit.

    The median; or the mean of ordinary steps (from half to one and a half times the median) where
    the two differ by more than 1 %: times in whole seconds of a step of 7.5 s are 7 and 8 s apart.
    """
    median = float(np.median(steps))
    low, high = ORDINARY
    ordinary = steps[(steps > low * median) & (steps < high * median)]
    if not len(ordinary):  # the median lies between two steps that are far apart
        return median
    mean = float(ordinary.mean())
    return median if abs(mean - median) <= CLOCK_TOLERANCE * median else mean


def _localise_times(column: pl.Series, zone: str, groups: np.ndarray, places: Places) -> pl.Series:
    if column.dtype == pl.Date:
        column = column.cast(pl.Datetime("us"))  # midnight, by the wall clock
    if not isinstance(column.dtype, pl.Datetime):
        raise InputError(f"column {column.name!r}: holds {column.dtype}, not times; {ADVICE}")
    if column.null_count():
        row = int(column.is_null().arg_max() or 0)
        missing = count_noun(column.null_count(), "time")
        raise InputError(
            f"{places.find(row)}, column {column.name!r}: no time ({missing} missing in all); "
            "leave such rows out"
        )
    if column.dtype.time_zone:
        return column.dt.convert_time_zone(zone).dt.cast_time_unit("us")
    return place_in_zone(column.dt.cast_time_unit("us"), zone, groups, places)


def _refuse_order(name: str, steps: np.ndarray, labels: RowLabels, places: Places) -> InputError:
    """Why rows are not in the order of their times, at the first that is not."""
    row = int(np.argmax(steps <= 0)) + 1
    at, before = f"{places.find(row)}, column {name!r}", labels[row - 1]
    if steps[row - 1] == 0:
        repeats = count_noun(int((steps == 0).sum()), "row")
        return InputError(
            f"{at}: {before} again, the time of the row above ({repeats} like it in all); each row "
            "of a group has a time of its own, so keep one row of each"
        )
    return InputError(
        f"{at}: time runs backwards, from {before} to {labels[row]}; "
        f"{_advise_order(row, steps, places)}"
    )


def _advise_order(row: int, steps: np.ndarray, places: Places) -> str:
    """What a step back looks like: sorting spoils what a clock or a date has moved."""
    ahead = steps[steps > 1]  # 1 stands between groups
    usual = measure_step(ahead) if len(ahead) else 0.0
    for shift, looks in SHIFTS.items():
        if abs(steps[row - 1] + shift - usual) <= HALF * usual:
            return looks
    if row in places.borders:
        return (
            f"files are read in the order of their names, numbers as numbers, and "
            f"{places.find(row - 1)} is the row before: name them in the order of time"
        )
    return "sort the rows by time"
