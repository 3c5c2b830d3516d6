"""What the page of a comparison shows of two reports' claims: rows, effects as people read them.

In: a ClaimsComparison. Out: rows. Never: a sentence, a difference computed.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.records import Interval
from generator.records.claim_comparison import ClaimsComparison, ComparedClaim, GroupRanks
from generator.words import format_amount

SPREAD = "sd"  # of the answer, the unit of effects beside each model's own spread


@dataclass(frozen=True)
class ClaimRow:
    """One claim in both reports."""

    claim: ComparedClaim
    unit: str

    @property
    def effects(self) -> tuple[str, str]:
        """Both raw effects with their ranges; '' where there is none to show."""
        return _format_effect(self.claim.effect_a, self.unit), _format_effect(
            self.claim.effect_b, self.unit
        )

    @property
    def spreads(self) -> tuple[str, str]:
        """Both effects in the usual spread of each model's answer."""
        one, other = self.claim.effect_sd_a, self.claim.effect_sd_b
        return _format_effect(one, SPREAD), _format_effect(other, SPREAD)


@dataclass(frozen=True)
class ComparedClaims:
    """Everything the page says of claims."""

    found: ClaimsComparison

    @property
    def changed(self) -> tuple[ClaimRow, ...]:
        """The claims with another verdict."""
        return tuple(ClaimRow(claim, self.found.unit) for claim in self.found.changed)

    @property
    def groups(self) -> tuple[ClaimRow, ...]:
        """The shared sensor groups, in the order of their effects in a."""
        ordered = sorted(self.found.groups, key=_strength)
        return tuple(ClaimRow(claim, self.found.unit) for claim in ordered)

    @property
    def ranks(self) -> GroupRanks | None:
        """How alike the two orders are."""
        return self.found.ranks


def _strength(claim: ComparedClaim) -> float:
    return -claim.effect_sd_a.estimate if claim.effect_sd_a else 0.0


def _format_effect(effect: Interval | None, unit: str) -> str:
    return format_amount(effect, unit) if effect else ""
