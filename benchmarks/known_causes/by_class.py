"""Models that tell states apart, graded against what was done to the plant.

In: a Subject whose target is a class, and which states a cause goes with. Out: rows of tables.
Explained are held-out windows in one of those states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from benchmarks.known_causes.expected import Cause
from benchmarks.known_causes.grade import area, first_rank
from benchmarks.known_causes.subject import Subject
from benchmarks.known_causes.told import Row, Told, group_rows, head, summary
from generator.claims.question import ground
from generator.claims.workbench import Workbench, workbench
from generator.datasets.windows import SensorWindows
from generator.effects.donors import chosen_donors, donor_pool
from generator.effects.exchange import exchanged
from generator.effects.intervals import period_means
from generator.records import Claim

SAMPLE_SEED = 0


def in_states(held: SensorWindows, states: Sequence[str]) -> SensorWindows:
    """The windows whose class is one of these."""
    places = [held.classes.index(state) for state in states]
    return held.take(np.flatnonzero(np.isin(held.target, places)))


def hits(subject: Subject, explained: SensorWindows) -> float:
    """Share of windows whose state the model tells right."""
    said = subject.model.predict(explained.values).argmax(axis=1)
    return float((said == explained.target).mean())


@dataclass(frozen=True)
class Asked:
    """One cause and the windows it is explained on.

    Attributes:
        name, cause: which; explained: windows in a state that goes with it.
        well: the state in which nothing is wrong.
    """

    subject: Subject
    name: str
    cause: Cause
    explained: SensorWindows
    well: str

    @property
    def bench(self) -> Workbench:
        """What its claims are tested with, were the gate passed."""
        return workbench(ground(self.subject.question(self.explained, passed=True)))


def asked(
    subject: Subject, name: str, cause: Cause, states: Sequence[str], well: str, most: int
) -> Asked:
    """The cause with a sample of at most so many windows."""
    explained = in_states(subject.held, states).sample(most, SAMPLE_SEED)
    return Asked(subject, name, cause, explained, well)


def graded(one: Asked, found: Told) -> tuple[Row, list[Row]]:
    """The summary and every group."""
    subject, cause = one.subject, one.cause
    from_well = well_effects(one)
    right = [cause.names(group) for group in subject.groups]
    row = head(subject, one.name, one.explained) | {"told right": hits(subject, one.explained)}
    row |= summary(found, cause) | {
        "first rank, donors without fault": f"{first_rank(from_well, right)} of {len(right)}",
        "AUC, donors without fault": area(np.asarray(from_well), np.asarray(right)),
    }
    more = {"effect of donors without fault, sd(F)": from_well}
    return row, group_rows(subject.name, one.name, found, cause, more)


def well_effects(one: Asked) -> list[float]:
    """The effect of each group in sd(F) where all donors are windows without a fault."""
    bench, subject = one.bench, one.subject
    well, half = in_states(subject.train, (one.well,)), bench.testing
    pool = donor_pool(well, subject.rule.of(well).codes, False, subject.limits.missing)
    none = np.empty(0, dtype=int)
    donors = chosen_donors(pool, half.asked.values, none, subject.budget.donors, half.seed)
    parts = (bench.base.whole(group) for group in subject.groups)
    found = (exchanged(bench.base.answer, half.asked, pool.values, donors, part) for part in parts)
    return [float(period_means(each.effect, half.periods.codes).mean()) for each in found]


def sensor_rows(one: Asked, found: Told) -> list[Row]:
    """Every sensor exchanged alone, the largest effect first, beside the verdict on its group."""
    bench, subject, cause = one.bench, one.subject, one.cause
    sensors = subject.model.sensors
    effects = np.array([_alone(bench, name) for name in sensors])
    ranks = rankdata(-effects, method="min").astype(int)
    return [
        {
            "model": subject.name,
            "rank": int(ranks[at]),
            "sensor": sensors[at],
            "expected": "yes" if sensors[at] in cause.sensors else _never(cause, sensors[at]),
            "effect, sd(F)": float(effects[at]),
            "its group": ", ".join(_claim_of(found, sensors[at]).subject),
            "group's verdict, were the gate passed": _claim_of(found, sensors[at]).verdict.value,
        }
        for at in np.argsort(-effects, kind="stable").tolist()
    ]


def _alone(bench: Workbench, sensor: str) -> float:
    found = bench.tested(bench.base.whole((sensor,))).effect
    return found.estimate if found else 0.0


def _never(cause: Cause, sensor: str) -> str:
    return "never" if sensor in cause.never else ""


def _claim_of(found: Told, sensor: str) -> Claim:
    return next(claim for claim in found.groups if sensor in claim.subject)
