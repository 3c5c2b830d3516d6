"""The same rows without the fault: twin runs, as a simulator can make them, brought to the data's.

In: group and time of the data's rows, the twins' files. Out: (rows, sensors) readings, NaN where a
row has no twin. Never: a twin matched by its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from generator.datasets.long_table import read_columns
from generator.datasets.places import Places
from generator.datasets.stamps import read_stamps
from generator.errors import InputError
from generator.spec.datasets import DatasetSpec

ROW = "row of the twin"


def match_twins(
    spec: DatasetSpec, rows: pl.DataFrame, places: Places, paths: Sequence[Path]
) -> np.ndarray:
    """(rows, sensors) readings of each row's twin, in the sensors' units; NaN where it has none.

    Args:
        spec: names the group, the clock and the sensors.
        rows: the data's own columns, as its files hold them.
        places: where each of these rows stands in the data's files.
        paths: the files of the twins, with the same columns.

    Raises:
        InputError: neither group nor clock to find a twin by, a row with two twins, keys of
            another type than the data's, or not one row with a twin.
    """
    key, file = _choose_key(spec), ", ".join(path.name for path in paths)
    read = read_columns(paths, list(spec.sensors), key)
    known = _read_times(spec, read.others.select(key), read.places).with_row_index(ROW)
    rows = _read_times(spec, rows.select(key), places)
    if known.select(key).is_duplicated().any():
        raise InputError(f"{file}: more than one row has the same {' and '.join(key)}")
    if rows.schema != known.select(key).schema:
        raise InputError(f"{file}: {' and '.join(key)} are not written as in the data")
    found = rows.join(known, on=key, how="left", maintain_order="left")[ROW]
    there = found.is_not_null().to_numpy()
    if not there.any():
        raise InputError(f"{file}: no row of the data has a twin of the same {' and '.join(key)}")
    twins = np.full((len(rows), len(spec.sensors)), np.nan)
    twins[there] = read.values[found.drop_nulls().to_numpy()]
    return twins


def _read_times(spec: DatasetSpec, rows: pl.DataFrame, places: Places) -> pl.DataFrame:
    """The rows with their times as times, however they are written."""
    name = spec.time.column if spec.time else ""
    return rows.with_columns(read_stamps(rows[name], places))


def _choose_key(spec: DatasetSpec) -> list[str]:
    key = [*([spec.group] if spec.group else []), *([spec.time.column] if spec.time else [])]
    if not spec.time:
        raise InputError("twins: are found by their time, and this data has no clock")
    return key
