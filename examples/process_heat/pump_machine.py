"""A 75 kW circulation pump: what truly happens, before any instrument looks.

In: a life's plan. Out: speed, hydraulics, bearing temperature, and how strongly each source
shakes and sounds. A fault is a severity from 0 to 1; what it does to each source is its truth:
bearing: emission first, radial vibration past half, temperature last; unbalance: once-per-turn
radially; misalignment: twice-per-turn, mostly axial; cavitation: emission, pulsation, less head
and power. Never: an instrument.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from examples.process_heat.combustion_plan import Event
from examples.process_heat.pump_plan import (
    ALL_SAMPLES,
    FAULTS,
    STEP_SECONDS,
    WARM_UP,
    LifePlan,
    draw_slow_noise,
    draw_speed,
    make_stream,
    mark_during,
)

FULL_TURN_HZ = 24.75
USUAL_SPEED = 0.85
FULL_FLOW_M3_H, FULL_HEAD_BAR, SUCTION_BAR = 400.0, 4.9, 1.5
VOLT, POWER_FACTOR = 400.0, 0.93
BEARING_SECONDS = 2400.0
START_UP_SAMPLES = 3


@dataclass(frozen=True)
class Machine:
    """True course of one life, one value per sample, warm-up included.

    Attributes:
        speed: share of full speed; masked: standing, or started less than 30 min ago.
        severity: of the fault, 0 to its halt.
        pressure, pulsation: discharge, bar(g), and the deviation of its fast pulsation.
        current: A, taken from a 400 V supply; temperature: drive-end bearing, degC.
        once, twice, vanes, impacts, rough: (sample, axis) velocity in mm/s RMS of shaking once and
            twice a turn, at vane and at ball passing, and without any tone.
        emission, burst_db: dB(AE) of the steady sound, and what impacts add to it.

    """

    speed: np.ndarray
    masked: np.ndarray
    severity: np.ndarray
    pressure: np.ndarray
    pulsation: np.ndarray
    current: np.ndarray
    temperature: np.ndarray
    once: np.ndarray
    twice: np.ndarray
    vanes: np.ndarray
    impacts: np.ndarray
    rough: np.ndarray
    emission: np.ndarray
    burst_db: np.ndarray


@dataclass(frozen=True)
class Hydraulics:
    """Discharge pressure in bar(g), its pulsation in bar, supply current in A."""

    pressure: np.ndarray
    pulsation: np.ndarray
    current: np.ndarray


def efficiency_ratio(pressure: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Hydraulic over electrical power, from discharge pressure in bar(g) and current in A.

    The loop is closed: all head is friction, so that flow follows the root of the head. Suction
    pressure and power factor are taken as constant. NaN where the pump takes less than 1 A.
    """
    head = np.maximum(pressure - SUCTION_BAR, 0.0)
    flow = FULL_FLOW_M3_H / 3600 * np.sqrt(head / FULL_HEAD_BAR)
    electrical = np.sqrt(3) * VOLT * POWER_FACTOR * np.where(current < 1, np.nan, current)
    return np.asarray(flow * head * 1e5 / electrical)


def run_machine(plan: LifePlan) -> Machine:
    """The true course of one life."""
    turning, severity = draw_speed(plan), draw_fault_severity(plan)
    by_class = {kind: severity * (plan.fault_class == kind) for kind in FAULTS}
    water = _simulate_hydraulics(plan, turning, by_class["cavitation"])
    emission, burst_db = _simulate_sound(plan, turning, by_class)
    once, twice, vanes, impacts, rough = _simulate_shaking(plan, turning, by_class)
    return Machine(
        speed=turning,
        masked=_mark_start_up(turning),
        severity=severity,
        pressure=water.pressure,
        pulsation=water.pulsation,
        current=water.current,
        temperature=_simulate_temperature(plan, turning, by_class["bearing"]),
        once=once,
        twice=twice,
        vanes=vanes,
        impacts=impacts,
        rough=rough,
        emission=emission,
        burst_db=burst_db,
    )


def draw_fault_severity(plan: LifePlan) -> np.ndarray:
    """(sample,) 0 before the fault's onset, rising with random speed, held where it halts.

    Unbalance starts with a jump and grows by a few more; the others creep.
    """
    severity = np.zeros(ALL_SAMPLES)
    if plan.fault is None:
        return severity
    start, length = WARM_UP + plan.fault.start, plan.fault.end - plan.fault.start
    growth = _draw_growth(plan.number, plan.fault, length)[: ALL_SAMPLES - start]
    severity[start : start + len(growth)] = growth
    severity[start + len(growth) :] = 1.0
    return np.asarray(np.minimum(severity, plan.fault.size))


def _draw_growth(number: int, fault: Event, length: int) -> np.ndarray:
    rng = make_stream(number, "growth")
    if fault.kind == "unbalance":
        jumps = np.sort(rng.integers(1, length, 6))
        return np.asarray(0.4 + 0.1 * np.searchsorted(jumps, np.arange(length), side="right"))
    steps = np.cumsum(rng.gamma(0.2, 1.0, length))
    return np.asarray(steps / steps[-1])


