"""One type for each column of several files, told from all of its cells.

In: the column as each file holds it. Out: one column. Never: a type told from the first rows; a
cell changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from generator.errors import InputError

FLAGS = {"true": True, "false": False}


def join_pieces(pieces: Sequence[pl.Series], paths: Sequence[Path]) -> pl.Series:
    """A column of all files, one below the other, in the one type that holds it.

    Text of a file without types is read as whole numbers, numbers or flags where every cell is one.

    Raises:
        InputError: files that hold it in types which cannot be joined.
    """
    filled = [(piece, path) for piece, path in zip(pieces, paths, strict=True) if len(piece)]
    if not filled:
        return pieces[0]
    if all(_is_text(piece) for piece, _ in filled):
        return settle_type(pl.concat([piece for piece, _ in filled]))
    settled = [(settle_type(piece), path) for piece, path in filled]
    return pl.concat(_bring_together(settled), rechunk=False)


def settle_type(column: pl.Series) -> pl.Series:
    """Text as flags, whole numbers or numbers, where every cell is one; else as it stands."""
    if not _is_text(column) or column.null_count() == len(column):
        return column
    low = column.str.to_lowercase()
    if low.drop_nulls().head(1).is_in(list(FLAGS)).all():
        flags = low.replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)
        if flags.null_count() == column.null_count():
            return flags
    for kind in (pl.Int64, pl.Float64):
        numbers = column.cast(kind, strict=False)
        if numbers.null_count() == column.null_count():
            return numbers
    return column


def _is_text(column: pl.Series) -> bool:
    return bool(column.dtype == pl.String)


def _bring_together(pieces: Sequence[tuple[pl.Series, Path]]) -> list[pl.Series]:
    kinds = {piece.dtype for piece, _ in pieces if piece.null_count() < len(piece)}
    aim = _choose_type(kinds)
    if aim is None:
        raise _refuse(pieces)
    return [piece.cast(aim) for piece, _ in pieces]


def _choose_type(kinds: set[pl.DataType]) -> pl.DataType | None:
    """The type that holds all of these; None where there is none."""
    if len(kinds) <= 1:
        return next(iter(kinds), pl.Null())
    if all(kind.is_numeric() for kind in kinds):
        return pl.Int64() if all(kind.is_integer() for kind in kinds) else pl.Float64()
    if all(kind == pl.String or kind.is_integer() or kind == pl.Categorical for kind in kinds):
        return pl.String()
    zones = [isinstance(kind, pl.Datetime) and bool(kind.time_zone) for kind in kinds]
    if all(zones):
        return pl.Datetime("us", "UTC")
    walls = [kind in (pl.Date, pl.Datetime) for kind in kinds]
    return pl.Datetime("us") if all(walls) and not any(zones) else None


def _refuse(pieces: Sequence[tuple[pl.Series, Path]]) -> InputError:
    piece, path = pieces[0]
    other, there = next((p, f) for p, f in pieces if _choose_type({p.dtype, piece.dtype}) is None)
    return InputError(
        f"column {piece.name!r}: {path.name} holds {piece.dtype}, {there.name} {other.dtype}; "
        "write it in one way in all files"
    )
