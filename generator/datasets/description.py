"""What a dataset is, as a record: period, steps, gaps, groups, ranges, what was explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from generator.datasets.clock import Clock
from generator.datasets.digest import dataset_sha256
from generator.datasets.sensor_groups import group_sensors, sample_rows
from generator.datasets.windows import SensorTable, SensorWindows, count_unlabelled_windows
from generator.records.dataset import ClassCount, DatasetRecord, Sensor, SensorGroup, SensorRange
from generator.records.model import FileDigest
from generator.spec.datasets import DatasetSpec
from generator.words import format_duration

WINDOWS_AT_ONCE = 1024


def describe_dataset(
    dataset_id: str,
    spec: DatasetSpec,
    files: Sequence[FileDigest],
    table: SensorTable,
    windows: SensorWindows,
    explained: SensorWindows,
    read: Sequence[str],
    labels: Sequence[FileDigest] = (),
    doubt: float = 1.0,
) -> DatasetRecord:
    """The record of a dataset and of the windows a report explains.

    `read` names the sensors of both windows, in the order of their last axis; `labels` are the
    files of the target, where the data's own do not hold it; `doubt` is the share of readings that
    are not good above which a window is not explained.
    """
    clock, rows = table.clock, np.arange(len(table.target))
    oldest = explained.last_row - spec.window.length + 1
    return DatasetRecord(
        id=dataset_id,
        sha256=dataset_sha256(files, labels),
        **_copy_manifest_fields(spec, files, labels),
        rows=len(table.target),
        time=clock.zone or "row",
        first=_label_earliest(clock, rows),
        last=_label_latest(clock, rows),
        step=format_duration(clock.step) if clock.is_real else "1 row",
        groups=len(table.grouped.names) if spec.group else 0,
        group_word=spec.group or "",
        gaps=table.gaps if clock.is_real else None,
        windows=int(windows.held_out.sum()),
        unlabelled=count_unlabelled_windows(spec, table),
        doubtful=count_doubtful_windows(windows.select_held(out=True), doubt),
        explained=len(explained),
        explained_events=int(explained.target.sum()) if table.event else None,
        classes=_count_classes(windows, explained),
        explained_groups=len(explained.group_names) if spec.group else 0,
        explained_first=_label_earliest(clock, oldest),
        explained_last=_label_latest(clock, explained.last_row),
        window_length=spec.window.length,
        window_span=_describe_span(spec.window.length, table),
        target_words=_describe_target(spec, table.event),
        sensors=_measure_ranges(spec.sensor_records, table, windows, explained, read),
        sensor_groups=group_read_sensors(spec, table, windows, read),
    )


def _copy_manifest_fields(
    spec: DatasetSpec, files: Sequence[FileDigest], labels: Sequence[FileDigest]
) -> dict[str, Any]:
    """The fields that hold what the manifest says, before a row is read."""
    return {
        "file": _describe_files(files),
        "label_file": _describe_files(labels) if labels else "",
        "label_join": spec.target.join or "",
        "time_note": spec.time.note if spec.time else "",
        "stride": spec.window.stride,
        "holdout": _describe_holdout(spec),
        "target": spec.target.column,
        "simulated": spec.simulated,
        "licence": spec.licence,
        "credit": spec.credit,
    }


def count_doubtful_windows(held: SensorWindows, doubt: float) -> int:
    """How many held-out windows have more readings that are not good than may be explained."""
    return int((held.doubtful > doubt).sum())


def _count_classes(windows: SensorWindows, explained: SensorWindows) -> tuple[ClassCount, ...]:
    sides = (windows.select_held(out=False), windows.select_held(out=True), explained)
    counts = (side.class_counts.tolist() for side in sides)
    return tuple(
        ClassCount(name=name, training=training, held_out=held, explained=shown)
        for name, training, held, shown in zip(windows.classes, *counts, strict=True)
    )


def _describe_files(files: Sequence[FileDigest]) -> str:
    if len(files) == 1:
        return files[0].name
    return f"{len(files)} files, {files[0].name} to {files[-1].name}"


def _label_earliest(clock: Clock, rows: np.ndarray) -> str:
    return clock.labels[int(rows[np.argmin(clock.seconds[rows])])]


def _label_latest(clock: Clock, rows: np.ndarray) -> str:
    last_of_equals = len(rows) - 1 - np.argmax(clock.seconds[rows][::-1])
    return clock.labels[int(rows[last_of_equals])]


def _describe_span(length: int, table: SensorTable) -> str:
    return format_duration(length * table.clock.step) if table.clock.is_real else f"{length} rows"


def _describe_holdout(spec: DatasetSpec) -> str:
    share = f"{spec.holdout.fraction:.0%}"
    if spec.holdout.by == "group":
        blocks = f" in each of {spec.holdout.blocks} blocks of the file"
        return f"the last {share} of the {spec.group} groups{blocks * (spec.holdout.blocks > 1)}"
    return f"the last {share} of the rows"


def _describe_target(spec: DatasetSpec, event: bool) -> str:
    column, horizon = spec.target.column, spec.target.horizon
    if horizon.rows == 0 or horizon.seconds == 0:
        if spec.target.join:
            return f"{column} of the {spec.target.join} that the last reading belongs to"
        return f"{column} at the same moment as the last reading"
    return f"{column} within the next {horizon.words}" if event else f"{column} {horizon.words} on"


def _measure_ranges(
    sensors: Sequence[Sensor],
    table: SensorTable,
    windows: SensorWindows,
    explained: SensorWindows,
    read: Sequence[str],
) -> tuple[SensorRange, ...]:
    place = {name: i for i, name in enumerate(read)}
    training = _mark_covered_rows(windows.select_held(out=False))
    shown = {name: _gather_readings(explained, i) for name, i in place.items()}
    return tuple(
        _measure_range(
            sensor,
            table.values[:, column],
            table.values[training, column] if sensor.name in place else np.empty(0),
            shown.get(sensor.name, np.empty(0)),
        )
        for column, sensor in enumerate(sensors)
    )


def group_read_sensors(
    spec: DatasetSpec, table: SensorTable, windows: SensorWindows, read: Sequence[str]
) -> tuple[SensorGroup, ...]:
    """Of the sensors that are read, those that cannot be told apart in the training windows."""
    sensors = spec.sensor_records
    columns = [column for column, sensor in enumerate(sensors) if sensor.name in set(read)]
    rows = sample_rows(_mark_covered_rows(windows.select_held(out=False)), len(columns))
    readings = table.values[rows][:, columns]
    return group_sensors([sensors[at] for at in columns], readings, spec.groups.values())


def _mark_covered_rows(windows: SensorWindows) -> np.ndarray:
    """(rows,) bool: the rows of the table that lie in any of the windows."""
    change = np.zeros(len(windows.readings) + 1, dtype=np.int32)
    np.add.at(change, windows.last_row - windows.length + 1, 1)
    np.add.at(change, windows.last_row + 1, -1)
    return np.cumsum(change)[:-1] > 0


def _gather_readings(windows: SensorWindows, place: int) -> np.ndarray:
    """(windows * time,) readings of one sensor, as often as windows show them."""
    parts = [batch[:, :, place].ravel() for batch in windows.iter_batches(WINDOWS_AT_ONCE)]
    return np.concatenate(parts)


def _measure_range(
    sensor: Sensor, column: np.ndarray, training: np.ndarray, explained: np.ndarray
) -> SensorRange:
    whole, seen, shown = (np.asarray(x[np.isfinite(x)]) for x in (column, training, explained))
    return SensorRange(
        sensor=sensor,
        low=_compute_if_any(np.min, whole),
        mean=_compute_if_any(np.mean, whole),
        high=_compute_if_any(np.max, whole),
        missing=len(column) - len(whole),
        explained_low=_compute_if_any(np.min, shown),
        explained_high=_compute_if_any(np.max, shown),
        outside_training=_outside_share(seen, shown),
    )


def _compute_if_any(of: Callable[[np.ndarray], Any], values: np.ndarray) -> float | None:
    return float(of(values)) if len(values) else None


def _outside_share(seen: np.ndarray, shown: np.ndarray) -> float | None:
    if not (len(seen) and len(shown)):
        return None
    return float(((shown < seen.min()) | (shown > seen.max())).mean())
