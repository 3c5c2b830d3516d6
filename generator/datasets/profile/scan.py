"""A few columns at a time of a dataset of any length, read lazily and streamed by polars.

In: paths and column names. Out: columns as arrays. Never: more than `CELLS_AT_ONCE` values in
memory for one read, unless one column alone is longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from generator.datasets.places import Places, place_files
from generator.datasets.table import (
    count_rows,
    explain_read_errors,
    join_frames,
    read_column_names,
    scan_columns,
)
from generator.datasets.targets import read_numbers
from generator.errors import InputError

CELLS_AT_ONCE = 20_000_000


@dataclass(frozen=True)
class Scan:
    """The files of a dataset, one below the other, not read yet."""

    paths: tuple[Path, ...]
    heights: tuple[int, ...]

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(self.heights)

    @property
    def places(self) -> Places:
        """Where each row stands in the files."""
        return place_files(self.paths, self.heights)

    def find_missing(self, columns: Sequence[str]) -> list[str]:
        """Those of the columns that some file does not have."""
        held = [set(read_column_names(path)) for path in self.paths]
        return [name for name in dict.fromkeys(columns) if any(name not in names for names in held)]

    def read_column(self, name: str) -> pl.Series:
        """One column of all files, in one type."""
        return join_frames([self._read(path, [name], ()) for path in self.paths], self.paths)[name]

    def read_numbers(self, columns: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
        """Each column with its (rows,) float64 readings, NaN where missing or infinite."""
        at_once = max(1, CELLS_AT_ONCE // max(self.rows, 1))
        names = list(dict.fromkeys(columns))
        for start in range(0, len(names), at_once):
            some = names[start : start + at_once]
            frames = [self._read(path, some, some) for path in self.paths]
            for name in some:
                yield name, self._join_numbers(name, frames)

    def _join_numbers(self, name: str, frames: Sequence[pl.DataFrame]) -> np.ndarray:
        parts, first = [], 0
        for frame in frames:
            parts.append(read_numbers(frame[name], self.places, first))
            first += len(frame)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _read(self, path: Path, columns: Sequence[str], numbers: Sequence[str]) -> pl.DataFrame:
        with explain_read_errors(path, numbers):
            lazy = scan_columns(path, columns, numbers)
            return lazy.select(columns).collect(engine="streaming")


def scan_files(paths: Sequence[Path]) -> Scan:
    """The files of a dataset; InputError where one cannot be read, or all are empty."""
    heights = tuple(count_rows(path) for path in paths)
    if not sum(heights):
        raise InputError(f"{paths[0].name}: no rows")
    return Scan(tuple(paths), heights)
