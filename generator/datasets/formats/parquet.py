"""Parquet files, whose columns and types stand in the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from generator.inputs import open_input

MAGIC = b"PAR1"  # at both ends


def scan(path: Path, columns: Sequence[str], numbers: Sequence[str]) -> pl.LazyFrame:  # noqa: ARG001
    """These columns, still to be read, in the types that the file says."""
    return pl.scan_parquet(path).select(columns)


def count_rows(path: Path) -> int:
    """The rows, as the file's own description says."""
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def read_names(path: Path) -> Sequence[str]:
    """The columns, from the file's own description."""
    return pl.scan_parquet(path).collect_schema().names()


def explain_fault(path: Path, numbers: Sequence[str]) -> str:  # noqa: ARG001 - types are its own
    """What is wrong with a file that could not be read, told from its ends."""
    with open_input(path) as stream:
        start = stream.read(len(MAGIC))
        size = stream.seek(0, 2)
        stream.seek(max(0, size - len(MAGIC)))
        end = stream.read()
    if start != MAGIC:
        return f"{path.name}: {'is empty' if not size else 'is no Parquet file'}"
    if end != MAGIC:
        return f"{path.name}: a Parquet file that is cut off; fetch it again"
    return f"{path.name}: a Parquet file that is damaged, or has two columns of one name"
