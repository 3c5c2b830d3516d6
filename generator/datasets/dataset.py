"""A dataset of the manifest, read: its files, and the file of its labels where it has one.

In: a dataset's spec and its files. Out: a SensorTable. Never: a column the spec does not name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generator.datasets.labels import labels_of
from generator.datasets.long_table import read_columns
from generator.datasets.twins import twins_of
from generator.datasets.windows import SensorTable, table_of
from generator.spec.schema import DatasetSpec


def read_dataset(
    spec: DatasetSpec,
    files: Sequence[Path],
    label_files: Sequence[Path] = (),
    twin_files: Sequence[Path] = (),
) -> SensorTable:
    """The table of a dataset: sensors, target, groups and clock, row by row, with their twins.

    Raises:
        InputError: a file, column or clock that is not what the spec says.
    """
    read = read_columns(files, list(spec.sensors), spec.told)
    join = spec.target.join
    labels = labels_of(read.others[join], label_files, spec.target.column) if join else None
    table = table_of(spec, read.values, read.others, read.borders, labels)
    twins = twins_of(spec, read.others, twin_files) if twin_files else None
    return replace(table, twins=twins)
