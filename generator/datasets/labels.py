"""Labels that lie in a file of their own, one row per key, brought to the rows of the data.

In: the data's key column and a label table. Out: one label per row, missing where its key has none.
Never: a key with two labels, a key matched by its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from generator.datasets.places import Places
from generator.datasets.stamps import read_stamps
from generator.datasets.table import read_table
from generator.errors import InputError

SHOWN_KEYS = 3


def match_labels(keys: pl.Series, paths: Sequence[Path], column: str) -> pl.Series:
    """The labels in `column` of the label files, one per key of `keys`, in their order.

    Raises:
        InputError: a file or column that cannot be read, a key that stands twice, keys of another
            type than the data's, or not one key with a label.
    """
    join, file = keys.name, ", ".join(path.name for path in paths)
    if column == join:
        raise InputError(f"{file}: column {column!r} cannot be both the key and the label")
    labels = read_table(paths, [join, column]).drop_nulls(join)
    _check_unique(labels[join], file)
    wanted, known = _cast_alike(keys, labels[join], file)
    table = labels.with_columns(known.alias(join))
    rows = wanted.to_frame().join(table, on=join, how="left", maintain_order="left")
    found = rows[column]
    if found.null_count() == len(found):
        raise InputError(
            f"{file}: not one {join} of the data has a label in column {column!r}; "
            f"the data begins with {join} {_format_keys(keys)}, "
            f"the labels with {_format_keys(labels[join])}"
        )
    return found


def _check_unique(keys: pl.Series, file: str) -> None:
    twice = keys.filter(keys.is_duplicated()).unique(maintain_order=True)
    if len(twice):
        more = f" and {len(twice) - SHOWN_KEYS:,} more" if len(twice) > SHOWN_KEYS else ""
        raise InputError(
            f"{file}: {keys.name} {_format_keys(twice)}{more} stands more than once; "
            "a key has one label, so keep one row of each"
        )


def _cast_alike(data: pl.Series, labels: pl.Series, file: str) -> tuple[pl.Series, pl.Series]:
    """Both key columns in one type: whole numbers, numbers, or as they are."""
    kinds = (data.dtype, labels.dtype)
    if all(kind.is_integer() for kind in kinds):
        return data.cast(pl.Int64), labels.cast(pl.Int64)
    if all(kind.is_numeric() for kind in kinds):
        return data.cast(pl.Float64), labels.cast(pl.Float64)
    if pl.String in kinds and any(kind.is_temporal() for kind in kinds):
        data, labels = read_stamps(data, Places()), read_stamps(labels, Places())
        kinds = (data.dtype, labels.dtype)
    if kinds[0] != kinds[1]:
        raise InputError(
            f"{file}: column {labels.name!r} holds {kinds[1]}, the data's holds {kinds[0]}; "
            "write the key alike in both"
        )
    return data, labels


def _format_keys(keys: pl.Series) -> str:
    return ", ".join(str(key) for key in keys.head(SHOWN_KEYS).to_list())
