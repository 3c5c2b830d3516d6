"""Tables with commas, plain or compressed by gzip.

Never: a guessed decimal comma.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

TYPES_FROM_ROWS = 10_000
"""So many rows are looked at to tell a column's type."""


def scan(path: Path) -> pl.LazyFrame:
    """The file, still to be read; its columns by their name in the first line."""
    return pl.scan_csv(path, infer_schema_length=TYPES_FROM_ROWS)


def read_names(path: Path) -> Sequence[str]:
    """The columns, from the first line alone."""
    return pl.scan_csv(path, infer_schema=False).collect_schema().names()
