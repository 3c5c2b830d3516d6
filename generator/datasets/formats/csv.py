"""Tables with commas, plain or compressed by gzip.

Never: a guessed separator, decimal comma or time; a type told from the first rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from generator.datasets.csv_faults import explain_fault as explain_fault
from generator.datasets.csv_header import read_header

FLAGS_FROM_ROWS = 1000
"""So many rows are looked at to tell a number from true and false."""


def scan(path: Path, columns: Sequence[str], numbers: Sequence[str]) -> pl.LazyFrame:  # noqa: ARG001
    """The file, still to be read: numbers and flags as such, every other column as text.

    All columns: polars looks for cells beyond the last one only where none is left out, and '18,5'
    is else read as 18.
    """
    names = read_header(path)
    told = pl.scan_csv(path, infer_schema_length=FLAGS_FROM_ROWS).collect_schema()
    kinds = {
        name: pl.Boolean() if told.get(name) == pl.Boolean else pl.Float64()
        for name in numbers
        if name in names
    }
    return pl.scan_csv(path, infer_schema=False, schema_overrides=kinds)


def count_rows(path: Path) -> int:
    """The rows, every cell of which was looked for."""
    read_header(path)
    lazy = pl.scan_csv(path, infer_schema=False)
    found = lazy.select(pl.len(), pl.all().null_count().name.prefix("missing "))
    return int(found.collect(engine="streaming").item(0, 0))


def read_names(path: Path) -> Sequence[str]:
    """The columns, from the first line alone."""
    return read_header(path)
