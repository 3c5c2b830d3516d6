"""A dataset of the manifest, read: its files, and the file of its labels where it has one.

In: a dataset's spec and its files. Out: a SensorTable. Never: a column the spec does not name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generator.datasets.labels import match_labels
from generator.datasets.long_table import read_columns
from generator.datasets.twins import match_twins
from generator.datasets.windows import SensorTable, build_table_from_values
from generator.spec.datasets import DatasetSpec


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
    read = read_columns(files, list(spec.sensors), spec.key_columns)
    join = spec.target.join
    labels = match_labels(read.others[join], label_files, spec.target.column) if join else None
    table = build_table_from_values(spec, read.values, read.others, read.places, labels)
    twins = match_twins(spec, read.others, read.places, twin_files) if twin_files else None
    return replace(table, twins=twins)
