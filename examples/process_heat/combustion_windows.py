"""Labelled windows of the boiler-house data: does CO break through within five minutes.

In: combustion.parquet. Out: windows of 64 samples that hold no breakthrough yet, with the answer.
Never: a model.
"""

from __future__ import annotations

import polars as pl

from examples.process_heat.combustion_data import DATA, SENSORS
from examples.process_heat.group_windows import EventTable, group_names

COMBUSTION = DATA / "combustion.parquet"
WINDOW, HORIZON = 64, 30
TABLE = EventTable("run", SENSORS, "co_breakthrough", WINDOW, HORIZON)


def run_names(frame: pl.DataFrame) -> list[str]:
    """Every run once, in file order."""
    return group_names(frame, TABLE.group)
