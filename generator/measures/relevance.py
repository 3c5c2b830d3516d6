"""Gradient-weighted relevance of a sequence that attends to itself: rules 5 and 6.

In: one positive map per call, (queries, keys) = mean over heads of max(0, A dF/dA), as
`extract_gradients` gives. F is the caller's: the rule adds a constant (the residual path) to
gradients, so another unit of F gives another ranking. Give F divided by its standard deviation
over a reference set, and one sample at a time. Chefer et al. 2021, "Generic attention-model
explainability".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def self_relevance(positives: Sequence[np.ndarray]) -> np.ndarray:
    """(positions, positions): R = I, then R += P R for each layer's positive map, first first.

    Row i tells what output position i owes to each input position, its own residual path
    included. Rows of padding stay those of I.

    Raises:
        ValueError: no map, or one that is not (positions, positions).
    """
    if not positives:
        raise ValueError("relevance needs the positive map of at least one call")
    relevance = np.eye(len(positives[0]))
    for at, positive in enumerate(positives):
        if positive.shape != relevance.shape:
            raise ValueError(f"map {at} must be {relevance.shape}, found {positive.shape}")
        relevance = relevance + positive.astype(np.float64) @ relevance
    return relevance
