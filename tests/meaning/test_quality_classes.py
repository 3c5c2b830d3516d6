"""Held-out figures of classes against scikit-learn and hand-made cases."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.tree import DecisionTreeClassifier

from generator.datasets.windows import SensorWindows
from generator.errors import InputError
from tests.windows_by_hand import judge_predictions, make_windows

RNG = np.random.default_rng(0)
SENSORS = ["near", "far"]


def windows(count: int, share: tuple[float, ...] = (0.5, 0.3, 0.2)) -> SensorWindows:
    """Three classes; the first sensor lies near the number of the class, the second is noise."""
    target = RNG.choice(len(share), size=count, p=share).astype(float)
    values = RNG.normal(size=(count, 4, 2))
    values[:, :, 0] += target[:, None]
    return make_windows(values, target, classes=("new", "used", "worn"))


def test_class_figures_are_scikit_learns() -> None:
    """The class called is the most probable; the three measures and each recall agree."""
    train, held = windows(600), windows(400)
    predicted = RNG.dirichlet([1, 1, 1], size=400)
    called = predicted.argmax(axis=1)
    got = judge_predictions(train, held, predicted, SENSORS, "", "class", 0)
    assert [score.model for score in got.scores] == pytest.approx(
        [
            balanced_accuracy_score(held.target, called),
            f1_score(held.target, called, average="macro"),
            accuracy_score(held.target, called),
        ]
    )
    assert [score.measure for score in got.scores] == ["balanced accuracy", "macro F1", "accuracy"]
    worn = got.classes[2]
    assert (worn.name, worn.windows) == ("worn", int((held.target == 2).sum()))
    assert worn.training == int((train.target == 2).sum())
    assert worn.called == int((called == 2).sum())
    assert worn.recall == pytest.approx((called[held.target == 2] == 2).mean())
    assert got.task == "class"
    assert got.events is got.mean_error is None
    assert "does no better than the best simple rule: balanced accuracy" in got.words


def test_rules_for_classes_are_simple_and_fitted_on_training_windows() -> None:
    """The most frequent class finds one of three; the better sensor is chosen by its tree."""
    train, held = windows(600), windows(400)
    rules = judge_predictions(
        train, held, np.eye(3)[held.target.astype(int)], SENSORS, "", "class", 0
    )
    found = rules.scores[0].rules
    assert found["most frequent class"] == pytest.approx(1 / 3)
    tree = DecisionTreeClassifier(max_depth=2, class_weight="balanced", random_state=0)
    tree.fit(train.values.mean(axis=1)[:, :1], train.target)
    said = tree.predict(held.values.mean(axis=1)[:, :1])
    expected = balanced_accuracy_score(held.target, said)
    assert found["mean of near alone"] == pytest.approx(expected)
    assert found["means and last readings, weighted"] > expected
    assert rules.scores[0].model == 1
    assert rules.scores[0].beats_rule


def test_a_class_that_is_hardly_there_is_refused() -> None:
    """Nine held-out windows of a class say nothing of it; blocks are the remedy for sorted data."""
    held = windows(400)
    held.target[np.flatnonzero(held.target == 2)[9:]] = 0
    message = "9 of 400 held-out windows are of class worn: at least 10 of each .* blocks"
    with pytest.raises(InputError, match=message):
        judge_predictions(windows(600), held, np.full((400, 3), 1 / 3), SENSORS, "", "class", 0)
