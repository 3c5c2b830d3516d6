"""Grades what was said of one model against the truth of its plant.

In: a truth, and what was said. Out: a Grade: counts, and how well effects rank groups.
Never: a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.truth.explanation import (
    NOT_ASSESSED,
    NOT_IDENTIFIABLE,
    SUPPORTED,
    Explanation,
    GroupClaim,
)
from benchmarks.truth.truths import Truth


@dataclass(frozen=True)
class Count:
    """So many of so many."""

    found: int
    of: int

    def __add__(self, other: Count) -> Count:
        return Count(self.found + other.found, self.of + other.of)

    def __str__(self) -> str:
        return f"{self.found} of {self.of}"

    @property
    def whole(self) -> bool:
        """Whether it is all of them."""
        return self.found == self.of


@dataclass(frozen=True)
class Grade:
    """How what was said of one model compares with the truth.

    Attributes:
        auc: of the effects of groups that matter against those of distractors; None: cannot be.
        hits: share of groups that matter among the first k by effect, k as many as matter.
        leading: the first k groups by effect, in that order.
        right: right groups that are supported, of all right groups.
        free: supported of the groups of which nothing need be said.
        parts: supported of the claims on a part of a right group, or on more than it.
        false: supported of the claims on distractors.
        silent: not assessed of all claims.
        refused: not identifiable of what attention alone is said to show.
    """

    auc: float | None
    hits: float | None
    leading: tuple[tuple[str, ...], ...]
    right: Count
    free: Count
    parts: Count
    false: Count
    silent: Count
    refused: Count


def grade(truth: Truth, assessed: Explanation) -> Grade:
    """The grade of one model's claims."""
    ranked = rank_claims(assessed.claims)
    matters = [truth.classify(one.group) != "distractor" for one in ranked]
    first = len(truth.groups)
    right = _count_supported(truth, "right", assessed.claims).found
    return Grade(
        auc=_auc(matters, [one.effect or 0.0 for one in ranked]),
        hits=float(np.mean(matters[:first])) if ranked and first else None,
        leading=tuple(tuple(sorted(one.group)) for one in ranked[: max(1, first)]),
        right=Count(right, len(truth.right)),
        free=_count_supported(truth, "free", assessed.claims),
        parts=_count_supported(truth, "part", assessed.claims),
        false=_count_supported(truth, "distractor", assessed.claims),
        silent=_count_verdict(NOT_ASSESSED, assessed.claims),
        refused=_count_verdict(NOT_IDENTIFIABLE, assessed.by_attention),
    )


def rank_claims(claims: Sequence[GroupClaim]) -> list[GroupClaim]:
    """Claims with an effect, largest first; a part of another claimed group is left out."""
    whole = [
        one
        for one in claims
        if one.effect is not None
        if not any(set(one.group) < set(other.group) for other in claims)
    ]
    return sorted(whole, key=lambda one: (-(one.effect or 0.0), one.group))


def _auc(matters: Sequence[bool], effects: Sequence[float]) -> float | None:
    if len(set(matters)) < 2:
        return None
    return float(roc_auc_score(matters, effects))


def _count_supported(truth: Truth, part: str, claims: Iterable[GroupClaim]) -> Count:
    return _count_verdict(SUPPORTED, [one for one in claims if truth.classify(one.group) == part])


def _count_verdict(verdict: str, claims: Sequence[GroupClaim]) -> Count:
    return Count(sum(one.verdict == verdict for one in claims), len(claims))
