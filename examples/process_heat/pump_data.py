"""Writes the simulated pump data: 80 lives, their fault-free twins, and what happened.

Out, in data/: pump.parquet (all lives), pump_twins.parquet (lives with a fault or a loose
accelerometer, again without), pump_lives.parquet (one row per life: its class, onset, failure).
Local wall time of Europe/Berlin, January to March 2026, before the clocks change.

Run: python -m examples.process_heat.pump_data
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from examples.process_heat.combustion_data import DATA, write_parquet
from examples.process_heat.combustion_plan import Event
from examples.process_heat.pump_machine import Machine, efficiency_ratio, run_machine
from examples.process_heat.pump_plan import (
    LIVES,
    MEASURED,
    SAMPLES,
    STEP_SECONDS,
    WARM_UP,
    LifePlan,
    make_stream,
    mark_during,
    plan_life,
    remove_faults,
)
from examples.process_heat.pump_signals import Signals, simulate_signals
from examples.process_heat.transmitters import (
    MISSING_SHARE,
    Transmitter,
    add_errors,
    quantise,
    response,
)

SENSORS = (*MEASURED, "efficiency_ratio")
VIBRATION_ALARM_MM_S = 4.5
TEMPERATURE_ALARM_C = 90.0
EFFICIENCY_ALARM = 0.64
SAMPLES_TO_ALARM = 3

INSTRUMENTS = {
    "vibration_x": Transmitter(
        "vibration_x", "VT-301X", "mm/s", 0, 5, 0.01, 0.01, 0.03, 0.02, 0.02, 20
    ),
    "vibration_y": Transmitter(
        "vibration_y", "VT-301Y", "mm/s", 0, 5, 0.01, 0.01, 0.03, 0.02, 0.02, 20
    ),
    "vibration_z": Transmitter(
        "vibration_z", "VT-301Z", "mm/s", 0, 5, 0.01, 0.01, 0.03, 0.02, 0.02, 20
    ),
    "temperature": Transmitter(
        "temperature", "TT-302", "degC", 0, 300, 0.1, 0, 0.003, 0.3, 0.1, 150
    ),
    "pressure": Transmitter("pressure", "PT-303", "bar(g)", 0, 5, 0.005, 0, 0.004, 0.01, 0.01, 10),
    "acoustic_emission": Transmitter(
        "acoustic_emission", "AE-304", "dB(AE)", 0, 5, 0.3, 0, 0.005, 0.5, 0.1, 99
    ),
    "electrical_current": Transmitter(
        "electrical_current", "IT-305", "A", 0, 5, 0.2, 0.002, 0.004, 0.1, 0.1, 200
    ),
}


def simulate(plan: LifePlan) -> pl.DataFrame:
    """One life as the historian holds it, warm-up dropped.

    Columns: timestamp, machine, the eight sensors (null where a reading is lost or masked),
    quality ('good'; 'uncertain': a reading is lost or frozen; 'bad': the pump stands or has just
    started, or an instrument is being calibrated), failure (see `mark_failed`).
    """
    machine = run_machine(plan)
    signals = simulate_signals(plan, machine)
    values = simulate_readings(plan, machine, signals)
    frame = pl.DataFrame(values).cast(pl.Float32).fill_nan(None).slice(WARM_UP)
    return frame.select(
        pl.Series("timestamp", _build_clock(plan)),
        pl.lit(plan.name).alias("machine"),
        *SENSORS,
        pl.Series("quality", _mark_quality(plan, machine, frame)),
        pl.Series("failure", mark_failed(machine, signals)[WARM_UP:]),
    )


def mark_failed(machine: Machine, signals: Signals) -> np.ndarray:
    """(sample,) bool: the machine's alarm has come, and stays.

    It comes when for three running samples one error-free axis shakes with more than 4.5 mm/s
    (zone D of ISO 20816-3, group 2, rigid), the bearing is above 90 degC, or efficiency is
    below 0.64.
    """
    efficiency = efficiency_ratio(machine.pressure, machine.current)
    beyond = (signals.vibration > VIBRATION_ALARM_MM_S).any(axis=1)
    beyond |= machine.temperature > TEMPERATURE_ALARM_C
    beyond |= np.nan_to_num(efficiency, nan=1.0) < EFFICIENCY_ALARM
    beyond &= ~machine.masked
    running = np.convolve(beyond, np.ones(SAMPLES_TO_ALARM))[: len(beyond)]
    return np.asarray(np.maximum.accumulate(running > SAMPLES_TO_ALARM - 0.5))


def simulate_readings(plan: LifePlan, machine: Machine, signals: Signals) -> dict[str, np.ndarray]:
    """The eight sensors, warm-up included; efficiency comes from readings, not from truth."""
    true = {
        "vibration_x": _loosen_mount(signals.vibration[:, 0], plan),
        "vibration_y": signals.vibration[:, 1],
        "vibration_z": signals.vibration[:, 2],
        "temperature": machine.temperature,
        "pressure": signals.pressure,
        "acoustic_emission": signals.emission,
        "electrical_current": machine.current,
    }
    found = {
        name: _simulate_reading(INSTRUMENTS[name], true[name], machine, plan) for name in MEASURED
    }
    ratio = efficiency_ratio(found["pressure"], found["electrical_current"])
    return found | {"efficiency_ratio": quantise(ratio, 0.001)}


def describe_life(plan: LifePlan, frame: pl.DataFrame) -> dict[str, str | float | datetime | None]:
    """What happened in a life, whose readings are `frame`; times are local.

    None stands where nothing of the kind happened.
    """
    fault, alarm = plan.fault, frame["failure"].to_numpy()
    return {
        "machine": plan.name,
        "fault": plan.fault_class,
        "onset": _local_time(plan, fault.start) if fault else None,
        "full": _local_time(plan, fault.end) if fault else None,
        "halt": fault.size if fault else None,
        "failure": _local_time(plan, int(np.argmax(alarm))) if alarm.any() else None,
        "loose_x_from": _local_time(plan, plan.loose.start) if plan.loose else None,
        "loose_x_to": _local_time(plan, plan.loose.end) if plan.loose else None,
        "neighbour": "; ".join(_describe_event(plan, event) for event in plan.neighbours),
        "dry_grease": "; ".join(_describe_event(plan, event) for event in plan.dry_grease),
        "stops": "; ".join(_describe_event(plan, event) for event in plan.stops),
        "frozen": f"{plan.frozen.sensor} {_describe_event(plan, plan.frozen)}",
        "calibration": f"{plan.calibration.sensor} {_describe_event(plan, plan.calibration)}",
    }


def _loosen_mount(vibration: np.ndarray, plan: LifePlan) -> np.ndarray:
    """(sample,) what an accelerometer feels whose stud may have come loose."""
    if plan.loose is None:
        return vibration
    rattle = np.exp(make_stream(plan.number, "rattle").normal(0, 0.15, len(vibration)))
    return np.where(mark_during((plan.loose,)), vibration * plan.loose.size * rattle, vibration)


def _simulate_reading(
    instrument: Transmitter, true: np.ndarray, machine: Machine, plan: LifePlan
) -> np.ndarray:
    rng = make_stream(plan.number, instrument.sensor)
    values = add_errors(instrument, response(instrument, true, STEP_SECONDS), rng)
    if plan.frozen.sensor == instrument.sensor:
        frozen = mark_during((plan.frozen,))
        values[frozen] = values[WARM_UP + plan.frozen.start]
    lost = (rng.random(len(values)) < MISSING_SHARE) | machine.masked
    if plan.calibration.sensor == instrument.sensor:
        lost |= mark_during((plan.calibration,))
    return np.where(lost, np.nan, values)


def _local_time(plan: LifePlan, sample: int) -> datetime:
    return plan.begins + timedelta(seconds=STEP_SECONDS * sample)


def _describe_event(plan: LifePlan, event: Event) -> str:
    start, end = _local_time(plan, event.start), _local_time(plan, event.end)
    return f"{start:%Y-%m-%d %H:%M}/{end:%Y-%m-%d %H:%M}"


def _build_clock(plan: LifePlan) -> pl.Series:
    every = timedelta(seconds=STEP_SECONDS)
    return pl.datetime_range(
        plan.begins, _local_time(plan, SAMPLES - 1), every, time_unit="ms", eager=True
    )


def _mark_quality(plan: LifePlan, machine: Machine, frame: pl.DataFrame) -> np.ndarray:
    lost = frame.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()
    bad = (machine.masked | mark_during((plan.calibration,)))[WARM_UP:]
    return np.select(
        [bad, lost | mark_during((plan.frozen,))[WARM_UP:]], ["bad", "uncertain"], "good"
    )


def main() -> None:
    """Write the three files."""
    plans = [plan_life(number) for number in range(1, LIVES + 1)]
    marred = [plan for plan in plans if plan.fault or plan.loose]
    frames = [simulate(plan) for plan in plans]
    write_parquet(pl.concat(frames), DATA / "pump.parquet")
    happened = [describe_life(plan, frame) for plan, frame in zip(plans, frames, strict=True)]
    lives = pl.DataFrame(happened, infer_schema_length=None)
    write_parquet(lives, DATA / "pump_lives.parquet")
    twins = pl.concat(simulate(remove_faults(plan)) for plan in marred)
    write_parquet(twins, DATA / "pump_twins.parquet")


if __name__ == "__main__":
    main()
