"""Three years of a district-heating customer: heat one day ahead, hour by hour.

In: windows. Out: how its two models are trained and what they are compared with. Never: a look at
the last 30 % of the time before the last step; recipes were chosen on the training part alone.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from sklearn.linear_model import LinearRegression

from generator.datasets.windows import SensorTable, SensorWindows
from tests.real.plant import Plant, Recipe, split_last_stretch

AHEAD, WEEK = 24, 7 * 24


def predict_by_rules(
    table: SensorTable, known: SensorWindows, asked: SensorWindows
) -> dict[str, np.ndarray]:
    """What simple rules say of the asked windows; the regressions are fitted on the known ones."""
    first, values = _fill_blanks(known), _fill_blanks(asked)
    last = LinearRegression().fit(first[:, -1], known.target)
    whole = LinearRegression().fit(first.reshape(len(first), -1), known.target)
    return {
        "training mean": np.full(len(asked), known.target.mean()),
        "same hour of the day before": table.target[asked.last_row],
        "same hour of the week before": table.target[asked.last_row + AHEAD - WEEK],
        "linear regression on the last hour": last.predict(values[:, -1]),
        "linear regression on the whole window": whole.predict(values.reshape(len(values), -1)),
    }


def _fill_blanks(windows: SensorWindows) -> np.ndarray:
    """(window, time, sensor) readings; 0 for the 24 h means that are blank at the file's start."""
    return np.nan_to_num(windows.values)


DISTRICT_HEAT = Plant(
    name="district-heat",
    dataset="district-heat",
    recipes=(
        Recipe(
            "district-heat-day-ahead",
            "variate-transformer",
            "one token per sensor",
            weight_decay=1.0,
            offset=0.3,
        ),
        Recipe(
            "district-heat-day-ahead-hours",
            "timestep-transformer",
            "one token per hour",
            epochs=5,
        ),
    ),
    predicts=(
        "Predicts the heat (kW) a house takes from the district heating 24 h later, from 48 h of "
        "its meter's heat, flow and 24 h mean temperatures"
    ),
    horizon_words="24 h later",
    unit="kW",
    held_out="the last 30 % of the time",
    stopping_side="the last fifth of the training part",
    split=partial(split_last_stretch, fraction=0.2),
    rules=predict_by_rules,
)
