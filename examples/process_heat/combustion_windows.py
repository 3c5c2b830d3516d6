"""Labelled windows of the boiler-house data: does CO break through within five minutes.

In: combustion.parquet. Out: windows of 64 samples that hold no breakthrough yet, with the answer.
Windows never cross runs; the last 30 % of runs, in file order, are held out. Never: a model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from examples.process_heat.combustion_data import SENSORS

COMBUSTION = Path(__file__).parent / "data" / "combustion.parquet"
WINDOW, HORIZON = 64, 30
TRAINING_SHARE = 0.7


@dataclass(frozen=True)
class Windows:
    """Readings before an answer.

    Attributes:
        readings: (window, time, sensor) in engineering units, NaN where lost.
        event: (window,) bool, CO breaks through within the horizon; run: (window,) run names.

    """

    readings: np.ndarray
    event: np.ndarray
    run: np.ndarray

    def only(self, chosen: np.ndarray) -> Windows:
        """The windows where `chosen` (window,) is True."""
        return Windows(self.readings[chosen], self.event[chosen], self.run[chosen])


def run_names(frame: pl.DataFrame) -> list[str]:
    """Every run once, in file order."""
    names: list[str] = frame["run"].unique(maintain_order=True).to_list()
    return names


def split_runs(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Training runs (the first ceil(0.7 n)) and held-out runs (the rest)."""
    first = math.ceil(TRAINING_SHARE * len(names))
    return list(names[:first]), list(names[first:])


def labelled_windows(frame: pl.DataFrame, runs: Sequence[str], stride: int) -> Windows:
    """Every `stride`-th usable window of the given runs, in file order."""
    parts = [_of_one_run(frame.filter(pl.col("run") == name), stride) for name in runs]
    return Windows(
        np.concatenate([readings for readings, _ in parts]),
        np.concatenate([event for _, event in parts]),
        np.repeat(np.array(runs), [len(event) for _, event in parts]),
    )


def _of_one_run(run: pl.DataFrame, stride: int) -> tuple[np.ndarray, np.ndarray]:
    values = run.select(pl.col(SENSORS).cast(pl.Float64).fill_null(np.nan)).to_numpy()
    broken = run["co_breakthrough"].to_numpy()
    starts = range(0, len(run) - WINDOW - HORIZON + 1, stride)
    kept = [at for at in starts if not broken[at : at + WINDOW].any()]
    readings = np.stack([values[at : at + WINDOW] for at in kept])
    event = np.array([broken[at + WINDOW : at + WINDOW + HORIZON].any() for at in kept])
    return readings, event
