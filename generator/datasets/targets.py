"""What a dataset's target column holds: an event, a value, or one of several classes.

In: the column, and the task where the manifest names one. Out: a Target, in numbers.
Never: a class made up, a value cut into classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from generator.datasets.column_types import settle_type
from generator.datasets.csv_faults import describe_text
from generator.datasets.places import Places
from generator.errors import InputError
from generator.kinds import Task

MOST = 1e30
"""A reading may be so large: its square, and sums of those, are finite still."""
MAX_CLASSES = 100
SHOWN_CLASSES = 12


@dataclass(frozen=True)
class Target:
    """The target of each row, and what kind it is."""

    values: np.ndarray
    """(rows,) float64: 0 or 1 for an event, the value, or the index of a class; NaN: missing."""
    task: Task
    classes: tuple[str, ...] = ()
    """The names of the classes in order, for a class target alone."""


def read_target(column: pl.Series, task: Task | None = None) -> Target:
    """The target in a column; without a task, an event where it holds true/false or 0/1 alone.

    Raises:
        InputError: the column does not hold what its task needs.
    """
    if task == "class":
        return _read_classes(column)
    if task is None:
        task = "event" if _is_event(column) else "value"
    elif task == "event" and not _is_flag(column):
        raise InputError(
            f"column {column.name!r}: an event is true or false, 1 or 0; "
            f"it holds {describe_column(column)}"
        )
    return Target(to_numbers(column, "; for classes say task: class under 'target'"), task)


def to_numbers(column: pl.Series, hint: str = "") -> np.ndarray:
    """(rows,) float64 of a column of numbers, NaN where missing; InputError for other columns."""
    if column.null_count() == len(column):  # nothing to tell a type from
        return np.full(len(column), np.nan)
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        raise InputError(f"column {column.name!r}: holds {column.dtype}, not numbers{hint}")
    found: np.ndarray = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    kept = np.where(np.isfinite(found), found, np.nan)
    _refuse_beyond(column.name, kept)
    return kept


def read_numbers(column: pl.Series, places: Places, first: int = 0) -> np.ndarray:
    """(rows,) float64 of a column that must hold numbers, NaN where missing.

    Args:
        column: of some rows.
        places: where the rows of the whole table stand in their files.
        first: which of those this column begins with.

    Raises:
        InputError: it holds something else; text is told with its place.
    """
    column = settle_type(column)
    if column.dtype != pl.String or column.null_count() == len(column):
        return to_numbers(column)
    words = column.is_not_null() & column.cast(pl.Float64, strict=False).is_null()
    row = int(words.arg_max() or 0)
    said = describe_text(column[row])
    raise InputError(f"{places.find(first + row)}, column {column.name!r}: {said}")


def _refuse_beyond(name: str, values: np.ndarray) -> None:
    """Sums and squares of such numbers are infinite, and nothing can be measured from them."""
    beyond = values[np.abs(values) > MOST]
    if len(beyond):
        raise InputError(
            f"column {name!r}: holds {beyond[0]:g}, and numbers lie within {MOST:g} of 0; leave "
            f"the cell empty where nothing was measured"
        )


def describe_column(column: pl.Series) -> str:
    """What a column holds, for people: 'numbers from 0 to 7', 'String'."""
    if not column.dtype.is_numeric():
        return str(column.dtype)
    values = to_numbers(column)
    if not np.isfinite(values).any():
        return "no finite number"
    return f"numbers from {np.nanmin(values):g} to {np.nanmax(values):g}"


def format_classes(classes: tuple[str, ...]) -> str:
    """Class names in a sentence, the first twelve of them."""
    return ", ".join(classes[:SHOWN_CLASSES]) + (", …" if len(classes) > SHOWN_CLASSES else "")


def _is_event(target: pl.Series) -> bool:
    return target.dtype == pl.Boolean or (target.dtype.is_integer() and _is_flag(target))


def _is_flag(target: pl.Series) -> bool:
    if target.dtype == pl.Boolean:
        return True
    return target.dtype.is_numeric() and set(target.drop_nulls().unique().to_list()) <= {0, 1}


def _read_classes(column: pl.Series) -> Target:
    whole = column.fill_nan(None) if column.dtype.is_float() else column
    if column.dtype in (pl.Categorical, pl.Enum):
        whole = column.cast(pl.String)
    if not (whole.dtype.is_numeric() or whole.dtype in (pl.Boolean, pl.String)):
        raise InputError(f"column {column.name!r}: holds {column.dtype}, not words or numbers")
    found = whole.drop_nulls().unique().sort()
    if not 2 <= len(found) <= MAX_CLASSES:
        many = " (is it a value?)" if len(found) > MAX_CLASSES else ""
        raise InputError(
            f"column {column.name!r}: holds {len(found):,} classes{many}; "
            f"from 2 to {MAX_CLASSES} can be told apart"
        )
    index = whole.replace_strict(found, range(len(found)), default=None, return_dtype=pl.Float64)
    names = tuple(_format_class(value) for value in found.to_list())
    return Target(index.fill_null(float("nan")).to_numpy(), "class", names)


def _format_class(value: bool | float | str) -> str:
    """'true', '20', '0.5', or the word itself."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
