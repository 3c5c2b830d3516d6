"""The second method: what expected gradients say of the groups that were exchanged.

On a stated number of the testing half's windows, spread over its periods. In: the study.
Out: a group's effect in sd(F), and whether it counts. Never: an effect of the target's own past,
whose F is another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.claims.study import Study
from generator.effects.gradients import Shares, expected_gradients
from generator.effects.intervals import mean_interval

SEED = 8


@dataclass(frozen=True)
class SecondOpinion:
    """Shares of some windows of the testing half, and the period of each."""

    study: Study
    shares: Shares
    codes: np.ndarray

    def effect(self, sensors: tuple[str, ...]) -> float | None:
        """The group's mean effect, in sd(F); None where it has another F."""
        columns = self.study.places(sensors)
        if self.study.scalar.own in columns:
            return None
        effect = mean_interval(self.shares.effect(columns), self.codes)
        return effect.estimate if effect else None

    @property
    def completeness(self) -> float:
        """Median gap between the sum of all shares and F(window) - F(donor), relative."""
        return float(np.median(self.shares.gap))

    @property
    def is_complete(self) -> bool:
        """Whether the gaps are small enough for the shares to be counted on."""
        limits = self.study.limits
        return self.completeness <= limits.completeness and self._far <= limits.completeness_p95

    @property
    def _far(self) -> float:
        """The gap at the 95th percentile."""
        return float(np.percentile(self.shares.gap, 95))

    @property
    def cut(self) -> tuple[str, ...]:
        """What was left out: windows, to bound the cost; or all of it, where it does not add up."""
        count = len(self.study.testing.windows)
        left_out = []
        if len(self.codes) < count:
            left_out.append(
                f"expected gradients were taken of {len(self.codes):,} of {count:,} tested windows"
            )
        if not self.is_complete:
            limits = self.study.limits
            left_out.append(
                f"expected gradients were not counted: their shares miss the whole by "
                f"{self.completeness:.2%} at the median and {self._far:.1%} at the 95th "
                f"percentile; at most {limits.completeness:.2%} and {limits.completeness_p95:.1%} "
                f"may be"
            )
        return tuple(left_out)


def ask_second_method(study: Study) -> SecondOpinion | None:
    """Expected gradients from the testing half's donors; None where nothing can be derived."""
    half, budget = study.testing, study.question.budget
    few = half.periods.sample_evenly(budget.integrated, SEED)
    donors = half.choose_donors(study.regime)[few]
    shares = expected_gradients(
        *(study.scalar, half.windows.take(few), half.pool.values, donors, study.edges),
        budget.steps,
    )
    return SecondOpinion(study, shares, half.periods.codes[few]) if shares else None
