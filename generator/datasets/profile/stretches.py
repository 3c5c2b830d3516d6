"""The longest stretch of rows in which a sensor says nothing, or the same thing.

In: a column and the rows it stands on. Out: a Stretch. Never: a stretch across a group's
border or a gap.
"""

from __future__ import annotations

import numpy as np

from generator.datasets.profile.rows import DatasetRows
from generator.records.dataset_profile import Stretch


def find_longest_missing(column: np.ndarray, rows: DatasetRows) -> Stretch | None:
    """The longest stretch of a (rows,) column without a reading; None where every row has one."""
    first, count = _find_longest(np.isnan(column), rows.find_breaks())
    return _make_stretch(rows, first, count, None) if count else None


def find_longest_frozen(column: np.ndarray, rows: DatasetRows) -> Stretch | None:
    """The longest stretch of equal readings of a (rows,) column, at least two.

    The earliest where several are as long; None where no two are equal.
    """
    same = np.zeros(len(column), dtype=bool)
    same[1:] = column[1:] == column[:-1]
    same[rows.find_breaks()] = False
    first, count = _find_longest(same, np.empty(0, dtype=np.int64))
    return _make_stretch(rows, first - 1, count + 1, float(column[first])) if count else None


def _find_longest(marked: np.ndarray, borders: np.ndarray) -> tuple[int, int]:
    """First row and length of the longest run of marked rows; length 0 where there is none."""
    begins, ends = marked.copy(), marked.copy()
    begins[1:] &= ~marked[:-1]
    ends[:-1] &= ~marked[1:]
    begins[borders] = marked[borders]
    ends[borders - 1] = marked[borders - 1]
    firsts = np.flatnonzero(begins)
    if not len(firsts):
        return 0, 0
    lengths = np.flatnonzero(ends) - firsts + 1
    longest = int(np.argmax(lengths))
    return int(firsts[longest]), int(lengths[longest])


def _make_stretch(rows: DatasetRows, first: int, count: int, value: float | None) -> Stretch:
    return Stretch(
        rows=count, row=first, at=rows.label(first), words=rows.span(first, count), value=value
    )
