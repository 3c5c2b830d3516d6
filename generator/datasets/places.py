"""Where a row of a dataset stands in its files, as a person who opens one of them finds it.

In: the files and how many rows each has. Out: 'plant.csv line 14', 'plant.parquet row 13'. Never: a
row number that counts across files.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

HEADER = 1  # line of a text file


@dataclass(frozen=True)
class Places:
    """The files of a table, one below the other.

    Attributes:
        paths: the files; none where a table was never in a file.
        heights: rows of each.
    """

    paths: tuple[Path, ...] = ()
    heights: tuple[int, ...] = ()

    @property
    def borders(self) -> tuple[int, ...]:
        """The rows that begin a file after the first."""
        *starts, rows = accumulate(self.heights, initial=0)
        return tuple(sorted({row for row in starts if 0 < row < rows}))

    def find(self, row: int) -> str:
        """Where a row stands: its file, and the line or row in it, counted from 1."""
        if not self.paths:
            return f"row {row + 1:,}"
        starts = list(accumulate(self.heights, initial=0))[:-1]
        at = bisect_right(starts, row) - 1
        inside = row - starts[at]
        path = self.paths[at]
        if ".csv" in path.name.lower():
            return f"{path.name} line {inside + 1 + HEADER:,}"
        return f"{path.name} row {inside + 1:,}"


def place_files(paths: Sequence[Path], heights: Sequence[int]) -> Places:
    """The places of some files, in their order."""
    return Places(tuple(paths), tuple(heights))
