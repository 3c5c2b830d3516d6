"""The rows of a dataset as a profile sees them: groups, clock, and which stretches are held out.

In: a scan and the dataset's spec. Out: Rows. Never: a label made for every row; a zone assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.datasets.clock import Clock, make_zoned_clock
from generator.datasets.groups import Groups, make_one_group, read_groups
from generator.datasets.holdout import choose_held_out_groups, first_held_out_row
from generator.datasets.profile.scan import Scan
from generator.spec.datasets import DatasetSpec
from generator.words import count_noun, format_duration


@dataclass(frozen=True)
class DatasetRows:
    """What the profile of every column needs to know of the rows.

    Attributes:
        count: rows of the whole table.
        groups: how many groups; 0 where the data has none.
        starts: rows that begin a group (or, without clock and group, a file) after the first.
        clock: the time of each row; None where the data has no clock.
        held_out: [first, last) rows of each held-out stretch.
        gap: a step longer than so many median steps is a gap.
    """

    count: int
    groups: int
    starts: np.ndarray
    clock: Clock | None
    held_out: tuple[tuple[int, int], ...]
    gap: float

    def label(self, row: int) -> str:
        """Local time of a row, or 'row N' without a clock."""
        return self.clock.labels[row] if self.clock else f"row {row:,}"

    def span(self, first: int, rows: int) -> str:
        """How long so many rows last from `first` on, in words."""
        if self.clock is None:
            return count_noun(rows, "row")
        seconds = self.clock.seconds
        return format_duration(float(seconds[first + rows - 1] - seconds[first]) + self.clock.step)

    def mark_joined(self) -> np.ndarray:
        """(rows - 1,) bool: whether a row and the next belong together."""
        together = np.ones(self.count - 1, dtype=bool)
        together[self.starts - 1] = False
        return together

    def find_breaks(self) -> np.ndarray:
        """(breaks,) rows that begin a stretch without a gap, after the first."""
        apart = ~self.mark_joined()
        if self.clock:
            apart |= self.clock.find_gaps(self.gap) | self.clock.find_short_steps()
        return 1 + np.flatnonzero(apart)

    def mark_held_out(self) -> np.ndarray:
        """(rows,) bool: whether a row is held out."""
        held = np.zeros(self.count, dtype=bool)
        for first, last in self.held_out:
            held[first:last] = True
        return held


def read_rows(scan: Scan, spec: DatasetSpec) -> DatasetRows:
    """The rows of a dataset.

    Raises:
        InputError: groups that do not lie together, a clock that is none or runs backwards.
    """
    groups = read_groups(scan.read_column(spec.group)) if spec.group else make_one_group(scan.rows)
    starts = 1 + np.flatnonzero(np.diff(groups.codes))
    if spec.group is None and spec.time is None:
        starts = np.asarray(scan.places.borders, dtype=np.int64)
    count = len(groups.names) if spec.group else 0
    held = _find_held_out_stretches(spec, groups, starts)
    if spec.time is None:
        return DatasetRows(scan.rows, count, starts, None, held, spec.gap)
    times = scan.read_column(spec.time.column)
    clock = make_zoned_clock(times, spec.time.zone, groups.codes, scan.places)
    return DatasetRows(scan.rows, count, starts, clock, held, spec.gap)


def _find_held_out_stretches(
    spec: DatasetSpec, groups: Groups, starts: np.ndarray
) -> tuple[tuple[int, int], ...]:
    rows = len(groups.codes)
    if spec.holdout.by == "time":
        return ((first_held_out_row(spec.holdout, rows), rows),)
    names = choose_held_out_groups(groups.names, spec.holdout.fraction, spec.holdout.blocks)
    edges = [0, *starts.tolist(), rows]
    stretches: list[tuple[int, int]] = []
    for at, name in enumerate(groups.names):
        if name not in names:
            continue
        first, last = edges[at], edges[at + 1]
        if stretches and stretches[-1][1] == first:
            first = stretches.pop()[0]
        stretches.append((first, last))
    return tuple(stretches)
