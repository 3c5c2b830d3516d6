"""Excess air of a natural-gas flame from the oxygen in its dry flue gas.

Oxygen in ppm by volume, dry (30 000 ppm are 3 %); excess air in %.
"""

from __future__ import annotations

import numpy as np

from generator.laws.law import Law, LawColumns

PPM_PER_PERCENT = 10_000.0
AIR = 20.9
"""Oxygen of dry air in % by volume, as analysers are set."""
FACTOR = 90.0
"""Dry flue gas by dry air, both stoichiometric, of natural gas: about 0.9, times 100 %."""


def _amounts(columns: LawColumns, _held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Excess air as given and as oxygen gives it, both in %; NaN where oxygen is that of air."""
    oxygen = columns["oxygen_ppm"] / PPM_PER_PERCENT
    flame = (oxygen > 0) & (oxygen < AIR)
    calculated = np.full(len(oxygen), np.nan)
    calculated[flame] = FACTOR * oxygen[flame] / (AIR - oxygen[flame])
    return columns["excess_air"], calculated


LAW = Law(
    name="excess-air",
    title="Excess air from oxygen",
    roles=("oxygen_ppm", "excess_air"),
    formula="excess air = 90 × O2 / (20.9 − O2), O2 in % by volume, dry",
    source="Oxygen balance of complete combustion of natural gas (Siegert's way of reckoning)",
    amounts=_amounts,
)
