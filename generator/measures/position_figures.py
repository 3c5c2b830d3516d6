"""Figures of positions, from the maps alone or with the read-out and the values beside them."""

from __future__ import annotations

import numpy as np

from generator.measures.entropy import row_entropy
from generator.measures.evidence import (
    NO_READ_OUT,
    TWO_SEQUENCES,
    Evidence,
    MeasureValues,
    Missing,
    describe_means,
)
from generator.measures.flow import MOST_POSITIONS, flow
from generator.measures.focus import focus, mean_focus
from generator.measures.lift import lift
from generator.measures.mean import nan_mean
from generator.measures.off_diagonal import off_diagonal
from generator.measures.read_out import apply_read_out
from generator.measures.rollout import rollout
from generator.measures.sinks import MEAN_ABOVE, find_sinks
from generator.measures.summary import measure_received_and_even
from generator.measures.value_norm import mean_value_norm, value_norm, vector_norms
from generator.measures.visible import real_queries
from generator.words import counted

MOST_FLOW = 100_000
"""Edges times maximum flows, about a third of a second."""


def measure_received(given: Evidence) -> MeasureValues:
    """(keys,) attention received."""
    got, _ = measure_received_and_even(given.weights, given.mask)
    return MeasureValues(_mask_unseen(got, given), "keys")


def measure_lift(given: Evidence) -> MeasureValues:
    """(keys,) over the even share."""
    got, even = measure_received_and_even(given.weights, given.mask)
    return MeasureValues(_mask_unseen(lift(got, even), given), "keys")


def measure_focus(given: Evidence) -> MeasureValues:
    """(queries,) mean over layers and heads; as capture measured it row by row, where it did."""
    measured = given.weights.focus_by_head
    note = "" if measured is not None else describe_means(given.weights)
    values = focus(given.weights.weights, given.mask) if measured is None else measured
    by_query = mean_focus(values, axis=(0, 1))
    return MeasureValues(np.where(real_queries(given.mask), by_query, np.nan), "queries", note)


def measure_entropy(given: Evidence) -> MeasureValues:
    """(queries,) mean over layers and heads."""
    entropy = row_entropy(given.weights.weights, given.mask)
    return MeasureValues(nan_mean(entropy, axis=(0, 1)), "queries", describe_means(given.weights))


def measure_off_diagonal(given: Evidence) -> MeasureValues | Missing:
    """(queries,) mean over layers and heads."""
    if not given.attends_itself:
        return Missing(TWO_SEQUENCES)
    return MeasureValues(
        nan_mean(off_diagonal(given.weights.weights, given.mask), (0, 1)), "queries"
    )


def measure_sinks(given: Evidence) -> MeasureValues:
    """(keys,) share of heads, over all layers, in which a key is a sink or a candidate for one."""
    norms = None if given.values is None else _compute_norms(given)
    found = find_sinks(given.weights.weights, given.mask, norms)
    told = found.candidates if found.confirmed is None else found.confirmed
    notes = [
        "Candidates only: without the values it is not known whether little comes of them."
        if found.confirmed is None
        else "Confirmed: their values are shorter than half the median."
    ]
    if even := int((found.even > MEAN_ABOVE).sum()):
        notes.append(f"Even attention alone would make {even} positions candidates.")
    notes.append(describe_means(given.weights))
    return MeasureValues(
        _mask_unseen(told.mean(axis=(0, 1)), given), "keys", " ".join(filter(None, notes))
    )


def measure_value_norm(given: Evidence) -> MeasureValues | Missing:
    """(keys,) mean over layers and real queries."""
    if given.values is None:
        return Missing("It needs the model's values and output matrices, which maps do not hold.")
    each = zip(given.weights.weights, given.values.values, given.values.output, strict=True)
    norms = [mean_value_norm(value_norm(*one), given.mask) for one in each]
    return MeasureValues(nan_mean(np.stack(norms), axis=0), "keys", describe_means(given.weights))


def measure_rollout(given: Evidence) -> MeasureValues | Missing:
    """(keys,) the read-out's rows of the rollout over all layers shown."""
    if not given.attends_itself:
        return Missing(TWO_SEQUENCES)
    if given.read_out is None:
        return Missing(NO_READ_OUT)
    found = rollout(_head_means(given), given.mask)
    return MeasureValues(
        apply_read_out(found, given.mask, given.read_out), "keys", _describe_read_out(given)
    )


def measure_flow(given: Evidence) -> MeasureValues | Missing:
    """(keys,) from the read-out's rows over all layers shown; only where it is quick."""
    layers, _, queries, _ = given.weights.get_shape()
    if not given.attends_itself:
        return Missing(TWO_SEQUENCES)
    if given.read_out is None:
        return Missing(NO_READ_OUT)
    rows = np.count_nonzero(given.read_out.rows(real_queries(given.mask)))
    if queries > MOST_POSITIONS or rows * layers * queries**3 > MOST_FLOW:
        return Missing(
            f"It takes too long for {queries} positions ({rows} read out) over {layers} layers; "
            f"rollout answers the same question."
        )
    found = flow(_head_means(given), given.mask, given.read_out)
    return MeasureValues(found, "keys", _describe_read_out(given))


def _head_means(given: Evidence) -> np.ndarray:
    return np.asarray(given.weights.weights.mean(axis=1, dtype=np.float64))


def _mask_unseen(values: np.ndarray, given: Evidence) -> np.ndarray:
    """NaN for keys nobody may see."""
    return np.where(given.mask.any(axis=0), values, np.nan)


def _describe_read_out(given: Evidence) -> str:
    layers = given.weights.get_shape()[0]
    words = given.read_out.words if given.read_out else ""
    said = f"Read out: {words}; through the {counted(layers, 'layer')} shown."
    return f"{said} {describe_means(given.weights)}".strip()


def _compute_norms(given: Evidence) -> np.ndarray:
    """(layers, heads, keys)."""
    if given.values is None:
        raise ValueError("norms need values")
    each = zip(given.values.values, given.values.output, strict=True)
    return np.stack([vector_norms(values, output) for values, output in each])
