"""The files of a dataset's profile: one record as JSON, one row per sensor as CSV.

In: a DatasetProfile. Out: bytes by file name; the same profile, the same bytes. Never: a value
that the profile does not hold.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from generator.exports.csv import INTENDED_USE, Cell, to_cell
from generator.exports.names import compose_description
from generator.hashing import canonise_text
from generator.notice import SIMULATED
from generator.records.dataset_profile import DatasetProfile, SensorProfile, Stretch

PROFILE, SENSORS = "profile.json", "sensors.csv"
COLUMNS = ("sensor", "tag", "unit", "basis", "kind", "derived_from", "readings", "missing", "low",
           "p01", "median", "p99", "high", "not_good", "longest_missing_rows",
           "longest_missing_at", "longest_frozen_rows", "longest_frozen_at",
           "longest_frozen_value", "drift_psi", "drift_ks", "drift_outside",
           "drift")  # fmt: skip


def make_profile_files(profile: DatasetProfile) -> dict[str, bytes]:
    """`profile.json` and, where there is something to list, `sensors.csv`."""
    files = {PROFILE: canonise_text(profile.model_dump_json(by_alias=True)) + b"\n"}
    if profile.found:
        files[SENSORS] = _encode_table(profile)
    return files


def _encode_table(profile: DatasetProfile) -> bytes:
    use = compose_description(profile.intended_use, SIMULATED if profile.simulated else "")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([*COLUMNS, INTENDED_USE])
    for sensor in profile.found.sensors if profile.found else ():
        table.writerow([to_cell(value) for value in (*_list_cells(sensor), use)])
    return text.getvalue().encode()


def _list_cells(found: SensorProfile) -> Iterator[Cell]:
    sensor, drift, frozen = found.sensor, found.drift, found.longest_frozen
    yield from (sensor.name, sensor.tag, sensor.unit, sensor.basis, sensor.kind.value)
    yield " ".join(sensor.derived_from)
    yield from (found.readings, found.missing)
    yield from (found.low, found.p01, found.median, found.p99, found.high, found.not_good)
    yield from (*_list_stretch_cells(found.longest_missing), *_list_stretch_cells(frozen))
    yield frozen.value if frozen else None
    yield from (drift.psi, drift.ks, drift.outside, drift.state) if drift else (None,) * 4


def _list_stretch_cells(found: Stretch | None) -> tuple[Cell, Cell]:
    return (found.rows, found.at) if found else (None, None)
