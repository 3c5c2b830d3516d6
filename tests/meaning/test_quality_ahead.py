"""How far a model is ahead of the best simple rule, and whether that is enough to explain it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import t
from sklearn.metrics import balanced_accuracy_score, roc_auc_score, root_mean_squared_error

from generator.effects.periods import Periods
from generator.kinds import Task
from generator.quality.ahead import judge_adequacy
from generator.records import Adequacy, Interval, Score, Thresholds

LIMITS = Thresholds()
RNG = np.random.default_rng(0)
MEASURES = {
    "value": root_mean_squared_error,
    "event": roc_auc_score,
    "class": balanced_accuracy_score,
}
NAMES = {"value": "RMSE", "event": "ROC AUC", "class": "balanced accuracy"}


def ahead_of(
    task: Task,
    truth: np.ndarray,
    model: np.ndarray,
    rule: np.ndarray,
    codes: np.ndarray,
    word: str = "run",
    limits: Thresholds = LIMITS,
    overlap: int | None = 0,
) -> Adequacy:
    score = Score(
        measure=NAMES[task],
        unit="",
        better="lower" if task == "value" else "higher",
        model=0,
        rules={"a rule": 0},
        best_rule="a rule",
        beats_rule=True,
    )
    return judge_adequacy(
        *(score, MEASURES[task], task, truth, model, rule, Periods(codes, word), overlap, limits)
    )


def by_hand(of: Callable[[np.ndarray], float], codes: np.ndarray) -> tuple[float, float, float]:
    """A figure of some windows, of all of them, with its delete-a-period jackknife re-typed."""
    whole = of(np.ones(len(codes), dtype=bool))
    without = np.array([of(codes != code) for code in np.unique(codes)])
    count = len(without)
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    reach = t.ppf(0.975, count - 1) * error
    return whole, whole - reach, whole + reach


CODES = np.repeat(np.arange(12), RNG.integers(4, 12, 12))
COUNT = len(CODES)


def test_a_value_is_ahead_by_percent_of_the_rules_error() -> None:
    """100 x (1 - RMSE / RMSE of the rule), with its range over periods."""
    truth = RNG.normal(size=COUNT)
    model, rule = (truth + s * RNG.normal(size=COUNT) for s in (0.5, 1.0))

    def percent(kept: np.ndarray) -> float:
        ours, its = (np.sqrt(((x - truth)[kept] ** 2).mean()) for x in (model, rule))
        return float(100 * (1 - ours / its))

    found = ahead_of("value", truth, model, rule, CODES)
    expected = by_hand(percent, CODES)
    assert (found.ahead.estimate, found.ahead.low, found.ahead.high) == pytest.approx(expected)
    assert (found.unit, found.needed, found.periods, found.passed) == ("%", 10.0, 12, True)
    assert found.words == (
        f"The model is {expected[0]:.1f} % (95 % range {expected[1]:.1f} to {expected[2]:.1f}) "
        f"ahead of the best simple rule in RMSE; 10 % are needed, and a range above 0."
    )


def test_a_warning_is_ahead_by_points_of_auc() -> None:
    """100 x (AUC - AUC of the rule)."""
    truth = (RNG.random(COUNT) < 0.4).astype(float)
    model, rule = truth + 0.3 * RNG.normal(size=COUNT), truth + 2 * RNG.normal(size=COUNT)

    def points(kept: np.ndarray) -> float:
        ours, its = (roc_auc_score(truth[kept], x[kept]) for x in (model, rule))
        return float(100 * (ours - its))

    found = ahead_of("event", truth, model, rule, CODES)
    expected = by_hand(points, CODES)
    assert (found.ahead.estimate, found.ahead.low, found.ahead.high) == pytest.approx(expected)
    assert (found.unit, found.needed, found.measure) == ("points", 5.0, "ROC AUC")
    assert found.passed
    assert found.words.endswith(
        "ahead of the best simple rule in ROC AUC; 5 points are needed, and a range above 0."
    )
    assert " points (95 % range " in found.words


def test_a_call_is_ahead_by_points_of_balanced_accuracy() -> None:
    """Of three classes: all right against always the first is 100 - 33.3 points."""
    truth = np.tile([0.0, 1.0, 2.0], COUNT)[:COUNT]
    found = ahead_of("class", truth, truth, np.zeros(COUNT), CODES)
    assert found.ahead.estimate == pytest.approx(200 / 3)
    assert found.passed


def value_case(ours: float, spread: float, periods: int, word: str = "run") -> Adequacy:
    """A rule with an error of 1 everywhere; the model's is `ours` give or take, by period."""
    codes = np.repeat(np.arange(periods), 10)
    truth = RNG.normal(size=len(codes))
    wobble = np.where(codes % 2, 1 + spread, 1 - spread)
    return ahead_of("value", truth, truth + ours * wobble, truth + 1.0, codes, word)


