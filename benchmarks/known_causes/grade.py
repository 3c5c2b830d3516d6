"""Claims against truth: which groups and spans were named, and which should have been.

In: verdicts and effects, what is right. Out: counts, ranks, areas under the curve. A group is right
where the cause shows in it or is expected to; naming one that it never touches is a false claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata, spearmanr

from generator.kinds import Verdict


@dataclass(frozen=True)
class HeldCount:
    """How many of some claims were tested and held, of how many."""

    held: int
    of: int

    def __str__(self) -> str:
        return f"{self.held} of {self.of}"


def count_held(verdicts: Sequence[Verdict], which: Sequence[bool]) -> HeldCount:
    """Of the claims that `which` marks, those that are supported."""
    marked = [verdict for verdict, yes in zip(verdicts, which, strict=True) if yes]
    return HeldCount(sum(verdict is Verdict.SUPPORTED for verdict in marked), len(marked))


def first_rank(effects: Sequence[float], right: Sequence[bool]) -> int | None:
    """The place of the largest effect of the right ones, 1 the largest of all; None: none right."""
    ranks = rankdata(-np.asarray(effects), method="min")
    places = ranks[np.asarray(right, dtype=bool)]
    return int(places.min()) if len(places) else None


def roc_auc(effects: np.ndarray, right: np.ndarray) -> float | None:
    """Chance that a right one has the larger effect than a wrong one (ROC AUC); ties count half.

    None where either kind is missing.
    """
    known = np.isfinite(effects)
    effects, right = effects[known], right[known].astype(bool)
    yes, no = int(right.sum()), int((~right).sum())
    if not (yes and no):
        return None
    total = rankdata(effects)[right].sum()
    return float((total - yes * (yes + 1) / 2) / (yes * no))


def mean_roc_auc(effects: np.ndarray, right: np.ndarray) -> float | None:
    """The mean of each row's area, of rows that have one; both (rows, parts)."""
    found = [roc_auc(one, truth) for one, truth in zip(effects, right, strict=True)]
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if known else None


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Spearman's; None where either is constant or there are fewer than three pairs."""
    known = np.isfinite(one) & np.isfinite(other)
    one, other = one[known], other[known]
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(spearmanr(one, other).statistic)


def mean_rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """The mean of each row's, of rows that have one; both (rows, parts)."""
    found = [rank_correlation(a, b) for a, b in zip(one, other, strict=True)]
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if known else None
