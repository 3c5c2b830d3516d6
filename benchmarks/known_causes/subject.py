"""A model with its data, its standing and its groups: all a question needs but its windows.

In: a manifest, or a table made in memory. Out: Subjects. Never: a held-out window in training.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generator.build.assessment import score_model
from generator.build.plan import Run, make_plan
from generator.claims.question import Question, Sibling
from generator.datasets.claim_groups import group_for_claims
from generator.datasets.dataset import read_dataset
from generator.datasets.description import group_read_sensors
from generator.datasets.model_windows import adapt_to_model
from generator.datasets.windows import SensorTable, SensorWindows, cut_windows
from generator.effects.periods import PeriodRule
from generator.manifest import load_manifest
from generator.models.source import LoadedModel, load_model
from generator.records import Adequacy, EffectsBudget, Quality, Thresholds

BUDGET = EffectsBudget(searched=0)  # maps of attention are graded elsewhere


@dataclass(frozen=True)
class Subject:
    """One model on one dataset.

    Attributes:
        name: of the report; dataset: its id.
        table: every row; train, held: its windows as the model reads them, doubtful ones left out.
        measured: its held-out figures; rule: what an independent period is.
        groups: the sensors claims are made on; regime: those donors are matched on;
            healthy: the classes in which nothing is wrong; siblings: the model trained again.
        budget: of what is asked about it.
    """

    name: str
    dataset: str
    model: LoadedModel
    table: SensorTable
    train: SensorWindows
    held: SensorWindows
    measured: Quality
    rule: PeriodRule
    groups: tuple[tuple[str, ...], ...]
    regime: tuple[str, ...]
    healthy: tuple[str, ...]
    siblings: tuple[Sibling, ...]
    limits: Thresholds
    budget: EffectsBudget = BUDGET

    @property
    def adequacy(self) -> Adequacy:
        """How far the model is ahead of the best simple rule."""
        if self.measured.adequacy is None:
            raise ValueError(f"{self.name}: its model was not judged")
        return self.measured.adequacy

    def question(self, explained: SensorWindows, passed: bool = False) -> Question:
        """What is asked about some windows; `passed`: as if the gate were."""
        gate = self.adequacy
        return Question(
            model=self.model,
            train=self.train,
            explained=explained,
            rule=self.rule,
            adequacy=gate.model_copy(update={"passed": True}) if passed else gate,
            rmse=self.measured.rmse,
            groups=self.groups,
            regime=self.regime,
            healthy=self.healthy,
            siblings=self.siblings,
            step=self.table.clock.step if self.table.clock.is_real else None,
            budget=self.budget,
            limits=self.limits,
        )


def load_subjects(manifest: Path, only: tuple[str, ...] = ()) -> Iterator[Subject]:
    """The reports of a manifest, in its order; those in `only`, where any is named."""
    plan = make_plan(load_manifest(manifest), lambda _key: False, only)
    for planned in plan.runs:
        run = planned.run
        table = read_dataset(run.dataset, run.dataset_files, run.label_files, run.twin_files)
        model = load_model(run.model.source, run.model_folder, run.model_id)
        yield build_subject(run, table, model)


def build_subject(run: Run, table: SensorTable, model: LoadedModel) -> Subject:
    """A planned run's model, judged on its held-out windows as a report does."""
    windows = adapt_to_model(run.dataset, table, cut_windows(run.dataset, table), model)
    good = score_model(run, table, model, windows)
    held = windows.select_held(out=True)
    alike = group_read_sensors(run.dataset, table, windows, model.sensors)
    return Subject(
        name=run.id,
        dataset=run.dataset_id,
        model=model,
        table=table,
        train=good.train,
        held=held.take(np.flatnonzero(held.doubtful <= run.thresholds.missing)),
        measured=good.quality,
        rule=good.rule,
        groups=group_for_claims(model.sensors, alike),
        regime=run.dataset.regime,
        healthy=run.dataset.target.healthy,
        siblings=good.siblings,
        limits=run.thresholds,
    )
