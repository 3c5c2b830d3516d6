"""Writes the simulated heating loop: 72 runs, their fault-free twins, and what happened.

Out, in data/: thermal.parquet (all runs), thermal_twins.parquet (runs with a fault, again with
the fault off), thermal_runs.parquet (every fault and instrument trouble).
Means of 5 minutes from readings of every minute, stamped in UTC at the end of the 5 minutes: the
runs cross both changes of the clocks in Europe/Copenhagen, where local time is ambiguous.

Run: python -m examples.process_heat.thermal_data
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from examples.process_heat import thermal_laws as law
from examples.process_heat.combustion_data import write_parquet
from examples.process_heat.combustion_plan import Event
from examples.process_heat.thermal_plan import (
    MINUTES_PER_SAMPLE,
    RUNS,
    STEP_SECONDS,
    WARM_UP,
    RunPlan,
    make_stream,
    plan_run,
    remove_faults,
)
from examples.process_heat.thermal_plant import Plant, run_plant
from examples.process_heat.transmitters import (
    MISSING_SHARE,
    Transmitter,
    add_errors,
    quantise,
    response,
)

DATA = Path(__file__).parent / "data"
TARGET = "return_temp_rise"
HORIZON = 12
# Fields: sensor, tag, unit, delay s, T90 s, noise, relative noise, gain, drift, resolution, top.
INSTRUMENTS = (
    Transmitter("supply_temp", "TT-201", "degC", 0, 45, 0.10, 0, 0.001, 0.1, 0.1, 150),
    Transmitter("return_temp", "TT-202", "degC", 0, 45, 0.10, 0, 0.001, 0.1, 0.1, 150),
    Transmitter("flow_rate", "FT-203", "m3/h", 0, 10, 0.10, 0.006, 0.006, 0.1, 0.1, 120),
    Transmitter("supply_pressure", "PT-204", "bar", 0, 2, 0.01, 0, 0.002, 0.01, 0.01, 16),
    Transmitter("return_pressure", "PT-205", "bar", 0, 2, 0.005, 0, 0.002, 0.01, 0.01, 6),
    Transmitter("ambient_temp", "TT-207", "degC", 0, 240, 0.10, 0, 0.0, 0.2, 0.1, 50),
    Transmitter("pump_speed", "ST-208", "%", 0, 2, 0.10, 0, 0.001, 0.0, 0.1, 100),
)
HEAT_METER = Transmitter("heat_meter", "JT-209", "kW", 0, 60, 1.0, 0.005, 0.01, 2.0, 1.0, 6000)
COLDEST = -40.0
SENSORS = (
    "supply_temp",
    "return_temp",
    "flow_rate",
    "supply_pressure",
    "return_pressure",
    "load_demand",
    "ambient_temp",
    "pump_speed",
)
STEPS = {
    "flow_rate": 0.1,
    "supply_pressure": 0.01,
    "return_pressure": 0.005,
    "load_demand": 5.0,
    "heat_meter": 1.0,
}
USUAL_STEP = 0.1


def simulate(plan: RunPlan) -> pl.DataFrame:
    """One run as the historian holds it, warm-up dropped.

    Columns: timestamp (UTC), run, the eight sensors (null where a mean is lost), heat_meter (kW,
    null where lost), quality of the eight sensors ('good'; 'uncertain': a mean is lost or frozen;
    'bad': an instrument is being calibrated), return_temp_rise (return_temp less its value an
    hour before, in K; null where either of the two is lost or frozen).
    """
    plant = run_plant(plan)
    means = simulate_readings(plan, plant)
    metered = {HEAT_METER.sensor: metered_heat(plan, plant)}
    frame = pl.DataFrame(means | metered).fill_nan(None).cast(pl.Float32)
    rise = pl.Series(TARGET, rises(plan, means["return_temp"])).fill_nan(None).cast(pl.Float32)
    recorded = frame.with_columns(rise).slice(WARM_UP)
    return recorded.select(
        pl.Series("timestamp", _build_clock(plan, len(recorded))),
        pl.lit(plan.name).alias("run"),
        *SENSORS,
        HEAT_METER.sensor,
        pl.Series("quality", _mark_quality(plan, recorded.select(SENSORS))),
        TARGET,
    )


def simulate_readings(plan: RunPlan, plant: Plant) -> dict[str, np.ndarray]:
    """The eight sensors as means of 5 minutes, warm-up included; NaN where lost."""
    true = {
        "supply_temp": plant.supply,
        "return_temp": plant.back,
        "flow_rate": plant.flow,
        "supply_pressure": plant.supply_bar,
        "return_pressure": plant.return_bar,
        "ambient_temp": plant.weather.ambient,
        "pump_speed": plant.speed,
    }
    found = {"load_demand": log_means(plan, "load_demand", plant.weather.demand)}
    for instrument in INSTRUMENTS:
        shown = response(instrument, true[instrument.sensor], 60)
        rng = make_stream(plan.number, instrument.sensor)
        read = add_errors(instrument, shown, rng, COLDEST)
        found[instrument.sensor] = log_means(plan, instrument.sensor, read)
    return {name: found[name] for name in SENSORS}


def metered_heat(plan: RunPlan, plant: Plant) -> np.ndarray:
    """(sample,) kW at the heat plant's own meter, means of 5 minutes; NaN where lost.

    The meter is an instrument by itself: it looks at the true heat, never at the other readings.
    """
    given = law.heat_at_plant(plant.flow, plant.supply, plant.back)
    shown = response(HEAT_METER, given, 60)
    read = add_errors(HEAT_METER, shown, make_stream(plan.number, HEAT_METER.sensor))
    return log_means(plan, HEAT_METER.sensor, read)


def log_means(plan: RunPlan, sensor: str, every_minute: np.ndarray) -> np.ndarray:
    """Means of 5 minutes in the historian's steps, with lost, frozen and calibration spans."""
    means = every_minute.reshape(-1, MINUTES_PER_SAMPLE).mean(axis=1)
    values = np.round(quantise(means, STEPS.get(sensor, USUAL_STEP)), 3) + 0.0
    if plan.frozen.sensor == sensor:
        span = _rows(plan.frozen)
        values[span] = values[span.start]
    lost = make_stream(plan.number, f"{sensor} lost").random(len(values)) < MISSING_SHARE
    values[lost] = np.nan
    if plan.calibration.sensor == sensor:
        values[_rows(plan.calibration)] = np.nan
    return values


