"""The smallest project with a healthy report and one beside it that can be hit.

In: an empty folder. Out: `reports.yaml`, two data files with labels and twins, two models.
Never: a report that is made of a file of the other.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import torch

from generator.models.sensor_config import SensorModelConfig
from generator.models.sensor_transformers import build_sensor_model, save_sensor_model

SENSORS = ("flow", "heat", "draft")
WINDOW, RUNS, ROWS = 4, 20, 16
DATASET = """\
  NAME:
    path: NAME.csv
    time: {column: time, zone: UTC}
    group: run
    sensors: {flow: {unit: kg/h}, heat: {unit: kW}, draft: {unit: Pa}}
    target: {path: NAME_labels.csv, join: row, column: warning, horizon: 0}
    window: {length: 4, stride: 4}
    holdout: {fraction: 0.5, by: group}
    twins: NAME_twins.csv
    simulated: true
"""
NAMES = ("healthy", "hit")
HEAD = """\
version: 1
purpose: interpretability
site: {title: Two reports}
datasets:
"""
FEW = "effects: {donors: 2, steps: 4, spans: 2, searched: 2}"
TAIL = f"""\
models:
  healthy: {{source: safetensors, path: models/healthy}}
  hit: {{source: safetensors, path: models/hit}}
reports:
  - {{id: healthy, model: healthy, dataset: healthy, {FEW}}}
  - {{id: hit, model: hit, dataset: hit, {FEW}}}
"""


def write_small_project(folder: Path) -> None:
    """Write everything; the folder is there already."""
    text = HEAD + "".join(DATASET.replace("NAME", name) for name in NAMES) + TAIL
    (folder / "reports.yaml").write_text(text, encoding="utf-8")
    for seed, name in enumerate(NAMES):
        frame = draw_readings(seed)
        readings = frame.drop("warning")
        readings.write_csv(folder / f"{name}.csv")
        frame.select("row", "warning").write_csv(folder / f"{name}_labels.csv")
        shifted = readings.with_columns(pl.col("heat") + 1.0)
        shifted.write_csv(folder / f"{name}_twins.csv")
        torch.default_generator.manual_seed(seed)
        save_sensor_model(build_sensor_model(make_config()), folder / "models" / name)


def draw_readings(seed: int) -> pl.DataFrame:
    """Runs of rows with three sensors, and a warning in half of the runs."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(RUNS * ROWS, len(SENSORS)))
    run = np.repeat(np.arange(RUNS), ROWS)
    columns = {name: values[:, at] for at, name in enumerate(SENSORS)}
    warning = (values[:, 0] > 0).astype(int)
    minutes = np.datetime64("2026-01-01T00:00:00") + 60 * np.arange(len(run))
    keys = {"row": np.arange(len(run)), "time": minutes.astype(str), "run": run}
    return pl.DataFrame({**keys, **columns, "warning": warning})


def make_config() -> SensorModelConfig:
    """A model of one layer that reads these sensors."""
    scaling = {name: {"mean": 0.0, "scale": 1.0} for name in SENSORS}
    return SensorModelConfig.model_validate(
        {
            "architecture": "variate-transformer",
            "sensors": SENSORS,
            "window": WINDOW,
            "scaling": scaling,
            "target": {"name": "warning", "task": "event", "horizon_rows": 0},
            "width": 8,
            "layers": 1,
            "heads": 2,
        }
    )
