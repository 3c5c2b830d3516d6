"""What is asked of a model: which windows, against which donors, by which limits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from generator.datasets.windows import SensorWindows
from generator.effects.answers import ExplainedScalar, define_scalar, evaluate_scalar, find_rivals
from generator.effects.donors import DonorPool, build_donor_pool, find_healthy
from generator.effects.exchange import ExplainedWindows, Part
from generator.effects.periods import PeriodRule, Periods
from generator.effects.spans import span_edges, span_rows
from generator.effects.unusual import Envelope, fit_envelope, window_features
from generator.kinds import TokenKind
from generator.models.source import LoadedModel
from generator.records import Adequacy, EffectsBudget, Thresholds
from generator.tokens.meaning import TokenMeaning

TOLD_SEED, TOLD_WINDOWS = 5, 2000
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


@dataclass(frozen=True)
class Ground:
    """What every test of a question stands on, made once.

    Attributes:
        answer: the number explained; floor: the smallest effect that counts, in sd(F).
        asked, periods: the windows and the independent period of each.
        pool: the donors; within: where training windows lie; told: of explained ones.
        regime: the places of the matched sensors; edges: first row of each span.
    """

    question: Question
    answer: ExplainedScalar
    floor: float
    asked: ExplainedWindows
    periods: Periods
    pool: DonorPool
    within: Envelope
    told: np.ndarray
    regime: tuple[int, ...]
    edges: np.ndarray

    @property
    def rows(self) -> int:
        """Rows of one window."""
        return self.question.model.window

    @property
    def outside(self) -> float:
        """Share of explained windows unlike those of training."""
        return float(self.within.outside(self.told).mean())

    def whole(self, sensors: tuple[str, ...]) -> Part:
        """These sensors over the whole window."""
        return Part(self.places(sensors), 0, self.rows - 1)

    def places(self, sensors: tuple[str, ...]) -> tuple[int, ...]:
        """Where these sensors stand among the model's."""
        known = self.question.model.sensors
        return tuple(known.index(name) for name in sensors)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and last row of each span."""
        return span_rows(self.edges, self.rows)


def ground(question: Question) -> Ground:
    """The answers, donors and limits of a question."""
    model, limits = question.model, question.limits
    answer = define_scalar(model, question.train)
    values = question.explained.values
    pair = find_rivals(answer, values)
    codes = question.rule.of(question.train).codes
    healthy = find_healthy(question.train, model.task, question.healthy)
    told = window_features(question.train.sample(TOLD_WINDOWS, TOLD_SEED).values)
    return Ground(
        question=question,
        answer=answer,
        floor=floor_of(limits, question.rmse, answer),
        asked=ExplainedWindows(values, pair, evaluate_scalar(answer, values, pair)),
        periods=question.rule.of(question.explained),
        pool=build_donor_pool(question.train, codes, healthy, limits.missing),
        within=fit_envelope(told),
        told=window_features(values),
        regime=tuple(model.sensors.index(n) for n in question.regime if n in model.sensors),
        edges=span_edges(model.window, question.budget.spans),
    )


def floor_of(limits: Thresholds, rmse: float | None, answer: ExplainedScalar) -> float:
    """The smallest effect that counts, in sd(F)."""
    return max(limits.floor_sd, limits.floor_rmse * rmse / answer.sd if rmse else 0.0)
