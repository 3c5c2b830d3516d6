"""Attention sinks: keys that many queries look at while little comes of it.

Xiao et al. 2023 name them; the threshold on mean attention is that of Gu et al. 2024, the one on
value norms follows their finding that sinks have small values. Never: a key left out for being one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.measures.evidence import Evidence, MeasureValues, blank_padding, describe_means
from generator.measures.measure import Measure
from generator.measures.value_norm import vector_norms

MEAN_ABOVE = 0.3
NORM_BELOW = 0.5
"""Of the median over the keys that anyone may see."""


@dataclass(frozen=True)
class Sinks:
    """Which keys look like sinks, head by head.

    Attributes:
        attention: (layers, heads, keys), mean of A_ij over the queries that may see key j; NaN
            for keys nobody may see.
        even: (keys,), the same mean if every query spread evenly over its keys. Where it is above
            `MEAN_ABOVE` by itself, as for keys few queries see, a candidate means nothing.
        candidates: (layers, heads, keys) bool, attention above `MEAN_ABOVE`.
        confirmed: (layers, heads, keys) bool, candidates whose value norm is also below
            `NORM_BELOW` of the median; None where no norms were given.
    """

    attention: np.ndarray
    even: np.ndarray
    candidates: np.ndarray
    confirmed: np.ndarray | None


def find_sinks(weights: np.ndarray, mask: np.ndarray, norms: np.ndarray | None = None) -> Sinks:
    """Candidates from the maps; confirmed by `norms` (layers, heads, keys), |v_j W_O| per head.

    `weights` (layers, heads, queries, keys), `mask` (queries, keys) bool; norms in the model's own
    units. Key j is a candidate where the mean of A_ij over queries i that may see it is above
    `MEAN_ABOVE`: Gu et al. 2024, for the sinks of Xiao et al. 2023; the rule on norms is our own.

    Raises:
        ValueError: norms of another shape.
    """
    seeing = mask.sum(axis=0)
    columns = np.where(mask, weights, 0.0).sum(axis=-2, dtype=np.float64)
    attention = _to_means(columns, seeing)
    even = _to_means((mask / np.maximum(mask.sum(axis=-1, keepdims=True), 1)).sum(axis=0), seeing)
    candidates = attention > MEAN_ABOVE
    confirmed = (
        None if norms is None else candidates & mark_small_norms(norms, seeing > 0, attention.shape)
    )
    return Sinks(attention, even, candidates, confirmed)


def mark_small_norms(norms: np.ndarray, seen: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(layers, heads, keys) bool: norm below half the median of the keys that anyone may see.

    `norms` of that shape, in the model's own units; `seen` (keys,) bool. Own definition, after the
    finding of Gu et al. 2024 that sinks have small values.

    Raises:
        ValueError: norms of another shape.
    """
    if norms.shape != shape:
        raise ValueError(f"norms must be (layers, heads, keys) = {shape}, found {norms.shape}")
    if not seen.any():
        return np.zeros(shape, dtype=bool)
    median = np.median(norms[..., seen], axis=-1, keepdims=True)
    return np.asarray(norms < NORM_BELOW * median)


def _to_means(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Sums as means; NaN where nobody looks."""
    return np.where(count > 0, sums / np.maximum(count, 1), np.nan)


def _take_sinks(evidence: Evidence) -> MeasureValues:
    """(keys,) share of heads, over all layers, in which a key is a sink or a candidate for one."""
    sinks = find_sinks(evidence.weights.weights, evidence.mask, _compute_norms(evidence))
    chosen = sinks.candidates if sinks.confirmed is None else sinks.confirmed
    notes = [
        "Candidates only: without the values it is not known whether little comes of them."
        if sinks.confirmed is None
        else "Confirmed: their values are shorter than half the median."
    ]
    if even := int((sinks.even > MEAN_ABOVE).sum()):
        notes.append(f"Even attention alone would make {even} positions candidates.")
    notes.append(describe_means(evidence.weights))
    shares = blank_padding(chosen.mean(axis=(0, 1)), evidence)
    return MeasureValues(shares, "keys", " ".join(filter(None, notes)))


def _compute_norms(evidence: Evidence) -> np.ndarray | None:
    """(layers, heads, keys) in the model's own units; None without values."""
    if evidence.values is None:
        return None
    layers = zip(evidence.values.values, evidence.values.output, strict=True)
    return np.stack([vector_norms(values, output) for values, output in layers])


SINKS = Measure(
    name="sinks",
    title="Attention sinks",
    meaning=f"Share of all heads in which a position holds more than {MEAN_ABOVE:g} of the "
    "attention of those that may see it; such attention may be parked there rather than used.",
    granularity="position",
    family="attention",
    formula=f"share of heads with mean A_ij over queries i that may see j above {MEAN_ABOVE:g}; "
    f"with values also |v_j W_O| below {NORM_BELOW:g} of the median",
    source="Xiao et al. 2023 for the name, Gu et al. 2024 for attention; own rule on norms",
    take=_take_sinks,
)
