"""One run's claims: how good its model is, then what it rests on and whether to believe it.

In: a planned run, its data and its loaded model. Out: Quality and ClaimsRecord.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.claims.assess import assess
from generator.claims.expectations import expectation_rows
from generator.claims.groups import claim_groups
from generator.claims.question import Question
from generator.datasets.describe import dataset_sha256
from generator.datasets.windows import SensorTable, SensorWindows, horizon_rows
from generator.effects.periods import PeriodRule, period_rule
from generator.kinds import SensorKind
from generator.manifest.schema import ExpectSpec
from generator.models.source import LoadedModel
from generator.plan import Run
from generator.quality import groups_seen, quality
from generator.records import ClaimsRecord, DatasetRecord, Quality
from generator.tokens.stated import Meaning

PREDICTED_AT_ONCE = 1024


def scored(
    run: Run, table: SensorTable, model: LoadedModel, windows: SensorWindows
) -> tuple[SensorWindows, Quality, PeriodRule]:
    """The training windows, the model's held-out figures, and what an independent period is."""
    train, held = windows.held(out=False), windows.held(out=True)
    batches = held.batches(PREDICTED_AT_ONCE)
    predicted = np.concatenate([model.predict(batch) for batch in batches])
    ahead = horizon_rows(run.dataset.target.horizon, table.clock)
    said = predicted.max(axis=1) if predicted.ndim > 1 else predicted
    rule = period_rule(held, ahead, said, run.dataset.group or "")
    same_data = model.trained_sha256 == dataset_sha256(run.dataset_digests, run.label_digests)
    overlap = groups_seen(model.trained_groups, same_data, held)
    found = quality(
        *(train, held, predicted, model.sensors, model.target_unit, model.task, overlap),
        *(rule.of(held), run.thresholds),
    )
    return train, found, rule


def claims_of(
    run: Run,
    table: SensorTable,
    model: LoadedModel,
    train: SensorWindows,
    explained: SensorWindows,
    measured: Quality,
    rule: PeriodRule,
    data: DatasetRecord,
    tokens: Meaning,
) -> ClaimsRecord:
    """Every claim about the model on the explained windows, and what was expected of it."""
    if measured.adequacy is None:
        raise ValueError(f"report {run.id}: its model was not judged")
    rmse = next((s.model for s in measured.scores if s.measure == "RMSE"), None)
    found = assess(
        Question(
            model=model,
            train=train,
            explained=explained,
            rule=rule,
            adequacy=measured.adequacy,
            rmse=rmse,
            groups=claim_groups(model.sensors, data.sensor_groups),
            regime=run.dataset.regime,
            setpoints=_setpoints(run),
            healthy=run.dataset.target.healthy,
            step=table.clock.step if table.clock.is_real else None,
            twins=None if table.twins is None else replace(explained, readings=table.twins).values,
            population=_population(run, data),
            tokens=tokens,
            budget=run.report.effects,
            limits=run.thresholds,
        )
    )
    donors = found.donors.model_copy(update={"twin_files": run.twin_digests})
    expect = run.agent.expect if run.agent else ExpectSpec()
    rows = expectation_rows(expect.rests_on, expect.not_on, found.claims)
    return found.model_copy(update={"donors": donors, "expectations": rows})


def _setpoints(run: Run) -> tuple[str, ...]:
    """The sensors that the manifest says are set, not measured."""
    named = run.dataset.sensors.items()
    return tuple(name for name, spec in named if spec.kind is SensorKind.SETPOINT)


def _population(run: Run, data: DatasetRecord) -> str:
    """Which windows are explained, of how many."""
    kind = "that the event follows" if run.report.windows.of == "events" else "of the held-out part"
    whole = "all" if data.explained == data.windows else "a seeded sample of"
    doubt = f"; {data.doubtful:,} with readings that are not good left out" if data.doubtful else ""
    return f"{data.explained:,} windows {kind} ({whole} {data.windows:,} held-out windows{doubt})"
