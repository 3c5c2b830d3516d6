"""Heat a loop carries: density x heat capacity x flow x temperature difference.

Heat in kW, flow in m3/h, temperatures in degC. Density is that of the
water at the meter: in the return, where heat meters mostly are, unless the manifest says supply.
"""

from __future__ import annotations

import numpy as np

from generator.laws.law import Law, LawColumns

KJ_PER_KG_K = 4.187
SECONDS_PER_HOUR = 3600.0


def water_density(celsius: np.ndarray) -> np.ndarray:
    """(rows,) density of liquid water at about 1 bar in kg/m3, of (rows,) 0 to 100 degC.

    McCutcheon, Martin and Barnwell 1993, Handbook of Hydrology, section 11.1; within 0.1 % of
    IAPWS-95.
    """
    spread = (celsius - 3.9863) ** 2 * (celsius + 288.9414) / (celsius + 68.12963)
    return np.asarray(1000 * (1 - spread / 508929.2))


def _amounts(columns: LawColumns, _held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Metered heat and the heat the water carried, both in kW."""
    supply, back = columns["supply"], columns["return"]
    flow = water_density(columns.get("metered", back)) * columns["flow"] / SECONDS_PER_HOUR
    carried = flow * KJ_PER_KG_K * (supply - back)
    return columns["heat"], carried


LAW = Law(
    name="heat-balance",
    title="Heat balance",
    roles=("heat", "flow", "supply", "return"),
    formula="heat = density(at the meter) × 4.187 kJ/(kg K) × flow × (supply − return) / 3600",
    source=(
        "First law for a liquid; density of water by McCutcheon, Martin and Barnwell 1993, "
        "Handbook of Hydrology, section 11.1"
    ),
    amounts=_amounts,
    summed=("heat", "flow"),
    metered=("supply", "return"),
)
