"""A solar-thermal heating plant, ten minutes a row: one temperature an hour ahead.

In: windows. Out: how its model is trained and what it is compared with. Never: a look at the last
30 % of the rows before the last step, or a guess at what a numbered sensor measures.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from sklearn.linear_model import LinearRegression

from generator.datasets.windows import SensorTable, SensorWindows
from tests.real.plant import Plant, Recipe, split_last_stretch

AHEAD, DAY = 6, 144


def predict_by_rules(
    table: SensorTable, known: SensorWindows, asked: SensorWindows
) -> dict[str, np.ndarray]:
    """What simple rules say of the asked windows; the regressions are fitted on the known ones."""
    last = LinearRegression().fit(known.values[:, -1], known.target)
    flat = [windows.values.reshape(len(windows), -1) for windows in (known, asked)]
    whole = LinearRegression().fit(flat[0], known.target)
    return {
        "training mean": np.full(len(asked), known.target.mean()),
        "as it is now": table.target[asked.last_row],
        "same time of the day before": table.target[asked.last_row + AHEAD - DAY],
        "linear regression on the last row": last.predict(asked.values[:, -1]),
        "linear regression on the whole window": whole.predict(flat[1]),
    }


SOLAR_PLANT = Plant(
    name="solar-plant",
    dataset="solar-plant",
    recipes=(
        Recipe(
            "solar-temp-1-hour-ahead",
            "variate-transformer",
            "one token per sensor",
            epochs=60,
            weight_decay=0.5,
            offset=0.02,
        ),
    ),
    predicts=(
        "Predicts temp_1_c of a solar-thermal heating plant (degC) one hour later, from 24 h of "
        "four temperatures, one pump and three relays"
    ),
    horizon_words="1 h later",
    unit="degC",
    held_out="the last 30 % of the rows",
    stopping_side="the last fifth of the training part",
    split=partial(split_last_stretch, fraction=0.2),
    rules=predict_by_rules,
)
