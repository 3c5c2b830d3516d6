"""Twin runs: each row of the data finds the same row of the same run without its fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from generator.datasets.dataset import read_dataset
from generator.errors import InputError
from generator.spec.datasets import DatasetSpec
from tests.intake.test_windows import spec

TIMES = [f"2026-01-05 06:00:{second:02d}" for second in (0, 10, 20)]


def rows(**changed: Any) -> pl.DataFrame:
    """Two runs of three rows at the same three times."""
    plain = {"run": ["x"] * 3 + ["y"] * 3, "t": TIMES * 2, "a": range(6), "b": range(10, 16)}
    return pl.DataFrame({**plain, "y": np.arange(6.0), **changed})


def asked(**changed: Any) -> DatasetSpec:
    return spec(group="run", time={"column": "t", "zone": "UTC"}, **changed)


def twins(folder: Path, data: pl.DataFrame, twin: pl.DataFrame, **changed: Any) -> np.ndarray:
    """The twins of the data, both written to files and read as a report reads them."""
    paths = folder / "data.csv", folder / "twins.csv"
    for path, frame in zip(paths, (data, twin), strict=True):
        frame.write_csv(path)
    found = read_dataset(asked(**changed), paths[:1], (), paths[1:])
    assert found.twins is not None
    return found.twins


def test_a_twin_is_found_by_run_and_time(tmp_path: Path) -> None:
    """In whatever order its file has them; a row without one has no reading."""
    healthy = rows(a=range(100, 106), b=range(200, 206))
    found = twins(tmp_path, rows(), healthy[[5, 3, 0, 1]])
    nan = [np.nan, np.nan]
    expected = [[100, 200], [101, 201], nan, [103, 203], nan, [105, 205]]
    np.testing.assert_array_equal(found, np.array(expected, dtype=float))


def test_data_without_twins_has_none(tmp_path: Path) -> None:
    """Nothing is made up where no file is named."""
    rows().write_csv(tmp_path / "data.csv")
    assert read_dataset(asked(), [tmp_path / "data.csv"]).twins is None


@pytest.mark.parametrize(
    ("twin", "message"),
    [
        (rows(run=["z"] * 6), "twins.csv: more than one row has the same run and t"),
        (rows(run=[*"uvwpqr"]), "twins.csv: no row of the data has a twin of the same run and t"),
        (rows(run=range(6)), "twins.csv: run and t are not written as in the data"),
    ],
)
def test_twins_that_cannot_be_told_are_refused(
    tmp_path: Path, twin: pl.DataFrame, message: str
) -> None:
    """Each with what is wrong with its file."""
    with pytest.raises(InputError, match=message):
        twins(tmp_path, rows(), twin)


def test_data_without_a_clock_has_no_twins(tmp_path: Path) -> None:
    """A row's place is no sign that it is the same row."""
    paths = tmp_path / "data.csv", tmp_path / "twins.csv"
    for path in paths:
        rows().write_csv(path)
    timeless = spec(group="run", time=None, target={"column": "y", "horizon": "2 rows"})
    with pytest.raises(InputError, match="this data has no clock"):
        read_dataset(timeless, paths[:1], (), paths[1:])
