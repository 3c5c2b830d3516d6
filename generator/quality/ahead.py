"""How far a model is ahead of the best simple rule, and whether that is enough to explain it.

In: truth, what model and rule said, the independent period of each window. Out: Adequacy. A map or
an effect of a model that does no better than a rule is no guide to the plant.
"""

from __future__ import annotations

import numpy as np

from generator.effects.intervals import jackknife
from generator.effects.periods import Periods
from generator.kinds import Task
from generator.quality.tasks import Metric
from generator.records import Adequacy, Score, Thresholds
from generator.words import count_noun, pluralise


def judge_adequacy(
    score: Score,
    measure: Metric,
    task: Task,
    truth: np.ndarray,
    model: np.ndarray,
    rule: np.ndarray,
    periods: Periods,
    overlap: int | None,
    thresholds: Thresholds,
) -> Adequacy:
    """Percent less error (values), or points ahead (events, classes), over whole periods.

    Args:
        score: the leading score.
        measure: its function of truth and what was said.
        task: what is predicted.
        truth: (windows,) what was.
        model: (windows,) what the model said.
        rule: (windows,) what the best simple rule said.
        periods: the independent period of each window.
        overlap: how many held-out groups the model was trained on; None where it is not known.
        thresholds: how far ahead is enough.
    """

    def ahead(rows: np.ndarray) -> float:
        ours, its = (_score(measure, truth[rows], x[rows]) for x in (model, rule))
        if task == "value":
            return 100 * (1 - ours / its) if its else float("nan")
        return 100 * (ours - its)

    codes = np.unique(periods.codes)
    without = np.array([ahead(periods.codes != code) for code in codes])
    lead = jackknife(ahead(np.ones(len(truth), dtype=bool)), without)
    margin = 100 * thresholds.gate_value if task == "value" else thresholds.gate_points
    enough = len(codes) >= thresholds.least_periods
    ahead_enough = lead.estimate >= margin and lead.low is not None and lead.low > 0
    plain = Adequacy(
        measure=score.measure,
        rule=score.best_rule,
        ahead=lead,
        unit="%" if task == "value" else "points",
        needed=margin,
        periods=len(codes),
        passed=enough and ahead_enough and not overlap,
        words="",
    )
    words = (
        _describe_overlap(overlap)
        if overlap
        else _describe_adequacy(plain, periods.word, thresholds)
    )
    return plain.model_copy(update={"words": words})


def _score(measure: Metric, truth: np.ndarray, predicted: np.ndarray) -> float:
    """The measure, or not a number where what is left holds one class only."""
    if len(np.unique(truth)) < 2:
        return float("nan")
    return float(measure(truth, predicted))


def _describe_overlap(overlap: int) -> str:
    return (
        f"The model was trained on {count_noun(overlap, 'group')} of the data it is judged by: "
        f"what it has seen is not explained as if it were new."
    )


def _describe_range(low: float | None, high: float | None, unit: str) -> str:
    """The range of a model that is behind, said so that no sign has to be turned round."""
    if low is None or high is None:
        return ""
    end = f"{abs(high):.1f}{unit} {'ahead' if high > 0 else 'behind'}"
    return f" (95 % range from {abs(low):.1f}{unit} behind to {end})"


def _describe_adequacy(adequacy: Adequacy, word: str, thresholds: Thresholds) -> str:
    if adequacy.periods < thresholds.least_periods:
        return (
            f"Only {count_noun(adequacy.periods, word)} to judge the model by; at least "
            f"{thresholds.least_periods} independent ones are needed."
        )
    low, high = adequacy.ahead.low, adequacy.ahead.high
    unit = " %" if adequacy.unit == "%" else " points"
    reach = "" if low is None or high is None else f" (95 % range {low:.1f} to {high:.1f})"
    gap = f"{abs(adequacy.ahead.estimate):.1f}{unit}{reach}"
    need = f"{adequacy.needed:g}{unit}"
    if adequacy.passed:
        return (
            f"The model is {gap} ahead of the best simple rule in {adequacy.measure}; {need} are "
            f"needed, and a range above 0."
        )
    if adequacy.ahead.estimate < 0:
        return (
            f"The model is no better than the best simple rule in {adequacy.measure}: "
            f"{abs(adequacy.ahead.estimate):.1f}{unit} behind{_describe_range(low, high, unit)}. "
            f"No such model is explained."
        )
    if adequacy.ahead.estimate < adequacy.needed:
        return (
            f"The model is only {gap} ahead of the best simple rule in {adequacy.measure}; "
            f"{need} are needed before it is explained."
        )
    return (
        f"The model is {gap} ahead of the best simple rule in {adequacy.measure}, "
        f"but over these {pluralise(word)} it could as well be behind."
    )
