"""The number that is explained: the same however a model gives it, and free of units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import logit

from generator.datasets.windows import SensorWindows
from generator.effects.exchange import ExplainedWindows, exchange_part
from generator.effects.part import Part
from generator.effects.scalar import (
    AT_ONCE,
    ExplainedScalar,
    define_scalar,
    evaluate_scalar,
    find_rivals,
    last_known_readings,
    predict_raw,
)
from generator.models.source import LoadedModel
from tests.models_by_hand import make_linear, make_model
from tests.windows_by_hand import make_windows

RNG = np.random.default_rng(0)
WEIGHTS = RNG.normal(size=(4, 2))
VALUES = RNG.normal(size=(30, 4, 2))


def training(target: str = "heat") -> SensorWindows:
    return make_windows(VALUES, np.zeros(30))


def classes(values: torch.Tensor) -> torch.Tensor:
    """Three scores of a window: the last reading of one sensor, of the other, and nothing."""
    last = values[:, -1].double()
    return torch.cat([last, torch.zeros(len(last), 1, dtype=torch.float64)], dim=1)


def caller(differentiable: bool) -> LoadedModel:
    names = ("x", "y", "z")
    return make_model(classes, ("a", "b"), 4, "class", classes=names, differentiable=differentiable)


def event(differentiable: bool) -> LoadedModel:
    return make_model(make_linear(WEIGHTS), ("a", "b"), 4, "event", differentiable=differentiable)


def test_a_warning_is_told_in_log_odds_and_shown_in_points() -> None:
    """F is the sum before the logistic function; people read the probability in percent."""
    answer = define_scalar(event(True), training())
    found = evaluate_scalar(answer, VALUES, find_rivals(answer, VALUES))
    by_hand = (VALUES * WEIGHTS).sum(axis=(1, 2))
    assert found.f == pytest.approx(by_hand)
    assert found.shown == pytest.approx(100 / (1 + np.exp(-by_hand)))
    assert answer.unit == "points"


def test_log_odds_are_the_same_from_probabilities() -> None:
    """A model that gives probabilities only is told in the same number."""
    assert predict_raw(event(False), VALUES) == pytest.approx(predict_raw(event(True), VALUES))


def test_a_probability_of_nought_or_one_is_a_number() -> None:
    """Beyond single precision the log odds stay finite, at those of one in ten million."""
    sure = make_model(make_linear(1e6 * WEIGHTS), ("a", "b"), 4, "event", differentiable=False)
    assert np.abs(predict_raw(sure, VALUES)) == pytest.approx(
        np.full(30, logit(1 - 1e-7)), rel=1e-6
    )


@pytest.mark.parametrize("differentiable", [True, False])
def test_a_call_is_told_by_its_lead_over_the_runner_up(differentiable: bool) -> None:
    """F is the difference of the two best log probabilities; shown is the called class's."""
    model = caller(differentiable)
    answer = ExplainedScalar(model, None, 1.0, "points")
    pair = find_rivals(answer, VALUES)
    scores = np.concatenate([VALUES[:, -1], np.zeros((30, 1))], axis=1)
    ranked = np.argsort(-scores, axis=1)
    assert pair.tolist() == ranked[:, :2].tolist()
    best, second = np.sort(scores, axis=1)[:, [-1, -2]].T
    found = evaluate_scalar(answer, VALUES, pair)
    assert found.f == pytest.approx(best - second)
    share = np.exp(best) / np.exp(scores).sum(axis=1)
    assert found.shown == pytest.approx(100 * share)


def test_a_call_keeps_the_pair_of_the_untouched_window() -> None:
    """Where an exchange turns the call over, F is the same two classes' and falls below nought."""
    model = caller(differentiable=True)
    answer = ExplainedScalar(model, None, 1.0, "points")
    window = np.zeros((1, 4, 2))
    window[0, -1] = [2.0, 1.0]
    pair = find_rivals(answer, window)
    assert evaluate_scalar(answer, window, pair).f == pytest.approx([1.0])
    window[0, -1] = [-5.0, 1.0]  # now y is called, z is next, and x is last
    assert evaluate_scalar(answer, window, pair).f == pytest.approx([-6.0])


