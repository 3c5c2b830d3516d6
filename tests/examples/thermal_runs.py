"""The committed runs of the heating loop, their twins and plans, for the tests of all of them."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from examples.process_heat.thermal_data import (
    DATA,
)
from examples.process_heat.thermal_plan import (
    MINUTES_PER_SAMPLE,
    RUNS,
    WARM_UP,
    plan_run,
    remove_faults,
)
from examples.process_heat.thermal_plant import (
    Plant,
    run_plant,
)

START = WARM_UP * MINUTES_PER_SAMPLE
PLANS = [plan_run(number) for number in range(1, RUNS + 1)]
HEALTHY = [plan.name for plan in PLANS if not plan.faults]
BYPASSED, FOULED, QUIET = (
    next(plan.number for plan in PLANS if plan.bypasses and not plan.foulings),
    next(plan.number for plan in PLANS if plan.foulings and not plan.bypasses),
    next(plan.number for plan in PLANS if not plan.faults),
)


@cache
def read_data() -> pl.DataFrame:
    """The committed file."""
    return pl.read_parquet(DATA / "thermal.parquet")


@cache
def read_twin_data() -> pl.DataFrame:
    """The committed twins."""
    return pl.read_parquet(DATA / "thermal_twins.parquet")


@cache
def simulate_plant(number: int, healthy: bool = False) -> Plant:
    """The true course of a run, or of its twin."""
    plan = plan_run(number)
    return run_plant(remove_faults(plan) if healthy else plan)


def select_run(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """One run."""
    return frame.filter(pl.col("run") == name)


def column(frame: pl.DataFrame, name: str) -> np.ndarray:
    """A sensor's readings as float64, NaN where lost."""
    values: np.ndarray = frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return values
