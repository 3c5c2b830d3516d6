"""The fuel and the formulas that hold for it: stoichiometry, dilution, reference oxygen.

All volume fractions are dry; oxygen is in vol % unless its name says ppm. Pure functions of
floats or arrays. Never: an instrument, a lag, or a figure for a permit.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)

FUEL = "CH4:0.93,C2H6:0.04,C3H8:0.01,N2:0.015,CO2:0.005"
AIR = "O2:0.2095,N2:0.7808,AR:0.0093"

# (carbon, hydrogen, mole fraction) of each combustible part; the rest is N2 and CO2.
COMBUSTIBLES = ((1, 4, 0.93), (2, 6, 0.04), (3, 8, 0.01))
INERT_N2, INERT_CO2 = 0.015, 0.005
AIR_O2 = 0.2095
FUEL_G_PER_MOL, AIR_G_PER_MOL = 17.204, 28.965
MG_PER_NM3_NO2_PER_PPM = 46.006 / 22.414
OXYGEN_IN_DRY_AIR, REFERENCE_OXYGEN = 20.9, 3.0


def stoichiometric_oxygen() -> float:
    """Moles of O2 that one mole of fuel needs: x + y/4 for each CxHy."""
    return sum(share * (carbon + hydrogen / 4) for carbon, hydrogen, share in COMBUSTIBLES)


def stoichiometric_air_per_fuel() -> float:
    """Kilograms of air that one kilogram of fuel needs."""
    return stoichiometric_oxygen() / AIR_O2 * AIR_G_PER_MOL / FUEL_G_PER_MOL


def dry_oxygen(lam: Number) -> Number:
    """Vol % O2 in dry flue gas of complete combustion at air ratio `lam` >= 1."""
    needed = stoichiometric_oxygen()
    carbon_dioxide = sum(c * share for c, _, share in COMBUSTIBLES) + INERT_CO2
    nitrogen = lam * needed * (1 - AIR_O2) / AIR_O2 + INERT_N2
    oxygen = (lam - 1) * needed
    return 100 * oxygen / (carbon_dioxide + nitrogen + oxygen)


def excess_air(oxygen: Number) -> Number:
    """Excess air in % from measured dry oxygen in vol %: 100 * 0.9 * O2 / (20.9 - O2)."""
    return 90 * oxygen / (OXYGEN_IN_DRY_AIR - oxygen)


def at_reference_oxygen(concentration: Number, oxygen: Number) -> Number:
    """A dry concentration measured at `oxygen` vol %, as it would be at 3 vol % O2."""
    return concentration * (OXYGEN_IN_DRY_AIR - REFERENCE_OXYGEN) / (OXYGEN_IN_DRY_AIR - oxygen)


def boiler_efficiency(oxygen: Number, stack_c: Number, air_c: Number) -> Number:
    """Efficiency in % of the lower heating value, indirect method, from O2 and stack temperature.

    Stack loss by Siegert's formula for natural gas with dry oxygen, (Ts - Ta)(0.66/(21 - O2)
    + 0.009), as in Annex 2 of the German 1. BImSchV; 1 % is set aside for the casing.
    """
    stack_loss: Number = (stack_c - air_c) * (0.66 / (21 - oxygen) + 0.009)
    return 100 - 1.0 - stack_loss
