"""The laws a heating loop obeys: heat carried by water, heat exchangers, pumps, pipes.

Temperatures in degC, flows in m3/h, heat in kW, pressure differences in bar, pump speed in % of
full speed. Pure functions, and a pipe that hands on what was pushed into it. Never: a random
number, an instrument.
"""

from __future__ import annotations

from collections import deque
from math import exp
from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)

KWH_PER_M3_K = 1.163  # 4.187 kJ/(kg K) x 1000 kg/m3 / 3600 s/h
KJ_PER_KWH = 3600.0
SPEED_FLOW = 95.0  # m3/h at full speed through the healthy loop
LOOP_RESISTANCE = 3.5 / 90.0**2  # bar per (m3/h)^2: 3.5 bar at 90 m3/h
STATION_SHARE = 0.3  # of the loop's resistance lies in the heat exchanger's branch
PUMP_RESISTANCE = 0.3 * LOOP_RESISTANCE
SHUT_OFF = (LOOP_RESISTANCE + PUMP_RESISTANCE) * SPEED_FLOW**2


def water_density(celsius: Number) -> Number:
    """Density of liquid water in kg/m3, 0 to 120 degC.

    McCutcheon, Martin and Barnwell 1993, Handbook of Hydrology, section 11.1.
    """
    spread = (celsius - 3.9863) ** 2 * (celsius + 288.9414) / (celsius + 68.12963)
    return 1000 * (1 - spread / 508929.2)


def heat_capacity(celsius: Number) -> Number:
    """Heat capacity in kWh per m3 and K of water at that temperature: 1.163 x density / 1000."""
    return KWH_PER_M3_K * water_density(celsius) / 1000


def heat(flow: Number, supply: Number, back: Number) -> Number:
    """Heat in kW that `flow`, metered in the return, brings: rho cp V (Ts - Tr)."""
    found: Number = heat_capacity(back) * flow * (supply - back)
    return found


def enthalpy(celsius: Number) -> Number:
    """Enthalpy of liquid water in kJ/kg above that at 0 degC, 0 to 150 degC.

    Integral of the heat capacity of Popiel and Wojtkowiak 1998, Heat Transfer Engineering 19(3),
    pages 87 to 101.
    """
    root = celsius**0.5
    capacity = 4.2174356 - 0.0056181625 / 2 * celsius + 0.0012992528 / 2.5 * celsius * root
    bend = -0.00011535353 / 3 * celsius**2 + 4.14964e-6 / 3.5 * celsius**2 * root
    return celsius * (capacity + bend)


def heat_at_plant(flow: Number, supply: Number, back: Number) -> Number:
    """Heat in kW that the water takes up at the heat plant, `flow` metered in the return.

    Mass flow times the rise of its enthalpy: the heat capacity is not held constant as in `heat`.
    """
    mass = water_density(back) * flow / KJ_PER_KWH
    found: Number = mass * (enthalpy(supply) - enthalpy(back))
    return found


def effectiveness(conductance: float, hot: float, cold: float) -> float:
    """Of a counter-flow heat exchanger, heat capacity flows `hot` < `cold`, all in kW/K.

    Incropera et al., Fundamentals of Heat and Mass Transfer, table 11.4.
    """
    ratio = hot / cold
    fading = exp(-conductance / hot * (1 - ratio))
    return (1 - fading) / (1 - ratio * fading)


def loop_resistance(bypass: Number) -> Number:
    """Resistance in bar/(m3/h)^2, `bypass` m3 beside each m3 through the heat exchanger."""
    open_branch = (1 - STATION_SHARE) + STATION_SHARE / (1 + bypass) ** 2
    return LOOP_RESISTANCE * open_branch


def pressure_drop(flow: Number, resistance: Number) -> Number:
    """Pressure drop of the loop in bar: K V^2."""
    found: Number = resistance * flow**2
    return found


def pump_head(speed: Number, flow: Number) -> Number:
    """Head of the pump in bar: shut-off head by n^2, less what is lost inside."""
    found: Number = SHUT_OFF * (speed / 100) ** 2 - PUMP_RESISTANCE * flow**2
    return found


def speed_for(flow: Number, resistance: Number) -> Number:
    """Pump speed in % at which head and pressure drop meet at this flow."""
    found: Number = 100 * flow * ((resistance + PUMP_RESISTANCE) / SHUT_OFF) ** 0.5
    return found


def flow_at(speed: Number, resistance: Number) -> Number:
    """m3/h at which head and pressure drop meet at this speed."""
    found: Number = speed / 100 * (SHUT_OFF / (resistance + PUMP_RESISTANCE)) ** 0.5
    return found


def hydraulic_power(flow: Number, drop: Number) -> Number:
    """Power given to the water in kW: V dp; 1 m3/h x 1 bar is 1/36 kW."""
    found: Number = flow * drop / 36
    return found


class Pipe:
    """Plug flow: water leaves in the order in which it came in, none mixed, none lost.

    Args:
        volume: m3 of the pipe; celsius: its water at the start; loss: kW/K to the soil.

    """

    def __init__(self, volume: float, celsius: float, loss: float, soil: float) -> None:
        self._parcels = deque([(volume, celsius)])
        self._loss, self._soil = loss, soil

    def push(self, volume: float, celsius: float) -> float:
        """Push m3 of water in; the mean temperature of the same volume that comes out."""
        self._parcels.append((volume, celsius))
        left, warmth = volume, 0.0
        while left > 1e-12:
            parcel, own = self._parcels.popleft()
            taken = min(parcel, left)
            warmth += taken * own
            left -= taken
            if parcel > taken:
                self._parcels.appendleft((parcel - taken, own))
        return warmth / volume

    def cool(self, celsius: float, flow: float) -> float:
        """What the soil leaves of a temperature on its way through the pipe at `flow` m3/h."""
        return self._soil + (celsius - self._soil) * exp(
            -self._loss / (heat_capacity(celsius) * flow)
        )
