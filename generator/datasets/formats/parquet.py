"""Parquet files, whose columns and types stand in the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl


def scan(path: Path) -> pl.LazyFrame:
    """The file, still to be read."""
    return pl.scan_parquet(path)


def read_names(path: Path) -> Sequence[str]:
    """The columns, from the file's own description."""
    return scan(path).collect_schema().names()
