"""One run's claims: how good its model is, then what it rests on and whether to believe it.

In: a planned run, its data and its loaded model. Out: Quality and ClaimsRecord.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generator.build.plan import Run
from generator.build.siblings import load_siblings, record_siblings
from generator.claims.assess import assess
from generator.claims.expectations import judge_expectations
from generator.claims.question import Question, Sibling
from generator.datasets.claim_groups import group_for_claims
from generator.datasets.digest import dataset_sha256
from generator.datasets.windows import SensorTable, SensorWindows, horizon_rows
from generator.effects.periods import PeriodRule, choose_period_rule
from generator.errors import InputError
from generator.kinds import SensorKind
from generator.models.source import LoadedModel
from generator.quality import count_seen_groups, fit_simple_rules, measure_quality
from generator.records import ClaimsRecord, DatasetRecord, Quality
from generator.spec.models import ExpectSpec
from generator.tokens.meaning import TokenMeaning
from generator.words import count_noun

PREDICTED_AT_ONCE = 1024


@dataclass(frozen=True)
class HeldOutResult:
    """How good a model is and its siblings are, and the ground that was measured on.

    Attributes:
        train: the training windows; rule: what an independent period is.
        quality: the model's held-out figures; siblings: the other training runs, judged alike.
    """

    train: SensorWindows
    rule: PeriodRule
    quality: Quality
    siblings: tuple[Sibling, ...]


@dataclass(frozen=True)
class Population:
    """The windows explained, and how many there were to draw them from."""

    explained: SensorWindows
    of: int


def score_model(
    run: Run, table: SensorTable, model: LoadedModel, windows: SensorWindows
) -> HeldOutResult:
    """The held-out figures of a model and of its siblings, against the same simple rules.

    Raises:
        InputError: too few windows to say anything, an answer that is
            no number, or a sibling is another model.
    """
    train, held = windows.select_held(out=False), windows.select_held(out=True)
    rules = fit_simple_rules(train, held, model.sensors, model.task)
    predicted = _predict_windows(model, held)
    ahead = horizon_rows(run.dataset.target.horizon, table.clock)
    scores = predicted.max(axis=1) if predicted.ndim > 1 else predicted
    rule = choose_period_rule(held, ahead, scores, run.dataset.group or "")

    def judge(of: LoadedModel, predicted: np.ndarray) -> Quality:
        same_data = of.trained_sha256 == dataset_sha256(run.dataset_digests, run.label_digests)
        overlap = count_seen_groups(of.trained_groups, same_data, held)
        given = (train, held, predicted, rules, of.target_unit, overlap)
        return measure_quality(*given, rule.of(held), run.thresholds)

    others = load_siblings(run, model)
    siblings = [
        _build_sibling(other, judge(other, _predict_windows(other, held))) for other in others
    ]
    return HeldOutResult(train, rule, judge(model, predicted), tuple(siblings))


def _predict_windows(model: LoadedModel, held: SensorWindows) -> np.ndarray:
    """The model's answers; InputError where one is no finite number."""
    batches = held.iter_batches(PREDICTED_AT_ONCE)
    found = np.concatenate([model.predict(batch) for batch in batches])
    wrong = len(found) - int(np.isfinite(found).reshape(len(found), -1).all(axis=1).sum())
    if wrong:
        raise InputError(
            f"model {model.id} answers {count_noun(wrong, 'held-out window')} of {len(found):,} "
            f"with no finite number; look at its scaling and weights"
        )
    return found


def _build_sibling(model: LoadedModel, measured: Quality) -> Sibling:
    if measured.adequacy is None:
        raise ValueError(f"{model.id} was not judged")
    return Sibling(model, measured.adequacy, measured.rmse)


def assess_claims(
    run: Run,
    table: SensorTable,
    model: LoadedModel,
    held_out: HeldOutResult,
    population: Population,
    data: DatasetRecord,
    tokens: TokenMeaning,
) -> ClaimsRecord:
    """Every claim about the model on the explained windows, and what was expected of it.

    Raises:
        ValueError: the model was not judged.
        InputError: too few training windows to exchange anything for.
    """
    if held_out.quality.adequacy is None:
        raise ValueError(f"report {run.id}: its model was not judged")
    record = assess(
        Question(
            model=model,
            train=held_out.train,
            explained=population.explained,
            rule=held_out.rule,
            adequacy=held_out.quality.adequacy,
            rmse=held_out.quality.rmse,
            groups=group_for_claims(model.sensors, data.sensor_groups),
            regime=run.dataset.regime,
            setpoints=_list_setpoints(run),
            healthy=run.dataset.target.healthy,
            step=table.clock.step if table.clock.is_real else None,
            twins=None
            if table.twins is None
            else replace(population.explained, readings=table.twins).values,
            population=describe_population(run, population, data.doubtful),
            tokens=tokens,
            siblings=held_out.siblings,
            budget=run.report.effects,
            limits=run.thresholds,
        )
    )
    donors = record.donors.model_copy(update={"twin_files": run.twin_digests})
    expect = run.agent.expect if run.agent else ExpectSpec()
    rows = judge_expectations(expect.rests_on, expect.not_on, record.claims)
    runs = record_siblings(run, held_out.siblings)
    return record.model_copy(update={"donors": donors, "expectations": rows, "siblings": runs})


def _list_setpoints(run: Run) -> tuple[str, ...]:
    """The sensors that the manifest says are set, not measured."""
    named = run.dataset.sensors.items()
    return tuple(name for name, spec in named if spec.kind is SensorKind.SETPOINT)


def describe_population(run: Run, population: Population, doubtful: int) -> str:
    """Which windows are explained, of how many."""
    kind = "that the event follows" if run.report.windows.of == "events" else "of the held-out part"
    count = len(population.explained)
    whole = "all" if count == population.of else "a seeded sample of"
    doubt = f"; {doubtful:,} with readings that are not good left out" if doubtful else ""
    return f"{count:,} windows {kind} ({whole} {population.of:,} such held-out windows{doubt})"
