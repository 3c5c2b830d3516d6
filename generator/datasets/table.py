"""Reads the columns a dataset names from files of any known format, lazily, with polars.

In: paths. Out: one frame in file order. Never: a guessed column, a guessed decimal comma; a
library's own words for what is wrong with a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import polars as pl

from generator.datasets.column_types import join_pieces
from generator.errors import InputError
from generator.spec.datasets import FORMATS


class TableFormat(Protocol):
    """What a file of `datasets.formats` has."""

    def scan(self, path: Path, columns: Sequence[str], numbers: Sequence[str]) -> pl.LazyFrame:
        """At least these columns of a file, still to be read; `numbers` must hold numbers."""

    def count_rows(self, path: Path) -> int:
        """Its rows, each of which has a cell for every column."""

    def read_names(self, path: Path) -> Sequence[str]:
        """Its columns, from its header alone."""

    def explain_fault(self, path: Path, numbers: Sequence[str]) -> str:
        """Why a file could not be read, in one line that names it."""


def read_table(paths: Sequence[Path], columns: Sequence[str]) -> pl.DataFrame:
    """The named columns of all files, one below the other.

    Raises:
        InputError: unknown format, unreadable file, missing columns, no rows.
    """
    table = join_frames([_read(path, columns) for path in paths], paths)
    if table.is_empty():
        raise InputError(f"{paths[0].name}: no rows")
    return table


def join_frames(frames: Sequence[pl.DataFrame], paths: Sequence[Path]) -> pl.DataFrame:
    """Frames of the same columns one below the other, each column in one type.

    Raises:
        InputError: files that hold a column in types which cannot be joined.
    """
    names = frames[0].columns
    return pl.DataFrame([join_pieces([frame[name] for frame in frames], paths) for name in names])


def scan_columns(path: Path, columns: Sequence[str], numbers: Sequence[str] = ()) -> pl.LazyFrame:
    """At least the named columns of a file, still to be read; InputError where it lacks one."""
    _require(path, read_column_names(path), columns)
    return _find_format(path).scan(path, columns, numbers)


def count_rows(path: Path) -> int:
    """The rows of a file; InputError where one has more cells than there are columns."""
    with explain_read_errors(path):
        return _find_format(path).count_rows(path)


@contextmanager
def explain_read_errors(path: Path, numbers: Sequence[str] = ()) -> Iterator[None]:
    """What goes wrong with a file inside is an InputError that names it, in one line."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        if isinstance(error, OSError) and error.strerror:
            raise InputError(f"{path.name}: cannot be read: {error.strerror}") from error
        raise InputError(_find_format(path).explain_fault(path, numbers)) from error


def _read(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    with explain_read_errors(path):
        return scan_columns(path, columns).collect().select(columns)


def read_column_names(path: Path) -> tuple[str, ...]:
    """The columns of a file, from its header alone.

    Raises:
        InputError: unknown format, or no header can be read.
    """
    with explain_read_errors(path):
        return tuple(_find_format(path).read_names(path))


def _find_format(path: Path) -> TableFormat:
    """The format that a file's name tells by its ending."""
    for ending, module in FORMATS.items():
        if path.name.lower().endswith(ending):
            return cast(TableFormat, import_module(module))
    raise InputError(f"{path.name}: format not known; use {', '.join(FORMATS)}")


def _require(path: Path, found: Sequence[str], wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in found]
    if missing:
        raise InputError(
            f"{path.name}: no column {', '.join(map(repr, missing))}; "
            f"it has: {', '.join(found[:40])}"
        )
