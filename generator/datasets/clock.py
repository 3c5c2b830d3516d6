"""The time axis of a dataset: real instants in a declared zone, or rows where there is no clock.

In: a table and what the manifest says of its clock. Out: a Clock. Never: an assumed zone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from generator.errors import InputError
from generator.words import format_duration, inflect

MICROSECONDS = 1e6
LABEL = "%Y-%m-%d %H:%M:%S"
CLOCK_TOLERANCE = 0.01  # of a step or horizon: clocks drift


@dataclass(frozen=True)
class RowLabels:
    """What each row is called: `labels[row]`, or `labels.at(rows)` for many.

    Attributes:
        local: the wall time of each row; None where there is no clock.
    """

    local: pl.Series | None = None

    def __getitem__(self, row: int) -> str:
        """The label of one row."""
        return self.at(np.array([row]))[0]

    def at(self, rows: np.ndarray) -> tuple[str, ...]:
        """The labels of (n,) row numbers, in their order."""
        if self.local is None:
            return tuple(f"row {row}" for row in rows.tolist())
        return tuple(self.local.gather(rows).dt.strftime(LABEL).to_list())


@dataclass(frozen=True)
class Clock:
    """The time of each row.

    Attributes:
        seconds: (rows,) seconds since 1970 UTC, or row numbers where there is no clock.
        zone: IANA zone, '' where there is no clock.
        step: median spacing of rows in seconds (1.0 row without a clock).
        labels: local wall time or 'row N' of each row, for people; made when asked for.
    """

    seconds: np.ndarray
    zone: str
    step: float
    labels: RowLabels

    @property
    def is_real(self) -> bool:
        """Whether the data has a clock at all."""
        return bool(self.zone)

    def find_jumps(self, gap: float) -> np.ndarray:
        """(rows - 1,) bool: whether a step is longer than `gap` median steps; rows never jump."""
        longest = gap * self.step if self.is_real else np.inf
        return np.asarray(np.diff(self.seconds) > longest)


def make_row_clock(rows: int) -> Clock:
    """Rows are counted from 0 and called rows."""
    return Clock(np.arange(rows, dtype=np.float64), "", 1.0, RowLabels())


def make_zoned_clock(column: pl.Series, zone: str, groups: np.ndarray) -> Clock:
    """The clock of a column of naive local readings (in `zone`) or of zoned ones.

    Args:
        column: (rows,) times, or text that says them.
        zone: IANA name.
        groups: (rows,) the group of each row, by number; time may begin anew where it changes.

    Raises:
        InputError: not times, missing times, readings that do not exist or are ambiguous in the
            zone, or time that runs backwards within a group.
    """
    local = _localise_times(column, zone)
    seconds = local.dt.epoch("us").to_numpy().astype(np.float64) / MICROSECONDS
    steps = np.diff(seconds)[groups[1:] == groups[:-1]]
    if (steps < 0).any():
        raise InputError(f"column {column.name!r}: time runs backwards; sort the rows by time")
    positive = steps[steps > 0]
    if not len(positive):
        raise InputError(f"column {column.name!r}: all readings have the same time")
    return Clock(seconds, zone, float(np.median(positive)), RowLabels(local))


def _localise_times(column: pl.Series, zone: str) -> pl.Series:
    if column.dtype == pl.String:
        column = _parse_times(column)
    if column.dtype == pl.Date:
        column = column.cast(pl.Datetime("us"))  # midnight, by the wall clock
    if not isinstance(column.dtype, pl.Datetime):
        raise InputError(f"column {column.name!r}: holds {column.dtype}, not times")
    if column.null_count():
        raise InputError(f"column {column.name!r}: {column.null_count()} times are missing")
    if column.dtype.time_zone:
        return column.dt.convert_time_zone(zone)
    try:
        return column.dt.replace_time_zone(zone, ambiguous="raise", non_existent="raise")
    except pl.exceptions.PolarsError as error:
        reason = str(error).split(". ")[0].splitlines()[0]
        raise InputError(
            f"column {column.name!r} is not local time of {zone}: {reason}. "
            f"Declare the zone the readings were really taken in (for example UTC)"
        ) from error


def _parse_times(column: pl.Series) -> pl.Series:
    try:
        return column.str.to_datetime(strict=True)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise InputError(f"column {column.name!r}: not times: {first}") from error


def label_steps(length: int, clock_step: float | None) -> list[str]:
    """What each step of a window is called, from oldest to newest (the newest is 'now')."""
    ago = range(length - 1, -1, -1)
    if clock_step is None:
        return ["last row" if n == 0 else f"{n} {inflect('row', n)} before" for n in ago]
    shown = next(n for n in (2, 3, 4) if n == 4 or _tells_steps_apart(length, clock_step, n))
    return ["now" if n == 0 else f"-{format_duration(n * clock_step, shown)}" for n in ago]


def _tells_steps_apart(length: int, clock_step: float, parts_shown: int) -> bool:
    """Whether so many units tell all steps of a window apart."""
    return (
        len({format_duration(n * clock_step, parts_shown) for n in range(1, length)}) == length - 1
    )
