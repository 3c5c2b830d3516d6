"""The rows of a dataset as a profile sees them: groups, clock, and where the held-out part begins.

In: a scan and the dataset's spec. Out: Rows. Never: a label made for every row; a zone assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from generator.datasets.clock import MICROSECONDS, span_words
from generator.datasets.scan import Scan
from generator.datasets.windows import held_out_groups
from generator.errors import InputError
from generator.manifest import DatasetSpec

LABEL = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Rows:
    """What the profile of every column needs to know of the rows.

    Attributes:
        count: rows of the whole table.
        groups: how many groups; 0 where the data has none.
        starts: rows that begin a group (or, without clock and group, a file) after the first.
        local: (rows,) times in the dataset's zone; None without a clock.
        seconds: (rows,) seconds since 1970 UTC; None without a clock.
        step: median spacing in seconds inside groups; None without a clock.
        held_from: the first held-out row.
    """

    count: int
    groups: int
    starts: np.ndarray
    local: pl.Series | None
    seconds: np.ndarray | None
    step: float | None
    held_from: int

    def label(self, row: int) -> str:
        """Local time of a row, or 'row N' without a clock."""
        return f"row {row:,}" if self.local is None else self.local[row].strftime(LABEL)

    def span(self, first: int, rows: int) -> str:
        """How long so many rows last from `first` on, in words."""
        if self.seconds is None or self.step is None:
            return f"{rows:,} row{'s' * (rows != 1)}"
        last = self.seconds[first + rows - 1]
        return span_words(float(last - self.seconds[first]) + self.step)

    def inside(self) -> np.ndarray:
        """(rows - 1,) bool: whether a row and the next belong together."""
        together = np.ones(self.count - 1, dtype=bool)
        together[self.starts - 1] = False
        return together


def read_rows(scan: Scan, spec: DatasetSpec) -> Rows:
    """The rows of a dataset.

    Raises:
        InputError: groups that do not lie together, a clock that is none or runs backwards.
    """
    starts, names = _groups(scan, spec.group)
    if spec.group is None and spec.time is None:
        starts = np.asarray(scan.file_starts, dtype=np.int64)
    held = _held_from(spec, scan.rows, starts, names)
    groups = len(names) if spec.group else 0
    if spec.time is None:
        return Rows(scan.rows, groups, starts, None, None, None, held)
    local = localised(scan.column(spec.time.column), spec.time.zone)
    seconds = local.dt.epoch("us").to_numpy() / MICROSECONDS
    step = _step(spec.time.column, seconds, starts)
    return Rows(scan.rows, groups, starts, local, seconds, step, held)


def _groups(scan: Scan, column: str | None) -> tuple[np.ndarray, list[str]]:
    if column is None:
        return np.empty(0, dtype=np.int64), []
    found = scan.column(column).cast(pl.String).fill_null("")
    starts = np.flatnonzero((found != found.shift(1)).fill_null(False).to_numpy())
    names = [found[0], *found.gather(starts).to_list()]
    if len(set(names)) < len(names):
        raise InputError(
            f"column {column!r}: the rows of a group do not lie together "
            f"({len(set(names))} groups in {len(names)} stretches); sort by {column}"
        )
    return starts, names


def _held_from(spec: DatasetSpec, rows: int, starts: np.ndarray, names: list[str]) -> int:
    if spec.holdout.by == "time":
        return math.ceil((1 - spec.holdout.fraction) * rows)
    held = held_out_groups(names, spec.holdout.fraction)
    return int(starts[len(names) - len(held) - 1])


def localised(column: pl.Series, zone: str) -> pl.Series:
    """The column as local time of the zone; InputError where it holds no such times."""
    if column.dtype == pl.String:
        try:
            column = column.str.to_datetime(strict=True)
        except pl.exceptions.PolarsError as error:
            first = str(error).splitlines()[0]
            raise InputError(f"column {column.name!r}: not times: {first}") from error
    if column.dtype == pl.Date:
        column = column.cast(pl.Datetime("us"))
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


def _step(column: str, seconds: np.ndarray, starts: np.ndarray) -> float:
    steps = np.diff(seconds)
    steps[starts - 1] = np.nan  # from one group to the next is no step
    if (steps < 0).any():
        raise InputError(f"column {column!r}: time runs backwards; sort the rows by time")
    positive = steps[steps > 0]
    if not len(positive):
        raise InputError(f"column {column!r}: all readings have the same time")
    return float(np.median(positive))
