"""Writes the simulated boiler-house data: 184 runs, their fault-free twins, and what happened.

Out, in data/: combustion.parquet (all runs), combustion_twins.parquet (runs with a fault, again
with the fault off), combustion_runs.parquet (every fault and instrument trouble).
Local wall time of Europe/Berlin, January to July 2026. The clocks change in March, at night, when
no run is under way: every instant is unambiguous.

Run: python -m examples.process_heat.combustion_data
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from examples.process_heat import natural_gas
from examples.process_heat import transmitters as t
from examples.process_heat.combustion_plan import (
    RUNS,
    STEP_SECONDS,
    WARM_UP,
    Event,
    RunPlan,
    plan_run,
    remove_faults,
)
from examples.process_heat.combustion_plant import Plant, run_plant

DATA = Path(__file__).parent / "data"
BREAKTHROUGH_PPM = 200.0
SENSORS = (
    "fuel_flow",
    "air_flow",
    "oxygen_ppm",
    "co_ppm",
    "burner_temp",
    "efficiency",
    "nox_emission",
    "excess_air",
)


def simulate(plan: RunPlan) -> pl.DataFrame:
    """One run as the historian holds it, warm-up dropped.

    Columns: timestamp, run, the eight sensors (null where a reading is lost), quality
    ('good'; 'uncertain': a reading is lost or frozen; 'bad': an analyser is on calibration gas),
    co_breakthrough (the CO the analyser shows, free of error, is above 200 ppm).
    """
    plant = run_plant(plan)
    shown_co = t.response(t.CO, plant.gas.co_ppm)
    values = simulate_readings(plan, plant)
    frame = pl.DataFrame(values).cast(pl.Float32).fill_nan(None).slice(WARM_UP)
    return frame.select(
        pl.Series("timestamp", _build_clock(plan, len(frame))),
        pl.lit(plan.name).alias("run"),
        *SENSORS,
        pl.Series("quality", _mark_quality(plan, frame)),
        pl.Series("co_breakthrough", (shown_co > BREAKTHROUGH_PPM)[WARM_UP:]),
    )


def simulate_readings(plan: RunPlan, plant: Plant) -> dict[str, np.ndarray]:
    """The eight sensors, warm-up included; calculated ones come from readings, not from truth."""
    gas = plant.gas
    sampled = t.add_in_leak(gas.oxygen, plan)
    oxygen = t.record_reading(t.OXYGEN, t.response(t.OXYGEN, 1e4 * sampled), plan)
    nox = t.record_reading(t.NOX_PPM, t.response(t.NOX_PPM, gas.nox_ppm), plan)
    stack = t.record_reading(t.STACK_TEMP, t.response(t.STACK_TEMP, plant.stack_c), plan)
    air_temp = t.record_reading(t.AIR_TEMP, t.response(t.AIR_TEMP, plant.air_c), plan)
    percent = oxygen / 1e4
    nox_mg = nox * natural_gas.MG_PER_NM3_NO2_PER_PPM
    efficiency = natural_gas.boiler_efficiency(percent, stack, air_temp)
    return {
        "fuel_flow": t.record_reading(t.FUEL_FLOW, t.response(t.FUEL_FLOW, plant.fuel), plan),
        "air_flow": t.record_reading(t.AIR_FLOW, t.response(t.AIR_FLOW, plant.air), plan),
        "oxygen_ppm": oxygen,
        "co_ppm": t.record_reading(t.CO, t.response(t.CO, gas.co_ppm), plan),
        "burner_temp": t.record_reading(t.BURNER_TEMP, t.response(t.BURNER_TEMP, gas.exit_c), plan),
        "efficiency": t.quantise(efficiency, 0.01),
        "nox_emission": t.quantise(natural_gas.at_reference_oxygen(nox_mg, percent), 0.1),
        "excess_air": t.quantise(natural_gas.excess_air(percent), 0.1),
    }


def list_happenings(plan: RunPlan) -> pl.DataFrame:
    """One row per fault and instrument trouble of a run, with local times; none: kind 'none'."""
    faults = (*run_plant(plan).sticks, *plan.calorific_steps, *plan.in_leaks)
    events = (*(faults or (Event("none", "", 0, 0),)), plan.frozen, plan.calibration)
    clock = [plan.begins + timedelta(seconds=STEP_SECONDS * e.start) for e in events]
    until = [plan.begins + timedelta(seconds=STEP_SECONDS * e.end) for e in events]
    return pl.DataFrame(
        {
            "run": [plan.name] * len(events),
            "kind": [event.kind for event in events],
            "sensor": [event.sensor for event in events],
            "start": clock,
            "end": until,
            "size": [event.size for event in events],
        }
    )


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Parquet, zstd, the same bytes for the same frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path, compression="zstd", compression_level=19, statistics=False)


def _build_clock(plan: RunPlan, samples: int) -> pl.Series:
    last = plan.begins + timedelta(seconds=STEP_SECONDS * (samples - 1))
    every = timedelta(seconds=STEP_SECONDS)
    return pl.datetime_range(plan.begins, last, every, time_unit="ms", eager=True)


def _mark_quality(plan: RunPlan, frame: pl.DataFrame) -> np.ndarray:
    sample = np.arange(len(frame))
    lost = frame.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()
    frozen = (plan.frozen.start <= sample) & (sample < plan.frozen.end)
    calibrating = (plan.calibration.start <= sample) & (sample < plan.calibration.end)
    return np.select([calibrating, lost | frozen], ["bad", "uncertain"], "good")


def main() -> None:
    """Write the three files."""
    plans = [plan_run(number) for number in range(1, RUNS + 1)]
    faulty = [plan for plan in plans if plan.damper_sticks or plan.in_leaks]
    write_parquet(pl.concat(map(simulate, plans)), DATA / "combustion.parquet")
    twins = pl.concat(simulate(remove_faults(plan)) for plan in faulty)
    write_parquet(twins, DATA / "combustion_twins.parquet")
    write_parquet(pl.concat(map(list_happenings, plans)), DATA / "combustion_runs.parquet")


if __name__ == "__main__":
    main()
