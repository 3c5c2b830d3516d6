"""The skill of a map's order, between chance and the best order found.

skill = (drop - chance) / (best - chance), of means over windows, with a jackknife over independent
periods; none where the way from chance to best is too short to measure along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.effects.intervals import jackknife, period_means
from generator.records import Interval

SHORTEST = 0.1  # of sd(F), or twice its standard error


@dataclass(frozen=True)
class Grade:
    """One order's drop beside chance and the best found; skill is None where not measurable."""

    drop: float
    chance: float
    best: float
    best_by: str
    skill: Interval | None


def grade_orders(
    drops: Mapping[str, np.ndarray], chance: np.ndarray, codes: np.ndarray
) -> dict[str, Grade]:
    """Every order graded against the best of all.

    Args:
        drops: (windows,) the drop of each order, by its name.
        chance: (windows,) the drop of random orders.
        codes: (windows,) the independent period of each.
    """
    best_by = max(drops, key=lambda name: float(drops[name].mean()))
    room = period_means(drops[best_by] - chance, codes)
    error = float(room.std(ddof=1) / np.sqrt(len(room))) if len(room) > 1 else np.inf
    measurable = float(room.mean()) >= max(SHORTEST, 2 * error)
    return {
        name: Grade(
            drop=float(drop.mean()),
            chance=float(chance.mean()),
            best=float(drops[best_by].mean()),
            best_by=best_by,
            skill=_skill(drop, chance, drops[best_by], codes) if measurable else None,
        )
        for name, drop in drops.items()
    }


def _skill(drop: np.ndarray, chance: np.ndarray, best: np.ndarray, codes: np.ndarray) -> Interval:
    def ratio(kept: np.ndarray) -> float:
        return float((drop - chance)[kept].sum() / (best - chance)[kept].sum())

    without = np.array([ratio(codes != code) for code in np.unique(codes)])
    return jackknife(ratio(np.ones(len(drop), dtype=bool)), without)
