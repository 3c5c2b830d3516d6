"""What a long file costs: reading it, cutting its windows, a sample, and the simple rules.

In: a seeded table of made-up sensors, written as Parquet and as csv.gz into a temporary folder that
is deleted afterwards. Out: CPU seconds and extra peak memory of this program, and beside it of
plain polars and numpy, which look after no clock, group, gap or missing reading.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import typer
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.measuring import Cost, measure, run_in_child, settle
from benchmarks.tables import read_environment, write
from generator.datasets.dataset import read_dataset
from generator.datasets.windows import cut_windows
from generator.kinds import Task
from generator.quality.held_out import FITTED_ON, RULE_SEED
from generator.quality.tasks import SCORING
from generator.spec.datasets import DatasetSpec

SENSORS = tuple(f"sensor_{number}" for number in range(8))
LENGTH, STRIDE, AHEAD, SAMPLE = 64, 16, 30, 200
GROUPS = 100
FRACTION = 0.3
COLUMN: Mapping[Task, str] = {"value": "level", "event": "alarm"}


def make_file(path: Path, rows: int) -> None:
    """A seeded table: a clock of 10 s, groups, eight autocorrelated sensors, a value, a flag."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {
        "time": pl.Series(np.arange(rows) * 10_000_000).cast(pl.Datetime("us")),
        "run": pl.Series(np.arange(rows) * GROUPS // rows).cast(pl.Int32),
    }
    for name in SENSORS:
        columns[name] = np.round(
            np.sin(np.arange(rows) / rng.integers(50, 500)) + rng.normal(0, 0.3, rows), 4
        )
    columns["level"] = np.round(columns[SENSORS[0]] + 0.5 * columns[SENSORS[1]], 4)
    columns["alarm"] = rng.random(rows) < 0.002
    frame = pl.DataFrame(columns)
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, compression="gzip", compression_level=1)


def build_spec(path: Path, task: Task) -> DatasetSpec:
    """The table as a manifest describes it."""
    return DatasetSpec.model_validate(
        {
            "path": str(path),
            "time": {"column": "time", "zone": "UTC"},
            "group": "run",
            "sensors": {name: {} for name in SENSORS},
            "target": {"column": COLUMN[task], "horizon": f"{AHEAD * 10}s", "task": task},
            "window": {"length": LENGTH, "stride": STRIDE},
            "holdout": {"fraction": FRACTION, "by": "group"},
            "simulated": True,
        }
    )


def run_ours(path: Path, task: Task) -> object:
    """Read, cut, sample, and ask the rules, as a report does."""
    asked = build_spec(path, task)
    windows = cut_windows(asked, read_dataset(asked, [path]))
    sample = windows.select_held(out=True).sample(SAMPLE, 0).values
    fitted_on = windows.select_held(out=False).sample(FITTED_ON, RULE_SEED)
    return sample, SCORING[task].fit_rules(fitted_on, windows.select_held(out=True), SENSORS)


def run_plain(path: Path, task: Task, copied: bool) -> object:
    """The same steps by hand: all columns at once, windows as views or copied, two fits."""
    read = pl.read_parquet if path.suffix == ".parquet" else pl.read_csv
    frame = read(path, columns=[*SENSORS, COLUMN[task]])
    values = frame.select(SENSORS).to_numpy()
    target = frame[COLUMN[task]].to_numpy()
    windows = sliding_window_view(values, LENGTH, axis=0)[: -AHEAD or None : STRIDE]
    windows = windows.copy() if copied else windows
    last_rows = np.arange(len(windows)) * STRIDE + LENGTH - 1
    wanted = target[np.minimum(last_rows + AHEAD, len(target) - 1)]
    cut = int((1 - FRACTION) * len(windows))
    rng = np.random.default_rng(0)
    sample = windows[cut + np.sort(rng.choice(len(windows) - cut, SAMPLE, replace=False))].copy()
    fitted_on = rng.choice(cut, min(cut, FITTED_ON), replace=False)
    return sample, _fit_both(task, windows, wanted, fitted_on, cut)


def _fit_both(
    task: Task, windows: np.ndarray, wanted: np.ndarray, fitted_on: np.ndarray, cut: int
) -> list[np.ndarray]:
    last, middle = windows[:, :, -1], windows[:, :, LENGTH // 2 - 1]
    found = []
    for features in (last, np.concatenate([last, last - middle], axis=1)):
        fit = LogisticRegression(max_iter=2000) if task == "event" else LinearRegression()
        model = make_pipeline(StandardScaler(), fit).fit(features[fitted_on], wanted[fitted_on])
        found.append(model.predict(features[cut:]))
    return found


WAYS: Mapping[str, Callable[[Path, Task], object]] = {
    "attention-reports": run_ours,
    "polars to_numpy, windows as views": lambda path, task: run_plain(path, task, copied=False),
    "polars to_numpy, windows copied": lambda path, task: run_plain(path, task, copied=True),
}


def build_rows(path: Path, tasks: tuple[Task, ...]) -> list[dict[str, Any]]:
    """One row per task and way, each measured in a process of its own."""
    found = []
    for task in tasks:
        for name, way in WAYS.items():
            cost = _measure_cost(path, task, way)
            found.append(
                {
                    "target": task,
                    "way": name,
                    "CPU s": round(cost.cpu_s, 2),
                    "extra peak MB": round(cost.peak_mb, 1),
                }
            )
    return found


def _measure_cost(path: Path, task: Task, way: Callable[[Path, Task], object]) -> Cost:
    return measure(lambda: lambda: way(path, task))


def main(rows: int = 10_000_000, output: Path = Path(__file__).parent / "results") -> None:
    """Measure both formats and both targets, and write the table."""
    facts = read_environment()
    facts["table"] = f"{rows:,} rows, 8 sensors, {GROUPS} groups, a clock, a value and a flag"
    facts["windows"] = f"length {LENGTH}, stride {STRIDE}, {AHEAD} rows ahead, sample of {SAMPLE}"
    facts["rules"] = f"fitted on at most {FITTED_ON:,} windows in every way"
    facts["memory"] = "resident: pages of the temporary file that are mapped count as well"
    tables: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("long.parquet", "long.csv.gz"):
            path = Path(folder) / name
            run_in_child(lambda path=path: make_file(path, rows))  # type: ignore[misc]
            title = f"{name}, {path.stat().st_size / 1e6:.0f} MB"
            tables[title] = build_rows(path, ("value", "event"))
            path.unlink()
    write(output, "long_files", facts, tables)


if __name__ == "__main__":
    settle()
    typer.run(main)
