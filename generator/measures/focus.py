"""Focus: how concentrated a query's attention is (1 minus normalised entropy)."""

from __future__ import annotations

import numpy as np

from generator.measures.entropy import row_entropy
from generator.measures.evidence import Evidence, MeasureValues, describe_means
from generator.measures.measure import Measure
from generator.measures.visible import real_queries


def focus(weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(layers, heads, queries): 1 - H(A_i) / log n_i with n_i visible keys, from 0 to 1.

    `weights` (layers, heads, queries, keys), `mask` (queries, keys) bool. 0 = uniform over the
    keys the query may see, 1 = one key. A query with fewer than two keys has focus 0, as has one
    whose attention all went to a sink; one that may see none (padding) has NaN. Own definition,
    on the entropy of Clark et al. 2019, section 3.
    """
    keys = mask.sum(axis=-1)
    entropy = row_entropy(weights, mask)
    scale = np.log(np.maximum(keys, 2))
    focused = np.where((keys < 2) | np.isnan(entropy), 0.0, 1.0 - entropy / scale)
    return np.where(keys == 0, np.nan, np.clip(focused, 0.0, 1.0))


def mean_focus(values: np.ndarray, axis: int | tuple[int, ...]) -> np.ndarray:
    """Mean over an axis of focus (layers, heads, queries), padding left out; 0 where none is left.

    Own definition: the mean of 1 - H(A_i) / log n_i over what is known.
    """
    kept = ~np.isnan(values)
    count = kept.sum(axis=axis)
    total = np.where(kept, values, 0.0).sum(axis=axis)
    return np.asarray(total / np.maximum(count, 1))


def _take_focus(evidence: Evidence) -> MeasureValues:
    """(queries,) mean over layers and heads; as capture measured it row by row, where it did."""
    weights, values = evidence.weights, evidence.weights.focus_by_head
    note = "" if values is not None else describe_means(weights)
    by_head = focus(weights.weights, evidence.mask) if values is None else values
    by_query = mean_focus(by_head, axis=(0, 1))
    return MeasureValues(np.where(real_queries(evidence.mask), by_query, np.nan), "queries", note)


FOCUS = Measure(
    name="focus",
    title="Focus",
    meaning="How concentrated a position's own attention is: 0 = even over all it may see, 1 = on "
    "a single one.",
    granularity="position",
    family="rows",
    formula="focus_i = mean over layers and heads of 1 - H(A_i) / log n_i, n_i visible keys",
    source="own definition, on the entropy of Clark et al. 2019, section 3",
    take=_take_focus,
)