def rises(plan: RunPlan, return_temp: np.ndarray) -> np.ndarray:
    """(sample,) K that the return rose within the last hour; NaN where a frozen mean takes part."""
    sound = return_temp.copy()
    if plan.frozen.sensor == "return_temp":
        sound[_rows(plan.frozen)] = np.nan
    rise = np.full(len(sound), np.nan)
    rise[HORIZON:] = np.round(sound[HORIZON:] - sound[:-HORIZON], 3) + 0.0
    return rise


def list_happenings(plan: RunPlan) -> pl.DataFrame:
    """One row per fault and instrument trouble of a run, times in UTC; no fault: kind 'none'."""
    faults = plan.faults or (Event("none", "", 0, 0),)
    events = (*faults, plan.frozen, plan.calibration)
    return pl.DataFrame(
        {
            "run": [plan.name] * len(events),
            "kind": [event.kind for event in events],
            "sensor": [event.sensor for event in events],
            "start": [_instant(plan, event.start) for event in events],
            "end": [_instant(plan, event.end) for event in events],
            "size": [event.size for event in events],
        }
    )


def _rows(event: Event) -> slice:
    return slice(WARM_UP + event.start, WARM_UP + event.end)


def _instant(plan: RunPlan, sample: int) -> datetime:
    return plan.begins + timedelta(seconds=STEP_SECONDS * sample)


def _build_clock(plan: RunPlan, samples: int) -> pl.Series:
    """The end of each mean's 5 minutes."""
    first, last, every = _instant(plan, 1), _instant(plan, samples), _instant(plan, 1) - plan.begins
    return pl.datetime_range(first, last, every, time_unit="ms", eager=True, time_zone="UTC")


def _mark_quality(plan: RunPlan, sensors: pl.DataFrame) -> np.ndarray:
    sample = np.arange(len(sensors))
    lost = sensors.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()
    frozen = (plan.frozen.start <= sample) & (sample < plan.frozen.end)
    calibrating = (plan.calibration.start <= sample) & (sample < plan.calibration.end)
    return np.select([calibrating, lost | frozen], ["bad", "uncertain"], "good")


def main() -> None:
    """Write the three files."""
    plans = [plan_run(number) for number in range(1, RUNS + 1)]
    write_parquet(pl.concat(map(simulate, plans)), DATA / "thermal.parquet")
    twins = pl.concat(simulate(remove_faults(plan)) for plan in plans if plan.faults)
    write_parquet(twins, DATA / "thermal_twins.parquet")
    write_parquet(pl.concat(map(list_happenings, plans)), DATA / "thermal_runs.parquet")


if __name__ == "__main__":
    main()
