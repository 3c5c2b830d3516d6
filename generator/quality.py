"""How good a model is on held-out windows, beside simple rules fitted on the other windows.

In: windows of both sides and the model's predictions for the held-out ones. Out: Quality.
The rules see what the model sees; the best of them is chosen on the held-out side, in their
favour. Measures and fits are scikit-learn's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from generator.datasets.windows import SensorWindows
from generator.errors import InputError
from generator.records import Quality, Score

Measure = Callable[[np.ndarray, np.ndarray], float]
SMALL = 10  # fewer held-out windows, or events among them, say nothing


def quality(
    train: SensorWindows,
    held: SensorWindows,
    predicted: np.ndarray,
    sensors: Sequence[str],
    unit: str,
    event: bool,
    overlap: int | None,
) -> Quality:
    """The model's held-out figures beside each rule's; `overlap` is that of `groups_seen`.

    Raises:
        InputError: too few held-out windows, or events among them, to say anything.
    """
    _check(train, held, event)
    rules = event_rules(train, held, sensors) if event else value_rules(train, held)
    measures = EVENT_MEASURES if event else VALUE_MEASURES
    scores = tuple(
        _score(name, "" if bare else unit, better, measure, held.target, predicted, rules)
        for name, (measure, better, bare) in measures.items()
    )
    groups = len(named_groups(held))
    return Quality(
        task="event" if event else "value",
        windows=len(held),
        groups=groups,
        events=int(held.target.sum()) if event else None,
        scores=scores,
        mean_error=None if event else float((predicted - held.target).mean()),
        overlap=overlap,
        words=f"{_words(scores[0], len(held), groups)}{_seen_words(overlap, groups)}",
    )


def named_groups(windows: SensorWindows) -> set[str]:
    """The groups of some windows; none where the data has no groups."""
    return set(windows.groups.tolist()) - {""}


def groups_seen(trained: Sequence[str], same_data: bool, held: SensorWindows) -> int | None:
    """How many held-out groups are among those a model was trained on.

    None where that cannot be known: trained on other data, or no groups on either side.
    """
    groups = named_groups(held)
    if not (same_data and trained and groups):
        return None
    return len(set(trained) & groups)


EVENT_MEASURES: Mapping[str, tuple[Measure, Literal["higher", "lower"], bool]] = {
    "ROC AUC": (roc_auc_score, "higher", True),
    "average precision": (average_precision_score, "higher", True),
}
VALUE_MEASURES: Mapping[str, tuple[Measure, Literal["higher", "lower"], bool]] = {
    "RMSE": (root_mean_squared_error, "lower", False),
    "MAE": (mean_absolute_error, "lower", False),
    "R²": (r2_score, "higher", True),
}


def _check(train: SensorWindows, held: SensorWindows, event: bool) -> None:
    for name, side in (("held-out", held), ("training", train)):
        if len(side) < SMALL:
            raise InputError(f"only {len(side)} {name} windows: at least {SMALL} are needed")
        happened = int(side.target.sum()) if event else SMALL
        if event and not SMALL <= happened <= len(side) - SMALL:
            raise InputError(
                f"{happened} of {len(side)} {name} windows hold the event: "
                f"at least {SMALL} with and {SMALL} without it are needed"
            )


def event_rules(
    train: SensorWindows, held: SensorWindows, sensors: Sequence[str]
) -> dict[str, np.ndarray]:
    """Scores of simple warnings: the best single sensor, and all last readings weighted."""
    last_train, last_held = _last(train), _last(held)
    signed = [roc_auc_score(train.target, column) - 0.5 for column in last_train.T]
    best = int(np.argmax(np.abs(signed)))
    direction = "high" if signed[best] > 0 else "low"
    slopes = {
        "last readings, weighted": (last_train, last_held),
        "last readings and trends, weighted": (_with_trend(train), _with_trend(held)),
    }
    found = {f"{direction} {sensors[best]} alone": np.sign(signed[best]) * last_held[:, best]}
    for name, (fitted_on, applied_to) in slopes.items():
        model = _scaled(LogisticRegression(max_iter=2000)).fit(fitted_on, train.target)
        found[name] = model.decision_function(applied_to)
    return found


def value_rules(train: SensorWindows, held: SensorWindows) -> dict[str, np.ndarray]:
    """Predictions of simple rules: the training mean, and linear regressions."""
    found = {"training mean": np.full(len(held), train.target.mean())}
    features = {
        "linear in the last readings": (_last(train), _last(held)),
        "linear in last readings and trends": (_with_trend(train), _with_trend(held)),
    }
    for name, (fitted_on, applied_to) in features.items():
        found[name] = _scaled(LinearRegression()).fit(fitted_on, train.target).predict(applied_to)
    return found


def _scaled(model: LinearRegression | LogisticRegression) -> Pipeline:
    return make_pipeline(StandardScaler(), model)


def _last(windows: SensorWindows) -> np.ndarray:
    """(windows, sensors) last good reading of each window; 0 where a sensor has none."""
    found: np.ndarray = np.nan_to_num(_held_value(windows.values))
    return found


def _with_trend(windows: SensorWindows) -> np.ndarray:
    """Last readings, and their difference from the middle of the window."""
    middle = np.nan_to_num(_held_value(windows.values[:, : windows.values.shape[1] // 2]))
    last = _last(windows)
    return np.concatenate([last, last - middle], axis=1)


def _held_value(values: np.ndarray) -> np.ndarray:
    good = np.isfinite(values)
    newest = values.shape[1] - 1 - np.argmax(good[:, ::-1], axis=1)
    found: np.ndarray = np.take_along_axis(values, newest[:, None, :], axis=1)[:, 0]
    return found


def _score(
    name: str,
    unit: str,
    better: Literal["higher", "lower"],
    measure: Measure,
    truth: np.ndarray,
    predicted: np.ndarray,
    rules: Mapping[str, np.ndarray],
) -> Score:
    found = {rule: float(measure(truth, values)) for rule, values in rules.items()}
    model = float(measure(truth, predicted))
    best = (max if better == "higher" else min)(found, key=lambda rule: found[rule])
    ahead = model > found[best] if better == "higher" else model < found[best]
    return Score(
        measure=name,
        unit=unit,
        better=better,
        model=model,
        rules=found,
        best_rule=best,
        beats_rule=ahead,
    )


def _words(score: Score, windows: int, groups: int) -> str:
    unit = f" {score.unit}" if score.unit else ""
    verdict = "does better than" if score.beats_rule else "does no better than"
    stretches = f" ({groups} separate {'stretch' if groups == 1 else 'stretches'} of data)"
    return (
        f"On {windows:,} held-out windows{stretches if groups else ''} the model {verdict} the "
        f"best simple rule: {score.measure} {score.model:.3g}{unit} against "
        f"{score.rules[score.best_rule]:.3g}{unit} ({score.best_rule})."
    )


def _seen_words(overlap: int | None, groups: int) -> str:
    if overlap is None:
        return " Whether the model saw these windows in training is not known."
    if overlap:
        return f" It was scored partly on data it was trained on: {overlap} of {groups} stretches."
    return ""
