"""A model reads its own sensors in its own order, and only data it was made for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from generator.datasets.description import describe_dataset
from generator.datasets.model_windows import adapt_to_model
from generator.datasets.windows import SensorTable, SensorWindows, build_table, cut_windows
from generator.errors import InputError
from generator.models.source import LoadedModel, load_model
from generator.records import DatasetRecord, FileDigest
from generator.spec.datasets import DatasetSpec
from tests.conftest import ROOT
from tests.intake.test_windows import frame, spec

FILES = (FileDigest(name="x.csv", size=1, sha256="0" * 64),)


@pytest.fixture(scope="module")
def trained() -> LoadedModel:
    """A published model, for the parts that windows do not touch."""
    return load_model("safetensors", ROOT / "examples/process_heat/models/combustion", "published")


@pytest.fixture
def model(trained: LoadedModel) -> LoadedModel:
    """It reads b, then a: three rows, ten seconds apart, and predicts y two rows on."""
    return replace(
        trained,
        id="m",
        sensors=("b", "a"),
        window=3,
        step_seconds=10.0,
        horizon_rows=2,
        target="y",
        task="value",
        coverage=None,
    )


def both(asked: DatasetSpec, data: pl.DataFrame) -> tuple[SensorTable, SensorWindows]:
    table = build_table(asked, data)
    return table, cut_windows(asked, table)


def record(asked: DatasetSpec, data: pl.DataFrame, model: LoadedModel) -> DatasetRecord:
    """The dataset's record, with all held-out windows explained."""
    table, windows = both(asked, data)
    windows = adapt_to_model(asked, table, windows, model)
    held = windows.select_held(out=True)
    return describe_dataset("d", asked, FILES, table, windows, held, model.sensors)


def test_windows_come_in_the_models_order(model: LoadedModel) -> None:
    """The model reads b first: its column is minus the count."""
    table, windows = both(spec(), frame())
    got = adapt_to_model(spec(), table, windows, model)
    np.testing.assert_array_equal(got.values[0], [[0, 0], [-1, 1], [-2, 2]])


def test_ranges_follow_the_sensors_names_not_their_places(model: LoadedModel) -> None:
    """Held-out windows hold rows 10 to 16: a spans 10 to 16, b the same below zero."""
    ranges = {row.sensor.name: row for row in record(spec(), frame(), model).sensors}
    assert (ranges["a"].explained_low, ranges["a"].explained_high) == (10, 16)
    assert (ranges["b"].explained_low, ranges["b"].explained_high) == (-16, -10)


def test_a_sensor_the_model_does_not_read_has_no_explained_range(model: LoadedModel) -> None:
    """The manifest names a, the model reads b alone: a keeps the range of the whole data."""
    ranges = {
        row.sensor.name: row
        for row in record(spec(), frame(), replace(model, sensors=("b",))).sensors
    }
    assert (ranges["a"].low, ranges["a"].high) == (0, 19)
    assert ranges["a"].explained_low is ranges["a"].outside_training is None
    assert (ranges["b"].explained_low, ranges["b"].explained_high) == (-16, -10)


def test_the_explained_period_starts_at_the_oldest_reading(model: LoadedModel) -> None:
    """The first held-out window holds rows 10, 11, 12: its period begins at row 10."""
    found = record(spec(), frame(), model)
    assert (found.explained_first, found.explained_last) == (
        "2026-01-05 06:01:40",
        "2026-01-05 06:02:40",
    )


def test_first_and_last_are_by_the_clock(model: LoadedModel) -> None:
    """The file holds the later run first; the period is told as time runs."""
    data = frame()
    found = record(spec(), pl.concat([data[10:], data[:10]]), model)
    assert (found.first, found.last) == ("2026-01-05 06:00:00", "2026-01-05 06:03:10")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sensors": ("c",)}, "model m reads c: not among the sensors"),
        ({"window": 4}, "reads windows of 4 rows, the dataset cuts 3"),
        ({"step_seconds": 60.0}, "reads one row every 1 min, the dataset has one every 10 s"),
        ({"target": "z"}, "predicts z, the dataset's target is y"),
        (
            {"task": "event"},
            "predicts whether it happens, but column 'y' holds numbers from 0 to 19",
        ),
        ({"horizon_rows": 30}, "predicts y 30 rows ahead, .* horizon of 20 s is 2 rows"),
    ],
)
def test_data_a_model_was_not_made_for_is_refused(
    model: LoadedModel, changes: dict[str, object], message: str
) -> None:
    """Each difference has its own sentence, with both sides in it."""
    table, windows = both(spec(), frame())
    with pytest.raises(InputError, match=message):
        adapt_to_model(spec(), table, windows, replace(model, **changes))  # type: ignore[arg-type]


