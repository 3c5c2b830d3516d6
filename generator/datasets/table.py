"""Reads the columns a dataset names from files of any known format, lazily, with polars.

In: paths. Out: one frame in file order. Never: a guessed column, a guessed decimal comma.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import polars as pl

from generator.errors import InputError
from generator.spec.datasets import FORMATS


class TableFormat(Protocol):
    """What a file of `datasets.formats` has."""

    def scan(self, path: Path) -> pl.LazyFrame:
        """A file of this format, still to be read."""

    def read_names(self, path: Path) -> Sequence[str]:
        """Its columns, from its header alone."""


def read_table(paths: Sequence[Path], columns: Sequence[str]) -> pl.DataFrame:
    """The named columns of all files, one below the other.

    Raises:
        InputError: unknown format, unreadable file, missing columns, no rows.
    """
    table = pl.concat([_read(path, columns) for path in paths], how="vertical_relaxed")
    if table.is_empty():
        raise InputError(f"{paths[0].name}: no rows")
    return table


def scan_columns(path: Path, columns: Sequence[str]) -> pl.LazyFrame:
    """The named columns of a file, still to be read; InputError where it lacks one."""
    lazy = scan_table(path)
    _require(path, lazy.collect_schema().names(), columns)
    return lazy.select(columns)


def scan_table(path: Path) -> pl.LazyFrame:
    """A file, still to be read; InputError where its format is not known."""
    return _find_format(path).scan(path)


@contextmanager
def explain_read_errors(path: Path) -> Iterator[None]:
    """What goes wrong with a file inside is an InputError that names it, in one line."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path.name}: cannot be read: {first_line}") from error


def _read(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    with explain_read_errors(path):
        return scan_columns(path, columns).collect()


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
