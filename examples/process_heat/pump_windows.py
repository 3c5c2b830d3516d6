"""Labelled windows of the pump data: does the machine fail within twenty-four hours.

In: pump.parquet. Out: windows of 64 samples that hold no failure yet, with the answer.
Windows never cross machines; the last 30 % of machines, in file order, are held out.
Never: a model, or anything that counts how long a machine has run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from examples.process_heat.combustion_data import DATA
from examples.process_heat.combustion_windows import Windows
from examples.process_heat.pump_data import SENSORS
from examples.process_heat.pump_plan import A_DAY

PUMP = DATA / "pump.parquet"
TWINS = DATA / "pump_twins.parquet"
LIVES_FILE = DATA / "pump_lives.parquet"
WINDOW, HORIZON = 64, A_DAY


def machine_names(frame: pl.DataFrame) -> list[str]:
    """Every machine once, in file order."""
    names: list[str] = frame["machine"].unique(maintain_order=True).to_list()
    return names


def labelled_windows(frame: pl.DataFrame, machines: Sequence[str], stride: int) -> Windows:
    """Every `stride`-th usable window of the given machines, in file order; `run` names them."""
    parts = [of_one_machine(frame, name, stride) for name in machines]
    return Windows(
        np.concatenate([part.readings for part in parts]),
        np.concatenate([part.event for part in parts]),
        np.concatenate([part.run for part in parts]),
    )


def of_one_machine(frame: pl.DataFrame, machine: str, stride: int) -> Windows:
    """The usable windows of one machine: no failure inside, the next 24 h known."""
    values, broken = readings_of(frame, machine)
    starts = range(0, len(broken) - WINDOW - HORIZON + 1, stride)
    kept = [at for at in starts if not broken[at : at + WINDOW].any()]
    return Windows(
        np.stack([values[at : at + WINDOW] for at in kept]),
        np.array([broken[at + WINDOW : at + WINDOW + HORIZON].any() for at in kept]),
        np.repeat(machine, len(kept)),
    )


def readings_of(frame: pl.DataFrame, machine: str) -> tuple[np.ndarray, np.ndarray]:
    """(time, sensor) readings in engineering units, NaN where lost, and (time,) failure."""
    rows = frame.filter(pl.col("machine") == machine)
    values = rows.select(pl.col(SENSORS).cast(pl.Float64).fill_null(np.nan)).to_numpy()
    return values, rows["failure"].to_numpy()
