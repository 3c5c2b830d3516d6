"""Five years of a gas turbine: NOx at the window's last row, trained on 2011 to 2013.

In: windows. Out: how its two models are trained and what they are compared with. Never: a look at
2014 or 2015 before the last step; recipes were chosen on 2013 alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.linear_model import LinearRegression

from generator.datasets.windows import SensorTable, SensorWindows
from tests.real.plant import Plant, Recipe, Sides

STOPPING_YEAR = "2013"


def split_second_half_of_2013(known: SensorWindows, length: int) -> Sides:
    """Windows to fit on, and those of the second half of 2013."""
    last = np.flatnonzero(known.groups == STOPPING_YEAR)
    stopping = last[len(last) // 2 :]
    return known.take(np.arange(stopping[0] - length + 1)), known.take(stopping)


def predict_by_rules(
    _: SensorTable, known: SensorWindows, asked: SensorWindows
) -> dict[str, np.ndarray]:
    """What two simple rules, fitted on the known windows, say of others."""
    linear = LinearRegression().fit(known.values[:, -1], known.target)
    return {
        "training mean": np.full(len(asked), known.target.mean()),
        "linear regression on the last row": linear.predict(asked.values[:, -1]),
    }


def group_by_year(held: SensorWindows) -> Mapping[str, SensorWindows]:
    """The held-out windows of each year."""
    years = sorted(set(held.groups.tolist()))
    return {year: held.take(np.flatnonzero(held.groups == year)) for year in years}


GAS_TURBINE = Plant(
    name="gas-turbine",
    dataset="gas-turbine",
    recipes=(
        Recipe("gas-turbine-nox", "variate-transformer", "one token per sensor"),
        Recipe("gas-turbine-nox-rows", "timestep-transformer", "one token per row"),
    ),
    predicts=(
        "Predicts a gas turbine's NOx concentration (mg/m3) at the last of 12 rows from 9 sensors"
    ),
    horizon_words="at the last row of the window",
    unit="mg/m3",
    held_out="2014 and 2015",
    stopping_side="second half of 2013",
    split=split_second_half_of_2013,
    rules=predict_by_rules,
    parts=group_by_year,
    published=(
        "for the same years H. Kaya, P. Tufekci and E. Uzun (2019) are quoted with 7.91 mg/m3 "
        "(second-hand: README of github matheus695p/nox-and-co-emissions)."
    ),
)
