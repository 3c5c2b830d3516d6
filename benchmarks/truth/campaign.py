"""Asks every case's model, and grades what is said of it.

In: cases, a folder of trained models, a way. Out: one Outcome for each case.
Never: a case left out; a held-out run that two training seeds share.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch

from benchmarks.truth import explanation as said
from benchmarks.truth.adequacy import Skill, measure_skill
from benchmarks.truth.cases import SEEDS, Case, group_cases
from benchmarks.truth.explainers import OVER_RUNS, WAYS
from benchmarks.truth.grading import Grade, grade
from benchmarks.truth.model_store import load_or_train
from benchmarks.truth.plant_windows import KNOWN_RUNS, draw_held_out, draw_training
from benchmarks.truth.plants import PLANTS
from benchmarks.truth.tasks import ASKS
from generator.datasets.windows import SensorWindows
from generator.kinds import TokenKind
from generator.models.source import LoadedModel


@dataclass(frozen=True)
class Outcome:
    """One model: how good it is, and the grade of what was said of it."""

    case: Case
    skill: Skill
    grade: Grade

    @property
    def silence_owed(self) -> bool:
        """Whether nothing may be said: nothing was learned, or no more than a rule knows."""
        return self.case.truth.nothing or not self.skill.beats_rule

    @property
    def mixes_sensors(self) -> bool:
        """Whether its attention cannot tell sensors apart."""
        return self.case.parts[2].tokens is not TokenKind.SENSORS


@dataclass(frozen=True)
class Folders:
    """Where trained models are kept, and what was said of them."""

    models: Path
    said: Path


def run_campaign(cases: Sequence[Case], way: str, folders: Folders, at_once: int) -> list[Outcome]:
    """The outcome of each case, in order; what was said before is read, not asked again.

    One at once needs no other process, which would have to import everything first.
    """
    work = partial(grade_cases, way=way, folders=folders)
    if at_once == 1:
        return [one for some in map(work, group_cases(cases)) for one in some]
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        return [one for some in pool.map(work, group_cases(cases)) for one in some]


def grade_cases(cases: Sequence[Case], way: str, folders: Folders) -> list[Outcome]:
    """The outcomes of cases that share their training windows."""
    torch.set_num_threads(1)
    train = draw_training(PLANTS[cases[0].plant], ASKS[cases[0].ask], KNOWN_RUNS).windows
    return [grade_case(case, way, train, folders) for case in cases]


def grade_case(case: Case, way: str, train: SensorWindows, folders: Folders) -> Outcome:
    """One case; its model is trained where it is not kept."""
    plant, ask, _ = case.parts
    model, held = load_or_train(case, folders.models), draw_held_out(plant, ask, case.seed)
    path = folders.said / way / f"{case}.json"
    if not path.exists():
        others = _load_siblings(case, folders.models) if way in OVER_RUNS else []
        said.write(WAYS[way](model, train, held.windows, others), path)
    return Outcome(case, measure_skill(model, train, held), grade(case.truth, said.read(path)))


def _load_siblings(case: Case, kept: Path) -> list[LoadedModel]:
    """The same model of every other seed, trained where it is not kept."""
    seeds = (seed for seed in range(SEEDS) if seed != case.seed)
    return [load_or_train(replace(case, seed=seed), kept) for seed in seeds]
