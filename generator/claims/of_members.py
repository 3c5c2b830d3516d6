"""Claims about one sensor of a group: may it be named alone? Corrected together (Holm)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.claims.tested import Tested
from generator.claims.verdicts import Facts
from generator.claims.workbench import Workbench, claim
from generator.effects.intervals import holm
from generator.kinds import Verdict
from generator.records import Claim
from generator.words import listed, said_of

_HAS_AN_EFFECT = (Verdict.SUPPORTED, Verdict.WEAK)


def member_claims(bench: Workbench, groups: Sequence[Claim]) -> tuple[Claim, ...]:
    """One claim per sensor of a group of several: whether it alone carries the group's effect."""
    asked = [(name, group) for group in groups if len(group.subject) > 1 for name in group.subject]
    found = [bench.tested(bench.base.whole((name,))) for name, _ in asked]
    corrected = holm(np.array([one.p for one in found]))
    return tuple(
        _member_claim(bench, name, group, one, float(p))
        for (name, group), one, p in zip(asked, found, corrected, strict=True)
    )


def _member_claim(bench: Workbench, name: str, group: Claim, found: Tested, p: float) -> Claim:
    alone, whole = None, group.effect_sd
    if found.effect and whole and whole.estimate > 0:
        alone = found.effect.estimate / whole.estimate
    part, least = bench.base.whole((name,)), bench.limits.member_share
    refits = bench.held_in(part, bench.base.whole(group.subject))
    off = bench.off(part)
    facts = bench.facts(found, p, bench.limits.headline_alpha, off, refits=refits)
    large = (alone or 0.0) > least  # only then it matters what the others do without it
    kept = Kept(alone or 0.0, _without(bench, name, group) if large else 0.0)
    verdict, reason = _judged(bench, facts, group, kept)
    return claim(
        found,
        id=f"sensor:{name}",
        granularity="sensor",
        subject=(name,),
        statement=f"The model's {said_of(bench.task)} rests on {name}, exchanged alone.",
        verdict=verdict,
        reason=reason,
        alone=alone,
        unusual=off,
        refits=refits,
        p=p,
    )


@dataclass(frozen=True)
class Kept:
    """Shares of a group's effect: what one member keeps alone; what the others may without it."""

    alone: float
    others: float


def _without(bench: Workbench, name: str, group: Claim) -> float:
    """The largest share of the group's effect that its other members may have without this one."""
    others = tuple(one for one in group.subject if one != name)
    found, whole = bench.tested(bench.base.whole(others)).effect, group.effect_sd
    if not (found and whole and whole.estimate > 0):
        return 0.0
    return (found.estimate if found.high is None else found.high) / whole.estimate


def _judged(bench: Workbench, facts: Facts, group: Claim, kept: Kept) -> tuple[Verdict, str]:
    """A member carries the group's effect, the others do not, or it cannot be told from them.

    Exchanged alone it contradicts its partners, so windows become unusual: that is why it cannot
    be told from them, no reason to leave it unjudged.
    """
    has_effect = bench.judged(replace(facts, off=0.0))[0] in _HAS_AN_EFFECT
    verdict, reason = bench.judged(facts)
    if group.verdict is Verdict.NOT_ASSESSED and bench.base.question.adequacy.passed:
        return group.verdict, _unnamed(group, "was not assessed")
    if has_effect and group.verdict not in _HAS_AN_EFFECT:
        return Verdict.NOT_IDENTIFIABLE, _unnamed(group, "made no noticeable difference")
    if has_effect and kept.alone <= bench.limits.member_share:
        return (
            Verdict.NOT_IDENTIFIABLE,
            f"It moves together with the others of {listed(group.subject)}: the group can be "
            f"named, not which of them.",
        )
    if verdict not in _HAS_AN_EFFECT:
        return verdict, reason
    if kept.others > bench.limits.member_share:
        return (
            Verdict.NOT_IDENTIFIABLE,
            f"Exchanged alone it keeps {min(kept.alone, 1.0):.0%} of its group's effect, but "
            f"without it the others may keep {min(kept.others, 1.0):.0%}: the group can be named, "
            f"not which of them.",
        )
    if verdict is Verdict.SUPPORTED and group.verdict is Verdict.WEAK:
        return Verdict.WEAK, f"Its group, {listed(group.subject)}, held only in part."
    alone = f"Exchanged alone it keeps {min(kept.alone, 1.0):.0%} of its group's effect"
    looked_at, needed = facts.refits.of if facts.refits else 1, bench.limits.refits
    if looked_at < needed:
        seen = "one training run was" if looked_at == 1 else f"{looked_at} training runs were"
        return (
            Verdict.WEAK,
            f"{alone}, but {seen} looked at ({needed} are needed): another could lean on another "
            f"sensor of the group.",
        )
    return verdict, f"{alone}. {reason}"


def _unnamed(group: Claim, came: str) -> str:
    """Why no member of a group is named that did not hold as a whole."""
    return f"{listed(group.subject)} belong together and as a group {came}: none is named alone."
