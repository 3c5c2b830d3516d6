"""Instruments: what a plant historian would hold of a true signal.

In: true signals. Out: readings with sample-line delay, first-order lag, gain error, drift, noise,
resolution, dead and frozen spans. Lags are exact between samples. Never: a fault of the plant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.process_heat.combustion_plan import (
    ALL_SAMPLES,
    STEP_SECONDS,
    WARM_UP,
    RunPlan,
    make_stream,
)

MISSING_SHARE = 0.003
T90_PER_TIME_CONSTANT = float(np.log(10))


@dataclass(frozen=True)
class Transmitter:
    """One instrument, in the unit it shows.

    Attributes:
        delay: seconds in the sample line; t90: seconds from a step's arrival to 90 % of it.
        noise: standard deviation; relative_noise: further deviation per unit of reading.
        gain: standard deviation of the run's gain error; drift: of its drift over one run.
        resolution: the smallest step shown; top: the end of its range.

    """

    sensor: str
    tag: str
    unit: str
    delay: int
    t90: float
    noise: float
    relative_noise: float
    gain: float
    drift: float
    resolution: float
    top: float


FUEL_FLOW = Transmitter("fuel_flow", "FT-101", "kg/h", 0, 5, 0.2, 0.003, 0.006, 0.2, 0.1, 200)
AIR_FLOW = Transmitter("air_flow", "FT-102", "kg/h", 0, 5, 6, 0.004, 0.008, 6, 1, 4000)
OXYGEN = Transmitter("oxygen_ppm", "AT-104", "ppm", 10, 25, 300, 0, 0.01, 500, 100, 250_000)
CO = Transmitter("co_ppm", "AT-105", "ppm", 20, 60, 1.5, 0.02, 0.02, 2, 1, 2000)
BURNER_TEMP = Transmitter("burner_temp", "TT-106", "degC", 0, 115, 1.5, 0, 0.003, 1, 0.5, 1400)
NOX_PPM = Transmitter("nox_emission", "AT-107", "ppm", 20, 75, 0.5, 0.005, 0.02, 1, 0.1, 500)
STACK_TEMP = Transmitter("stack_temp", "TT-108", "degC", 0, 60, 0.5, 0, 0, 0.5, 0.1, 400)
AIR_TEMP = Transmitter("air_temp", "TT-109", "degC", 0, 60, 0.2, 0, 0, 0.2, 0.1, 60)


def response(
    instrument: Transmitter, true: np.ndarray, step_seconds: int = STEP_SECONDS
) -> np.ndarray:
    """(sample,) the signal after sample line and lag, without any error."""
    late = instrument.delay // step_seconds
    arrived = np.concatenate([np.full(late, true[0]), true[: len(true) - late]])
    keep = np.exp(-step_seconds * T90_PER_TIME_CONSTANT / instrument.t90)
    shown, value = np.empty(len(true)), float(true[0])
    for at, target in enumerate(arrived):
        value = float(target + (value - target) * keep)
        shown[at] = value
    return shown


def record_reading(instrument: Transmitter, shown: np.ndarray, plan: RunPlan) -> np.ndarray:
    """(sample,) what the historian holds: NaN where a value is lost or the analyser calibrates."""
    rng = make_stream(plan.number, instrument.sensor)
    values = add_errors(instrument, shown, rng)
    if plan.frozen.sensor == instrument.sensor:
        start, end = WARM_UP + plan.frozen.start, WARM_UP + plan.frozen.end
        values[start:end] = values[start]
    values[rng.random(ALL_SAMPLES) < MISSING_SHARE] = np.nan
    if plan.calibration.sensor == instrument.sensor:
        values[WARM_UP + plan.calibration.start : WARM_UP + plan.calibration.end] = np.nan
    return values


def add_errors(
    instrument: Transmitter, shown: np.ndarray, rng: np.random.Generator, bottom: float = 0.0
) -> np.ndarray:
    """(sample,) the signal with drift, noise and gain error, in steps, kept within its range."""
    samples = len(shown)
    drift = rng.normal(0, instrument.drift) * np.linspace(0, 1, samples)
    noise = rng.normal(0, 1, samples) * (instrument.noise + instrument.relative_noise * shown)
    measured = shown * (1 + rng.normal(0, instrument.gain)) + drift + noise
    values: np.ndarray = np.clip(quantise(measured, instrument.resolution), bottom, instrument.top)
    return values + 0.0  # no negative zero


def quantise(values: np.ndarray, resolution: float) -> np.ndarray:
    """Values rounded to the instrument's smallest step."""
    return np.asarray(np.round(values / resolution) * resolution)


def add_in_leak(oxygen: np.ndarray, plan: RunPlan) -> np.ndarray:
    """Vol % O2 in the analyser's own sample line, where ambient air may leak in."""
    sampled = oxygen.copy()
    for leak in plan.in_leaks:
        leaking = slice(WARM_UP + leak.start, WARM_UP + leak.end)
        sampled[leaking] = oxygen[leaking] * (1 - leak.size) + 20.9 * leak.size
    return sampled
