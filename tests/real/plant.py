"""What is said of a plant before its models are trained: recipes, split for stopping, simple rules.

In: nothing. Out: frozen records. Never: a reading, or a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.datasets.windows import SensorTable, SensorWindows

Sides = tuple[SensorWindows, SensorWindows]
Rules = Callable[[SensorTable, SensorWindows, SensorWindows], Mapping[str, np.ndarray]]


@dataclass(frozen=True)
class Recipe:
    """One model: its folder, its shape, and how it is trained."""

    folder: str
    architecture: Literal["variate-transformer", "timestep-transformer"]
    tokens: str
    epochs: int = 10
    learning_rate: float = 2e-3
    weight_decay: float = 0.1
    offset: float = 0.1
    """Standard deviations: a calibration error per window and sensor."""
    width: int = 32
    layers: int = 2
    heads: int = 4
    batch: int = 256
    seed: int = 0


@dataclass(frozen=True)
class Plant:
    """One dataset of reports.yaml and the models trained on it.

    Attributes:
        name: of the file of figures; dataset: its key in reports.yaml.
        predicts: opens the models' descriptions; horizon_words: when the target lies.
        unit: of the target, '' for classes.
        held_out, stopping_side: what the two sides are called in the file of figures.
        split: (known windows, rows of a window) -> windows to fit on, and those that say when to
            stop; the two share no row.
        rules: (table, known, asked) -> what simple rules say of the asked windows; classes as
            indices.
        parts: held-out windows -> named parts of them, scored by themselves.
        published: ends the description; '' names the best simple rule there.
    """

    name: str
    dataset: str
    recipes: tuple[Recipe, ...]
    predicts: str
    horizon_words: str
    unit: str
    held_out: str
    stopping_side: str
    split: Callable[[SensorWindows, int], Sides]
    rules: Rules
    parts: Callable[[SensorWindows], Mapping[str, SensorWindows]] = lambda _: {}
    published: str = ""


def split_last_stretch(known: SensorWindows, length: int, fraction: float = 0.2) -> Sides:
    """The known windows but their last stretch in time, and that stretch; no row in both."""
    first = len(known) - round(fraction * len(known))
    begins = known.last_row[first] - length + 1
    before = np.flatnonzero(known.last_row < begins)
    return known.take(before), known.take(np.arange(first, len(known)))
