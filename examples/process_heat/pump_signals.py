"""Error-free features of one life, each taken from a simulated waveform of 0.4 s every 10 min.

In: a machine's true course. Out: vibration and acoustic emission as a condition monitor computes
them, and pressure with its pulsation. Noise and phases are drawn alike for a life and its twin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from examples.process_heat.pump_machine import FULL_TURN_HZ, Machine
from examples.process_heat.pump_plan import ALL_SAMPLES, LifePlan, make_stream
from examples.process_heat.pump_waveform import (
    HIGHEST_HZ,
    LOWEST_HZ,
    POINTS,
    RATE,
    bearing_tones,
    bursts,
    emission_db,
    velocity_rms,
)

VANES = 6
BURST_SECONDS = 0.002
AT_ONCE = 128
TIME = (np.arange(POINTS) / RATE).astype(np.float32)


@dataclass(frozen=True)
class Signals:
    """(sample,) features of one life without any error of an instrument.

    Attributes:
        vibration: (sample, axis) mm/s RMS, 10 to 1,000 Hz; emission: dB(AE).
        pressure: bar(g), with the pulsation of the moment.

    """

    vibration: np.ndarray
    emission: np.ndarray
    pressure: np.ndarray


def simulate_signals(plan: LifePlan, machine: Machine) -> Signals:
    """The features of one life, waveform by waveform."""
    rng = make_stream(plan.number, "waveform")
    vibration, emission = np.zeros((ALL_SAMPLES, 3)), np.zeros(ALL_SAMPLES)
    for span in _list_spans():
        vibration[span] = velocity_rms(simulate_acceleration(machine, span, rng))
        emission[span] = emission_db(simulate_emission_envelope(machine, span, rng))
    pulsation = machine.pulsation * make_stream(plan.number, "pulsation").normal(0, 1, ALL_SAMPLES)
    return Signals(vibration, emission, machine.pressure + pulsation)


def simulate_acceleration(machine: Machine, span: slice, rng: np.random.Generator) -> np.ndarray:
    """(sample, axis, time) m/s2: tones of shaft, vanes and bearing, and a rough rest."""
    turns = np.maximum(machine.speed[span], 0.1) * FULL_TURN_HZ
    outer = bearing_tones(turns).outer
    sources = (
        (machine.once, turns),
        (machine.twice, 2 * turns),
        (machine.vanes, VANES * turns),
        (machine.impacts * 0.8, outer),
        (machine.impacts * 0.6, 2 * outer),
    )
    wave = draw_rough_acceleration(machine.rough[span], rng)
    for velocity, hertz in sources:
        wave += _draw_tone(velocity[span], hertz, rng)
    return wave


def draw_rough_acceleration(velocity: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(sample, axis, time) m/s2 of white acceleration whose (sample, axis) mm/s RMS is given.

    White acceleration of deviation a has the velocity variance
    a^2 / (4 pi^2 RATE / 2) (1 / LOWEST_HZ - 1 / HIGHEST_HZ).
    """
    per_unit = np.sqrt((1 / LOWEST_HZ - 1 / HIGHEST_HZ) / (2 * np.pi**2 * RATE))
    height = (velocity / 1000 / per_unit).astype(np.float32)
    noise = rng.standard_normal((*velocity.shape, POINTS), dtype=np.float32)
    return np.asarray(height[..., None] * noise)


def simulate_emission_envelope(
    machine: Machine, span: slice, rng: np.random.Generator
) -> np.ndarray:
    """(sample, time) microvolt: steady sound, and impacts of balls on a pit of the outer race."""
    turns = np.maximum(machine.speed[span], 0.1) * FULL_TURN_HZ
    outer, count = bearing_tones(turns).outer, len(turns)
    steady = 10 ** (machine.emission[span] / 20)
    height = steady * (10 ** (machine.burst_db[span] / 20) - 1)
    height /= np.sqrt(BURST_SECONDS / 2 * outer)
    height *= np.exp(rng.normal(0, 0.08, count))
    train = bursts(rng.random(count), outer, BURST_SECONDS)
    noise = 1 + 0.25 * rng.standard_normal((count, POINTS), dtype=np.float32)
    return np.asarray(steady[:, None] * np.abs(noise) + height[:, None] * train)


def _list_spans() -> Iterator[slice]:
    for start in range(0, ALL_SAMPLES, AT_ONCE):
        yield slice(start, min(start + AT_ONCE, ALL_SAMPLES))


def _draw_tone(velocity: np.ndarray, hertz: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(sample, axis, time) m/s2 of a tone of (sample, axis) mm/s RMS at (sample,) Hz."""
    omega = 2 * np.pi * hertz[:, None, None]
    breath = np.exp(rng.normal(0, 0.03, velocity.shape))
    height = np.sqrt(2) / 1000 * omega * (velocity * breath)[..., None]
    phase = rng.uniform(0, 2 * np.pi, velocity.shape)[..., None]
    angle = omega.astype(np.float32) * TIME + phase.astype(np.float32)
    return np.asarray(height.astype(np.float32) * np.sin(angle))