def test_what_a_model_does_not_state_is_not_held_against_it(model: LoadedModel) -> None:
    """A folder without step and horizon is taken as it is; so is data without a clock."""
    table, windows = both(spec(), frame())
    silent = replace(model, step_seconds=None, horizon_rows=None)
    assert len(adapt_to_model(spec(), table, windows, silent)) == len(windows)
    rows = spec(time=None, target={"column": "y", "horizon": "2 rows"})
    table, windows = both(rows, frame())
    assert len(adapt_to_model(rows, table, windows, model)) == len(windows)


def test_only_sensors_the_model_reads_are_grouped(model: LoadedModel) -> None:
    """B is calculated from a: one group for a model of both, none for a model of b alone."""
    calculated = {"kind": "calculated", "derived_from": ["a"]}
    asked = spec(sensors={"a": {}, "b": calculated})
    (group,) = record(asked, frame(), model).sensor_groups
    assert (group.sensors, group.calculated) == (("a", "b"), ("b",))
    assert group.strongest is None  # twenty rows are too few to tell
    assert record(asked, frame(), replace(model, sensors=("b",))).sensor_groups == ()


def classes(model: LoadedModel, *names: str) -> LoadedModel:
    """The model, telling these classes apart."""
    return replace(model, task="class", classes=names)


def test_classes_are_counted_as_the_model_counts_them(model: LoadedModel) -> None:
    """The data's classes are in order, the model's are not: indices are the model's."""
    asked = spec(target={"column": "y", "horizon": "20s", "task": "class"})
    data = frame().with_columns(y=pl.Series(["high", "low"] * 10))
    table, windows = both(asked, data)
    got = adapt_to_model(asked, table, windows, classes(model, "low", "high"))
    assert (windows.classes, got.classes) == (("high", "low"), ("low", "high"))
    assert got.target.tolist() == (1 - windows.target).tolist()
    found = describe_dataset("d", asked, FILES, table, got, got.select_held(out=True), ("b", "a"))
    assert [(c.name, c.training, c.held_out, c.explained) for c in found.classes] == [
        ("low", 0, 0, 0),
        ("high", 3, 3, 3),
    ]
    assert found.explained_events is None


def test_classes_that_differ_are_told(model: LoadedModel) -> None:
    """What only one side has is named, on both sides; so is data that has no classes at all."""
    asked = spec(target={"column": "y", "horizon": "20s", "task": "class"})
    data = frame().with_columns(y=pl.Series(["worn", "new"] * 10))
    with pytest.raises(InputError, match="only the model has torn; only the data has worn"):
        adapt_to_model(asked, *both(asked, data), classes(model, "new", "torn"))
    with pytest.raises(InputError, match=r"which class it is, but .* numbers .*say task: class"):
        adapt_to_model(spec(), *both(spec(), frame()), classes(model, "new", "torn"))


def test_what_the_manifest_says_of_the_clock_is_kept(model: LoadedModel) -> None:
    """The note beside the zone stands in the record; without one it is empty."""
    noted = {"column": "t", "zone": "Europe/Berlin", "note": "logger at UTC+1 all year"}
    assert record(spec(time=noted), frame(), model).time_note == "logger at UTC+1 all year"
    assert record(spec(), frame(), model).time_note == ""


@pytest.mark.parametrize(
    ("task", "healthy", "message"),
    [
        ("class", ["4", "nine"], "target: healthy: nine is no class of column 'y'.* classes 0, 1"),
        ("value", [0], "target: healthy: 0 is no class of column 'y', which holds no classes"),
    ],
)
def test_a_healthy_class_is_one_of_the_data(
    model: LoadedModel, task: str, healthy: list[object], message: str
) -> None:
    """A name that no row has is refused, with the names there are."""
    target = {"column": "y", "horizon": "2 rows", "task": task, "healthy": healthy}
    asked = spec(target=target)
    table, windows = both(asked, frame())
    known = replace(model, task=table.task, classes=table.classes)
    with pytest.raises(InputError, match=message):
        adapt_to_model(asked, table, windows, known)
    plain = asked.model_copy(update={"target": asked.target.model_copy(update={"healthy": ()})})
    assert len(adapt_to_model(plain, table, windows, known)) == len(windows)
