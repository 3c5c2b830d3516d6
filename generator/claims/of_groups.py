"""Claims about sensor groups: the headlines, corrected for all of them together (Holm)."""

from __future__ import annotations

import numpy as np

from generator.claims.own_twin import twin_effect
from generator.claims.second_opinion import SecondOpinion
from generator.claims.tested import Tested
from generator.claims.workbench import Workbench, claim
from generator.effects.intervals import holm
from generator.records import Claim
from generator.records.claims import Role
from generator.words import listed, said_of


def group_claims(bench: Workbench, second: SecondOpinion | None) -> tuple[Claim, ...]:
    """One claim per group of the question, told beside the second method's figure."""
    groups = bench.base.question.groups
    tested = [bench.tested(bench.base.whole(sensors)) for sensors in groups]
    corrected = holm(np.array([found.p for found in tested]))
    return tuple(
        _group_claim(bench, sensors, found, float(p), second.effect(sensors) if second else None)
        for sensors, found, p in zip(groups, tested, corrected, strict=True)
    )


def _group_claim(
    bench: Workbench, sensors: tuple[str, ...], found: Tested, p: float, second: float | None
) -> Claim:
    part = bench.base.whole(sensors)
    off, refits = bench.off(part), bench.held_in(part)
    facts = bench.facts(found, p, bench.limits.headline_alpha, off, second, refits)
    verdict, reason = bench.judged(facts)
    return claim(
        found,
        id=f"group:{'+'.join(sensors)}",
        granularity="group",
        subject=sensors,
        role=_role(bench, sensors),
        statement=f"The model's {said_of(bench.task)} rests on {listed(sensors)}.",
        verdict=verdict,
        reason=reason,
        second_sd=second,
        twin_sd=twin_effect(bench, sensors),
        unusual=off,
        refits=refits,
        p=p,
    )


def _role(bench: Workbench, sensors: tuple[str, ...]) -> Role:
    """What the group is to a forecaster."""
    if bench.base.answer.own in bench.base.places(sensors):
        return "own history"
    ahead = bench.task == "value" and set(sensors) <= set(bench.base.question.setpoints)
    return "known ahead" if ahead else ""
