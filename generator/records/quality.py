"""How good a model is on held-out windows, beside simple rules."""

from __future__ import annotations

from typing import Literal

from generator.kinds import Task
from generator.records.claims import Adequacy
from generator.records.record import Record


class Score(Record):
    """One figure of held-out quality: the model's, and each simple rule's."""

    measure: str
    unit: str
    better: Literal["higher", "lower"]
    model: float
    rules: dict[str, float]
    best_rule: str
    beats_rule: bool


class ClassScore(Record):
    """One class: windows of it in training and held out, held-out ones called so, its recall."""

    name: str
    training: int
    windows: int
    called: int
    recall: float


class Quality(Record):
    """How good the model is on held-out windows, beside the best simple rule."""

    task: Task
    windows: int
    groups: int
    """Held-out groups; 0 where the data has none."""
    events: int | None
    scores: tuple[Score, ...]
    classes: tuple[ClassScore, ...] = ()
    mean_error: float | None
    """Mean of predicted minus true values, in the target's unit; None for events and classes."""
    overlap: int | None
    """Held-out groups that the model was trained on: must be 0. None where it cannot be known:
    the model does not say, or was trained on other data than this."""
    words: str
    adequacy: Adequacy | None = None
    """How far the model is ahead of the best rule; whether that is enough to explain it."""

    @property
    def rmse(self) -> float | None:
        """The held-out error of values, in the target's unit; None for events and classes."""
        return next((s.model for s in self.scores if s.measure == "RMSE"), None)
