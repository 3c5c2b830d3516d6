"""What `assess` says of some windows: as it would be published, and were the gate passed.

In: a Subject, windows, a known cause. Out: both records, and rows of a table. Never: a verdict of
the second kind shown without its label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.known_causes.causes import Cause
from benchmarks.known_causes.grade import count_held, first_rank, roc_auc
from benchmarks.known_causes.subject import Subject
from generator.claims.assess import assess
from generator.datasets.windows import SensorWindows
from generator.kinds import Verdict
from generator.records import Claim, ClaimsRecord, Interval
from generator.words import format_amount

Row = dict[str, Any]
IF_PASSED = "were the gate passed"
HARDLY = 1  # point of probability
FEWEST = 2  # independent periods: one to name claims, one to test them


@dataclass(frozen=True)
class Assessments:
    """Both records of the same windows; the same one twice where the gate is passed."""

    published: ClaimsRecord
    passed: ClaimsRecord

    @property
    def groups(self) -> tuple[Claim, ...]:
        """The claims on sensor groups, were the gate passed; effects are those of both."""
        return self.passed.of("group")

    @property
    def effects(self) -> list[float]:
        """Of each group, in sd(F); 0 where there was nothing to measure."""
        return [claim.effect_sd.estimate if claim.effect_sd else 0.0 for claim in self.groups]

    @property
    def verdicts(self) -> list[Verdict]:
        """Of each group, as published."""
        return [claim.verdict for claim in self.published.of("group")]

    @property
    def verdicts_if_passed(self) -> list[Verdict]:
        """Of each group, were the gate passed."""
        return [claim.verdict for claim in self.groups]


def has_enough(subject: Subject, explained: SensorWindows) -> bool:
    """Whether there are windows of so many periods that something can be asked of them."""
    return len(explained) > 0 and len(subject.rule.of(explained)) >= FEWEST


def assess_windows(subject: Subject, explained: SensorWindows) -> Assessments:
    """Every claim about these windows."""
    published = assess(subject.question(explained))
    if subject.adequacy.passed:
        return Assessments(published, published)
    return Assessments(published, assess(subject.question(explained, passed=True)))


def head(subject: Subject, cause: str, explained: SensorWindows) -> Row:
    """What every row of a summary begins with."""
    gate = subject.adequacy
    return {
        "model": subject.name,
        "cause": cause,
        "windows": len(explained),
        "periods": len(subject.rule.of(explained)) if len(explained) else 0,
        "gate": "passed" if gate.passed else "not passed",
    }


def build_summary(found: Assessments, cause: Cause) -> Row:
    """How well the expected groups stand out, and how many were tested and held."""
    right = [cause.names(group) for group in found.passed.groups]
    never = [cause.forbids(group) for group in found.passed.groups]
    others = [not (yes or no) for yes, no in zip(right, never, strict=True)]
    return {
        "first rank of expected": f"{first_rank(found.effects, right)} of {len(right)}",
        "AUC, expected": roc_auc(np.asarray(found.effects), np.asarray(right)),
        "expected held": str(count_held(found.verdicts, right)),
        f"expected held, {IF_PASSED}": str(count_held(found.verdicts_if_passed, right)),
        "forbidden held": str(count_held(found.verdicts, never)),
        f"forbidden held, {IF_PASSED}": str(count_held(found.verdicts_if_passed, never)),
        "others held": str(count_held(found.verdicts, others)),
        f"others held, {IF_PASSED}": str(count_held(found.verdicts_if_passed, others)),
        f"held by under {HARDLY} point, {IF_PASSED}": count_hardly_held(found),
    }


def count_hardly_held(found: Assessments) -> int | None:
    """Groups tested and held whose exchange moves a probability by less than one point.

    None where no probability is told.
    """
    if found.passed.explained.unit != "points":
        return None
    held = (claim for claim in found.groups if claim.verdict is Verdict.SUPPORTED)
    return sum(claim.effect is not None and claim.effect.estimate < HARDLY for claim in held)


def build_group_rows(
    model: str, name: str, found: Assessments, cause: Cause, more: Mapping[str, Sequence[Any]]
) -> list[Row]:
    """One row per group, the largest effect first; `more` has further columns, one value each."""
    rows = [
        {
            "model": model,
            "cause": name,
            "group": ", ".join(claim.subject),
            "expected": _mark_expected(cause, claim.subject),
            **{title: values[at] for title, values in more.items()},
            "effect, sd(F)": _format_range(claim.effect_sd),
            "effect as shown": _format_effect(claim, found.passed.explained.unit),
            "verdict": found.verdicts[at].value,
            IF_PASSED: claim.verdict.value,
            f"why, {IF_PASSED}": claim.reason,
        }
        for at, claim in enumerate(found.groups)
    ]
    order = sorted(range(len(rows)), key=lambda at: -found.effects[at])
    return [rows[at] for at in order]


def _mark_expected(cause: Cause, group: Sequence[str]) -> str:
    if cause.names(group):
        return "yes"
    return "never" if cause.forbids(group) else ""


def _format_effect(claim: Claim, unit: str) -> str | None:
    return format_amount(claim.effect, unit) if claim.effect else None


def _format_range(effect: Interval | None) -> str | None:
    if effect is None:
        return None
    if effect.low is None or effect.high is None:
        return f"{effect.estimate:.2f}"
    return f"{effect.estimate:.2f} ({effect.low:.2f} to {effect.high:.2f})"
