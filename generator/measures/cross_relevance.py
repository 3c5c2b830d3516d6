"""Gradient-weighted relevance between two sequences: rules 6, 7, 10 and 11, equations 8 and 9.

For encoder-decoders and for two modalities that attend to each other. Positive maps and F as in
`relevance`. Chefer et al. 2021, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Relevances:
    """What each of two sequences owes to itself and to the other so far.

    Attributes:
        own: (n, n), R^ss.
        across: (n, m), R^sq: what this sequence owes to the other.
        back: (m, n), R^qs.
        other: (m, m), R^qq.
    """

    own: np.ndarray
    across: np.ndarray
    back: np.ndarray
    other: np.ndarray

    def swap_sides(self) -> Relevances:
        """The same seen from the other sequence."""
        return Relevances(self.other, self.back, self.across, self.own)


def make_unrelated(size: int, other: int) -> Relevances:
    """Before any attention each position is its own; nothing is owed across."""
    return Relevances(np.eye(size), np.zeros((size, other)), np.zeros((other, size)), np.eye(other))


def attend_itself(found: Relevances, positive: np.ndarray) -> Relevances:
    """Self-attention of this sequence, `positive` (n, n): rules 6 and 7.

    Raises:
        ValueError: a map of another shape.
    """
    positive = _check_shape(positive, found.own.shape)
    return replace(
        found, own=found.own + positive @ found.own, across=found.across + positive @ found.across
    )


def attend_other(found: Relevances, positive: np.ndarray) -> Relevances:
    """This sequence's queries over the other's keys, `positive` (n, m): rules 10 and 11.

    Raises:
        ValueError: a map of another shape.
    """
    positive = _check_shape(positive, found.across.shape)
    added = normalise_relevance(found.own).T @ positive @ normalise_relevance(found.other)
    return replace(found, across=found.across + added, own=found.own + positive @ found.back)


def attend_each_other(found: Relevances, positive: np.ndarray, returned: np.ndarray) -> Relevances:
    """Both attend to each other at once, (n, m) and (m, n): each from what was before."""
    this = attend_other(found, positive)
    that = attend_other(found.swap_sides(), returned)
    return Relevances(this.own, this.across, that.across, that.own)


def decoder_relevance(
    encoder: Sequence[np.ndarray], decoder: Sequence[tuple[np.ndarray, np.ndarray]]
) -> Relevances:
    """Of an encoder-decoder, seen from the decoder; `decoder` holds (self, cross) maps by layer.

    Raises:
        ValueError: no decoder layer, or maps whose shapes do not fit.
    """
    if not decoder:
        raise ValueError("relevance across needs the maps of at least one decoder layer")
    found = make_unrelated(*decoder[0][1].shape).swap_sides()
    for positive in encoder:
        found = attend_itself(found, positive)
    found = found.swap_sides()
    for itself, across in decoder:
        found = attend_other(attend_itself(found, itself), across)
    return found


def normalise_relevance(relevance: np.ndarray) -> np.ndarray:
    """R - I with rows brought to 1, plus I: equations 8 and 9; a row of zeros (0/0) stays zeros."""
    gathered = relevance - np.eye(len(relevance))
    total = gathered.sum(axis=-1, keepdims=True)
    shares = np.where(total != 0, gathered / np.where(total != 0, total, 1.0), 0.0)
    return np.asarray(shares + np.eye(len(relevance)))


def _check_shape(positive: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if positive.shape != shape:
        raise ValueError(f"the positive map must be {shape}, found {positive.shape}")
    return positive.astype(np.float64)
