"""What happens in each of the 72 simulated runs of the heating loop, drawn from the run's number.

Out: when a run begins, its faults and its instrument troubles, each from its own random stream,
so that a run and its fault-free twin share everything but the fault. Never: physics.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from examples.process_heat.combustion_plan import Event

SEED = 1
RUNS = 72
STEP_SECONDS = 300
MINUTES_PER_SAMPLE = 5
WARM_UP = 500
SAMPLES = 3456
ALL_MINUTES = (WARM_UP + SAMPLES) * MINUTES_PER_SAMPLE
SAMPLES_PER_DAY = 288
BLOCK = 6
FOULING_SAMPLES = 10 * SAMPLES_PER_DAY

ZONE = "Europe/Copenhagen"
FIRST_DAY = datetime(2023, 8, 28, tzinfo=UTC)
DAYS_BETWEEN_RUNS = 14
MEASURED = (
    "supply_temp",
    "return_temp",
    "flow_rate",
    "supply_pressure",
    "return_pressure",
    "ambient_temp",
    "pump_speed",
)


@dataclass(frozen=True)
class RunPlan:
    """One run: its number, the start of its first sample in UTC, and its events.

    Events count in samples of 5 minutes from the end of the warm-up. The size of a bypass is the
    water it lets through per water through the heat exchanger; that of fouling the share of the
    heat exchanger's conductance that is lost at the end.
    """

    number: int
    begins: datetime
    bypasses: tuple[Event, ...]
    foulings: tuple[Event, ...]
    frozen: Event
    calibration: Event

    @property
    def name(self) -> str:
        """'run-001' for run 1."""
        return f"run-{self.number:03d}"

    @property
    def faults(self) -> tuple[Event, ...]:
        """Faults of the plant, none of an instrument."""
        return (*self.bypasses, *self.foulings)


def make_stream(number: int, purpose: str) -> np.random.Generator:
    """The run's random numbers for one purpose; no purpose disturbs another."""
    return np.random.default_rng([SEED, number, zlib.crc32(purpose.encode())])


def plan_run(number: int) -> RunPlan:
    """The plan of run `number`, 1 to 72.

    Of six runs in a row three have a bypass valve that sticks open, three times each, and one
    has a heat exchanger that fouls, in random order and combination.
    """
    return RunPlan(
        number=number,
        begins=_draw_begin(number),
        bypasses=_draw_bypasses(number) if _has(number, "bypass", 3) else (),
        foulings=_draw_fouling(number) if _has(number, "fouling", 1) else (),
        frozen=_draw_instrument_trouble(number, "frozen", 12, 36),
        calibration=_draw_instrument_trouble(number, "calibration", 6, 12),
    )


def remove_faults(plan: RunPlan) -> RunPlan:
    """The same run with a tight bypass and a clean heat exchanger; all else stays."""
    return replace(plan, bypasses=(), foulings=())


def _has(number: int, purpose: str, of_six: int) -> bool:
    """Whether this run is one of the drawn few of its block of six."""
    block, place = divmod(number - 1, BLOCK)
    order = make_stream(1000 + block, purpose).permutation(BLOCK)
    return bool(order[place] < of_six)


def _draw_begin(number: int) -> datetime:
    """Every fortnight, up to a day and a half late, on a full five minutes."""
    late = MINUTES_PER_SAMPLE * int(make_stream(number, "begin").integers(0, 36 * 12))
    return FIRST_DAY + timedelta(days=DAYS_BETWEEN_RUNS * (number - 1), minutes=late)


def _draw_bypasses(number: int) -> tuple[Event, ...]:
    """Three times, one in each third of the run, stuck open for about six hours."""
    rng, third = make_stream(number, "bypass"), SAMPLES // 3
    lengths = rng.integers(66, 79, 3)
    starts = [third * at + int(rng.integers(24, third - 96)) for at in range(3)]
    sizes = rng.uniform(0.10, 0.25, 3)
    return tuple(
        Event("bypass_stuck_open", "return_temp", start, start + int(length), float(size))
        for start, length, size in zip(starts, lengths, sizes, strict=True)
    )


def _draw_fouling(number: int) -> tuple[Event, ...]:
    """Conductance falls by 40 % over ten days."""
    start = int(make_stream(number, "fouling").integers(0, SAMPLES - FOULING_SAMPLES))
    return (Event("heat_exchanger_fouls", "", start, start + FOULING_SAMPLES, 0.4),)


def _draw_instrument_trouble(number: int, kind: str, shortest: int, longest: int) -> Event:
    rng = make_stream(number, kind)
    length = int(rng.integers(shortest, longest))
    start = int(rng.integers(0, SAMPLES - length))
    return Event(kind, str(rng.choice(MEASURED)), start, start + length)
