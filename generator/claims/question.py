"""What is asked of a model: which windows, against which donors, by which limits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from generator.datasets.windows import SensorWindows
from generator.effects.periods import PeriodRule
from generator.kinds import TokenKind
from generator.models.source import LoadedModel
from generator.records import Adequacy, EffectsBudget, Thresholds
from generator.tokens.meaning import TokenMeaning

UNKNOWN = TokenMeaning(TokenKind.POSITIONS, None)


@dataclass(frozen=True)
class Sibling:
    """The same model trained again: how good it is, and its held-out error of values."""

    model: LoadedModel
    adequacy: Adequacy
    rmse: float | None


@dataclass(frozen=True)
class Question:
    """Everything claims about one model are made from.

    Attributes:
        model: the model explained; train, explained: windows as it reads them.
        rule: what an independent period is; adequacy: how good the model is; rmse: its held-out
            error where it predicts a value.
        groups: the sensors claims are made on, each in one group.
        regime: the sensors donors are matched on.
        setpoints: the inputs that the plant sets and so knows ahead.
        healthy: of a class: those in which nothing is wrong.
        step: seconds between rows; None without a clock.
        twins: (explained windows, time, sensors) the same windows without the fault, NaN where a
            window has no twin; None: there are no twins.
        population: what the explained windows are a sample of, in words.
        tokens: what the model's tokens hold, for what its maps can tell.
        siblings: the same model trained again from other seeds.
    """

    model: LoadedModel
    train: SensorWindows
    explained: SensorWindows
    rule: PeriodRule
    adequacy: Adequacy
    rmse: float | None
    groups: tuple[tuple[str, ...], ...]
    regime: tuple[str, ...] = ()
    setpoints: tuple[str, ...] = ()
    healthy: tuple[str, ...] = ()
    step: float | None = None
    twins: np.ndarray | None = None
    population: str = ""
    tokens: TokenMeaning = UNKNOWN
    siblings: tuple[Sibling, ...] = ()
    budget: EffectsBudget = field(default_factory=EffectsBudget)
    limits: Thresholds = field(default_factory=Thresholds)

    def smallest_effect(self, rmse: float | None, sd: float) -> float:
        """The floor, in sd(F), of a training run with this held-out error and spread of F."""
        return max(self.limits.floor_sd, self.limits.floor_rmse * rmse / sd if rmse else 0.0)
