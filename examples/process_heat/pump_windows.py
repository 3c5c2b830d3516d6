"""Labelled windows of the pump data: does the machine fail within twenty-four hours.

In: pump.parquet. Out: windows of 64 samples that hold no failure yet, with the answer.
Never: a model.
"""

from __future__ import annotations

import polars as pl

from examples.process_heat.combustion_data import DATA
from examples.process_heat.group_windows import EventTable, group_names
from examples.process_heat.pump_data import SENSORS
from examples.process_heat.pump_plan import A_DAY

PUMP = DATA / "pump.parquet"
TWINS = DATA / "pump_twins.parquet"
LIVES_FILE = DATA / "pump_lives.parquet"
WINDOW, HORIZON = 64, A_DAY
TABLE = EventTable("machine", SENSORS, "failure", WINDOW, HORIZON)


def machine_names(frame: pl.DataFrame) -> list[str]:
    """Every machine once, in file order."""
    return group_names(frame, TABLE.group)
