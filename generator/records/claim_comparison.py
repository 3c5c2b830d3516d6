"""The records of two reports' claims side by side: what the JSON holds and the page shows.

Claims are about what a model's answer rests on, so they can be set beside each other whatever the
two models' tokens are; effects only where both models answer the same question.
"""

from __future__ import annotations

from typing import Literal

from generator.kinds import Granularity, Verdict
from generator.records.interval import Interval
from generator.records.ranks import Alikeness, Overlap
from generator.records.record import Record


class ComparedClaim(Record):
    """One claim that both reports made, with both verdicts.

    Attributes:
        id: the claim's, in a.
        effect_sd_a, effect_sd_b: in sd(F) of the own model.
        effect_a, effect_b: in the target's unit; None where the two are not in one unit.
    """

    id: str
    granularity: Granularity
    subject: tuple[str, ...]
    span: str
    verdict_a: Verdict
    verdict_b: Verdict
    reason_a: str
    reason_b: str
    effect_sd_a: Interval | None = None
    effect_sd_b: Interval | None = None
    effect_a: Interval | None = None
    effect_b: Interval | None = None

    @property
    def changed(self) -> bool:
        """Whether the two verdicts differ."""
        return self.verdict_a is not self.verdict_b


class GroupRanks(Record):
    """How alike two models order the same sensor groups by their effects in sd(F)."""

    n: int
    spearman: float | None
    """Rank correlation rho; None where one order is level."""
    low: float | None
    high: float | None
    """Where rho may lie, as far as the effects' own intervals allow; see `redraws`."""
    interval_reason: str
    """Why there is no such range; '' where there is."""
    chance: float
    chance_from: Literal["all orders", "seeded orders", "normal limit"]
    alikeness: Alikeness
    overlaps: tuple[Overlap, ...]
    above_both: int
    """Groups whose effect is above the floor in both models; then in one, and in neither."""
    above_one: int
    above_none: int


class ClaimsComparison(Record):
    """The claims of two reports: what may be compared, and what changed."""

    reason: str
    """Why nothing is compared; '' where something is."""
    notes: tuple[str, ...] = ()
    """What else differs between the two tests, in whole sentences."""
    unit: str = ""
    """Of the raw effects."""
    effects_reason: str = ""
    """Why raw effects are not side by side; '' where they are."""
    only_a: tuple[tuple[str, ...], ...] = ()
    """Sensor groups of one model that the other does not have just so."""
    only_b: tuple[tuple[str, ...], ...] = ()
    asked_a: int = 0
    """Claims about shared groups that only one report made, such as when a group mattered."""
    asked_b: int = 0
    claims: tuple[ComparedClaim, ...] = ()
    ranks: GroupRanks | None = None
    ranks_reason: str = ""
    """Why the orders are not compared; '' where they are."""

    @property
    def changed(self) -> tuple[ComparedClaim, ...]:
        """The claims with another verdict."""
        return tuple(claim for claim in self.claims if claim.changed)

    @property
    def groups(self) -> tuple[ComparedClaim, ...]:
        """The claims about whole sensor groups."""
        return tuple(claim for claim in self.claims if claim.granularity == "group")
