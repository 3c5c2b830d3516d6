"""What happens in each of the 80 simulated pump lives, drawn from the life's number alone.

Out: speed, faults, benign disturbances, stops and instrument troubles, each from its own random
stream, so that a life and its fault-free twin share everything but the fault. Never: physics.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from scipy.signal import lfilter

from examples.process_heat.combustion_plan import Event

SEED = 13
LIVES = 80
STEP_SECONDS = 600
A_DAY = 86_400 // STEP_SECONDS
WARM_UP = 500
SAMPLES = 12 * A_DAY
ALL_SAMPLES = WARM_UP + SAMPLES
BLOCK = 8

FIRST_DAY = datetime(2026, 1, 5)
FAULTS = ("bearing", "unbalance", "misalignment", "cavitation")
MEASURED = (
    "vibration_x",
    "vibration_y",
    "vibration_z",
    "temperature",
    "pressure",
    "acoustic_emission",
    "electrical_current",
)
CALIBRATED = ("vibration_x", "vibration_y", "vibration_z", "acoustic_emission")
DAYS_TO_FULL = {
    "bearing": (5.0, 8.0),
    "unbalance": (2.0, 5.0),
    "misalignment": (2.0, 5.0),
    "cavitation": (1.5, 4.0),
}


@dataclass(frozen=True)
class LifePlan:
    """Twelve days of one pump: its number, first sample's local time (Europe/Berlin), events.

    Samples of events count from the end of the warm-up. `fault` grows from `start` and is full
    at `end`; its `size` is where growth stops: 1, or less when the fault is arrested.
    """

    number: int
    begins: datetime
    fault: Event | None
    loose: Event | None
    neighbours: tuple[Event, ...]
    dry_grease: tuple[Event, ...]
    stops: tuple[Event, ...]
    frozen: Event
    calibration: Event

    @property
    def name(self) -> str:
        """'pump-01' for life 1."""
        return f"pump-{self.number:02d}"

    @property
    def fault_class(self) -> str:
        """'bearing', 'unbalance', 'misalignment', 'cavitation' or 'healthy'."""
        return self.fault.kind if self.fault else "healthy"


def make_stream(number: int, purpose: str) -> np.random.Generator:
    """The life's random numbers for one purpose; no purpose disturbs another."""
    return np.random.default_rng([SEED, number, zlib.crc32(purpose.encode())])


def plan_life(number: int) -> LifePlan:
    """The plan of life `number`, 1 to 80.

    Of eight lives in a row four have a fault, one of each class; two a loose accelerometer,
    three a neighbour that shakes the floor, three a bearing that runs dry until it is greased.
    """
    return LifePlan(
        number=number,
        begins=_draw_begin(number),
        fault=_draw_fault(number),
        loose=_draw_loose(number) if _draw_place(number, "loose") < 2 else None,
        neighbours=_draw_neighbours(number) if _draw_place(number, "neighbour") < 3 else (),
        dry_grease=_draw_dry_grease(number) if _draw_place(number, "grease") < 3 else (),
        stops=_draw_stops(number),
        frozen=_draw_instrument_trouble(number, "frozen", MEASURED, 12, 24),
        calibration=_draw_instrument_trouble(number, "calibration", CALIBRATED, 6, 12),
    )


def remove_faults(plan: LifePlan) -> LifePlan:
    """The same life without its fault and with a tight accelerometer; all else stays."""
    return replace(plan, fault=None, loose=None)


def draw_speed(plan: LifePlan) -> np.ndarray:
    """(sample,) shaft speed as a share of full speed, 0.62 to 1: day, weekend, weather; 0 stopped.

    The pump follows the heat demand of the works through its frequency converter.
    """
    rng = make_stream(plan.number, "speed")
    first_hour = plan.begins.hour + plan.begins.minute / 60
    hours = first_hour + (np.arange(ALL_SAMPLES) - WARM_UP) * STEP_SECONDS / 3600
    weekday = (plan.begins.weekday() + np.floor(hours / 24)) % 7
    daily = 0.06 * np.sin(2 * np.pi * (hours - rng.uniform(5, 8)) / 24)
    weekend = np.where(weekday >= 5, -0.05, 0.0)
    weather = draw_slow_noise(rng, 0.05, 8 * 3600) + draw_slow_noise(rng, 0.008, 1200)
    shares = np.clip(rng.uniform(0.8, 0.88) + daily + weekend + weather, 0.62, 1.0)
    return np.where(mark_during(plan.stops), 0.0, shares)


