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
    """Before any attention each position is its own; nothing is owed across.

    R^ss = I (size, size), R^qq = I (other, other), R^sq and R^qs = 0. Chefer et al. 2021,
    section 3.
    """
    return Relevances(np.eye(size), np.zeros((size, other)), np.zeros((other, size)), np.eye(other))


def attend_itself(before: Relevances, positive: np.ndarray) -> Relevances:
    """Self-attention of this sequence, `positive` (n, n) in units of F: rules 6 and 7.

    R^ss += P R^ss and R^sq += P R^sq. Chefer et al. 2021, section 3.

    Raises:
        ValueError: a map of another shape.
    """
    positive = _check_shape(positive, before.own.shape)
    return replace(
        before,
        own=before.own + positive @ before.own,
        across=before.across + positive @ before.across,
    )


def attend_other(before: Relevances, positive: np.ndarray) -> Relevances:
    """This sequence's queries over the other's keys, `positive` (n, m) in units of F: rules 10, 11.

    R^sq += hat(R^ss)^T P hat(R^qq) and R^ss += P R^qs. Chefer et al. 2021, section 3.

    Raises:
        ValueError: a map of another shape.
    """
    positive = _check_shape(positive, before.across.shape)
    added = normalise_relevance(before.own).T @ positive @ normalise_relevance(before.other)
    return replace(before, across=before.across + added, own=before.own + positive @ before.back)


def attend_each_other(before: Relevances, positive: np.ndarray, returned: np.ndarray) -> Relevances:
    """Both attend to each other at once, each from what was before.

    `positive` (n, m) and `returned` (m, n), in units of F. Rules 10 and 11 on either
    side. Chefer et al. 2021, section 3.

    Raises:
        ValueError: maps of other shapes.
    """
    this = attend_other(before, positive)
    that = attend_other(before.swap_sides(), returned)
    return Relevances(this.own, this.across, that.across, that.own)


def decoder_relevance(
    encoder: Sequence[np.ndarray], decoder: Sequence[tuple[np.ndarray, np.ndarray]]
) -> Relevances:
    """Of an encoder-decoder, seen from the decoder, from its positive maps in units of F.

    `encoder` holds (m, m) maps by layer, `decoder` pairs of a self (n, n) and a cross (n, m) map.
    Rules 6, 7, 10 and 11 in the order the layers run. Chefer et al. 2021, section 3.

    Raises:
        ValueError: no decoder layer, or maps whose shapes do not fit.
    """
    if not decoder:
        raise ValueError("relevance across needs the maps of at least one decoder layer")
    relevances = make_unrelated(*decoder[0][1].shape).swap_sides()
    for positive in encoder:
        relevances = attend_itself(relevances, positive)
    relevances = relevances.swap_sides()
    for itself, across in decoder:
        relevances = attend_other(attend_itself(relevances, itself), across)
    return relevances


def normalise_relevance(relevance: np.ndarray) -> np.ndarray:
    """(n, n): R - I with rows brought to 1, plus I; a row of zeros (0/0) stays zeros.

    `relevance` (n, n) in units of F. Chefer et al. 2021, section 3, equations 8 and 9.
    """
    gathered = relevance - np.eye(len(relevance))
    total = gathered.sum(axis=-1, keepdims=True)
    shares = np.where(total != 0, gathered / np.where(total != 0, total, 1.0), 0.0)
    return np.asarray(shares + np.eye(len(relevance)))


def _check_shape(positive: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if positive.shape != shape:
        raise ValueError(f"the positive map must be {shape}, found {positive.shape}")
    return positive.astype(np.float64)
