"""A 4 MW heating loop: what truly flows, minute by minute, before any instrument looks.

In: a run's plan. Out: true temperatures, flow, pressures and pump speed. Heat plant and pump,
supply pipe, heat exchanger of the station with a bypass beside it, return pipe. The pump's speed
brings the heat that is asked for through the heat exchanger. Never: an instrument.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.process_heat import thermal_laws as law
from examples.process_heat.thermal_plan import ALL_MINUTES, MINUTES_PER_SAMPLE, WARM_UP, RunPlan
from examples.process_heat.thermal_plan import make_stream as random_stream
from examples.process_heat.thermal_weather import (
    ROOM_C,
    Weather,
    draw_slow_noise,
    simulate_weather,
    smooth,
)

PIPE_M3 = 13.3  # each of supply and return: 40 min at 20 m3/h, 10 min at 80
PIPE_LOSS_KW_K, SOIL_C = 0.12, 8.0
CLEAN_UA_KW_K, SECONDARY_KW_K = 235.0, 160.0
BUILDING_KWH_K = 90.0
LOWEST_SPEED, HIGHEST_SPEED = 21.0, 100.0
PUMP_MINUTES, VALVE_MINUTES, HEATER_MINUTES = 3.0, 4.0, 12.0
HEIGHT_BAR = 3.2  # the supply gauge hangs 33 m below the expansion vessel
VESSEL_BAR = 2.25


@dataclass(frozen=True)
class Plant:
    """True signals, one value per minute, warm-up included.

    Attributes:
        supply, back: degC at the heat plant; flow: m3/h through the pump; speed: %;
        supply_bar, return_bar: bar(g); exchanged: kW through the heat exchanger;
        drawn: kW given to rooms and taps; stored_c: degC of the buildings' water;
        station_c: degC arriving at the station; bypass: m3 beside, per m3 through it;
        weather: what the heat was wanted for.

    """

    supply: np.ndarray
    back: np.ndarray
    flow: np.ndarray
    speed: np.ndarray
    supply_bar: np.ndarray
    return_bar: np.ndarray
    exchanged: np.ndarray
    drawn: np.ndarray
    stored_c: np.ndarray
    station_c: np.ndarray
    bypass: np.ndarray
    weather: Weather


def run_plant(plan: RunPlan) -> Plant:
    """The true course of one run."""
    weather = simulate_weather(plan)
    supply = supply_temperature(plan, weather)
    bypass = bypass_opening(plan)
    loop = _circulate(weather, supply, bypass, conductance(plan))
    flow, speed = loop["flow"], loop["speed"]
    return_bar = vessel_pressure(plan)
    drop = law.pressure_drop(flow, law.loop_resistance(bypass))
    return Plant(
        supply=supply,
        back=loop["back"],
        flow=flow,
        speed=speed,
        supply_bar=return_bar + HEIGHT_BAR + drop,
        return_bar=return_bar,
        exchanged=loop["exchanged"],
        drawn=loop["drawn"],
        stored_c=loop["stored_c"],
        station_c=loop["station_c"],
        bypass=bypass,
        weather=weather,
    )


def heating_curve(ambient: np.ndarray) -> np.ndarray:
    """Supply temperature in degC: 70 from +15 degC up, 110 at -12."""
    return np.asarray(np.clip(70 + 40 * (15 - ambient) / 27, 70, 110))


def supply_temperature(plan: RunPlan, weather: Weather) -> np.ndarray:
    """The heating curve of the ambient of the last hours, as the heat plant follows it."""
    asked = heating_curve(smooth(weather.ambient, 90))
    hunting = draw_slow_noise(random_stream(plan.number, "heater"), 0.5, 25)
    return np.asarray(smooth(asked, HEATER_MINUTES) + hunting)


def vessel_pressure(plan: RunPlan) -> np.ndarray:
    """The expansion vessel holds the return at 2.25 bar(g), whatever the loop does."""
    drift = draw_slow_noise(random_stream(plan.number, "vessel"), 0.05, 900)
    return np.asarray(np.clip(VESSEL_BAR + drift, 2.0, 2.5))


def bypass_opening(plan: RunPlan) -> np.ndarray:
    """(minute,) water beside the heat exchanger per water through it; the valve takes minutes."""
    wanted = np.zeros(ALL_MINUTES)
    for event in plan.bypasses:
        wanted[_minute(event.start) : _minute(event.end)] = event.size
    return smooth(wanted, VALVE_MINUTES)


def conductance(plan: RunPlan) -> np.ndarray:
    """(minute,) UA of the heat exchanger in kW/K; fouling takes its share evenly, and stays."""
    left = np.ones(ALL_MINUTES)
    for event in plan.foulings:
        start, end = _minute(event.start), _minute(event.end)
        left[start:end] = np.linspace(1, 1 - event.size, end - start)
        left[end:] = 1 - event.size
    return CLEAN_UA_KW_K * left


def _minute(sample: int) -> int:
    return (WARM_UP + sample) * MINUTES_PER_SAMPLE


def _circulate(
    weather: Weather, supply: np.ndarray, bypass: np.ndarray, conductances: np.ndarray
) -> dict[str, np.ndarray]:
    """The loop's own states, minute by minute, by name."""
    names = ("flow", "speed", "back", "exchanged", "drawn", "stored_c", "station_c")
    course = np.empty((ALL_MINUTES, len(names)))
    outward = law.Pipe(PIPE_M3, float(supply[0]), PIPE_LOSS_KW_K, SOIL_C)
    homeward = law.Pipe(PIPE_M3, 45.0, PIPE_LOSS_KW_K, SOIL_C)
    stored, leaving, speed = float(weather.design_c[0]), 45.0, 50.0
    arriving = float(supply[0])
    releases = weather.wanted / (weather.design_c - ROOM_C)
    minutes = zip(
        supply.tolist(),
        bypass.tolist(),
        conductances.tolist(),
        weather.demand.tolist(),
        releases.tolist(),
        strict=True,
    )
    for at, (hot, beside, conducted, asked, release) in enumerate(minutes):
        resistance = law.loop_resistance(beside)
        speed += (_find_speed(asked, arriving, leaving, beside) - speed) / PUMP_MINUTES
        flow = law.flow_at(speed, resistance)
        arriving = outward.cool(outward.push(flow / 60, hot), flow)
        capacity = law.heat_capacity(leaving) * flow / (1 + beside)
        effect = law.effectiveness(conducted, capacity, SECONDARY_KW_K)
        exchanged = effect * capacity * (arriving - stored)
        leaving = arriving - exchanged / capacity
        mixed = (leaving + beside * arriving) / (1 + beside)
        back = homeward.cool(homeward.push(flow / 60, mixed), flow)
        drawn = release * (stored - ROOM_C)
        stored += (exchanged - drawn) / BUILDING_KWH_K / 60
        course[at] = flow, speed, back, exchanged, drawn, stored, arriving
    return dict(zip(names, course.T, strict=True))


def _find_speed(asked: float, arriving: float, leaving: float, beside: float) -> float:
    """The speed in % at which the asked heat passes the exchanger, within the pump's limits."""
    through = asked / (law.heat_capacity(leaving) * max(arriving - leaving, 5.0))
    wanted = law.speed_for(through * (1 + beside), law.loop_resistance(beside))
    return min(max(wanted, LOWEST_SPEED), HIGHEST_SPEED)
