"""How even the steps of a clock are, in words, for whoever finds no window.

In: a Clock and groups. Out: a clause, or nothing. Never: a remedy that changes a reading.
"""

from __future__ import annotations

import numpy as np

from generator.datasets.clock import CLOCK_TOLERANCE, Clock
from generator.words import format_duration

EVEN_ENOUGH = 0.95
"""Where so many steps are the usual one, want of windows has another reason."""


def describe_unevenness(clock: Clock, groups: np.ndarray) -> str:
    """'; the steps are uneven …', where fewer than 95 % of those inside a group are the usual one.

    Args:
        clock: of the rows.
        groups: (rows,) the group of each row, by number.
    """
    steps = clock.steps[groups[1:] == groups[:-1]]
    share = float((np.abs(steps - 1) <= CLOCK_TOLERANCE).mean()) if len(steps) else 1.0
    if share >= EVEN_ENOUGH:
        return ""
    low, usual, high = (
        format_duration(float(count) * clock.step) for count in (steps.min(), 1, steps.max())
    )
    return (
        f"; its steps are uneven, from {low} to {high}, and {share:.0%} of them are the usual "
        f"{usual}: bring the data to an even step"
    )
