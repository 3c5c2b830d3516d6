"""The three simulated plants: what happened, how much their sensors scatter.

In: a table's frame. Out: its Truth. Never: the number of runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.known_causes.causes import read_causes
from benchmarks.known_causes.noise import Readings, boiler_noise, loop_noise, pump_noise
from benchmarks.known_causes.twins import TwinTruth, compare_twins, mark_during
from generator.datasets.windows import SensorTable

DATA = Path(__file__).parents[2] / "examples" / "process_heat" / "data"


@dataclass(frozen=True)
class Plant:
    """One plant's files below the data folder.

    Attributes:
        dataset: its id in the manifest; stem: of its file names; group: the column of runs.
        happened: `group`, kind, start and end of everything that happened.
        noise: standard deviations of readings.
    """

    dataset: str
    stem: str
    group: str
    happened: Callable[[Path], pl.DataFrame]
    noise: Callable[[Readings], dict[str, np.ndarray]]

    def truth(self, table: SensorTable) -> TwinTruth:
        """What its faults did, row by row of the table that was read of its file.

        Raises:
            ValueError: the table's rows or sensors are in another order than the file's.
        """
        frame = pl.read_parquet(DATA / f"{self.stem}.parquet")
        causes = read_causes()[self.dataset].causes
        happened = self.happened(DATA)
        sensors = list(self.noise(_to_columns(frame[:1])))
        if not np.array_equal(table.values, _to_matrix(frame, sensors), equal_nan=True):
            raise ValueError(f"{self.dataset}: the manifest has other sensors than the simulator")
        if table.twins is None:
            raise ValueError(f"{self.dataset}: the manifest names no twin runs")
        scatter = self.noise(dict(zip(sensors, table.twins.T, strict=True)))
        return compare_twins(
            table.values,
            table.twins,
            np.stack([scatter[name] for name in sensors], axis=1),
            {kind: mark_during(frame, happened, kind, self.group) for kind in causes},
        )


def _to_matrix(frame: pl.DataFrame, sensors: list[str]) -> np.ndarray:
    return frame.select(pl.col(sensors).cast(pl.Float64).fill_null(np.nan)).to_numpy()


def _to_columns(frame: pl.DataFrame) -> dict[str, np.ndarray]:
    numbers = frame.select(pl.selectors.float().cast(pl.Float64).fill_null(np.nan))
    return {name: numbers[name].to_numpy() for name in numbers.columns}


def read_pump_happenings(data: Path) -> pl.DataFrame:
    """Damage from its onset on, and a loose accelerometer while it is loose."""
    lives = pl.read_parquet(data / "pump_lives.parquet")
    damage = lives.select(
        "machine", kind="fault", start="onset", end=pl.lit(None, lives["onset"].dtype)
    )
    loose = lives.select(
        "machine", kind=pl.lit("loose_accelerometer"), start="loose_x_from", end="loose_x_to"
    )
    return pl.concat([damage, loose]).filter(pl.col("start").is_not_null())


PLANTS = (
    Plant(
        "boiler-house",
        "combustion",
        "run",
        lambda data: pl.read_parquet(data / "combustion_runs.parquet"),
        boiler_noise,
    ),
    Plant(
        "heating-loop",
        "thermal",
        "run",
        lambda data: pl.read_parquet(data / "thermal_runs.parquet"),
        loop_noise,
    ),
    Plant("circulation-pump", "pump", "machine", read_pump_happenings, pump_noise),
)
