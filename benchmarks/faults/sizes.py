"""Models and data sets as large as a manifest allows, built under the default limits.

In: numbers of sensors and layers. Out: per project how it ended (a report, or one sentence), after
how long, and what the largest of its processes held. Never: a target the model cannot predict: it
is the model's own answer, so that everything a good model is asked is asked.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import psutil
import torch
import typer
import yaml

from benchmarks.tables import read_environment, write
from generator.models.sensor_config import SensorModelConfig, SensorScaling, SensorTarget
from generator.models.sensor_transformers import build_sensor_model, save_sensor_model

WINDOW = 16
GROUPS, ROWS = 12, 160  # rows of each group


@dataclass(frozen=True)
class Size:
    """One project: so many sensors into so many layers of one architecture."""

    sensors: int
    layers: int
    architecture: str
    width: int = 16


SIZES = (
    Size(8, 2, "variate-transformer"),
    Size(8, 1000, "variate-transformer"),
    Size(8, 1000, "timestep-transformer"),
    Size(512, 2, "variate-transformer"),
    Size(4096, 2, "timestep-transformer"),
    Size(4096, 2, "variate-transformer"),
)


def write_project(size: Size, folder: Path) -> None:
    """Data, model and manifest; the target is what the model answers, one row ahead."""
    names = [f"s{number:04}" for number in range(size.sensors)]
    readings = np.random.default_rng(0).standard_normal((GROUPS * ROWS, size.sensors))
    readings = np.cumsum(readings, axis=0, dtype=np.float64) / 10
    model = _make_model(size, names)
    save_sensor_model(model, folder / "model")
    start = datetime(2026, 1, 5)
    frame = pl.DataFrame(readings, schema=names).with_columns(
        time=pl.Series([start + timedelta(minutes=row) for row in range(len(readings))]),
        run=pl.Series([f"run-{row // ROWS:02}" for row in range(len(readings))]),
        answer=pl.Series(_predict(model, readings)),
    )
    frame.write_parquet(folder / "data.parquet")
    (folder / "reports.yaml").write_text(yaml.safe_dump(_make_manifest(names)))


def _make_model(size: Size, names: list[str]) -> Any:
    torch.manual_seed(0)
    config = SensorModelConfig(
        sensors=tuple(names),
        window=WINDOW,
        step_seconds=60.0,
        scaling={name: SensorScaling(mean=0.0, scale=1.0) for name in names},
        target=SensorTarget(name="answer", task="value", horizon_rows=0),
        architecture=size.architecture,  # type: ignore[arg-type]
        width=size.width,
        layers=size.layers,
        heads=2,
    )
    return build_sensor_model(config).eval()


def _predict(model: Any, readings: np.ndarray) -> np.ndarray:
    """(row,) what the model answers to the window that ends at each row; 0 where none does."""
    found = np.zeros(len(readings))
    starts = range(len(readings) - WINDOW + 1)
    with torch.no_grad():
        for first in range(0, len(starts), 8):
            batch = np.stack([readings[at : at + WINDOW] for at in starts[first : first + 8]])
            answers = model(torch.from_numpy(batch).float()).numpy()
            found[first + WINDOW - 1 : first + WINDOW - 1 + len(answers)] = answers
    return found


def _make_manifest(names: list[str]) -> dict[str, Any]:
    return {
        "version": 1,
        "purpose": "interpretability",
        "site": {"title": "Sizes"},
        "datasets": {
            "plant": {
                "path": "data.parquet",
                "time": {"column": "time", "zone": "UTC"},
                "group": "run",
                "sensors": {name: {"unit": "K"} for name in names},
                "target": {"column": "answer", "horizon": "0 rows"},
                "window": {"length": WINDOW, "stride": 4},
                "holdout": {"fraction": 0.5, "by": "group"},
                "simulated": True,
            }
        },
        "models": {"net": {"source": "safetensors", "path": "model"}},
        "reports": [{"id": "large", "model": "net", "dataset": "plant"}],
    }


def measure_build(folder: Path) -> dict[str, Any]:
    """How the build of a project ended: code, minutes, the largest process, what was said."""
    clock = time.monotonic()
    command = [sys.executable, "-m", "generator", "build", "-f", str(folder / "reports.yaml")]
    with subprocess.Popen(
        [*command, "--site", str(folder / "site")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        peak = max(_watch(process))
        said = process.stdout.read() if process.stdout else ""
    return {
        "exit code": process.returncode,
        "minutes": (time.monotonic() - clock) / 60,
        "largest process, GB": peak / 1e9,
        "said": next((x for x in said.splitlines() if x.startswith("large:")), "built"),
    }


def _watch(process: subprocess.Popen[str]) -> Iterator[int]:
    """Resident bytes of the largest process of the build, again and again until it ends."""
    while process.poll() is None:
        yield max([0, *_list_sizes(process.pid)])
        time.sleep(0.5)
    yield 0


def _list_sizes(pid: int) -> Iterator[int]:
    try:
        mother = psutil.Process(pid)
        for each in (mother, *mother.children(recursive=True)):
            yield each.memory_info().rss
    except psutil.Error:  # it ended between two looks
        return


def main(folder: Path = Path("benchmarks/results"), only: list[int] | None = None) -> None:
    """Every size, or those whose places are given."""
    rows = []
    for size in (SIZES[place] for place in only or range(len(SIZES))):
        with tempfile.TemporaryDirectory() as name:
            write_project(size, Path(name))
            rows.append({**vars(size), **measure_build(Path(name))})
            print(rows[-1], flush=True)
    write(folder, "faults_sizes", read_environment(), {"Sizes": rows})


if __name__ == "__main__":
    typer.run(main)
