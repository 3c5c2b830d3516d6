"""Claims about sensors: groups, which are the headlines, and whether a member stands alone.

Each family is corrected for all of its claims together (Holm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scipy.stats import kendalltau

from generator.claims.effect import Effect
from generator.claims.family import ClaimFamily, make_claim
from generator.claims.second_opinion import SecondOpinion
from generator.claims.study import Study
from generator.claims.twin_effect import twin_effect
from generator.claims.verdicts import judge_effect
from generator.effects.intervals import holm
from generator.kinds import Verdict
from generator.records import Claim
from generator.records.claims import Role
from generator.words import join_names, name_answer

Sensors = tuple[str, ...]
Member = tuple[str, Claim]
"""A sensor, and the claim about its group."""
HAS_AN_EFFECT = (Verdict.SUPPORTED, Verdict.WEAK)
FEWEST_ORDERED = 3  # groups above the floor before an order is compared


class GroupClaims(ClaimFamily[Sensors]):
    """One claim per group of the question, told beside the second method's figure."""

    def __init__(self, study: Study, second: SecondOpinion | None) -> None:
        super().__init__(study, holm, study.limits.headline_alpha)
        self._second = second

    def list_subjects(self) -> Sequence[Sensors]:
        """The groups of the question."""
        return self.study.question.groups

    def measure(self, subject: Sensors) -> Effect:
        """The exchange of the group over the whole window, and what else was tried on it."""
        part = self.study.whole(subject)
        return replace(
            self.study.test(part),
            unusual=self.study.unusual_share(part),
            siblings=self.study.count_siblings(part),
            second_sd=self._second.effect(subject) if self._second else None,
            second_counts=self._second is not None and self._second.is_complete,
            twin_sd=twin_effect(self.study, subject),
        )

    def correct(self, findings: Sequence[Effect]) -> Sequence[Effect]:
        """P over all groups, and how far the two methods agree on their order."""
        agreement = order_agreement(findings, self.floor)
        return [replace(effect, agreement=agreement) for effect in super().correct(findings)]

    def describe(self, subject: Sensors, finding: Effect, verdict: Verdict, reason: str) -> Claim:
        """The model's answer rests on these sensors."""
        return make_claim(
            finding,
            id=f"group:{'+'.join(subject)}",
            granularity="group",
            subject=subject,
            role=self._find_role(subject),
            statement=f"The model's {name_answer(self.task)} rests on {join_names(subject)}.",
            verdict=verdict,
            reason=reason,
        )

    def _find_role(self, sensors: Sensors) -> Role:
        """What the group is to a forecaster."""
        study = self.study
        if study.scalar.own in study.places(sensors):
            return "own history"
        ahead = study.task == "value" and set(sensors) <= set(study.question.setpoints)
        return "known ahead" if ahead else ""


def order_agreement(effects: Sequence[Effect | Claim], floor: float) -> float | None:
    """Kendall's tau-b of the two methods over groups above the floor; None below three."""
    pairs = [
        (effect.effect_sd.estimate, effect.second_sd)
        for effect in effects
        if effect.effect_sd and effect.second_sd is not None
        if effect.effect_sd.estimate > floor
    ]
    if len(pairs) < FEWEST_ORDERED:
        return None
    return float(kendalltau(*zip(*pairs, strict=True)).statistic)


