"""What the profile of a dataset costs: clock, gaps, stretches, quantiles, drift and a trace.

In: the seeded table of `long_files` as Parquet, in a temporary folder that is deleted afterwards.
Out: CPU seconds and extra peak memory of the profile, and beside it of polars' `describe` of the
same columns, which says count, mean, deviation and quartiles. Each in a process that starts anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import typer

from benchmarks.long_files import GROUPS, SENSORS, build_spec, make_file
from benchmarks.measuring import measure_fresh, run_in_fresh, settle
from benchmarks.tables import read_environment, write
from generator.datasets.profile.facts import profile_dataset

ROWS = (1_000_000, 10_000_000)


def profile_file(path: Path) -> object:
    """The profile, as a report's dataset page shows it."""
    return profile_dataset(build_spec(path, "value"), [path])


def describe_file(path: Path) -> object:
    """Polars' own summary of the same sensors."""
    return pl.scan_parquet(path).select(SENSORS).describe()


WAYS: Mapping[str, Callable[[Path], object]] = {
    "attention-reports, profile": profile_file,
    "polars, describe": describe_file,
}


def build_rows(path: Path) -> list[dict[str, Any]]:
    """One row per way."""
    found = []
    for name, way in WAYS.items():
        cost = measure_fresh(way, path)
        row = {"way": name, "CPU s": round(cost.cpu_s, 2), "extra peak MB": round(cost.peak_mb, 1)}
        found.append(row)
    return found


def main(
    rows: list[int] = list(ROWS),  # noqa: B006 typer reads it and never changes it
    output: Path = Path(__file__).parent / "results",
) -> None:
    """Measure each number of rows, and write the tables."""
    facts = read_environment()
    facts["table"] = f"{len(SENSORS)} sensors, {GROUPS} groups, a clock; Parquet"
    facts["memory"] = "resident: pages of the temporary file that are mapped count as well"
    tables: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in rows:
            path = Path(folder) / "profiled.parquet"
            run_in_fresh(make_file, path, count)
            tables[f"{count:,} rows, {path.stat().st_size / 1e6:.0f} MB"] = build_rows(path)
            path.unlink()
    write(output, "profiles", facts, tables)


if __name__ == "__main__":
    settle()
    typer.run(main)
