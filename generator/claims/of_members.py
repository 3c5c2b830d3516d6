"""Claims about one sensor of a group: may it be named alone?"""

from __future__ import annotations

from collections.abc import Mapping

from generator.claims.tested import Tested
from generator.claims.words import listed, said_of
from generator.claims.workbench import Workbench, claim
from generator.kinds import Verdict
from generator.records import Claim


def member_claims(bench: Workbench, groups: Mapping[tuple[str, ...], Tested]) -> tuple[Claim, ...]:
    """One claim per sensor of a group of several: whether it alone carries the group's effect."""
    return tuple(
        _member_claim(bench, name, sensors, whole)
        for sensors, whole in groups.items()
        if len(sensors) > 1
        for name in sensors
    )


def _member_claim(bench: Workbench, name: str, sensors: tuple[str, ...], whole: Tested) -> Claim:
    found = bench.tested(bench.base.whole((name,)))
    alone = None
    if found.effect and whole.effect and whole.effect.estimate > 0:
        alone = found.effect.estimate / whole.effect.estimate
    verdict, reason = bench.judged(
        bench.facts(found, found.p, bench.limits.headline_alpha, bench.off((name,)))
    )
    if verdict in (Verdict.SUPPORTED, Verdict.WEAK):
        verdict, reason = _named_alone(bench.limits.member_share, sensors, alone)
    return claim(
        found,
        id=f"sensor:{name}",
        granularity="sensor",
        subject=(name,),
        statement=f"The model's {said_of(bench.task)} rests on {name} alone.",
        verdict=verdict,
        reason=reason,
        alone=alone,
        p=found.p,
    )


def _named_alone(
    least: float, sensors: tuple[str, ...], alone: float | None
) -> tuple[Verdict, str]:
    """A member keeps most of the group's effect or cannot be told from the others."""
    if alone is None or alone <= least:
        return (
            Verdict.NOT_IDENTIFIABLE,
            f"It moves together with the others of {listed(sensors)}: the group can be named, "
            f"not which of them.",
        )
    return (
        Verdict.WEAK,
        f"Exchanged alone it keeps {min(alone, 1.0):.0%} of its group's effect, but one training "
        f"run was looked at: another could lean on another sensor of the group.",
    )
