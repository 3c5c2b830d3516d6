"""A hydraulic test rig with faults set on purpose: state of the cooler, and of the pump.

In: windows, one load cycle of 60 s each. Out: how two models are trained and what they are
compared with. Never: a look at the last 30 % of each block of cycles before the last step.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from generator.datasets.windows import SensorTable, SensorWindows
from tests.real.plant import Plant, Recipe, Sides

BLOCKS = 9
"""Blocks of 245 cycles, three for each state of the cooler: all classes lie on both sides."""
STOPPING = 0.2


def split_last_of_each_block(known: SensorWindows, _: int) -> Sides:
    """Windows to fit on, and the last fifth of each block's training cycles; one cycle each."""
    blocks = np.array_split(np.arange(len(known)), BLOCKS)
    stopping = np.concatenate([block[round((1 - STOPPING) * len(block)) :] for block in blocks])
    fit = np.setdiff1d(np.arange(len(known)), stopping)
    return known.take(fit), known.take(stopping)


def predict_by_rules(
    _: SensorTable, known: SensorWindows, asked: SensorWindows
) -> dict[str, np.ndarray]:
    """Class indices of three simple rules, fitted on the known windows' means."""
    means, asked_means = known.values.mean(axis=1), asked.values.mean(axis=1)
    trees = [make_tree().fit(column[:, None], known.target) for column in means.T]
    skill = [
        balanced_accuracy_score(known.target, each.predict(column[:, None]))
        for each, column in zip(trees, means.T, strict=True)
    ]
    best = int(np.argmax(skill))
    weighted = make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=2000, class_weight="balanced")
    ).fit(means, known.target)
    return {
        "most frequent class": np.full(len(asked), float(known.class_counts.argmax())),
        "best single sensor": trees[best].predict(asked_means[:, [best]]),
        "logistic regression on the means": weighted.predict(asked_means),
    }


def make_tree() -> DecisionTreeClassifier:
    """At most four ranges of one sensor."""
    return DecisionTreeClassifier(max_depth=2, class_weight="balanced", random_state=0)


HYDRAULIC_COOLER = Plant(
    name="hydraulic-cooler",
    dataset="hydraulic-cooler",
    recipes=(
        Recipe(
            "hydraulic-cooler",
            "variate-transformer",
            "one token per sensor",
            epochs=40,
            batch=64,
            offset=0.0,
        ),
    ),
    predicts=(
        "Tells the cooler's state of a hydraulic test rig (100 % full, 20 % reduced, 3 % near "
        "failure) from one load cycle of 60 s of 17 sensors"
    ),
    horizon_words="in the same cycle",
    unit="",
    held_out="the last 30 % of each of 9 blocks of cycles",
    stopping_side="the last fifth of each block's training cycles",
    split=split_last_of_each_block,
    rules=predict_by_rules,
)
HYDRAULIC_PUMP = replace(
    HYDRAULIC_COOLER,
    name="hydraulic-pump",
    dataset="hydraulic-pump",
    recipes=(replace(HYDRAULIC_COOLER.recipes[0], folder="hydraulic-pump"),),
    predicts=(
        "Tells the internal leakage of a hydraulic test rig's pump (0 none, 1 weak, 2 severe) "
        "from one load cycle of 60 s of 17 sensors"
    ),
)
