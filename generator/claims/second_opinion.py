"""The second method: what expected gradients say of the groups that were exchanged.

On a stated number of the testing half's windows, spread over its periods. In: the workbench.
Out: a group's effect in sd(F). Never: an effect of the target's own past, whose F is another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.claims.workbench import Workbench
from generator.effects.gradients import Shares, expected_gradients
from generator.effects.intervals import mean_interval

SEED = 8


@dataclass(frozen=True)
class SecondOpinion:
    """Shares of some windows of the testing half, the period of each, and how many there were."""

    bench: Workbench
    shares: Shares
    codes: np.ndarray

    def effect(self, sensors: tuple[str, ...]) -> float | None:
        """The group's mean effect, in sd(F); None where it has another F."""
        columns = self.bench.base.places(sensors)
        if self.bench.base.answer.own in columns:
            return None
        found = mean_interval(self.shares.effect(columns), self.codes)
        return found.estimate if found else None

    @property
    def completeness(self) -> float:
        """Median gap between the sum of all shares and F(window) - F(donor), relative."""
        return float(np.median(self.shares.gap))

    @property
    def cut(self) -> tuple[str, ...]:
        """What was left out to bound the cost."""
        of = len(self.bench.testing.asked)
        if len(self.codes) == of:
            return ()
        return (f"expected gradients were taken of {len(self.codes):,} of {of:,} tested windows",)


def second_opinion(bench: Workbench) -> SecondOpinion | None:
    """Expected gradients from the testing half's donors; None where nothing can be derived."""
    base, half, budget = bench.base, bench.testing, bench.base.question.budget
    few = half.periods.sample_evenly(budget.integrated, SEED)
    donors = half.donors(base.regime, budget.donors)[few]
    shares = expected_gradients(
        base.answer, half.asked.take(few), half.pool.values, donors, base.edges, budget.steps
    )
    return SecondOpinion(bench, shares, half.periods.codes[few]) if shares else None
