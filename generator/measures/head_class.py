"""Head class: what a head mainly does, by thresholds that are printed with it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Literal

from generator.measures.evidence import (
    HEADS_AVERAGED,
    Evidence,
    MeasureValues,
    Missing,
    describe_means,
)
from generator.measures.head_shares import HeadShares, cross_head_shares, head_shares
from generator.measures.measure import Measure

HeadClass = Literal["diagonal", "previous", "vertical", "local", "block", "mixed"]


@dataclass(frozen=True)
class HeadThresholds:
    """Above which share, or how many times its even share, a head is called by a name.

    The first that holds names it, in this order; `band` is how far local reaches to either side.
    """

    diagonal: float = 0.5
    previous: float = 0.5
    vertical: float = 0.5
    local: float = 2.0
    block: float = 2.0
    band: int = 2

    def words(self) -> str:
        """One sentence to print beside the classes."""
        return (
            f"The first that holds names a head: diagonal, mean attention to itself above "
            f"{self.diagonal:g}; previous, to the position before above {self.previous:g}; "
            f"vertical, one key receives more than {self.vertical:g} of all attention; local, more "
            f"than {self.local:g} times the even share within {self.band} positions; block, more "
            f"than {self.block:g} times the even share within its own block; else mixed."
        )


THRESHOLDS = HeadThresholds()


def classify_heads(
    shares: HeadShares, thresholds: HeadThresholds = THRESHOLDS
) -> tuple[tuple[HeadClass, ...], ...]:
    """The class of every head, (layers, heads) words; a share that is NaN names nobody.

    Each of `shares` is (layers, heads). The first threshold that is passed names the head: own
    definition.
    """
    layers, heads = shares.vertical.shape
    return tuple(
        tuple(_classify_head(shares, thresholds, (layer, head)) for head in range(heads))
        for layer in range(layers)
    )


def _classify_head(
    shares: HeadShares, thresholds: HeadThresholds, at: tuple[int, int]
) -> HeadClass:
    """The first threshold that is passed."""
    passed: tuple[tuple[HeadClass, bool], ...] = (
        ("diagonal", shares.diagonal[at] > thresholds.diagonal),
        ("previous", shares.previous[at] > thresholds.previous),
        ("vertical", shares.vertical[at] > thresholds.vertical),
        ("local", shares.local[at] > thresholds.local),
        ("block", shares.block[at] > thresholds.block),
    )
    return next((name for name, holds in passed if holds), "mixed")


def _take_head_class(evidence: Evidence) -> MeasureValues | Missing:
    """(layers, heads) words."""
    weights = evidence.weights
    if weights.averaged_heads > 1:
        return Missing(HEADS_AVERAGED)
    shares = _compute_shares(evidence)
    words = tuple(chain.from_iterable(classify_heads(shares)))
    notes = [THRESHOLDS.words(), describe_means(weights)]
    if evidence.attends_itself and evidence.blocks is None:
        notes.insert(1, "No blocks were given.")
    return MeasureValues(shares.vertical, "", " ".join(filter(None, notes)), tuple(words))


def _compute_shares(evidence: Evidence) -> HeadShares:
    maps, mask = evidence.weights.weights, evidence.mask
    if not evidence.attends_itself:
        return cross_head_shares(maps, mask)
    return head_shares(maps, mask, THRESHOLDS.band, evidence.blocks)


HEAD_CLASS = Measure(
    name="head_class",
    title="Head class",
    meaning="What a head mainly looks at: itself, the position before, one key, what is near, its "
    "own block, or a mixture.",
    granularity="head",
    family="whole",
    formula="the first share above its threshold: mean A_ii, mean A_i,i-1, the largest share of "
    "one key, attention within a band or a block over its even share",
    source="own definition; the thresholds are printed with it",
    take=_take_head_class,
)
