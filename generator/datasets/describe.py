"""What a dataset is, as a record: period, steps, gaps, groups, ranges, what was explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from generator.datasets.clock import span_words
from generator.datasets.windows import SensorTable, SensorWindows
from generator.hashing import sha256_json
from generator.manifest import DatasetSpec
from generator.records import DatasetRecord, FileDigest, Sensor, SensorRange


def describe(
    dataset_id: str,
    spec: DatasetSpec,
    files: Sequence[FileDigest],
    table: SensorTable,
    windows: SensorWindows,
    explained: SensorWindows,
) -> DatasetRecord:
    """The record of a dataset and of the windows a report explains."""
    clock, held = table.clock, windows.held(out=True)
    one = len(files) == 1
    return DatasetRecord(
        id=dataset_id,
        file=files[0].name if one else f"{len(files)} files, {files[0].name} to {files[-1].name}",
        sha256=files[0].sha256 if one else sha256_json({f.name: f.sha256 for f in files}),
        rows=len(table.target),
        time=clock.zone or "row",
        first=clock.labels[0],
        last=clock.labels[-1],
        step=span_words(clock.step) if clock.is_real else "1 row",
        groups=len(set(table.groups)) if spec.group else 0,
        group_word=spec.group or "",
        gaps=table.gaps if clock.is_real else None,
        windows=len(held),
        explained=len(explained),
        explained_groups=len(set(explained.groups)) if spec.group else 0,
        explained_first=explained.labels[0],
        explained_last=explained.labels[-1],
        window_length=spec.window.length,
        window_span=_span(spec.window.length, table),
        stride=spec.window.stride,
        holdout=_holdout_words(spec),
        target=spec.target.column,
        target_words=_target_words(spec, table.event),
        sensors=_ranges(spec.described, table, windows, explained),
        simulated=spec.simulated,
        licence=spec.licence,
        credit=spec.credit,
    )


def _span(length: int, table: SensorTable) -> str:
    return span_words(length * table.clock.step) if table.clock.is_real else f"{length} rows"


def _holdout_words(spec: DatasetSpec) -> str:
    share = f"{spec.holdout.fraction:.0%}"
    if spec.holdout.by == "group":
        return f"the last {share} of the {spec.group} groups, never seen in training"
    return f"the last {share} of the rows, never seen in training"


def _target_words(spec: DatasetSpec, event: bool) -> str:
    column, horizon = spec.target.column, spec.target.horizon
    if horizon.rows == 0 or horizon.seconds == 0:
        return f"{column} at the same moment as the last reading"
    return f"{column} within the next {horizon.words}" if event else f"{column} {horizon.words} on"


def _ranges(
    sensors: Sequence[Sensor],
    table: SensorTable,
    windows: SensorWindows,
    explained: SensorWindows,
) -> tuple[SensorRange, ...]:
    training = windows.held(out=False)
    return tuple(
        _range(sensor, table.values[:, i], training.values[:, :, i], explained.values[:, :, i])
        for i, sensor in enumerate(sensors)
    )


def _range(
    sensor: Sensor, column: np.ndarray, training: np.ndarray, explained: np.ndarray
) -> SensorRange:
    whole, seen, shown = (x[np.isfinite(x)] for x in (column, training, explained))
    return SensorRange(
        sensor=sensor,
        low=_figure(np.min, whole),
        mean=_figure(np.mean, whole),
        high=_figure(np.max, whole),
        missing=len(column) - len(whole),
        explained_low=_figure(np.min, shown),
        explained_high=_figure(np.max, shown),
        outside_training=_outside(seen, shown),
    )


def _figure(of: Callable[[np.ndarray], Any], values: np.ndarray) -> float | None:
    return float(of(values)) if len(values) else None


def _outside(seen: np.ndarray, shown: np.ndarray) -> float | None:
    if not (len(seen) and len(shown)):
        return None
    return float(((shown < seen.min()) | (shown > seen.max())).mean())
