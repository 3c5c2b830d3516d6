"""Off-diagonal share: how much of a query's attention goes to others than itself."""

from __future__ import annotations

import numpy as np

from generator.measures.evidence import TWO_SEQUENCES, Evidence, MeasureValues, Missing
from generator.measures.measure import Measure
from generator.measures.visible import check_one_sequence, nan_mean, real_queries


def off_diagonal(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads, queries): the share 1 - A_ii; 0 = only itself. NaN for padding.

    `weights` (layers, heads, queries, keys), `mask` (queries, keys) bool. Rows of attention sum to
    1, so a row's sum ranks nothing; what leaves the diagonal does. Own definition.

    Raises:
        ValueError: queries and keys are two sequences.
    """
    check_one_sequence(mask)
    own = np.diagonal(weights, axis1=-2, axis2=-1).astype(np.float64)
    return np.where(real_queries(mask), 1.0 - own, np.nan)


def _take_off_diagonal(evidence: Evidence) -> MeasureValues | Missing:
    """(queries,) shares, mean over layers and heads."""
    if not evidence.attends_itself:
        return Missing(TWO_SEQUENCES)
    shares = off_diagonal(evidence.weights.weights, evidence.mask)
    return MeasureValues(nan_mean(shares, axis=(0, 1)), "queries")


OFF_DIAGONAL = Measure(
    name="off_diagonal",
    title="Looks at others",
    meaning="Share of a position's own attention that goes to other positions than itself.",
    granularity="position",
    family="rows",
    formula="off_diagonal_i = mean over layers and heads of 1 - A_ii",
    source="own definition",
    take=_take_off_diagonal,
)
