"""The groups of a dataset: which run, batch or cycle each row belongs to.

In: the group column. Out: Groups, in the order of the file. Never: a name kept once per row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from generator.errors import InputError


@dataclass(frozen=True)
class Groups:
    """The group of each row, by number.

    Attributes:
        codes: (rows,) int32, counted from 0 in the order of the file.
        names: what each is called; the one name '' where the data has no groups.
    """

    codes: np.ndarray
    names: tuple[str, ...]

    def at(self, rows: np.ndarray) -> np.ndarray:
        """(rows,) the names at some rows."""
        return np.asarray(np.array(self.names)[self.codes[rows]])

    def list_names(self, rows: np.ndarray) -> set[str]:
        """The distinct groups of (n,) row numbers; none where the data has no groups."""
        return {self.names[code] for code in np.unique(self.codes[rows])} - {""}


def make_one_group(rows: int) -> Groups:
    """Rows of data that has no groups."""
    return Groups(np.zeros(rows, dtype=np.int32), ("",))


def read_groups(column: pl.Series) -> Groups:
    """The groups a column names; InputError where a group's rows do not lie together."""
    names = column.cast(pl.String).fill_null("")
    codes = names.rle_id().cast(pl.Int32).to_numpy()
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    found = tuple(names.gather(first).to_list())
    if len(set(found)) < len(found):
        raise InputError(
            f"column {column.name!r}: the rows of a group do not lie together "
            f"({len(set(found))} groups in {len(found)} stretches); sort by {column.name}"
        )
    return Groups(codes, found)
