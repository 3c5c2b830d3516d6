"""Every threshold that is printed as judging does judge: each one alone changes a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from generator.claims import span_claims
from generator.claims.family import state
from generator.claims.question import Sibling
from generator.claims.second_opinion import SecondOpinion
from generator.claims.sensor_claims import GroupClaims, MemberClaims
from generator.claims.span_claims import SpanClaims, list_spans
from generator.claims.study import Study
from generator.claims.verdicts import judge_effect, judge_map
from generator.effects.gradients import Shares
from generator.kinds import Task, Verdict
from generator.models.source import LoadedModel
from generator.records import Interval, Thresholds
from tests.claims.questions import (
    EACH,
    PASSED,
    ROWS,
    SENSORS,
    cut_runs,
    draw_readings,
    make_known_model,
    make_question,
)
from tests.claims.test_verdicts import HELD, GivenTerms
from tests.meaning.test_quality_ahead import ahead_of
from tests.models_by_hand import make_linear, make_model

Verdicts = list[Verdict]
PAIRS = (("a", "b"), ("c", "c2", "c3"), ("d",), ("e",), ("f",))


def judge_groups(limits: Thresholds, **changed: Any) -> Verdicts:
    """The verdicts on the groups of the known model."""
    study = Study(make_question(0, limits=limits, **changed))
    return [claim.verdict for claim in state(GroupClaims(study, None))]


def judge_members(limits: Thresholds) -> Verdicts:
    """The verdicts on a and b, of which a carries 0.8 of five training runs, and b little."""
    siblings = [Sibling(weigh(a=1.0), PASSED, None)] * 3 + [Sibling(weigh(e=1.0), PASSED, None)]
    question = make_question(
        0, model=weigh(a=1.0, b=0.4), siblings=tuple(siblings), groups=PAIRS, limits=limits
    )
    study = Study(question)
    groups = state(GroupClaims(study, None))
    return [claim.verdict for claim in (*groups, *state(MemberClaims(study, groups)))]


def weigh(**weights: float) -> LoadedModel:
    """A linear model of these sensors, alike in all rows."""
    matrix = np.zeros((ROWS, len(SENSORS)))
    for name, weight in weights.items():
        matrix[:, SENSORS.index(name)] = weight
    return make_model(make_linear(matrix), SENSORS, ROWS)


def judge_spans(limits: Thresholds) -> Verdicts:
    """The verdicts on spans of all sensors."""
    study = Study(make_question(0, limits=limits))
    return [claim.verdict for claim in state(SpanClaims(study, list_spans(study)))]


def judge_incomplete(limits: Thresholds) -> Verdicts:
    """Groups beside a second method that sees no effect, and misses 2 % of the whole, 8 at most."""
    study = Study(make_question(0, limits=limits))
    half = study.testing
    gaps = np.full((len(half.windows), 8), 0.02)
    gaps[:, 0] = 0.08
    cells = np.zeros((*gaps.shape, len(study.edges), len(SENSORS)))
    second = SecondOpinion(study, Shares(cells, gaps), half.periods.codes)
    return [claim.verdict for claim in state(GroupClaims(study, second))]


def judge_gaps(limits: Thresholds) -> Verdicts:
    """Sensor a lacks 3 readings of 16 everywhere, and 4 in one window of six."""
    values = draw_readings(0, 30)
    values[:, :3, 0] = np.nan
    values[::EACH, :4, 0] = np.nan
    filled = make_known_model(forward_input=lambda x: torch.from_numpy(np.nan_to_num(x)))
    return judge_groups(limits, model=filled, explained=cut_runs(values))


def judge_event(limits: Thresholds) -> Verdicts:
    """The known model warning of an event, from windows that none follows."""
    happens = np.arange(40 * EACH) % 2.0
    train = cut_runs(draw_readings(1000, 40), happens)
    return judge_groups(limits, model=make_known_model(task="event"), train=train)


def judge_order(limits: Thresholds) -> Verdicts:
    """0.91 of what named it; its two methods agree on the order of its family by 0.7."""
    return [judge_effect(replace(HELD, agreement=0.7), GivenTerms(limits=limits))[0]]


def judge_skill(limits: Thresholds) -> Verdicts:
    """A map with a skill of 0.6, at least 0.3."""
    return [judge_map(PASSED, True, Interval(estimate=0.6, low=0.3, high=0.9), limits)[0]]


def judge_gate(limits: Thresholds, task: Task) -> Verdicts:
    """All groups of a model that is 12 % or 20 points ahead of a rule, with no doubt."""
    truth = np.tile([0.0, 1.0], 60)
    model, rule = truth + 0.88, truth + 1.0
    if task == "class":
        model, rule = truth, np.where(np.arange(120) % 10 < 2, 1 - truth, truth)
    codes = np.arange(120) // 10
    adequacy = ahead_of(task, truth, model, rule, codes, limits=limits)
    return judge_groups(limits, adequacy=adequacy)


def judge_normalised(limits: Thresholds) -> Verdicts:
    """A span whose effect is a quarter larger behind the model's own normalisation."""
    family = SpanClaims(Study(make_question(0, limits=limits)), [])
    cell, study = (("a",), (8, 9)), family.study
    effect = study.test(study.whole(("a",)))
    assert effect.effect_sd is not None
    inner = np.full(len(study.testing.windows), 1.25 * effect.effect_sd.estimate)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(span_claims, "measure_inner_change", lambda *_: inner)
        return [family.judge(cell, replace(effect, p=0.0))[0]]


CASES: dict[str, tuple[Callable[[Thresholds], Verdicts], float]] = {
    "floor_sd": (judge_groups, 5.0),
    "floor_rmse": (lambda limits: judge_groups(limits, rmse=1.0), 10.0),
    "floor_points": (judge_event, 60.0),
    "supported_periods": (judge_groups, 16),
    "least_periods": (judge_groups, 16),
    "kept_share": (judge_order, 0.95),
    "member_share": (judge_members, 0.2),
    "refits": (judge_members, 6),
    "refits_share": (judge_members, 0.9),
    "headline_alpha": (judge_groups, 1e-5),
    "cell_rate": (judge_spans, 1e-5),
    "off_distribution_weak": (judge_groups, 0.0),
    "off_distribution_none": (judge_groups, 0.0),
    "missing": (judge_gaps, 0.1),
    "missing_windows": (judge_gaps, 0.1),
    "agreement": (judge_order, 0.8),
    "supported_skill": (judge_skill, 0.7),
    "least_skill": (judge_skill, 0.4),
    "gate_value": (lambda limits: judge_gate(limits, "value"), 0.2),
    "gate_points": (lambda limits: judge_gate(limits, "class"), 30.0),
    "normalisation": (judge_normalised, 0.3),
    "completeness": (judge_incomplete, 0.5),
    "completeness_p95": (judge_incomplete, 0.5),
}
BESIDE = {"completeness": {"completeness_p95": 1.0}, "completeness_p95": {"completeness": 1.0}}
"""Where two thresholds stand together, the other one lets everything pass."""


def test_every_threshold_has_a_case() -> None:
    """None is left out."""
    assert CASES.keys() == Thresholds.model_fields.keys()


@pytest.mark.parametrize("name", CASES)
def test_a_threshold_changes_a_verdict(name: str) -> None:
    """With nothing else changed, another value gives another verdict somewhere."""
    judge, value = CASES[name]
    beside = BESIDE.get(name, {})
    usual = judge(Thresholds.model_validate(beside))
    assert judge(Thresholds.model_validate({**beside, name: value})) != usual
