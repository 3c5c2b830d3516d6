"""How much each sensor's reading scatters by itself: what a fault must move it beyond to be seen.

Measured sensors: the transmitter's stated noise and resolution. Calculated ones: their formula,
with the noise of what they are calculated from. In: readings. Out: standard deviations.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from examples.process_heat import combustion_data, pump_data, thermal_data
from examples.process_heat import natural_gas as gas
from examples.process_heat import transmitters as t
from examples.process_heat.pump_machine import efficiency_ratio
from examples.process_heat.thermal_plan import MINUTES_PER_SAMPLE
from examples.process_heat.transmitters import Transmitter

Readings = Mapping[str, np.ndarray]
MEASURED = {one.sensor: one for one in (t.FUEL_FLOW, t.AIR_FLOW, t.OXYGEN, t.CO, t.BURNER_TEMP)}


def instrument_noise(instrument: Transmitter, readings: np.ndarray, of: int = 1) -> np.ndarray:
    """(rows,) one reading's own scatter: noise, meaned over `of` of them, and resolution."""
    noise = (instrument.noise + instrument.relative_noise * np.abs(readings)) / np.sqrt(of)
    return np.asarray(np.hypot(noise, instrument.resolution / np.sqrt(12)))


def boiler_noise(read: Readings) -> dict[str, np.ndarray]:
    """Of the boiler house; formulas in measured O2 carry its noise on."""
    found = {name: instrument_noise(one, read[name]) for name, one in MEASURED.items()}
    oxygen, by = read["oxygen_ppm"] / 1e4, found["oxygen_ppm"] / 1e4
    left = gas.OXYGEN_IN_DRY_AIR - oxygen
    found["excess_air"] = np.abs(gas.excess_air(oxygen + by) - gas.excess_air(oxygen))
    per_ppm = gas.MG_PER_NM3_NO2_PER_PPM * (gas.OXYGEN_IN_DRY_AIR - gas.REFERENCE_OXYGEN) / left
    analyser = instrument_noise(t.NOX_PPM, read["nox_emission"] / per_ppm) * per_ppm
    found["nox_emission"] = np.hypot(analyser, read["nox_emission"] * by / left)
    found["efficiency"] = _efficiency_noise(read["efficiency"], oxygen, by)
    return {name: found[name] for name in combustion_data.SENSORS}


def loop_noise(read: Readings) -> dict[str, np.ndarray]:
    """Of the heating loop, whose readings are means; a set-point has none."""
    found = {"load_demand": np.zeros(len(read["load_demand"]))}
    for one in thermal_data.INSTRUMENTS:
        found[one.sensor] = instrument_noise(one, read[one.sensor], of=MINUTES_PER_SAMPLE)
    return {name: found[name] for name in thermal_data.SENSORS}


def pump_noise(read: Readings) -> dict[str, np.ndarray]:
    """Of the circulation pump."""
    found = {name: instrument_noise(one, read[name]) for name, one in pump_data.INSTRUMENTS.items()}
    bar, ampere = read["pressure"], read["electrical_current"]
    here = efficiency_ratio(bar, ampere)
    by_pressure = efficiency_ratio(bar + found["pressure"], ampere) - here
    by_current = efficiency_ratio(bar, ampere + found["electrical_current"]) - here
    found["efficiency_ratio"] = np.hypot(by_pressure, by_current)
    return {name: found[name] for name in pump_data.SENSORS}


def _efficiency_noise(efficiency: np.ndarray, oxygen: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Siegert's formula: the stack's excess temperature is what the reading says it is."""
    none = np.zeros(len(oxygen))
    cold = gas.boiler_efficiency(oxygen, none, none)
    per_kelvin = gas.boiler_efficiency(oxygen, none, none + 1) - cold
    kelvin = (cold - efficiency) / per_kelvin
    moved = gas.boiler_efficiency(oxygen + by, kelvin, none)
    by_oxygen = moved - gas.boiler_efficiency(oxygen, kelvin, none)
    by_stack = per_kelvin * np.hypot(t.STACK_TEMP.noise, t.AIR_TEMP.noise)
    return np.asarray(np.hypot(by_oxygen, by_stack))
