"""The parts plants are put together from: readings out of signals, amounts out of heights.

In: Signals. Out: arrays. `FIRST` and `SECOND` are the sensors whose bumps make the amount.
Never: a random number that is not in the signals.
"""

from __future__ import annotations

import numpy as np

from benchmarks.truth.signals import Signals

FIRST, SECOND = 2, 5
COMPANION, COPY, SELDOM = 3, 6, 7
APART, ALIKE = 0.26, 0.13  # spreads of what two sensors with one cause do not share
HOW_SELDOM, MUCH = 0.1, 4 / 3
LEVEL, LOUDER = 0.2, 1.2


def mix_independent(signals: Signals) -> np.ndarray:
    """(charge, row, sensor) every sensor for itself: its noise and its bump."""
    return np.asarray(signals.noise + signals.bumps())


def mix_common_cause(signals: Signals) -> np.ndarray:
    """FIRST and COMPANION both show what FIRST's signal does, each with noise of its own."""
    readings = mix_independent(signals)
    cause = readings[..., FIRST].copy()
    for sensor in (FIRST, COMPANION):
        readings[..., sensor] = cause + APART * signals.instrument[..., sensor]
    return readings


def mix_copy(signals: Signals) -> np.ndarray:
    """COPY shows what SECOND reads, nearly."""
    readings = mix_independent(signals)
    readings[..., COPY] = readings[..., SECOND] + ALIKE * signals.instrument[..., COPY]
    return readings


def mix_drift(signals: Signals) -> np.ndarray:
    """Every sensor at another level, with louder noise."""
    return np.asarray(LEVEL + LOUDER * signals.noise + signals.bumps())


def keep_heights(signals: Signals) -> np.ndarray:
    """(charge, sensor) heights as they were drawn."""
    return signals.heights


def thin_heights(signals: Signals) -> np.ndarray:
    """SELDOM has a bump in a tenth of the charges only, a larger one; the others always."""
    heights = signals.heights.copy()
    there = signals.chances[:, SELDOM] < HOW_SELDOM
    heights[:, SELDOM] = np.where(there, MUCH * heights[:, SELDOM], 0.0)
    return heights


def add_two(heights: np.ndarray) -> np.ndarray:
    """(charge,) FIRST's height and SECOND's."""
    return np.asarray(heights[:, FIRST] + heights[:, SECOND])


def add_three(heights: np.ndarray) -> np.ndarray:
    """The same, and SELDOM's."""
    return np.asarray(add_two(heights) + heights[:, SELDOM])


def multiply_two(heights: np.ndarray) -> np.ndarray:
    """FIRST's height times SECOND's: neither alone says anything."""
    return np.asarray(heights[:, FIRST] * heights[:, SECOND])


def keep_amounts(amounts: np.ndarray) -> np.ndarray:
    """Every charge keeps its amount."""
    return amounts


def shuffle_amounts(amounts: np.ndarray) -> np.ndarray:
    """Every charge gets the amount of another one, by a fixed draw."""
    return np.asarray(np.random.default_rng(len(amounts)).permutation(amounts))
