"""How a model reads its last layer: which rows of a (queries, keys) score count, and how much.

The caller says it; the first row is never assumed to be special.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from generator.measures.visible import real_queries


class ReadOut(Protocol):
    """Gives every query its weight in the output."""

    @property
    def words(self) -> str:
        """What it reads, for a sentence."""

    def rows(self, real: np.ndarray) -> np.ndarray:
        """(queries,) weights that sum to 1, 0 for padding; `real` (queries,) bool."""


@dataclass(frozen=True)
class ClsRow:
    """One position whose token gathers the others for the prediction."""

    position: int

    @property
    def words(self) -> str:
        """What it reads, for a sentence."""
        return f"position {self.position}"

    def rows(self, real: np.ndarray) -> np.ndarray:
        """(queries,) 1 at the position; `real` (queries,) bool.

        Raises:
            ValueError: it is padding, or not there.
        """
        if not 0 <= self.position < len(real) or not real[self.position]:
            raise ValueError(f"position {self.position} is none of the real queries")
        return _one_hot(self.position, len(real))


@dataclass(frozen=True)
class LastRow:
    """The last real position, as a causal model predicts from it."""

    @property
    def words(self) -> str:
        """What it reads, for a sentence."""
        return "the last position"

    def rows(self, real: np.ndarray) -> np.ndarray:
        """(queries,) 1 at the last real query; `real` (queries,) bool.

        Raises:
            ValueError: there is none.
        """
        return _one_hot(int(np.flatnonzero(_require_real(real))[-1]), len(real))


@dataclass(frozen=True)
class MeanOfRows:
    """All real positions alike, as a model does that averages its last layer."""

    @property
    def words(self) -> str:
        """What it reads, for a sentence."""
        return "the mean of all positions"

    def rows(self, real: np.ndarray) -> np.ndarray:
        """(queries,) 1/n for each of n real queries; `real` (queries,) bool.

        Raises:
            ValueError: there is none.
        """
        weights: np.ndarray = real / _require_real(real).sum()
        return weights


def apply_read_out(scores: np.ndarray, mask: np.ndarray, read_out: ReadOut) -> np.ndarray:
    """(keys,): the rows of `scores` (queries, keys) in the read-out's proportions, in their unit.

    `mask` (queries, keys) bool. sum over queries i of w_i score_ij with the read-out's weights w,
    which sum to 1: own definition. NaN for keys that no query may see and no score came to:
    padding.

    Raises:
        ValueError: the read-out's row is no real query, or there is none.
    """
    weights = read_out.rows(real_queries(mask))
    read = weights @ np.where(weights[:, None] > 0, scores, 0.0)
    return np.where(mask.any(axis=0) | (read != 0), read, np.nan)


def _one_hot(position: int, size: int) -> np.ndarray:
    return np.asarray(np.eye(1, size, position)[0])


def _require_real(real: np.ndarray) -> np.ndarray:
    if not real.any():
        raise ValueError("every query is padding; there is nothing to read")
    return real
