"""The same model trained again: does it rest on what this one rests on?

Each training run that is good enough is asked on the testing half, with the same windows and
donors. In: the testing half. Out: effects in each run's own sd(F). Never: a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generator.claims.question import Ground, floor_of
from generator.claims.tested import Half, moved_in
from generator.effects.answers import ExplainedScalar, define_scalar, evaluate_scalar, find_rivals
from generator.effects.exchange import ExplainedWindows, Part


@dataclass(frozen=True)
class Refit:
    """One other training run: its answers on the testing half, and the floor of its effects."""

    answer: ExplainedScalar
    half: Half
    floor: float

    def effect(self, part: Part, regime: tuple[int, ...], each: int, missing: float) -> float:
        """Mean effect of an exchange over the testing half, in sd(F); 0 where it was not taken."""
        moved, _ = moved_in(self.answer, self.half, part, regime, each, missing)
        known = moved.effect[np.isfinite(moved.effect)]
        return float(known.mean()) if len(known) else 0.0


def refits(base: Ground, testing: Half) -> tuple[Refit, ...]:
    """The siblings that are clearly better than a simple rule, ready to be asked."""
    question, found = base.question, []
    for sibling in question.siblings:
        if not sibling.adequacy.passed:
            continue
        answer = define_scalar(sibling.model, question.train)
        values = testing.asked.values
        pair = find_rivals(answer, values)
        asked = ExplainedWindows(values, pair, evaluate_scalar(answer, values, pair))
        floor = floor_of(question.limits, sibling.rmse, answer)
        found.append(Refit(answer, replace(testing, asked=asked), floor))
    return tuple(found)
