"""Weather and people: what the loop's heat is wanted for, minute by minute.

In: a run's plan. Out: ambient temperature, sun, the controller's demand set-point, and how much
heat is truly drawn. Hours and weekdays are local, so that they move against UTC when the clocks
change. Copenhagen's climate, roughly. Never: water, or an instrument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from scipy.signal import lfilter

from examples.process_heat.thermal_plan import (
    ALL_MINUTES,
    MINUTES_PER_SAMPLE,
    WARM_UP,
    ZONE,
    RunPlan,
    make_stream,
)

LATITUDE = np.radians(55.7)
HEATING_LIMIT_C, DESIGN_C = 17.0, -12.0
HEATING_KW, HOT_WATER_KW, FULL_KW = 2650.0, 720.0, 4000.0
SET_BACK, MORNING_BOOST = 0.75, 1.15
SUN_KW = 320.0
ROOM_C = 21.0


@dataclass(frozen=True)
class Weather:
    """One value per minute, warm-up included.

    Attributes:
        ambient: degC; sun: share of the strongest sun; demand: kW, the controller's set-point;
        wanted: kW the buildings would draw at the design temperature of their radiators;
        design_c: that temperature, degC.

    """

    ambient: np.ndarray
    sun: np.ndarray
    demand: np.ndarray
    wanted: np.ndarray
    design_c: np.ndarray


@dataclass(frozen=True)
class Calendar:
    """Local time of each minute: hour of day, workday or not; and UTC hour and day of year."""

    hour: np.ndarray
    workday: np.ndarray
    utc_hour: np.ndarray
    day: np.ndarray


def simulate_weather(plan: RunPlan) -> Weather:
    """The weather, the demand it makes and the heat that is truly wanted."""
    calendar = build_calendar(plan)
    sun = _draw_sun(plan, calendar)
    ambient = _draw_ambient(plan, calendar, sun)
    felt = smooth(ambient, 180)
    steady = HEATING_KW * np.clip((HEATING_LIMIT_C - felt) / (HEATING_LIMIT_C - DESIGN_C), 0, 1.1)
    hot_water = HOT_WATER_KW * hot_water_profile(calendar)
    demand = np.minimum(steady * schedule(plan, calendar) + hot_water, FULL_KW)
    restless = 1 + draw_slow_noise(make_stream(plan.number, "people"), 0.05, 45)
    taps = draw_slow_noise(make_stream(plan.number, "taps"), 50.0, 12)
    wanted = (steady + hot_water) * restless + taps - SUN_KW * np.clip(steady / 600, 0, 1) * sun
    cold = np.clip((HEATING_LIMIT_C - felt) / (HEATING_LIMIT_C - DESIGN_C), 0, 1)
    return Weather(ambient, sun, np.round(demand, -1), np.maximum(wanted, 200), 40 + 6 * cold)


def build_calendar(plan: RunPlan) -> Calendar:
    """Local and UTC clock of every minute of the run."""
    begin = plan.begins - timedelta(minutes=WARM_UP * MINUTES_PER_SAMPLE)
    last = begin + timedelta(minutes=ALL_MINUTES - 1)
    utc = pl.datetime_range(begin, last, "1m", time_unit="ms", time_zone="UTC", eager=True)
    local = utc.dt.convert_time_zone(ZONE)
    return Calendar(
        hour=_hours(local),
        workday=(local.dt.weekday() <= 5).to_numpy(),
        utc_hour=_hours(utc),
        day=utc.dt.ordinal_day().cast(pl.Float64).to_numpy(),
    )


def schedule(plan: RunPlan, calendar: Calendar) -> np.ndarray:
    """Heating against steady state: set-back at night, a boost in the morning, offices by day.

    Steps are ramps of half an hour; the hours differ a little from run to run.
    """
    shift = make_stream(plan.number, "schedule").uniform(-0.5, 0.5, 3)
    night, morning, day = 22 + shift[0], 5 + shift[1], 8 + shift[2]
    weekend = np.where(calendar.workday, 0.0, 1.5)
    hour = calendar.hour
    resting = 1 - _ramp(hour, morning + weekend) + _ramp(hour, night)
    boosting = _ramp(hour, morning + weekend) - _ramp(hour, day + weekend)
    office = 0.06 * calendar.workday * (_ramp(hour, 6.0) - _ramp(hour, 17.0))
    shares = 1 + (SET_BACK - 1) * resting + (MORNING_BOOST - 1) * boosting + office
    return np.asarray(shares)


def hot_water_profile(calendar: Calendar) -> np.ndarray:
    """Tap water and its circulation against their mean: peaks at breakfast and supper."""
    hour = calendar.hour - np.where(calendar.workday, 0.0, 1.5)
    breakfast = 0.45 * np.exp(-(((hour - 7.0) / 1.2) ** 2))
    supper = 0.30 * np.exp(-(((calendar.hour - 19.0) / 1.8) ** 2))
    return np.asarray(0.93 + breakfast + supper)


def draw_slow_noise(rng: np.random.Generator, deviation: float, minutes: float) -> np.ndarray:
    """(minute,) stationary first-order noise of that standard deviation and time constant."""
    keep = np.exp(-1 / minutes)
    kicks = rng.normal(0, deviation * np.sqrt(1 - keep**2), ALL_MINUTES)
    start = [keep * rng.normal(0, deviation)]
    return np.asarray(lfilter([1.0], [1.0, -keep], kicks, zi=start)[0])


def smooth(signal: np.ndarray, minutes: float) -> np.ndarray:
    """(minute,) the signal after a first-order lag that starts in balance."""
    keep = np.exp(-1 / minutes)
    return np.asarray(lfilter([1 - keep], [1.0, -keep], signal, zi=[keep * signal[0]])[0])


def _hours(clock: pl.Series) -> np.ndarray:
    return (clock.dt.hour() + clock.dt.minute() / 60).to_numpy()


def _ramp(hour: np.ndarray, at: np.ndarray | float) -> np.ndarray:
    return np.clip((hour - at) / 0.5 + 0.5, 0, 1)


def _draw_sun(plan: RunPlan, calendar: Calendar) -> np.ndarray:
    """Sine of the sun's height over Copenhagen, times what clouds let through."""
    declination = np.radians(23.45) * np.sin(2 * np.pi * (calendar.day - 81) / 365)
    angle = np.radians(15 * (calendar.utc_hour + 12.6 / 15 - 12))
    height = np.sin(LATITUDE) * np.sin(declination) + np.cos(LATITUDE) * np.cos(
        declination
    ) * np.cos(angle)
    clouds = draw_slow_noise(make_stream(plan.number, "clouds"), 1.2, 300)
    return np.asarray(np.maximum(height, 0) / (1 + np.exp(-1.5 * clouds)))


def _draw_ambient(plan: RunPlan, calendar: Calendar, sun: np.ndarray) -> np.ndarray:
    """Season, fronts of a few days, night and day, and gusts; -12 to 28 degC."""
    season = 8.7 + 8.6 * np.sin(2 * np.pi * (calendar.day - 112) / 365)
    fronts = draw_slow_noise(make_stream(plan.number, "fronts"), 3.5, 2200)
    gusts = draw_slow_noise(make_stream(plan.number, "gusts"), 0.3, 20)
    nightly = -1.5 * np.cos(2 * np.pi * (calendar.utc_hour - 3) / 24)
    warmed = smooth(5.0 * sun, 120)
    return np.asarray(np.clip(season + fronts + nightly + warmed + gusts, DESIGN_C, 28.0))
