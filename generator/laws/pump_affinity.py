"""A pump in an unchanged loop: flow follows speed.

The factor is the median of flow / speed in the training part; only held-out rows are compared, so
that the law is not held against the rows its factor came from.
"""

from __future__ import annotations

import numpy as np

from generator.laws.law import Law, LawColumns

TURNING = 0.1
"""Below this share of its highest speed a pump is taken to stand or to start."""


def _amounts(columns: LawColumns, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Flow as read and as the speed lets expect, in the flow's unit; NaN in the training part."""
    speed, flow = columns["speed"], columns["flow"]
    highest = np.nanmax(speed, initial=0.0)
    turning = speed > TURNING * highest
    trained = turning & ~held & ~np.isnan(flow)
    factor = np.median(flow[trained] / speed[trained]) if trained.any() else np.nan
    return flow, np.where(turning & held, speed * factor, np.nan)


LAW = Law(
    name="pump-affinity",
    title="Pump: flow follows speed",
    roles=("speed", "flow"),
    formula="flow = k × speed, k the median of flow / speed in the training part",
    source=(
        "Affinity law of centrifugal pumps for one loop whose valves do not move (Karassik et "
        "al., Pump Handbook)"
    ),
    amounts=_amounts,
)
