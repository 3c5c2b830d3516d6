"""A 1.9 MW gas-fired fire-tube boiler: what truly happens, before any instrument looks.

In: a run's plan. Out: true flows, air ratio and flue gas every 10 s. The air command leads the
fuel when load rises and follows it when load falls. Fuel waits for the air that is *commanded*,
not for the air that flows, so a damper that sticks is not seen. No oxygen trim.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from examples.process_heat.combustion_plan import (
    ALL_SAMPLES,
    STEP_SECONDS,
    WARM_UP,
    Event,
    RunPlan,
    draw_demand,
    draw_slow_noise,
    make_stream,
)
from examples.process_heat.flame import FlueGas, flue_gas
from examples.process_heat.natural_gas import stoichiometric_air_per_fuel

FULL_FUEL_KG_H = 142.0
ACTUATOR_SECONDS, VALVE_SECONDS, GAS_MAIN_SECONDS = 8.0, 12.0, 60.0


@dataclass(frozen=True)
class Plant:
    """True signals, one value per sample, warm-up included.

    Attributes:
        fuel, air: kg/h; lam: air ratio; gas: flue gas leaving the furnace;
        stack_c, air_c: flue gas after the boiler and combustion air, degC;
        sticks: the damper's sticks with the sample at which it came free.

    """

    fuel: np.ndarray
    air: np.ndarray
    lam: np.ndarray
    gas: FlueGas
    stack_c: np.ndarray
    air_c: np.ndarray
    sticks: tuple[Event, ...]


def air_ratio_setpoint(load: np.ndarray | float) -> np.ndarray | float:
    """The burner's air curve: 1.15 at full load, 1.25 at the lowest."""
    return 1.15 + 0.10 * (1.0 - load) / 0.62


def run_plant(plan: RunPlan) -> Plant:
    """The true course of one run."""
    rng = make_stream(plan.number, "plant")
    draught, fan = draw_slow_noise(rng, 0.008, 180), rng.normal(0, 0.003, ALL_SAMPLES)
    air_c = 22 + draw_slow_noise(rng, 2.0, 3600)
    fuel, air, sticks = _simulate_controls(draw_demand(plan.number), plan.damper_sticks)
    air = air * (1 + draught + fan)
    richness = calorific_value(plan)
    lam, load = air / (fuel * richness), fuel * richness
    stack_c = 130 + 80 * load + 120 * (lam - 1.15) + draw_slow_noise(rng, 1.0, 200)
    return Plant(
        fuel=fuel * FULL_FUEL_KG_H,
        air=air * FULL_FUEL_KG_H * stoichiometric_air_per_fuel(),
        lam=lam,
        gas=flue_gas(lam, air_c + 273.15, load),
        stack_c=stack_c,
        air_c=air_c,
        sticks=sticks,
    )


def calorific_value(plan: RunPlan) -> np.ndarray:
    """(sample,) heat, and need of air, of a kilogram of gas against the design gas."""
    target = np.ones(ALL_SAMPLES)
    for step in plan.calorific_steps:
        target[WARM_UP + step.start :] += step.size
    value, values = 1.0, np.empty(ALL_SAMPLES)
    for at in range(ALL_SAMPLES):
        value = approach(value, target[at], GAS_MAIN_SECONDS)
        values[at] = value
    return values


def approach(value: float, target: float, seconds: float) -> float:
    """One sample of a first-order lag: exact for a target that holds between samples."""
    return float(target + (value - target) * np.exp(-STEP_SECONDS / seconds))


def _simulate_controls(
    wanted: np.ndarray, sticks: tuple[Event, ...]
) -> tuple[np.ndarray, np.ndarray, tuple[Event, ...]]:
    """(sample,) fuel and air as shares of full fuel and of its stoichiometric air."""
    fuel = float(wanted[0])
    position = commanded = float(fuel * air_ratio_setpoint(fuel))
    flows, ends = np.empty((2, len(wanted))), [stick.end for stick in sticks]
    for at, load in enumerate(wanted):
        leading = max(float(load), fuel)
        command = float(leading * air_ratio_setpoint(leading))
        commanded = approach(commanded, command, ACTUATOR_SECONDS)
        stuck = _find_stick(sticks, ends, at - WARM_UP)
        if stuck is not None and abs(command / position - 1) > sticks[stuck].size:
            ends[stuck] = at - WARM_UP
            stuck = None
        position = position if stuck is not None else approach(position, command, ACTUATOR_SECONDS)
        fuel = approach(fuel, min(float(load), commanded / 1.15), VALVE_SECONDS)
        flows[:, at] = fuel, position
    came_free = tuple(replace(s, end=end) for s, end in zip(sticks, ends, strict=True))
    return flows[0], flows[1], came_free


def _find_stick(sticks: tuple[Event, ...], ends: list[int], sample: int) -> int | None:
    """Which stick holds the damper at this sample."""
    held = (at for at, stick in enumerate(sticks) if stick.start <= sample < ends[at])
    return next(held, None)
