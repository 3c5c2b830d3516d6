"""Claims about sensor groups: the headlines, corrected for all of them together (Holm)."""

from __future__ import annotations

import numpy as np

from generator.claims.own_twin import twin_effect
from generator.claims.tested import Tested
from generator.claims.words import listed, said_of
from generator.claims.workbench import Workbench, claim
from generator.effects.gradients import Shares
from generator.effects.intervals import holm, mean_interval
from generator.records import Claim
from generator.records.claims import Role


def group_claims(bench: Workbench, shares: Shares | None) -> tuple[Claim, ...]:
    """One claim per group of the question; `shares` are the second method's."""
    groups = bench.base.question.groups
    tested = [bench.tested(bench.base.whole(sensors)) for sensors in groups]
    corrected = holm(np.array([found.p for found in tested]))
    return tuple(
        _group_claim(bench, sensors, found, float(p), _second(bench, shares, sensors))
        for sensors, found, p in zip(groups, tested, corrected, strict=True)
    )


def _group_claim(
    bench: Workbench, sensors: tuple[str, ...], found: Tested, p: float, second: float | None
) -> Claim:
    off = bench.off(bench.base.whole(sensors))
    verdict, reason = bench.judged(bench.facts(found, p, bench.limits.headline_alpha, off, second))
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
        p=p,
    )


def _role(bench: Workbench, sensors: tuple[str, ...]) -> Role:
    """What the group is to a forecaster."""
    if bench.base.answer.own in bench.base.places(sensors):
        return "own history"
    ahead = bench.task == "value" and set(sensors) <= set(bench.base.question.setpoints)
    return "known ahead" if ahead else ""


def _second(bench: Workbench, shares: Shares | None, sensors: tuple[str, ...]) -> float | None:
    """The group's effect by expected gradients; None where it was not taken or has another F."""
    columns = bench.base.places(sensors)
    if shares is None or bench.base.answer.own in columns:
        return None
    found = mean_interval(shares.effect(columns), bench.testing.periods.codes)
    return found.estimate if found else None
