"""Places from the highest value down: one rule for every list and every table."""

from __future__ import annotations

import numpy as np


def order(values: np.ndarray) -> np.ndarray:
    """(n,) places of `values` (n,) of any unit, from the highest down, ties by place; NaN last.

    A stable sort of -value: own definition.
    """
    return np.argsort(-values, kind="stable")


def ranks(values: np.ndarray) -> np.ndarray:
    """(n,) rank of each of `values` (n,) of any unit, 1 for the highest, ties by place; NaN last.

    The place of each value in `order`, from 1: own definition.
    """
    numbered = np.empty(len(values), dtype=int)
    numbered[order(values)] = np.arange(1, len(values) + 1)
    return numbered


def rank_names(
    names: list[str], values: np.ndarray, kept: np.ndarray | None = None
) -> list[tuple[str, float]]:
    """(name, value) sorted from high to low, ties by place.

    `values` (names,) of any unit; `kept` (names,) bool leaves out where it is False. In `order`:
    own definition.
    """
    return [(names[i], float(values[i])) for i in order(values) if kept is None or kept[i]]
