"""The claims of the reports themselves, asked as a report asks them.

In: a model, training and held-out windows. Out: an effect and a verdict for each sensor group, and
what rankings by attention alone are said to show of sensors. Never: a truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.truth.adequacy import predict_windows
from benchmarks.truth.explanation import Explanation, GroupClaim
from generator.claims.family import state
from generator.claims.map_skills import state_map_skills
from generator.claims.question import Question, Sibling
from generator.claims.second_opinion import ask_second_method
from generator.claims.sensor_claims import GroupClaims, MemberClaims
from generator.claims.study import Study
from generator.datasets.claim_groups import group_for_claims
from generator.datasets.sensor_groups import group_sensors
from generator.datasets.windows import SensorWindows
from generator.effects.intervals import mean_interval
from generator.effects.periods import PeriodRule, choose_period_rule
from generator.measures.lift import LIFT
from generator.measures.rollout import ROLLOUT
from generator.models.source import LoadedModel
from generator.quality import fit_simple_rules, measure_quality
from generator.records import (
    Adequacy,
    Claim,
    EffectsBudget,
    MapSkill,
    Quality,
    Sensor,
    Thresholds,
)
from generator.tokens.families import make_usual_coverage
from generator.tokens.meaning import TokenMeaning

WINDOWS, SEED = 240, 0
BUDGET = EffectsBudget(spans=1, steps=8, searched=4)  # when is not graded here
OF_ATTENTION = (LIFT, ROLLOUT)


def explain_by_claims(
    model: LoadedModel,
    train: SensorWindows,
    explained: SensorWindows,
    _siblings: Sequence[LoadedModel] = (),
) -> Explanation:
    """Every claim of groups and their members, and what raw attention and rollout rank."""
    return _assess_model(model, build_question(model, train, explained))


def explain_with_siblings(
    model: LoadedModel,
    train: SensorWindows,
    explained: SensorWindows,
    siblings: Sequence[LoadedModel],
) -> Explanation:
    """The same, asked of other training runs too: a member may then be named alone."""
    asked = build_question(model, train, explained)
    return _assess_model(
        model,
        replace(
            asked, siblings=tuple(_judge_sibling(one, train, explained, asked) for one in siblings)
        ),
    )


def _assess_model(model: LoadedModel, asked: Question) -> Explanation:
    """What is graded, of all that a report says: no head, no span, no instrument."""
    study = Study(asked)
    groups = state(GroupClaims(study, ask_second_method(study)))
    claims = (*groups, *state(MemberClaims(study, groups)))
    maps = _list_attention_claims(model, state_map_skills(study))
    return Explanation(tuple(map(_to_group_claim, claims)), tuple(maps))


def _judge_sibling(
    model: LoadedModel, train: SensorWindows, explained: SensorWindows, asked: Question
) -> Sibling:
    predicted = predict_windows(model, explained)
    measured, gate = _measure_quality(model, train, explained, predicted, asked.rule)
    return Sibling(model, gate, measured.rmse)


def build_question(model: LoadedModel, train: SensorWindows, explained: SensorWindows) -> Question:
    """What a report would ask of these windows."""
    predicted = predict_windows(model, explained)
    rule = choose_period_rule(explained, model.horizon_rows or 1, predicted, "run")
    measured, gate = _measure_quality(model, train, explained, predicted, rule)
    alike = group_sensors([Sensor(name=name) for name in model.sensors], train.readings)
    coverage = model.coverage or make_usual_coverage(model.tokens, model.window, model.sensors)
    return Question(
        model=model,
        train=train,
        explained=explained.sample(WINDOWS, SEED),
        rule=rule,
        adequacy=gate,
        rmse=measured.rmse,
        groups=group_for_claims(model.sensors, alike),
        tokens=TokenMeaning(model.tokens, coverage),
        budget=BUDGET,
    )


def _measure_quality(
    model: LoadedModel,
    train: SensorWindows,
    explained: SensorWindows,
    predicted: np.ndarray,
    rule: PeriodRule,
) -> tuple[Quality, Adequacy]:
    measured = measure_quality(
        *(train, explained, predicted),
        fit_simple_rules(train, explained, model.sensors, model.task),
        *(model.target_unit, 0, rule.of(explained), Thresholds()),
    )
    if measured.adequacy is None:
        raise ValueError(f"{model.id} was not judged")
    return measured, measured.adequacy


def interval(values: np.ndarray, blocks: np.ndarray) -> tuple[float, float, float]:
    """The interval of the reports, for the coverage simulation."""
    found = mean_interval(values, blocks)
    if found is None or found.low is None or found.high is None:
        return float("nan"), float("nan"), float("nan")
    return found.estimate, found.low, found.high


def _to_group_claim(claim: Claim) -> GroupClaim:
    effect = claim.effect_sd.estimate if claim.effect_sd else None
    return GroupClaim(claim.subject, effect, claim.verdict.value)


def _list_attention_claims(model: LoadedModel, maps: Sequence[MapSkill]) -> list[GroupClaim]:
    titles = {measure.title for measure in OF_ATTENTION}
    rows = (row for row in maps if row.granularity == "sensor" and row.name in titles)
    return [GroupClaim(model.sensors, None, row.verdict.value) for row in rows]