class MemberClaims(ClaimFamily[Member]):
    """One claim per sensor of a group of several: whether it alone carries the group's effect."""

    def __init__(self, study: Study, groups: Sequence[Claim]) -> None:
        super().__init__(study, holm, study.limits.headline_alpha)
        self._groups = groups

    def list_subjects(self) -> Sequence[Member]:
        """The sensors of each group of several."""
        several = (group for group in self._groups if len(group.subject) > 1)
        return [(name, group) for group in several for name in group.subject]

    def measure(self, subject: Member) -> Effect:
        """The exchange of one sensor, beside that of its group."""
        name, group = subject
        part = self.study.whole((name,))
        effect = self.study.test(part)
        return replace(
            effect,
            alone=_share_of(effect.effect_sd.estimate if effect.effect_sd else None, group),
            unusual=self.study.unusual_share(part),
            siblings=self.study.count_siblings(part, self.study.whole(group.subject)),
        )

    def judge(self, subject: Member, finding: Effect) -> tuple[Verdict, str]:
        """A member carries the group's effect, the others do not, or it cannot be told from them.

        Exchanged alone it contradicts its partners, so windows become unusual: that is why it
        cannot be told from them, no reason to leave it unjudged.
        """
        group, least = subject[1], self.limits.member_share
        has_effect = judge_effect(replace(finding, unusual=0.0), self)[0] in HAS_AN_EFFECT
        verdict, reason = judge_effect(finding, self)
        if group.verdict is Verdict.NOT_ASSESSED and self.adequacy.passed:
            return group.verdict, _say_unnamed(group, "was not assessed")
        if has_effect and group.verdict not in HAS_AN_EFFECT:
            return Verdict.NOT_IDENTIFIABLE, _say_unnamed(group, "made no noticeable difference")
        if has_effect and (finding.alone or 0.0) <= least:
            return Verdict.NOT_IDENTIFIABLE, (
                f"It moves together with the others of {join_names(group.subject)}: the group can "
                f"be named, not which of them."
            )
        if verdict not in HAS_AN_EFFECT:
            return verdict, reason
        return self._judge_alone(subject, finding, verdict, reason)

    def _judge_alone(
        self, subject: Member, finding: Effect, verdict: Verdict, reason: str
    ) -> tuple[Verdict, str]:
        """Of a member with an effect of its own: whether the others carry the group as well."""
        group = subject[1]
        alone = (
            f"Exchanged alone it keeps {min(finding.alone or 0.0, 1.0):.0%} of its group's effect"
        )
        others = self._share_without(subject)
        if others > self.limits.member_share:
            return Verdict.NOT_IDENTIFIABLE, (
                f"{alone}, but without it the others may keep {min(others, 1.0):.0%}: the group "
                f"can be named, not which of them."
            )
        if verdict is Verdict.SUPPORTED and group.verdict is Verdict.WEAK:
            return Verdict.WEAK, f"Its group, {join_names(group.subject)}, held only in part."
        runs, needed = finding.siblings.of if finding.siblings else 1, self.limits.refits
        if runs < needed:
            looked_at = "one training run was" if runs == 1 else f"{runs} training runs were"
            return Verdict.WEAK, (
                f"{alone}, but {looked_at} looked at ({needed} are needed): another could lean on "
                f"another sensor of the group."
            )
        return verdict, f"{alone}. {reason}"

    def _share_without(self, subject: Member) -> float:
        """The largest share of the group's effect its other members may have without this one."""
        name, group = subject
        others = tuple(one for one in group.subject if one != name)
        size = self.study.test(self.study.whole(others)).effect_sd
        if size is None:
            return 0.0
        return _share_of(size.estimate if size.high is None else size.high, group) or 0.0

    def describe(self, subject: Member, finding: Effect, verdict: Verdict, reason: str) -> Claim:
        """The model's answer rests on this sensor, exchanged alone."""
        name, _ = subject
        return make_claim(
            finding,
            id=f"sensor:{name}",
            granularity="sensor",
            subject=(name,),
            statement=f"The model's {name_answer(self.task)} rests on {name}, exchanged alone.",
            verdict=verdict,
            reason=reason,
        )


def _share_of(size: float | None, group: Claim) -> float | None:
    """An effect over its group's; None where there is either none."""
    whole = group.effect_sd
    if size is None or whole is None or whole.estimate <= 0:
        return None
    return size / whole.estimate


def _say_unnamed(group: Claim, outcome: str) -> str:
    """Why no member of a group is named that did not hold as a whole."""
    names = join_names(group.subject)
    return f"{names} belong together and as a group {outcome}: none is named alone."