def draw_slow_noise(rng: np.random.Generator, deviation: float, seconds: float) -> np.ndarray:
    """(sample,) stationary first-order noise of that standard deviation and time constant."""
    keep = np.exp(-STEP_SECONDS / seconds)
    kicks = rng.normal(0, deviation * np.sqrt(1 - keep**2), ALL_SAMPLES)
    kicks[0] /= np.sqrt(1 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], kicks))


def mark_during(events: tuple[Event, ...]) -> np.ndarray:
    """(sample,) bool: one of the events goes on; warm-up included."""
    sample = np.arange(ALL_SAMPLES) - WARM_UP
    spans = [(event.start <= sample) & (sample < event.end) for event in events]
    return np.any(spans, axis=0) if spans else np.zeros(ALL_SAMPLES, dtype=bool)


def _draw_place(number: int, purpose: str) -> int:
    """This life's place in the random order of its block of eight."""
    block, place = divmod(number - 1, BLOCK)
    return int(make_stream(1000 + block, purpose).permutation(BLOCK)[place])


def _draw_begin(number: int) -> datetime:
    tens_of_minutes = int(make_stream(number, "begin").integers(0, 60 * A_DAY))
    return FIRST_DAY + timedelta(seconds=STEP_SECONDS * tens_of_minutes)


def _draw_fault(number: int) -> Event | None:
    """One fault of four in half of all lives; a fifth of them come to a halt on their own."""
    place = _draw_place(number, "fault")
    if place >= len(FAULTS):
        return None
    rng, kind = make_stream(number, "fault"), FAULTS[place]
    days = float(rng.uniform(*DAYS_TO_FULL[kind]))
    latest = min(12.5 - days, 8.0)
    start = int(rng.uniform(0.6, latest) * A_DAY)
    arrested, halt = rng.random() < 0.2, float(rng.uniform(0.3, 0.5))
    return Event(kind, "", start, start + int(days * A_DAY), halt if arrested else 1.0)


def _draw_loose(number: int) -> Event:
    rng = make_stream(number, "loose")
    start, length = int(rng.integers(0, SAMPLES - A_DAY)), int(rng.uniform(1, 4) * A_DAY)
    size = float(rng.uniform(1.6, 2.6))
    return Event("loose_accelerometer", "vibration_x", start, min(start + length, SAMPLES), size)


def _draw_neighbours(number: int) -> tuple[Event, ...]:
    rng = make_stream(number, "neighbour")
    return tuple(_draw_span(rng, "neighbour_runs", 24, A_DAY, (0.7, 1.5)) for _ in range(4))


def _draw_dry_grease(number: int) -> tuple[Event, ...]:
    return (_draw_span(make_stream(number, "grease"), "dry_grease", 72, 3 * A_DAY, (6.0, 11.0)),)


def _draw_stops(number: int) -> tuple[Event, ...]:
    rng = make_stream(number, "stops")
    return tuple(_draw_span(rng, "stop", 6, 24, (0.0, 0.0)) for _ in range(int(rng.integers(1, 4))))


def _draw_span(
    rng: np.random.Generator, kind: str, shortest: int, longest: int, sizes: tuple[float, float]
) -> Event:
    length = int(rng.integers(shortest, longest))
    start = int(rng.integers(0, SAMPLES - length))
    return Event(kind, "", start, start + length, float(rng.uniform(*sizes)))


def _draw_instrument_trouble(
    number: int, kind: str, sensors: tuple[str, ...], shortest: int, longest: int
) -> Event:
    rng = make_stream(number, kind)
    span = _draw_span(rng, kind, shortest, longest, (0.0, 0.0))
    return replace(span, sensor=str(rng.choice(sensors)))
