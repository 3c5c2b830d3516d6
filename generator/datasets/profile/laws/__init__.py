"""Laws of physics a dataset is held against: one file per law, one line here.

A law is called on its columns and on how many rows are summed; it gives back amounts that should
be equal. `laws.check` judges them. Never: a column guessed from its name.
"""

from __future__ import annotations

from generator.datasets.profile.laws.excess_air import EXCESS_AIR
from generator.datasets.profile.laws.heat_balance import HEAT_BALANCE
from generator.datasets.profile.laws.law import Law
from generator.datasets.profile.laws.pump_affinity import PUMP_AFFINITY

LAWS: dict[str, Law] = {law.name: law for law in (HEAT_BALANCE, PUMP_AFFINITY, EXCESS_AIR)}
