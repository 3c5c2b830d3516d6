"""A part of the input: what is exchanged, and how it is written over that of other windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_BYTES = 128_000_000
"""Of exchanged windows in memory at once."""


@dataclass(frozen=True)
class Part:
    """Some sensors over some rows of the window, both ends included."""

    columns: tuple[int, ...]
    first: int
    last: int

    def put(self, values: np.ndarray, donors: np.ndarray) -> None:
        """Write the donors' readings over those of `values`, both (windows, time, sensors)."""
        rows = slice(self.first, self.last + 1)
        columns = list(self.columns)
        values[:, rows, columns] = donors[:, rows, columns]