@pytest.mark.parametrize(
    ("ours", "spread", "periods", "passed", "words"),
    [
        (0.8, 0.0, 10, True,
         "The model is 20.0 % (95 % range 20.0 to 20.0) ahead of the best simple rule in RMSE; "
         "10 % are needed, and a range above 0."),
        (0.95, 0.0, 10, False,
         "The model is only 5.0 % (95 % range 5.0 to 5.0) ahead of the best simple rule in RMSE; "
         "10 % are needed before it is explained."),
        (1.2, 0.0, 10, False,
         "The model is no better than the best simple rule in RMSE: 20.0 % behind (95 % range from "
         "20.0 % behind to 20.0 % behind). No such model is explained."),
        (0.8, 0.0, 6, True,
         "The model is 20.0 % (95 % range 20.0 to 20.0) ahead of the best simple rule in RMSE; "
         "10 % are needed, and a range above 0."),
        (0.1, 0.0, 5, False,
         "Only 5 runs to judge the model by; at least 6 independent ones are needed."),
    ],
)  # fmt: skip
def test_the_gate_in_its_exact_words(
    ours: float, spread: float, periods: int, passed: bool, words: str
) -> None:
    """Passed, too little, behind, and too few periods however good."""
    found = value_case(ours, spread, periods)
    assert (found.passed, found.words) == (passed, words)


def test_being_ahead_by_chance_is_not_enough() -> None:
    """Far ahead on average, behind in half of the periods: the range holds 0."""
    found = value_case(0.6, 0.9, 6)
    assert found.ahead.low is not None
    assert found.ahead.estimate >= 10 > 0 > found.ahead.low
    assert not found.passed
    assert found.words.endswith(
        "ahead of the best simple rule in RMSE, but over these runs it could as well be behind."
    )


@pytest.mark.parametrize(("overlap", "passed"), [(0, True), (None, True), (1, False), (3, False)])
def test_a_model_is_not_judged_good_on_what_it_was_trained_on(
    overlap: int | None, passed: bool
) -> None:
    """One held-out group in its training data is enough; not knowing is told, and no bar."""
    truth = RNG.normal(size=COUNT)
    model, rule = (truth + s * RNG.normal(size=COUNT) for s in (0.5, 1.0))
    found = ahead_of("value", truth, model, rule, CODES, overlap=overlap)
    assert found.passed is passed
    assert found.words.startswith("The model is ") is passed
    if overlap:
        assert found.words.startswith(f"The model was trained on {overlap} group")


def test_stretches_are_said_in_the_plural() -> None:
    """Their length takes no ending."""
    few = value_case(0.1, 0.0, 3, "stretch of 6 h")
    assert few.words.startswith("Only 3 stretches of 6 h to judge the model by;")
    unsure = value_case(0.6, 0.9, 6, "stretch of 6 h")
    assert "but over these stretches of 6 h it could" in unsure.words


@pytest.mark.parametrize("task", ["event", "class"])
def test_events_of_one_period_alone_leave_no_range(task: Task) -> None:
    """Without that period one class is left, nothing to rank or tell: so the gate stays shut."""
    codes = np.repeat(np.arange(8), 10)
    truth = np.where((codes == 3) & (np.arange(80) % 2 == 0), 1.0, 0.0)
    rule = RNG.normal(size=80) if task == "event" else np.zeros(80)
    found = ahead_of(task, truth, truth, rule, codes)
    assert found.ahead == Interval(estimate=found.ahead.estimate)
    assert found.ahead.estimate > 5
    assert not found.passed
    assert "95 % range" not in found.words


def test_a_period_of_one_class_is_no_harm() -> None:
    """Events in some runs only, as in every plant: the range is there all the same."""
    codes = np.repeat(np.arange(8), 10)
    truth = np.where(np.isin(codes, (1, 4, 6)) & (np.arange(80) % 2 == 0), 1.0, 0.0)
    found = ahead_of("event", truth, truth, RNG.normal(size=80), codes)
    assert found.ahead.low is not None
    assert found.passed


def test_a_rule_without_error_cannot_be_beaten() -> None:
    """No division by nothing: the gate stays shut."""
    truth = RNG.normal(size=COUNT)
    assert not ahead_of("value", truth, truth + 0.1, truth, CODES).passed


def test_the_gate_is_a_threshold() -> None:
    """Five points or ten percent unless the manifest says otherwise."""
    truth = RNG.normal(size=COUNT)
    case = (truth, truth + 0.8, truth + 1.0, CODES)
    assert ahead_of("value", *case).passed
    strict = ahead_of("value", *case, limits=Thresholds(gate_value=0.3))
    assert (strict.passed, strict.needed) == (False, 30.0)
    assert not ahead_of("value", *case, limits=Thresholds(least_periods=13)).passed
