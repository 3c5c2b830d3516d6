"""Models that tell states apart, graded against what was done to the plant.

In: a Subject whose target is a class, and which states a cause goes with. Out: rows of tables.
Explained are held-out windows in one of those states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from benchmarks.known_causes.assessments import (
    IF_PASSED,
    Assessments,
    Row,
    build_group_rows,
    build_summary,
    head,
)
from benchmarks.known_causes.causes import Cause
from benchmarks.known_causes.subject import Subject
from generator.claims.study import Study
from generator.datasets.windows import SensorWindows
from generator.records import Claim

SAMPLE_SEED = 0


def select_states(held: SensorWindows, states: Sequence[str]) -> SensorWindows:
    """The windows whose class is one of these."""
    places = [held.classes.index(state) for state in states]
    return held.take(np.flatnonzero(np.isin(held.target, places)))


def hit_rate(subject: Subject, explained: SensorWindows) -> float:
    """Share of windows whose state the model tells right."""
    said = subject.model.predict(explained.values).argmax(axis=1)
    return float((said == explained.target).mean())


@dataclass(frozen=True)
class CauseSample:
    """One cause and the windows it is explained on.

    Attributes:
        name, cause: which; explained: windows in a state that goes with it.
    """

    subject: Subject
    name: str
    cause: Cause
    explained: SensorWindows

    @property
    def study(self) -> Study:
        """What its claims are tested with, were the gate passed."""
        return Study(self.subject.question(self.explained, passed=True))


def sample_cause(
    subject: Subject, name: str, cause: Cause, states: Sequence[str], most: int
) -> CauseSample:
    """The cause with a sample of at most so many windows."""
    explained = select_states(subject.held, states).sample(most, SAMPLE_SEED)
    return CauseSample(subject, name, cause, explained)


def grade_sample(one: CauseSample, found: Assessments) -> tuple[Row, list[Row]]:
    """The summary and every group."""
    subject, cause = one.subject, one.cause
    row = head(subject, one.name, one.explained) | {"told right": hit_rate(subject, one.explained)}
    row |= build_summary(found, cause)
    return row, build_group_rows(subject.name, one.name, found, cause, {})


def rank_sensors(one: CauseSample, found: Assessments) -> list[Row]:
    """Every sensor exchanged alone, the largest effect first, beside the verdict on its group."""
    study, subject, cause = one.study, one.subject, one.cause
    sensors = subject.model.sensors
    effects = np.array([_effect_alone(study, name) for name in sensors])
    alone = {claim.subject[0]: claim.verdict.value for claim in found.passed.of("sensor")}
    ranks = rankdata(-effects, method="min").astype(int)
    return [
        {
            "model": subject.name,
            "rank": int(ranks[at]),
            "sensor": sensors[at],
            "expected": "yes" if sensors[at] in cause.sensors else _mark_never(cause, sensors[at]),
            "effect, sd(F)": float(effects[at]),
            f"claim on it alone, {IF_PASSED}": alone.get(sensors[at], ""),
            "its group": ", ".join(_find_claim(found, sensors[at]).subject),
            f"group's verdict, {IF_PASSED}": _find_claim(found, sensors[at]).verdict.value,
        }
        for at in np.argsort(-effects, kind="stable").tolist()
    ]


def _effect_alone(study: Study, sensor: str) -> float:
    found = study.test(study.whole((sensor,))).effect_sd
    return found.estimate if found else 0.0


def _mark_never(cause: Cause, sensor: str) -> str:
    return "never" if sensor in cause.never else ""


def _find_claim(found: Assessments, sensor: str) -> Claim:
    return next(claim for claim in found.groups if sensor in claim.subject)
