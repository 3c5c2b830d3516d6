"""Simulates an economiser: flue gas warms feed water, soot grows and is blown off.

In: seeds. Out: data/economiser.parquet, one row a minute, 40 runs of six hours.
Never: a measured plant. Model: effectiveness of a counter-flow exchanger (Kays and London, Compact
Heat Exchangers, chapter 2), metal that stores heat, soot as a resistance that also narrows the way.

Run: python make_data.py
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

DATA = Path(__file__).parent / "data" / "economiser.parquet"
RUNS, ROWS, AHEAD = 40, 360, 15
START = datetime(2026, 2, 2)
METAL_MINUTES = 10.0
SENSORS = ("gas_in", "gas_out", "water_in", "water_out", "water_flow", "draught_loss")
NOISE = {
    "gas_in": 0.8,
    "gas_out": 0.4,
    "water_in": 0.2,
    "water_out": 0.3,
    "water_flow": 0.02,
    "draught_loss": 2.0,
}
TARGET = "gas_out_change"


def draw_firing(rng: np.random.Generator) -> np.ndarray:
    """(rows,) share of full fire: held 30 to 120 minutes, then another, lagging 4 minutes."""
    held: list[float] = []
    while len(held) < ROWS:
        held += [float(rng.uniform(0.35, 1.0))] * int(rng.integers(30, 120))
    return lag(np.array(held[:ROWS]), 4.0)


def draw_soot(rng: np.random.Generator) -> np.ndarray:
    """(rows,) from 0, clean, to about 1; blown off once in a run."""
    grown = rng.uniform(0.1, 0.5) + np.arange(ROWS) / ROWS * rng.uniform(0.2, 0.6)
    blown = int(rng.integers(60, ROWS - 60))
    grown[blown:] -= grown[blown] - 0.05
    return np.maximum(grown, 0.0)


def effectiveness(fire: np.ndarray, dirt: np.ndarray) -> np.ndarray:
    """Counter-flow, gas as the smaller stream (a third of the water's capacity)."""
    units, ratio = 1.7 * fire**-0.35 / (1 + 0.6 * dirt), 1 / 3
    rest = np.exp(-units * (1 - ratio))
    return (1 - rest) / (1 - ratio * rest)


def lag(values: np.ndarray, minutes: float) -> np.ndarray:
    """First-order lag, settled at the start."""
    out = np.empty_like(values)
    out[0] = values[0]
    for row in range(1, len(values)):
        out[row] = out[row - 1] + (values[row] - out[row - 1]) / minutes
    return out


def simulate_run(number: int) -> pl.DataFrame:
    """One run: true values, then what the instruments show."""
    rng = np.random.default_rng([20, number])
    fire, dirt = draw_firing(rng), draw_soot(rng)
    gas_in = 195 + 75 * fire
    water_in = 104 + lag(rng.normal(0, 4, ROWS), 30.0)
    drop = effectiveness(fire, dirt) * (gas_in - water_in)
    true = {
        "gas_in": gas_in,
        "gas_out": lag(gas_in - drop, METAL_MINUTES),
        "water_in": water_in,
        "water_out": water_in + lag(drop / 3, METAL_MINUTES),
        "water_flow": 3.2 * lag(fire, 2.0),
        "draught_loss": 420 * fire**2 * (1 + 0.5 * dirt),
    }
    shown = {n: v + rng.normal(0, NOISE[n], ROWS) for n, v in true.items()}
    change = np.full(ROWS, np.nan)
    change[AHEAD:] = shown["gas_out"][AHEAD:] - shown["gas_out"][:-AHEAD]
    begin = START + timedelta(days=number)
    times = [begin + timedelta(minutes=minute) for minute in range(ROWS)]
    names = [f"run-{number + 1:02d}"] * ROWS
    rounded = {name: np.round(values, 2) for name, values in {**shown, TARGET: change}.items()}
    return pl.DataFrame({"timestamp": times, "run": names, **rounded}).with_columns(
        pl.col(*SENSORS, TARGET).fill_nan(None).cast(pl.Float32)
    )


def simulate_all() -> pl.DataFrame:
    """Every run, one after the other."""
    return pl.concat([simulate_run(number) for number in range(RUNS)])


if __name__ == "__main__":
    DATA.parent.mkdir(exist_ok=True)
    simulate_all().write_parquet(DATA)