def test_a_value_with_its_own_history_is_told_as_change() -> None:
    """The last known reading of the target itself is taken off, in F and in what is shown."""
    model = make_model(make_linear(WEIGHTS), ("a", "heat"), 4)
    answer = define_scalar(model, training())
    values = VALUES.copy()
    values[3, -2:, 1] = np.nan
    by_hand = (VALUES * WEIGHTS).sum(axis=(1, 2)) - VALUES[:, -1, 1]
    found = evaluate_scalar(answer, VALUES, find_rivals(answer, VALUES))
    assert answer.own == 1
    assert found.f == pytest.approx(by_hand)
    assert found.shown == pytest.approx(by_hand)
    assert last_known_readings(values[:, :, 1])[3] == values[3, 1, 1]
    assert answer.words == "the predicted change of heat from its last reading"


@pytest.mark.parametrize(
    ("sensors", "ahead", "task"),
    [(("a", "b"), 1, "value"), (("a", "heat"), 0, "value"), (("a", "heat"), 1, "event")],
)
def test_nothing_is_taken_off_elsewhere(sensors: tuple[str, ...], ahead: int, task: str) -> None:
    """Not where the target is no input, lies at the same moment, or is an event."""
    model = make_model(make_linear(WEIGHTS), sensors, 4, task, ahead=ahead)  # type: ignore[arg-type]
    assert define_scalar(model, training()).own is None


def test_the_last_known_reading_of_nothing_is_nought() -> None:
    """A sensor without a reading in the window is a plain 0, not a missing answer."""
    readings = np.array([[1.0, 2.0, np.nan], [np.nan, np.nan, np.nan], [5.0, np.nan, np.nan]])
    assert last_known_readings(readings).tolist() == [2.0, 0.0, 5.0]


def test_the_spread_is_that_of_f_over_training_windows() -> None:
    """All of them where they are few; 1 where the answer never changes."""
    answer = define_scalar(event(True), training())
    assert answer.sd == pytest.approx((VALUES * WEIGHTS).sum(axis=(1, 2)).std())
    still = make_model(make_linear(np.zeros((4, 2))), ("a", "b"), 4)
    assert define_scalar(still, training()).sd == 1.0


def test_another_unit_of_the_target_changes_no_effect() -> None:
    """A target times 100 (kPa to Pa): the same effects in sd(F), shown ones times 100."""
    moved = []
    for scale in (1.0, 100.0):
        answer = define_scalar(make_model(make_linear(scale * WEIGHTS), ("a", "b"), 4), training())
        pair = find_rivals(answer, VALUES)
        asked = ExplainedWindows(VALUES, pair, evaluate_scalar(answer, VALUES, pair))
        donors = np.tile(np.arange(5), (30, 1))
        moved.append(exchange_part(answer, asked, VALUES, donors, Part((0,), 0, 3)))
    assert moved[1].effect == pytest.approx(moved[0].effect, rel=1e-12)
    assert moved[1].effect_shown == pytest.approx(100 * moved[0].effect_shown, rel=1e-12)


def test_answers_come_in_batches_that_change_nothing() -> None:
    """More windows than are asked at once give what each gives alone."""
    many = RNG.normal(size=(AT_ONCE + 3, 4, 2))
    model = event(True)
    alone = np.concatenate([predict_raw(model, one[None]) for one in many[-5:]])
    assert predict_raw(model, many)[-5:] == pytest.approx(alone, rel=1e-15)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("event", "the model's warning of heat (log odds)"),
        ("class", "how far the class the model calls is ahead of the next (heat)"),
        ("value", "the predicted heat"),
    ],
)
def test_the_answer_says_what_it_is(task: str, words: str) -> None:
    """One phrase for each task."""
    model = replace(event(True), task=task)  # type: ignore[arg-type]
    assert ExplainedScalar(model, None, 1.0, "").words == words
