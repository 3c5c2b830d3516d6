"""A dataset from its files to its profile: rows, period, gaps, codes, laws, each sensor.

In: a dataset's spec and files. Out: ProfileFacts. Memory: a few columns at a time, whatever the
number of rows. Never: a model, a window, a value filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from generator.datasets.profile.drift import measure_drift
from generator.datasets.profile.law_checks import check_law
from generator.datasets.profile.period import describe_period, find_gaps
from generator.datasets.profile.rows import DatasetRows, read_rows
from generator.datasets.profile.scan import Scan, scan_files
from generator.datasets.profile.stretches import find_longest_frozen, find_longest_missing
from generator.datasets.profile.trace import choose_bucket_rows, trace_column
from generator.datasets.quality_codes import count_codes, mark_good_rows
from generator.datasets.sensor_groups import group_sensors, sample_rows
from generator.records import Sensor
from generator.records.dataset_profile import ProfileFacts, QualityCount, SensorProfile
from generator.spec.checks import QualitySpec
from generator.spec.datasets import DatasetSpec

MOST_BORDERS = 100
"""More borders of groups than this are not drawn, only counted."""
RANKS = (0.01, 0.5, 0.99)


def profile_dataset(spec: DatasetSpec, paths: Sequence[Path]) -> ProfileFacts:
    """What the rows of a dataset say.

    Raises:
        InputError: a file, a column, a clock or a group is not what the manifest says.
    """
    scan = scan_files(paths)
    rows = read_rows(scan, spec)
    counts, bad = _read_codes(scan, spec.quality)
    jumps, longest = find_gaps(rows, spec.gap)
    buckets = choose_bucket_rows(rows.count)
    sampled = sample_rows(~rows.mark_held_out(), len(spec.sensors))
    readings = np.empty((len(sampled), len(spec.sensors)))
    sensors = tuple(_profile_sensors(spec, scan, rows, bad, buckets, sampled, readings))
    return ProfileFacts(
        rows=rows.count,
        period=describe_period(rows, spec.time.zone) if spec.time else None,
        groups=rows.groups,
        group_word=spec.group or "",
        group_rows=tuple(rows.starts.tolist()) if len(rows.starts) <= MOST_BORDERS else (),
        held_out=rows.held_out,
        holdout_by=spec.holdout.by,
        bucket_rows=tuple(buckets.tolist()),
        bucket_times=tuple(rows.label(int(row)) for row in buckets) if spec.time else (),
        last_row=rows.label(rows.count - 1),
        gaps=jumps,
        gap_factor=spec.gap,
        longest_gap=longest,
        quality_column=spec.quality.column if spec.quality else "",
        quality=counts,
        checks=tuple(check_law(check, scan, rows) for check in spec.checks),
        sensors=sensors,
        sensor_groups=group_sensors(spec.sensor_records, readings, spec.groups.values()),
        grouped_on=len(sampled),
    )


def _read_codes(
    scan: Scan, spec: QualitySpec | None
) -> tuple[tuple[QualityCount, ...], np.ndarray]:
    """Counts by code, and a (rows,) mask of rows that are not good.

    Without a declared column there are no counts and the mask is empty.
    """
    if spec is None:
        return (), np.empty(0, dtype=bool)
    codes = scan.read_column(spec.column)
    return count_codes(codes, spec), ~mark_good_rows(codes, spec)


def _profile_sensors(
    spec: DatasetSpec,
    scan: Scan,
    rows: DatasetRows,
    bad: np.ndarray,
    buckets: np.ndarray,
    sampled: np.ndarray,
    readings: np.ndarray,
) -> Iterator[SensorProfile]:
    """Each sensor's profile; its readings of the sampled rows go to its column of `readings`."""
    records = {sensor.name: sensor for sensor in spec.sensor_records}
    places = {name: at for at, name in enumerate(records)}
    for name, column in scan.read_numbers(list(records)):
        readings[:, places[name]] = column[sampled]
        not_good = int((~np.isnan(column) & bad).sum()) if spec.quality else None
        yield profile_sensor(records[name], column, rows, not_good, buckets)


def profile_sensor(
    sensor: Sensor, column: np.ndarray, rows: DatasetRows, not_good: int | None, buckets: np.ndarray
) -> SensorProfile:
    """The profile of one (rows,) column of readings, NaN where missing."""
    training, held_out = _split_parts(column, rows)
    known = len(training) + len(held_out)
    ends = [float(part[at]) for part in (training, held_out) if len(part) for at in (0, -1)]
    p01, median, p99 = _quantiles(training, held_out)
    drifted = measure_drift(training, held_out)
    del training, held_out  # as large as the column, and the rest does not need them
    return SensorProfile(
        sensor=sensor,
        readings=known,
        missing=len(column) - known,
        low=min(ends, default=None),
        p01=p01,
        median=median,
        p99=p99,
        high=max(ends, default=None),
        not_good=not_good,
        longest_missing=find_longest_missing(column, rows),
        longest_frozen=find_longest_frozen(column, rows),
        drift=drifted,
        trace=trace_column(column, buckets),
    )


def _split_parts(column: np.ndarray, rows: DatasetRows) -> tuple[np.ndarray, np.ndarray]:
    """The readings of the training part and of the held-out one, sorted."""
    held, known = rows.mark_held_out(), ~np.isnan(column)
    training, held_out = column[known & ~held], column[known & held]
    training.sort()
    held_out.sort()
    return training, held_out


def _quantiles(training: np.ndarray, held_out: np.ndarray) -> tuple[float | None, ...]:
    """1 %, median and 99 % of the readings, interpolated between neighbours."""
    known = np.concatenate([training, held_out])
    if not len(known):
        return (None,) * len(RANKS)
    return tuple(float(x) for x in np.quantile(known, RANKS, overwrite_input=True))
