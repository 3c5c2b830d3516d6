"""The plants by the name the training command takes; a new plant is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from tests.real.plant import Plant
from tests.real.plants.district_heat import DISTRICT_HEAT
from tests.real.plants.gas_turbine import GAS_TURBINE
from tests.real.plants.hydraulic_rig import HYDRAULIC_COOLER, HYDRAULIC_PUMP
from tests.real.plants.solar_plant import SOLAR_PLANT

PLANTS: Mapping[str, Plant] = {
    plant.name: plant
    for plant in (GAS_TURBINE, DISTRICT_HEAT, HYDRAULIC_COOLER, HYDRAULIC_PUMP, SOLAR_PLANT)
}
