"""What happens in each of the 184 simulated runs, drawn from the run's number alone.

Out: demand for heat, disturbances, faults and instrument troubles, each from its own random
stream, so that a run and its fault-free twin share everything but the fault. Never: physics.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

SEED = 18
RUNS = 184
STEP_SECONDS = 10
WARM_UP = 500
SAMPLES = 1440
ALL_SAMPLES = WARM_UP + SAMPLES
BLOCK = 8
LONGEST_STICK = 110

FIRST_DAY = datetime(2026, 1, 5)
ANALYSERS = ("oxygen_ppm", "co_ppm", "nox_emission")
INSTRUMENTS = ("fuel_flow", "air_flow", "oxygen_ppm", "co_ppm", "burner_temp", "nox_emission")


@dataclass(frozen=True)
class Event:
    """Something that happens to the plant or to an instrument, from sample `start` to `end`.

    Samples count from the end of the warm-up. `size` is the breakaway of a sticking damper and
    the step of a calorific value (both relative), or the share of air leaking into a sample line.
    """

    kind: str
    sensor: str
    start: int
    end: int
    size: float = 0.0


@dataclass(frozen=True)
class RunPlan:
    """One run: its number, its first sample's local time (Europe/Berlin), and its events."""

    number: int
    begins: datetime
    damper_sticks: tuple[Event, ...]
    calorific_steps: tuple[Event, ...]
    in_leaks: tuple[Event, ...]
    frozen: Event
    calibration: Event

    @property
    def name(self) -> str:
        """'run-001' for run 1."""
        return f"run-{self.number:03d}"


def make_stream(number: int, purpose: str) -> np.random.Generator:
    """The run's random numbers for one purpose; no purpose disturbs another."""
    return np.random.default_rng([SEED, number, zlib.crc32(purpose.encode())])


def plan_run(number: int) -> RunPlan:
    """The plan of run `number`, 1 to 184.

    Of eight runs in a row four have a sticking damper, three a step of the calorific value and
    two an air in-leak at the oxygen analyser, in random order and combination.
    """
    return RunPlan(
        number=number,
        begins=_draw_begin(number),
        damper_sticks=_draw_damper_sticks(number) if _has(number, "damper", 4) else (),
        calorific_steps=_draw_calorific_step(number) if _has(number, "calorific", 3) else (),
        in_leaks=_draw_in_leak(number) if _has(number, "in-leak", 2) else (),
        frozen=_draw_instrument_trouble(number, "frozen", INSTRUMENTS, 18, 30),
        calibration=_draw_instrument_trouble(number, "calibration", ANALYSERS, 24, 36),
    )


def remove_faults(plan: RunPlan) -> RunPlan:
    """The same run with a free damper and a tight sample line; all else stays."""
    return RunPlan(
        plan.number, plan.begins, (), plan.calorific_steps, (), plan.frozen, plan.calibration
    )


def draw_demand(number: int) -> np.ndarray:
    """(sample,) demand for heat as a share of full load, 0.38 to 1, ramps of 1 to 4 % a minute."""
    rng = make_stream(number, "demand")
    levels: list[float] = []
    level = rng.uniform(0.4, 1.0)
    while len(levels) < ALL_SAMPLES:
        target, per_step = rng.uniform(0.4, 1.0), rng.uniform(1, 4) / 100 * STEP_SECONDS / 60
        ramp = np.arange(level, target, np.copysign(per_step, target - level))
        hold = np.full(int(rng.uniform(60, 600) / STEP_SECONDS), target)
        levels.extend([*ramp, *hold])
        level = target
    shares = np.array(levels[:ALL_SAMPLES])
    return np.asarray(np.clip(shares + draw_slow_noise(rng, 0.005, 60), 0.38, 1.0))


def draw_slow_noise(rng: np.random.Generator, deviation: float, seconds: float) -> np.ndarray:
    """(sample,) stationary first-order noise of that standard deviation and time constant."""
    keep = np.exp(-STEP_SECONDS / seconds)
    kicks = rng.normal(0, deviation * np.sqrt(1 - keep**2), ALL_SAMPLES)
    value, values = rng.normal(0, deviation), np.empty(ALL_SAMPLES)
    for at, kick in enumerate(kicks):
        value = keep * value + kick
        values[at] = value
    return values


def _has(number: int, purpose: str, of_eight: int) -> bool:
    """Whether this run is one of the drawn few of its block of eight."""
    block, place = divmod(number - 1, BLOCK)
    order = make_stream(1000 + block, purpose).permutation(BLOCK)
    return bool(order[place] < of_eight)


def _draw_begin(number: int) -> datetime:
    minutes = int(make_stream(number, "begin").integers(5 * 60, 19 * 60))
    return FIRST_DAY + timedelta(days=number - 1, minutes=minutes)


def _draw_damper_sticks(number: int) -> tuple[Event, ...]:
    """Six sticks, one in each sixth of the run, until the actuator breaks the damper free."""
    rng, sixth = make_stream(number, "damper"), SAMPLES // 6
    starts = [sixth * at + int(rng.integers(0, sixth - LONGEST_STICK)) for at in range(6)]
    sizes = rng.uniform(0.08, 0.22, 6)
    return tuple(
        Event("air_damper_sticks", "air_flow", start, start + LONGEST_STICK, float(size))
        for start, size in zip(starts, sizes, strict=True)
    )


def _draw_calorific_step(number: int) -> tuple[Event, ...]:
    rng = make_stream(number, "calorific")
    start, sign = int(rng.integers(100, SAMPLES - 300)), rng.choice([-1.0, 1.0])
    size = float(sign * rng.uniform(0.02, 0.035))
    return (Event("calorific_value_step", "", start, SAMPLES, size),)


def _draw_in_leak(number: int) -> tuple[Event, ...]:
    rng = make_stream(number, "in-leak")
    start = int(rng.integers(0, SAMPLES - 500))
    return (Event("o2_air_in_leak", "oxygen_ppm", start, SAMPLES, float(rng.uniform(0.08, 0.16))),)


def _draw_instrument_trouble(
    number: int, kind: str, sensors: tuple[str, ...], shortest: int, longest: int
) -> Event:
    rng = make_stream(number, kind)
    length = int(rng.integers(shortest, longest))
    start = int(rng.integers(0, SAMPLES - length))
    return Event(kind, str(rng.choice(sensors)), start, start + length)
