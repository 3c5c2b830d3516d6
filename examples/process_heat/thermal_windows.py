"""Windows of the heating loop, cut by the program itself, as its manifest would have them cut.

In: thermal.parquet. Out: windows of 96 means (8 h) with the change of the return temperature 60
minutes on, and the simplest forecast that needs more than a window. Windows never cross runs; the
last 30 % of runs, in file order, are held out. Never: a model.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from examples.process_heat.group_windows import TRAINING_SHARE, group_names
from examples.process_heat.thermal_data import DATA, SENSORS, TARGET
from examples.process_heat.thermal_plan import SAMPLES_PER_DAY, ZONE
from generator.datasets.windows import SensorWindows, build_table, cut_windows
from generator.spec.datasets import DatasetSpec

THERMAL = DATA / "thermal.parquet"
WINDOW, HORIZON_WORDS = 96, "60min"
HELD_OUT_SHARE = round(1 - TRAINING_SHARE, 6)
TAGGED = {
    "supply_temp": {"unit": "degC", "tag": "TT-201"},
    "return_temp": {"unit": "degC", "tag": "TT-202"},
    "flow_rate": {"unit": "m3/h", "tag": "FT-203"},
    "supply_pressure": {"unit": "bar", "basis": "gauge", "tag": "PT-204"},
    "return_pressure": {"unit": "bar", "basis": "gauge", "tag": "PT-205"},
    "load_demand": {"unit": "kW", "tag": "JT-206", "kind": "setpoint"},
    "ambient_temp": {"unit": "degC", "tag": "TT-207"},
    "pump_speed": {"unit": "%", "basis": "of full speed", "tag": "ST-208"},
}


def build_dataset_spec(stride: int) -> DatasetSpec:
    """What a manifest says of the file."""
    return DatasetSpec.model_validate(
        {
            "path": str(THERMAL),
            "time": {"column": "timestamp", "zone": ZONE},
            "group": "run",
            "sensors": {name: TAGGED[name] for name in SENSORS},
            "target": {"column": TARGET, "horizon": HORIZON_WORDS},
            "window": {"length": WINDOW, "stride": stride},
            "holdout": {"fraction": HELD_OUT_SHARE, "by": "group"},
            "simulated": True,
            "licence": "CC-BY-4.0",
        }
    )


def run_names(frame: pl.DataFrame) -> list[str]:
    """Every run once, in file order."""
    return group_names(frame, "run")


def cut_loop_windows(frame: pl.DataFrame, stride: int) -> SensorWindows:
    """Every `stride`-th window of every run whose target is known, in file order."""
    spec = build_dataset_spec(stride)
    return cut_windows(spec, build_table(spec, frame))


def same_hour_yesterday(frame: pl.DataFrame, windows: SensorWindows) -> np.ndarray:
    """(window,) K: the change a day before the one asked for; 0 where that is not known."""
    yesterday = windows.last_row + 12 - SAMPLES_PER_DAY
    inside = frame["run"].to_numpy()[np.maximum(yesterday, 0)] == windows.groups
    change = frame[TARGET].cast(pl.Float64).fill_null(0.0).to_numpy()
    return np.where(inside & (yesterday >= 0), change[np.maximum(yesterday, 0)], 0.0)
