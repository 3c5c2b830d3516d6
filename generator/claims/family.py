"""The way of every claim, written once: list, measure, correct together, judge, describe.

A family is what is tested alike and corrected together. A new kind of claim is one family and one
line in `assess`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

import numpy as np

from generator.claims.effect import Effect
from generator.claims.study import Study
from generator.claims.verdicts import judge_effect
from generator.kinds import Task, Verdict
from generator.records import Adequacy, Claim, Thresholds

Subject = TypeVar("Subject")
Finding = TypeVar("Finding")
Statement = TypeVar("Statement")


class Family(ABC, Generic[Subject, Finding, Statement]):
    """Statements that are tested alike, of which each has a subject and a finding."""

    def correct(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """The findings, corrected for all of them together; as they are where nothing is."""
        return findings

    @abstractmethod
    def list_subjects(self) -> Sequence[Subject]:
        """What is stated something of, in the order of the report."""

    @abstractmethod
    def measure(self, subject: Subject) -> Finding:
        """What was measured of one subject."""

    @abstractmethod
    def judge(self, subject: Subject, finding: Finding) -> tuple[Verdict, str]:
        """The verdict, and the one sentence that says why."""

    @abstractmethod
    def describe(
        self, subject: Subject, finding: Finding, verdict: Verdict, reason: str
    ) -> Statement:
        """The record of it all."""


def state(family: Family[Subject, Finding, Statement]) -> tuple[Statement, ...]:
    """Every statement of a family, those that failed too."""
    subjects = family.list_subjects()
    findings = family.correct([family.measure(subject) for subject in subjects])
    return tuple(
        family.describe(subject, finding, *family.judge(subject, finding))
        for subject, finding in zip(subjects, findings, strict=True)
    )


class ClaimFamily(Family[Subject, Effect, Claim]):
    """Claims about effects: corrected by p, judged by the terms of one study.

    Attributes:
        study: the ground of the tests; alpha: the limit of a corrected p.
    """

    def __init__(
        self, study: Study, correction: Callable[[np.ndarray], np.ndarray], alpha: float
    ) -> None:
        self.study, self.alpha, self._correction = study, alpha, correction

    def correct(self, findings: Sequence[Effect]) -> Sequence[Effect]:
        """The effects with p corrected over the family."""
        corrected = self._correction(np.array([effect.p for effect in findings]))
        return [replace(effect, p=float(p)) for effect, p in zip(findings, corrected, strict=True)]

    def judge(self, subject: Subject, finding: Effect) -> tuple[Verdict, str]:  # noqa: ARG002
        """By the family's terms alone; a family that must know the subject says how."""
        return judge_effect(finding, self)

    @property
    def adequacy(self) -> Adequacy:
        """How good the model is."""
        return self.study.question.adequacy

    @property
    def limits(self) -> Thresholds:
        """What verdicts turn on."""
        return self.study.limits

    @property
    def task(self) -> Task:
        """What an effect is told of: an event, a value or a class."""
        return self.study.task

    @property
    def unit(self) -> str:
        """Of shown effects."""
        return self.study.scalar.unit

    @property
    def period_word(self) -> str:
        """What one independent period is."""
        return self.study.question.rule.word

    @property
    def floor(self) -> float:
        """The smallest effect that counts, in sd(F)."""
        return self.study.floor

    @property
    def shown_floor(self) -> float:
        """The same in the unit people read; 0 where there is none."""
        return 0.0 if self.task == "value" else self.limits.floor_points

    @property
    def outside(self) -> float:
        """Share of explained windows unlike those of training."""
        return self.study.outside

    @property
    def is_marked(self) -> bool:
        """Whether what is put in may be the mark of another class."""
        return self.study.is_marked


def make_claim(effect: Effect, **statement: Any) -> Claim:
    """A claim's record: what is stated, and of the effect all that a claim publishes."""
    measured = {name: value for name, value in vars(effect).items() if name in Claim.model_fields}
    return Claim(**{**measured, **statement})