def _mark_start_up(turning: np.ndarray) -> np.ndarray:
    standing = turning == 0
    late = [np.roll(standing, by) for by in range(START_UP_SAMPLES + 1)]
    return np.asarray(np.any(late, axis=0))


def _simulate_hydraulics(plan: LifePlan, turning: np.ndarray, cavitation: np.ndarray) -> Hydraulics:
    rng = make_stream(plan.number, "hydraulics")
    suction = SUCTION_BAR + draw_slow_noise(rng, 0.02, 7200)
    friction = FULL_HEAD_BAR * (1 + rng.normal(0, 0.02) + draw_slow_noise(rng, 0.006, 7200))
    best = rng.uniform(0.735, 0.765) + draw_slow_noise(rng, 0.003, 7200)
    healthy = friction * turning**2
    power = FULL_FLOW_M3_H / 3600 * np.sqrt(healthy / FULL_HEAD_BAR) * healthy * 1e5
    power /= best * (1 - 0.15 * (turning - 0.9) ** 2)
    return Hydraulics(
        pressure=suction - 0.1 * cavitation + healthy * (1 - 0.17 * cavitation),
        pulsation=0.015 + 0.11 * cavitation,
        current=power * (1 - 0.13 * cavitation) / (np.sqrt(3) * VOLT * POWER_FACTOR),
    )


def _simulate_temperature(plan: LifePlan, turning: np.ndarray, bearing: np.ndarray) -> np.ndarray:
    rng = make_stream(plan.number, "temperature")
    room = 26 + rng.normal(0, 2) + draw_slow_noise(rng, 2.0, 12 * 3600)
    friction = rng.uniform(28, 36) * turning + 26 * late_share(bearing, 0.75)
    dry = sum((_event_level(event) for event in plan.dry_grease), np.zeros(ALL_SAMPLES))
    target = room + friction + 0.4 * dry * (turning > 0)
    keep = np.exp(-STEP_SECONDS / BEARING_SECONDS)
    return np.asarray(lfilter([1 - keep], [1, -keep], target, zi=[keep * target[0]])[0])


def _simulate_sound(
    plan: LifePlan, turning: np.ndarray, by_class: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    rng = make_stream(plan.number, "sound")
    steady = rng.uniform(38, 43) + 14 * (turning - USUAL_SPEED) + draw_slow_noise(rng, 0.8, 7200)
    dry = sum((_event_level(event) for event in plan.dry_grease), np.zeros(ALL_SAMPLES))
    return steady + dry + 15 * by_class["cavitation"] ** 0.6, 20 * by_class["bearing"] ** 0.5


def _simulate_shaking(
    plan: LifePlan, turning: np.ndarray, by_class: dict[str, np.ndarray]
) -> tuple[np.ndarray, ...]:
    """Velocities of (once, twice, vanes, impacts, rough), each (sample, axis), mm/s RMS."""
    rng = make_stream(plan.number, "shaking")
    usual = turning[:, None] / USUAL_SPEED
    level = rng.uniform(0.55, 0.95)
    axes = rng.normal(1, 0.06, (5, 3))
    floor = np.max([np.zeros(ALL_SAMPLES), *map(_event_level, plan.neighbours)], axis=0)
    unbalance = 4.6 * by_class["unbalance"]
    askew, rolling = by_class["misalignment"], 5.2 * late_share(by_class["bearing"], 0.5) ** 1.5
    wet = by_class["cavitation"]
    once = axes[0] * usual**2 * (level * _AXES["once"] + _split_by_axis(unbalance, 1.0, 0.92, 0.0))
    twice = axes[1] * usual**2 * (0.25 * level + _split_by_axis(askew, 1.0, 0.9, 4.6))
    vanes = axes[2] * usual**2 * (0.35 * level + _split_by_axis(wet, 0.4, 0.4, 0.2))
    impacts = axes[3] * usual * _split_by_axis(rolling, 0.95, 1.0, 0.3)
    rough = axes[4] * usual * (0.3 + _split_by_axis(wet, 0.6, 0.6, 0.5)) + _split_by_axis(
        floor, 1, 1, 0.7
    )
    return once, twice, vanes, impacts, rough


_AXES = {"once": np.array([1.0, 0.85, 0.4])}


def late_share(severity: np.ndarray, after: float) -> np.ndarray:
    """0 until the severity passes `after`, then linearly to 1."""
    return np.asarray(np.clip((severity - after) / (1 - after), 0, 1))


def _split_by_axis(amount: np.ndarray, x: float, y: float, z: float) -> np.ndarray:
    return np.asarray(amount[:, None] * np.array([x, y, z]))


def _event_level(event: Event) -> np.ndarray:
    return np.asarray(event.size * mark_during((event,)))
