"""The columns of a dataset's files, read batch by batch: numbers into one array, the rest as is.

In: paths and column names. Out: Columns. Above `IN_MEMORY` numbers the array lies in an unnamed
temporary file (the folder is TMPDIR's), which is gone with the array. Never: a file held whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path

import numpy as np
import polars as pl

from generator.datasets.places import Places, place_files
from generator.datasets.table import explain_read_errors, join_frames, scan_columns
from generator.datasets.targets import read_numbers
from generator.errors import InputError

IN_MEMORY = 25_000_000  # numbers, 200 MB: more lie on disk
ROWS_AT_ONCE = 250_000


@dataclass(frozen=True)
class LongTable:
    """What was read.

    Attributes:
        values: (rows, sensors) float64, NaN where missing; read-only where it lies on disk.
        others: the other columns, as their files hold them.
        places: where each row stands in the files.
    """

    values: np.ndarray
    others: pl.DataFrame
    places: Places


def read_columns(
    paths: Sequence[Path],
    sensors: Sequence[str],
    others: Sequence[str],
    in_memory: int = IN_MEMORY,
) -> LongTable:
    """The named columns of all files, one below the other.

    Raises:
        InputError: unknown format, unreadable file, missing columns, a sensor that holds no
            numbers, no rows.
    """
    wanted = list(dict.fromkeys([*others, *sensors]))
    alone = [name for name in sensors if name not in others]  # a target tells 0 from 0.0
    store, kept, heights = _GrowingTable(len(sensors), in_memory), [], []
    for path in paths:
        before, parts = store.rows, []
        for batch in _read_batches(path, wanted, alone):
            place = Places((path,), (store.rows - before + len(batch),))
            row = store.rows - before
            columns = [read_numbers(batch[name], place, row) for name in sensors]
            store.add(np.stack(columns, axis=1))
            parts.append(batch.select(others))
        heights.append(store.rows - before)
        empty = pl.DataFrame(schema=dict.fromkeys(others, pl.String))
        kept.append(pl.concat(parts) if parts else empty)
    if not store.rows:
        raise InputError(f"{paths[0].name}: no rows")
    return LongTable(store.to_array(), join_frames(kept, paths), place_files(paths, heights))


def _read_batches(
    path: Path, columns: Sequence[str], numbers: Sequence[str]
) -> Iterator[pl.DataFrame]:
    with explain_read_errors(path, numbers):
        lazy = scan_columns(path, columns, numbers)
        for batch in lazy.collect_batches(chunk_size=ROWS_AT_ONCE, engine="streaming"):
            yield batch.select(columns)


class _GrowingTable:
    """Rows of numbers that are added one batch after the other; on disk once they are many."""

    def __init__(self, width: int, in_memory: int) -> None:
        self.width, self.in_memory = width, in_memory
        self.parts: list[np.ndarray] = []
        self.rows = 0
        self.file: BufferedRandom | None = None

    def add(self, part: np.ndarray) -> None:
        """Rows below those that are there."""
        self.rows += len(part)
        if self.file is None and self.rows * self.width > self.in_memory:
            self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as its array
            for earlier in self.parts:
                self.file.write(np.ascontiguousarray(earlier).data)
            self.parts = []
        if self.file is None:
            self.parts.append(part)
        elif part.size:
            self.file.write(np.ascontiguousarray(part).data)

    def to_array(self) -> np.ndarray:
        """(rows, width) all of them."""
        if self.file is None:
            return np.concatenate(self.parts)
        self.file.flush()
        return np.memmap(self.file, dtype=np.float64, mode="r", shape=(self.rows, self.width))
