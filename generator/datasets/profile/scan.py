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
from generator.datasets.table import explain_read_errors, scan_table
from generator.datasets.targets import to_numbers
from generator.errors import InputError

CELLS_AT_ONCE = 20_000_000


@dataclass(frozen=True)
class Scan:
    """The files of a dataset, one below the other, not read yet."""

    paths: tuple[Path, ...]
    files: tuple[pl.LazyFrame, ...]
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
        held = [set(_read_names(p, f)) for p, f in zip(self.paths, self.files, strict=True)]
        return [name for name in dict.fromkeys(columns) if any(name not in names for names in held)]

    def read_column(self, name: str) -> pl.Series:
        """One column of all files, as it stands there."""
        return self._read([name])[name]

    def read_numbers(self, columns: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
        """Each column with its (rows,) float64 readings, NaN where missing or infinite."""
        at_once = max(1, CELLS_AT_ONCE // max(self.rows, 1))
        names = list(columns)
        for start in range(0, len(names), at_once):
            frame = self._read(names[start : start + at_once])
            for name in frame.columns:
                yield name, to_numbers(frame[name])

    def _read(self, columns: Sequence[str]) -> pl.DataFrame:
        lacking = self.find_missing(columns)
        if lacking:
            raise InputError(
                f"{self.paths[0].name}: no column {', '.join(map(repr, lacking))}; "
                f"it has: {', '.join(_read_names(self.paths[0], self.files[0])[:40])}"
            )
        wanted = list(dict.fromkeys(columns))
        table = pl.concat([f.select(wanted) for f in self.files], how="vertical_relaxed")
        with explain_read_errors(self.paths[0]):
            return table.collect(engine="streaming")


def scan_files(paths: Sequence[Path]) -> Scan:
    """The files of a dataset; InputError where one cannot be read, or all are empty."""
    files = tuple(scan_table(path) for path in paths)
    heights = tuple(_count_rows(path, file) for path, file in zip(paths, files, strict=True))
    if not sum(heights):
        raise InputError(f"{paths[0].name}: no rows")
    return Scan(tuple(paths), files, heights)


def _count_rows(path: Path, file: pl.LazyFrame) -> int:
    with explain_read_errors(path):
        return int(file.select(pl.len()).collect(engine="streaming").item())


def _read_names(path: Path, file: pl.LazyFrame) -> list[str]:
    with explain_read_errors(path):
        return file.collect_schema().names()
