"""Claims about one sensor of a group: may it be named alone?"""

from __future__ import annotations

from collections.abc import Mapping

from generator.claims.tested import Tested
from generator.claims.words import listed, said_of
from generator.claims.workbench import Workbench, claim
from generator.kinds import Verdict
from generator.records import Claim

_HAS_AN_EFFECT = (Verdict.SUPPORTED, Verdict.WEAK)


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
    verdict, reason = _judged(bench, name, sensors, found, alone)
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


def _judged(
    bench: Workbench, name: str, sensors: tuple[str, ...], found: Tested, alone: float | None
) -> tuple[Verdict, str]:
    """A member keeps most of the group's effect or cannot be told from the others.

    Exchanged alone it contradicts its partners, so windows become unusual: that is why it cannot
    be told from them, no reason to leave it unjudged.
    """
    alpha, kept = bench.limits.headline_alpha, alone or 0.0
    has_effect = bench.judged(bench.facts(found, found.p, alpha))[0] in _HAS_AN_EFFECT
    if has_effect and kept <= bench.limits.member_share:
        return (
            Verdict.NOT_IDENTIFIABLE,
            f"It moves together with the others of {listed(sensors)}: the group can be named, "
            f"not which of them.",
        )
    verdict, reason = bench.judged(bench.facts(found, found.p, alpha, bench.off((name,))))
    if verdict not in _HAS_AN_EFFECT:
        return verdict, reason
    return (
        Verdict.WEAK,
        f"Exchanged alone it keeps {min(kept, 1.0):.0%} of its group's effect, but one training "
        f"run was looked at: another could lean on another sensor of the group.",
    )
