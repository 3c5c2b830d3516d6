"""Lift: attention received, relative to what uniform attention under the same mask gives."""

from __future__ import annotations

import numpy as np

from generator.measures.evidence import Evidence, MeasureValues, blank_padding
from generator.measures.measure import Measure
from generator.measures.shares import measure_received_and_even


def lift(received: np.ndarray, even: np.ndarray) -> np.ndarray:
    """(..., keys): received / even share; 1.0 everywhere for uniform attention under any mask.

    Both (..., keys) shares. A key no query may see has lift 0. Own definition: sum_i A_ij over the
    sum of 1/n_i over queries i that may see j, with n_i visible keys.
    """
    seen = even > 0
    return np.where(seen, received / np.where(seen, even, 1.0), 0.0)


def importance(lifted: np.ndarray) -> np.ndarray:
    """(keys,): lift (keys,) over its sum, shares of 1; without a mask this is the column mean.

    lift_j / sum_j lift_j: own definition.
    """
    total = lifted.sum()
    return lifted / total if total > 0 else lifted


def _take_lift(evidence: Evidence) -> MeasureValues:
    """(keys,) times the even share."""
    received, even = measure_received_and_even(evidence.weights, evidence.mask)
    return MeasureValues(blank_padding(lift(received, even), evidence), "keys")


LIFT = Measure(
    name="lift",
    title="Lift",
    meaning="Attention received, over what it would be if every position looked evenly at all it "
    "may see; 1 = no more than even.",
    granularity="position",
    family="attention",
    formula="lift_j = sum_i A_ij / sum of 1/n_i over queries i that may see j, n_i visible keys",
    source="own definition",
    take=_take_lift,
)
