"""Simple rules beside a model: fitted on the training windows, asked about the held-out ones.

In: windows of both sides. Out: what each rule says of the held-out windows, by its name. The rules
see what the model sees; fits are scikit-learn's. Never: a rule that looks at a held-out target.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from generator.datasets.windows import SensorWindows
from generator.quality.readings import last_readings, mean_readings, readings_with_trend
from generator.quality.whole_window import fit_whole_window_rule

TREE_DEPTH = 2


def fit_event_rules(
    train: SensorWindows, held: SensorWindows, sensors: Sequence[str]
) -> dict[str, np.ndarray]:
    """Scores of simple warnings: the best single sensor, and all last readings weighted.

    Each is (held-out windows,); only their order counts.
    """
    last_train, last_held = last_readings(train), last_readings(held)
    skill = [roc_auc_score(train.target, column) - 0.5 for column in last_train.T]
    best = int(np.argmax(np.abs(skill)))
    direction = "high" if skill[best] > 0 else "low"
    slopes = {
        "last readings, weighted": (last_train, last_held),
        "last readings and trends, weighted": (
            readings_with_trend(train),
            readings_with_trend(held),
        ),
    }
    predictions = {f"{direction} {sensors[best]} alone": np.sign(skill[best]) * last_held[:, best]}
    for name, (fitted_on, applied_to) in slopes.items():
        model = _add_scaler(LogisticRegression(max_iter=2000)).fit(fitted_on, train.target)
        predictions[name] = model.decision_function(applied_to)
    return predictions


def fit_value_rules(
    train: SensorWindows, held: SensorWindows, _sensors: Sequence[str]
) -> dict[str, np.ndarray]:
    """Predictions of simple rules: the training mean, and linear regressions up to all readings.

    Each is (held-out windows,) in the target's unit.
    """
    predictions = {"training mean": np.full(len(held), train.target.mean())}
    features = {
        "last readings, weighted": (last_readings(train), last_readings(held)),
        "last readings and trends, weighted": (
            readings_with_trend(train),
            readings_with_trend(held),
        ),
    }
    for name, (fitted_on, applied_to) in features.items():
        predictions[name] = (
            _add_scaler(LinearRegression()).fit(fitted_on, train.target).predict(applied_to)
        )
    name, values = fit_whole_window_rule(train, held)
    return {**predictions, name: values}


def fit_class_rules(
    train: SensorWindows, held: SensorWindows, sensors: Sequence[str]
) -> dict[str, np.ndarray]:
    """Class indices of simple rules: the most frequent, the best single sensor, all sensors.

    Each is (held-out windows,). Single sensor: a decision tree of depth 2 on the window's mean; the
    sensor is the one whose tree has the best balanced accuracy in training. All sensors: logistic
    regression on window means and last readings. Both weigh the classes alike, as balanced accuracy
    does.
    """
    means, means_held = mean_readings(train), mean_readings(held)
    trees = [_build_tree().fit(column[:, None], train.target) for column in means.T]
    skill = [
        balanced_accuracy_score(train.target, tree.predict(column[:, None]))
        for tree, column in zip(trees, means.T, strict=True)
    ]
    best = int(np.argmax(skill))
    everything = _add_scaler(LogisticRegression(max_iter=2000, class_weight="balanced"))
    everything.fit(np.concatenate([means, last_readings(train)], axis=1), train.target)
    frequent = np.bincount(train.target.astype(int)).argmax()
    return {
        "most frequent class": np.full(len(held), float(frequent)),
        f"mean of {sensors[best]} alone": trees[best].predict(means_held[:, [best]]),
        "means and last readings, weighted": everything.predict(
            np.concatenate([means_held, last_readings(held)], axis=1)
        ),
    }


def _build_tree() -> ClassifierMixin:
    return DecisionTreeClassifier(max_depth=TREE_DEPTH, class_weight="balanced", random_state=0)


def _add_scaler(model: LinearRegression | LogisticRegression) -> Pipeline:
    return make_pipeline(StandardScaler(), model)
