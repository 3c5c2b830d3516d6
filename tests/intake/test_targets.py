"""What a target column holds, by its type or by the manifest's word."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from generator.datasets.targets import read_target
from generator.datasets.windows import build_table, cut_windows
from generator.errors import InputError
from generator.kinds import Task
from tests.intake.test_windows import frame, spec


@pytest.mark.parametrize(
    ("column", "names", "indices"),
    [
        ([100, 3, 20, None, 3], ("3", "20", "100"), [2, 0, 1, np.nan, 0]),
        ([2.0, 0.5, float("nan")], ("0.5", "2"), [1, 0, np.nan]),
        (["worn", "new", None], ("new", "worn"), [1, 0, np.nan]),
        ([True, False], ("false", "true"), [1, 0]),
    ],
)
def test_classes_are_the_distinct_values_in_order(
    column: list[object], names: tuple[str, ...], indices: list[float]
) -> None:
    """Numbers by size, words by letters; a row holds the index of its class, or nothing."""
    found = read_target(pl.Series("y", column), "class")
    assert found.classes == names
    np.testing.assert_array_equal(found.values, indices)


@pytest.mark.parametrize(
    ("column", "task", "expected"),
    [
        ([0, 1, None], None, "event"),
        ([True, False], None, "event"),
        ([0, 1, 2], None, "value"),
        ([0.0, 1.0], None, "value"),
        ([0.0, 1.0], "event", "event"),
        ([0, 1], "value", "value"),
    ],
)
def test_without_a_task_the_type_tells(
    column: list[object], task: Task | None, expected: Task
) -> None:
    """Flags are events, other numbers are values; the manifest's word goes before."""
    assert read_target(pl.Series("y", column), task).task == expected


@pytest.mark.parametrize(
    ("column", "task", "message"),
    [
        (["a", "b"], None, "holds String, not numbers; for classes say task: class under 'target'"),
        ([0, 7], "event", "an event is true or false, 1 or 0; it holds numbers from 0 to 7"),
        (list(range(101)), "class", r"holds 101 classes \(is it a value\?\); from 2 to 100"),
        (["a", "a"], "class", "holds 1 classes; from 2 to 100 can be told apart"),
    ],
)
def test_a_column_that_is_not_its_task_is_refused(
    column: list[object], task: Task | None, message: str
) -> None:
    """Each with what it holds and what to say instead."""
    with pytest.raises(InputError, match=message):
        read_target(pl.Series("y", column), task)


def test_a_window_is_to_tell_the_class_at_its_horizon() -> None:
    """Row i is of class i // 4: windows ending at 2, 4, 6 look two rows on, at 4, 6, 8."""
    asked = spec(target={"column": "y", "horizon": "20s", "task": "class"})
    data = frame().with_columns(y=pl.Series([f"c{i // 4}" for i in range(20)]))
    windows = cut_windows(asked, build_table(asked, data))
    assert windows.classes == ("c0", "c1", "c2", "c3", "c4")
    assert windows.target.tolist() == [1, 1, 2, 3, 4, 4]
    assert windows.class_counts.tolist() == [0, 2, 1, 1, 2]
