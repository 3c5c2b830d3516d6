"""How good a model is on held-out windows, beside simple rules fitted on the other windows.

In: windows of both sides and the model's predictions for the held-out ones. Out: Quality.
The best of the rules is chosen on the held-out side, in their favour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from generator.datasets.windows import SensorWindows
from generator.effects.periods import Periods
from generator.errors import InputError
from generator.kinds import Task
from generator.quality.ahead import judge_adequacy
from generator.quality.tasks import SCORING, Better, Metric
from generator.records import ClassScore, Quality, Score, Thresholds
from generator.words import count_noun

FITTED_ON = 200_000  # training windows at most: more make no simple rule better
RULE_SEED = 0
SMALL = 10  # fewer held-out windows, or events or windows of a class among them, say nothing


@dataclass(frozen=True)
class RulePredictions:
    """What simple rules say of the held-out windows.

    Attributes:
        task: what is predicted.
        predictions: (held-out windows,) of each rule by its name: scores of events, values in the
            target's unit, or class indices.
        windows: how many windows they were fitted on.
    """

    task: Task
    predictions: Mapping[str, np.ndarray]
    windows: int


def fit_simple_rules(
    train: SensorWindows, held: SensorWindows, sensors: Sequence[str], task: Task
) -> RulePredictions:
    """The rules a model must beat, fitted on training windows; all models of a task share them.

    Raises:
        InputError: too few windows of a side, or events or windows of a class, to say anything.
    """
    _check(train, held, task)
    fitted_on = train.sample(FITTED_ON, RULE_SEED)
    return RulePredictions(task, SCORING[task].fit_rules(fitted_on, held, sensors), len(fitted_on))


def measure_quality(
    train: SensorWindows,
    held: SensorWindows,
    predicted: np.ndarray,
    simple: RulePredictions,
    unit: str,
    overlap: int | None,
    periods: Periods,
    thresholds: Thresholds,
) -> Quality:
    """The model's held-out figures beside each rule's; `overlap` is that of `count_seen_groups`.

    `periods` are the independent ones of the held-out windows. `predicted` is (windows,), values in
    `unit` or probabilities of the event, or (windows, classes) probabilities where classes are told
    apart.
    """
    task, rules = simple.task, simple.predictions
    answers = predicted.argmax(axis=1) if task == "class" else predicted
    scores = tuple(
        _score(name, "" if bare else unit, better, measure, held.target, answers, rules)
        for name, (measure, better, bare) in SCORING[task].metrics.items()
    )
    leading, (measure, _, _) = scores[0], next(iter(SCORING[task].metrics.values()))
    groups = len(group_names(held))
    return Quality(
        task=task,
        windows=len(held),
        groups=groups,
        events=int(held.target.sum()) if task == "event" else None,
        scores=scores,
        classes=_score_classes(train, held, answers),
        mean_error=float((answers - held.target).mean()) if task == "value" else None,
        overlap=overlap,
        words=_describe_score(leading, len(held), groups)
        + _describe_overlap(overlap, groups)
        + _describe_sample(simple.windows, len(train)),
        adequacy=judge_adequacy(
            *(leading, measure, task, held.target, answers, rules[leading.best_rule]),
            *(periods, overlap, thresholds),
        ),
    )


def group_names(windows: SensorWindows) -> set[str]:
    """The groups of some windows; none where the data has no groups."""
    return windows.group_names


def count_seen_groups(trained: Sequence[str], same_data: bool, held: SensorWindows) -> int | None:
    """How many held-out groups are among those a model was trained on.

    None where that cannot be known: trained on other data, or no groups on either side.
    """
    groups = group_names(held)
    if not (same_data and trained and groups):
        return None
    return len(set(trained) & groups)


def _check(train: SensorWindows, held: SensorWindows, task: Task) -> None:
    for name, side in (("held-out", held), ("training", train)):
        if len(side) < SMALL:
            raise InputError(
                f"only {count_noun(len(side), f'{name} window')} with a target: at least {SMALL} "
                f"are needed; give more rows, or labels to those of both sides"
            )
        if task == "event":
            _check_events(name, side)
        if task == "value":
            _check_values(name, side)
        if task == "class":
            _check_classes(name, side)


def _check_events(name: str, side: SensorWindows) -> None:
    happened = int(side.target.sum())
    if not SMALL <= happened <= len(side) - SMALL:
        raise InputError(
            f"{happened} of {len(side)} {name} windows hold the event: "
            f"at least {SMALL} with and {SMALL} without it are needed"
        )


def _check_values(name: str, side: SensorWindows) -> None:
    if float(np.ptp(side.target)) == 0.0 and name == "held-out":
        raise InputError(
            f"all {count_noun(len(side), f'{name} window')} have the target {side.target[0]:g}: "
            f"how well a value is told needs values that differ"
        )


def _check_classes(name: str, side: SensorWindows) -> None:
    for label, count in zip(side.classes, _count_classes(side), strict=True):
        if count < SMALL:
            raise InputError(
                f"{count} of {len(side)} {name} windows are of class {label}: at least {SMALL} of "
                "each are needed (data in order of its classes is held out in more blocks: "
                "holdout: {by: group, blocks: N})"
            )


def _count_classes(windows: SensorWindows) -> list[int]:
    """Windows of each class, in the order of the classes."""
    return [int(count) for count in windows.class_counts]


def _score_classes(
    train: SensorWindows, held: SensorWindows, answers: np.ndarray
) -> tuple[ClassScore, ...]:
    truth, counts = held.target, zip(_count_classes(train), _count_classes(held), strict=True)
    return tuple(
        ClassScore(
            name=name,
            training=training,
            windows=windows,
            called=int((answers == index).sum()),
            recall=float((answers[truth == index] == index).mean()),
        )
        for index, (name, (training, windows)) in enumerate(zip(held.classes, counts, strict=True))
    )


def _score(
    name: str,
    unit: str,
    better: Better,
    measure: Metric,
    truth: np.ndarray,
    predicted: np.ndarray,
    rules: Mapping[str, np.ndarray],
) -> Score:
    by_rule = {rule: float(measure(truth, values)) for rule, values in rules.items()}
    model = float(measure(truth, predicted))
    best = (max if better == "higher" else min)(by_rule, key=lambda rule: by_rule[rule])
    ahead = model > by_rule[best] if better == "higher" else model < by_rule[best]
    return Score(
        measure=name,
        unit=unit,
        better=better,
        model=model,
        rules=by_rule,
        best_rule=best,
        beats_rule=ahead,
    )


def _describe_score(score: Score, windows: int, groups: int) -> str:
    unit = f" {score.unit}" if score.unit else ""
    verdict = "does better than" if score.beats_rule else "does no better than"
    stretches = f" ({count_noun(groups, 'separate stretch of data')})" if groups else ""
    return (
        f"On {count_noun(windows, 'held-out window')}{stretches} the model {verdict} the best "
        f"simple rule: {score.measure} {score.model:.3g}{unit} against "
        f"{score.rules[score.best_rule]:.3g}{unit} ({score.best_rule})."
    )


def _describe_overlap(overlap: int | None, groups: int) -> str:
    if overlap is None:
        return " Whether the model saw these windows in training is not known."
    if overlap:
        return f" It was scored partly on data it was trained on: {overlap} of {groups} stretches."
    return ""


def _describe_sample(fitted: int, training: int) -> str:
    if fitted == training:
        return ""
    return (
        f" The rules were fitted on {fitted:,} of {training:,} training windows, a sample with "
        f"seed {RULE_SEED}."
    )
