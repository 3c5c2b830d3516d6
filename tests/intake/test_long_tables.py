"""Long files: read in batches, on disk where they are many, and windows gathered on demand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from generator.datasets import long_table
from generator.datasets.dataset import read_dataset
from generator.datasets.long_table import read_columns
from generator.datasets.windows import SensorTable, build_table, cut_windows
from generator.errors import InputError
from generator.manifest import load_manifest
from generator.quality.readings import last_readings, mean_readings, readings_with_trend
from generator.spec.datasets import DatasetSpec
from tests.conftest import ROOT
from tests.intake.test_windows import frame, spec
from tests.meaning.test_quality import windows
from tests.windows_by_hand import judge_predictions


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
@pytest.mark.parametrize("in_memory", [1_000_000, 10])
def test_batches_make_the_whole_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, in_memory: int
) -> None:
    """Two files read seven rows at a time, in memory or on disk, are the files' own columns."""
    monkeypatch.setattr(long_table, "ROWS_AT_ONCE", 7)
    data = frame(40, 2).with_columns(
        a=pl.when(pl.col("a") == 3).then(None).otherwise(pl.col("a")), b=pl.lit(None, pl.String)
    )
    paths = [tmp_path / f"{name}.{ending}" for name in ("one", "two")]
    for path, part in zip(paths, (data[:25], data[25:]), strict=True):
        if ending == "parquet":
            part.write_parquet(path)
        else:
            part.write_csv(path, compression="gzip" if ending == "csv.gz" else "uncompressed")
    found = read_columns(paths, ["b", "a"], ["run", "y"], in_memory)
    expected = np.arange(40.0)
    expected[3] = np.nan
    np.testing.assert_array_equal(found.values[:, 1], expected)
    assert np.isnan(found.values[:, 0]).all()
    assert found.places.borders == (25,)
    assert found.others["run"].to_list() == data["run"].to_list()
    assert isinstance(found.values, np.memmap) == (in_memory == 10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,y\n", r"x\.csv: no rows"),
        ("a,y\nhigh,1\n", r"x\.csv line 2, column 'a': \"high\" is no number"),
        ("b,y\n1,1\n", r"x\.csv: no column 'a'; it has: b, y"),
    ],
)
def test_files_that_are_not_what_they_should_be_are_told(
    tmp_path: Path, text: str, message: str
) -> None:
    """No rows, words in place of numbers, a column that is not there."""
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_columns([tmp_path / "x.csv"], ["a"], ["y"])


def boiler_house() -> tuple[DatasetSpec, SensorTable, np.ndarray]:
    """The default dataset as this program reads it, and its sensors as polars does."""
    manifest = load_manifest(ROOT / "reports.yaml")
    asked, files = manifest.datasets["boiler-house"], manifest.find_data_files("boiler-house")
    plain = pl.read_parquet(files[0]).select(pl.col(list(asked.sensors)).cast(pl.Float64))
    return asked, read_dataset(asked, files), plain.fill_null(float("nan")).to_numpy()


def test_gathered_windows_are_slices_of_the_file() -> None:
    """The boiler house: values, last and mean readings are those of plain sliding windows."""
    asked, table, plain = boiler_house()
    found = replace(cut_windows(asked, table), columns=(3, 0, 7))
    slid = sliding_window_view(plain, asked.window.length, axis=0)
    expected = slid[found.last_row - asked.window.length + 1].transpose(0, 2, 1)[:, :, [3, 0, 7]]
    np.testing.assert_array_equal(found.values, expected)
    np.testing.assert_array_equal(np.concatenate(list(found.iter_batches(1000))), expected)
    last, middle = _filled(expected)[:, -1], _filled(expected[:, :32])[:, -1]
    np.testing.assert_array_equal(last_readings(found), last)
    trend = np.concatenate([last, last - middle], axis=1)
    np.testing.assert_array_equal(readings_with_trend(found), trend)
    means = np.nan_to_num(np.nanmean(expected, axis=1))
    np.testing.assert_allclose(mean_readings(found), means, rtol=1e-12)
    sample = found.sample(200, 0)
    picked = np.sort(np.random.default_rng(0).choice(len(found), size=200, replace=False))
    np.testing.assert_array_equal(sample.values, expected[picked])


def _filled(values: np.ndarray) -> np.ndarray:
    """(windows, time, sensors) with gaps held forward; leading gaps are 0."""
    count, rows, sensors = values.shape
    frame = pl.DataFrame(values.reshape(-1, sensors)).fill_nan(None)
    window = pl.Series("window", np.repeat(np.arange(count), rows))
    held = frame.select(pl.all().forward_fill().over(window).fill_null(0))
    return held.to_numpy().reshape(values.shape)


def test_events_of_the_boiler_house_are_found_row_by_row() -> None:
    """Each window's target is whether the flag is up in its next thirty rows, and not before."""
    asked, table, _ = boiler_house()
    found = cut_windows(asked, table)
    flag = table.target > 0
    for row, target in zip(found.last_row.tolist(), found.target.tolist(), strict=True):
        assert flag[row + 1 : row + 31].any() == target
        assert not flag[row - asked.window.length + 1 : row + 1].any()


def test_windows_share_their_table(tmp_path: Path) -> None:
    """However many windows are taken, readings are held once."""
    table = build_table(spec(window={"length": 3, "stride": 1}), frame(200))
    found = cut_windows(spec(window={"length": 3, "stride": 1}), table)
    assert found.readings is table.values
    assert found.select_held(out=True).sample(5, 0).readings is table.values


def test_rules_on_many_windows_are_fitted_on_a_seeded_sample(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Above the limit the sentence says how many were used; below, nothing is said."""
    train, held = windows(300, False, "t"), windows(200, False, "h")
    whole = judge_predictions(train, held, held.target, ["near", "far"], "", "value", 0)
    assert "fitted on" not in whole.words
    monkeypatch.setattr("generator.quality.held_out.FITTED_ON", 100)
    part = judge_predictions(train, held, held.target, ["near", "far"], "", "value", 0)
    assert (
        "The rules were fitted on 100 of 300 training windows, a sample with seed 0." in part.words
    )
    assert part.scores[0].rules["training mean"] != whole.scores[0].rules["training mean"]
